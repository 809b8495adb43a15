package account

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// emptyAccount is false when the hash is not the one of the proof any more. All is
// written by one statement, so that the row is locked wholly at once: whoever reads it
// meanwhile waits, and never we for them with half a lock. No address and no identifiant
// can be written as the keys that are left.
func emptyAccount(tx *db.Tx, id, hash string) (bool, error) {
	n, err := tx.Exec(`UPDATE account SET login = '', login_key = $1, address = '', address_key = $1, name = $2, password_hash = '', erased_at = $3
		WHERE id = $4 AND password_hash = $5 AND erased_at IS NULL`, "erased:"+id, ErasedName, tx.Now, id, hash)
	return n == 1, err
}

// accountGone tells whether the account is erased, or never was; who would erase it
// waits until this transaction ends.
func accountGone(tx *db.Tx, id string) (bool, error) {
	query := "SELECT erased_at FROM account WHERE id = $1"
	if tx.Dialect() == db.Postgres {
		query += " FOR SHARE" // SQLite's writers are alone anyway
	}
	var row struct{ ErasedAt clock.Instant }
	err := tx.One(&row, query, id)
	if errors.Is(err, db.ErrNone) {
		return true, nil
	}
	return !row.ErasedAt.IsZero(), err
}

// deleteTraces removes the known browsers and what was asked for the account or from its address.
func deleteTraces(tx *db.Tx, a Account) error {
	if _, err := tx.Exec("DELETE FROM device WHERE account_id = $1", a.ID); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM password_reset WHERE account_id = $1", a.ID); err != nil {
		return err
	}
	if err := deleteWaysIn(tx, a.ID); err != nil {
		return err
	}
	for _, table := range []string{"address_change", "former_address"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE account_id = $1", a.ID); err != nil {
			return err
		}
	}
	_, err := tx.Exec("DELETE FROM sign_up WHERE address_key = $1", a.AddressKey)
	return err
}

func deleteAttempt(tx *db.Tx, key string) error {
	_, err := tx.Exec("DELETE FROM attempt WHERE key = $1", key)
	return err
}

func allMemberships(tx *db.Tx, accountID string) ([]Membership, error) {
	var out []Membership
	err := tx.All(&out, "SELECT "+membershipColumns+" FROM membership WHERE account_id = $1 ORDER BY created_at, id", accountID)
	return out, err
}

func sessionRecords(tx *db.Tx, accountID string) ([]SessionRecord, error) {
	var out []SessionRecord
	err := tx.All(&out, `SELECT membership_id, browser, created_at, seen_at, expires_at FROM session
		WHERE account_id = $1 ORDER BY created_at, token_hash`, accountID)
	return out, err
}

func signUpsOf(tx *db.Tx, addressKey string) ([]SignUp, error) {
	var out []SignUp
	err := tx.All(&out, "SELECT "+signUpColumns+" FROM sign_up WHERE address_key = $1 ORDER BY asked_at, id", addressKey)
	return out, err
}

func resetsOf(tx *db.Tx, accountID string) ([]Reset, error) {
	var out []Reset
	err := tx.All(&out, "SELECT "+resetColumns+" FROM password_reset WHERE account_id = $1 ORDER BY asked_at, id", accountID)
	return out, err
}

// deviceIDs lists the browsers that the account knows or has forgotten lately.
func deviceIDs(tx *db.Tx, accountID string) ([]string, error) {
	var out []string
	err := tx.All(&out, "SELECT id FROM device WHERE account_id = $1", accountID)
	return out, err
}

func deviceRecords(tx *db.Tx, accountID string) ([]DeviceRecord, error) {
	var out []DeviceRecord
	err := tx.All(&out, "SELECT browser, known_at, seen_at, expires_at, forgotten_at FROM device WHERE account_id = $1 ORDER BY known_at, id", accountID)
	return out, err
}

// deleteWaysIn removes the second factors of an account and every sign-in under way.
func deleteWaysIn(tx *db.Tx, accountID string) error {
	for _, table := range []string{"totp", "passkey", "recovery_code", "factor_draft", "pending_sign_in"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE account_id = $1", accountID); err != nil {
			return err
		}
	}
	return nil
}

func factorRecords(tx *db.Tx, accountID string) ([]FactorRecord, error) {
	var out []FactorRecord
	err := tx.All(&out, `SELECT name, created_at, used_at FROM passkey WHERE account_id = $1
		UNION ALL SELECT '', created_at, NULL FROM totp WHERE account_id = $1 ORDER BY 2, 1`, accountID)
	return out, err
}

func addressChangesOf(tx *db.Tx, accountID string) ([]AddressChange, error) {
	var out []AddressChange
	err := tx.All(&out, "SELECT "+addressChangeColumns+" FROM address_change WHERE account_id = $1 ORDER BY asked_at, id", accountID)
	return out, err
}

func formersOf(tx *db.Tx, accountID string) ([]FormerAddress, error) {
	var out []FormerAddress
	err := tx.All(&out, "SELECT "+formerColumns+" FROM former_address WHERE account_id = $1 ORDER BY left_at, id", accountID)
	return out, err
}

// deleteFactorsSince removes the factors that were added from a moment on, and all
// recovery codes, which do not say when they were made.
func deleteFactorsSince(tx *db.Tx, accountID string, since clock.Instant) error {
	for _, table := range []string{"totp", "passkey"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE account_id = $1 AND created_at >= $2", accountID, since); err != nil {
			return err
		}
	}
	for _, table := range []string{"recovery_code", "factor_draft", "pending_sign_in"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE account_id = $1", accountID); err != nil {
			return err
		}
	}
	return nil
}
