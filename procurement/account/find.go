package account

import "parvis/kit/db"

// FindSignUp reads a sign-up by its id, db.ErrNone when it was swept.
func FindSignUp(tx *db.Tx, id string) (SignUp, error) { return signUpByID(tx, id) }

// LastSignUp reads the last request for an account that an address made and has
// not used, db.ErrNone without any.
func LastSignUp(tx *db.Tx, a Address) (SignUp, error) { return lastSignUp(tx, a.Key) }

func lastSignUp(tx *db.Tx, addressKey string) (SignUp, error) {
	var s SignUp
	err := tx.One(&s, "SELECT "+signUpColumns+" FROM sign_up WHERE address_key = $1 AND used_at IS NULL ORDER BY asked_at DESC, id DESC LIMIT 1", addressKey)
	return s, err
}
