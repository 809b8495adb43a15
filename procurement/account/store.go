package account

import "parvis/kit/db"

const accountColumns = "id, login, address, address_key, name, created_at"

func accountByID(tx *db.Tx, id string) (Account, error) {
	var a Account
	err := tx.One(&a, "SELECT "+accountColumns+" FROM account WHERE id = $1", id)
	return a, err
}

func accountByAddress(tx *db.Tx, key string) (Account, error) {
	var a Account
	err := tx.One(&a, "SELECT "+accountColumns+" FROM account WHERE address_key = $1", key)
	return a, err
}

// accountByIdentifier also reads the password's hash, as only passwordHash does
// besides.
func accountByIdentifier(tx *db.Tx, addressKey, loginKey string) (Account, string, error) {
	var row struct {
		Account
		PasswordHash string
	}
	err := tx.One(&row, "SELECT "+accountColumns+", password_hash FROM account WHERE address_key = $1 OR login_key = $2",
		addressKey, loginKey)
	return row.Account, row.PasswordHash, err
}

// insertAccount is false when the identifiant or the address is taken, or the address
// kept for who has just left it: the caller then rolls back. It is looked at last,
// because the insertion waits for whoever is leaving it.
func insertAccount(tx *db.Tx, a Account, c Credentials) (bool, error) {
	n, err := tx.Exec(`INSERT INTO account (id, login, login_key, address, address_key, name, password_hash, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		a.ID, c.login.Text, c.login.Key, a.Address, a.AddressKey, a.Name, c.hash, a.CreatedAt)
	if err != nil || n == 0 {
		return false, err
	}
	_, kept, err := keptFor(tx, a.AddressKey, a.ID)
	return !kept, err
}

const signUpColumns = "id, address, address_key, name, country, number, company_name, street, postcode, city, listed_at, asked_at, expires_at, used_at, leads_to"

func insertSignUp(tx *db.Tx, s SignUp) error {
	_, err := tx.Exec("INSERT INTO sign_up ("+signUpColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		s.ID, s.Address, s.AddressKey, s.Name, s.Country, s.Number, s.CompanyName, s.Street, s.Postcode, s.City, s.ListedAt,
		s.AskedAt, s.ExpiresAt, s.UsedAt, s.LeadsTo)
	return err
}

func signUpByID(tx *db.Tx, id string) (SignUp, error) {
	var s SignUp
	err := tx.One(&s, "SELECT "+signUpColumns+" FROM sign_up WHERE id = $1", id)
	return s, err
}

func signUpByToken(tx *db.Tx, hash string) (SignUp, error) {
	var s SignUp
	err := tx.One(&s, "SELECT "+signUpColumns+" FROM sign_up WHERE token_hash = $1", hash)
	return s, err
}

func setSignUpToken(tx *db.Tx, id, hash string) error {
	_, err := tx.Exec("UPDATE sign_up SET token_hash = $1 WHERE id = $2", hash, id)
	return err
}

// useSignUps closes every link of the address: it has its account now.
func useSignUps(tx *db.Tx, addressKey string) error {
	_, err := tx.Exec("UPDATE sign_up SET used_at = $1 WHERE address_key = $2 AND used_at IS NULL", tx.Now, addressKey)
	return err
}

func insertMembership(tx *db.Tx, m Membership) error {
	_, err := tx.Exec(`INSERT INTO membership (id, account_id, establishment_id, role, created_at, approved_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, m.ID, m.AccountID, m.EstablishmentID, string(m.Role), m.CreatedAt, m.ApprovedAt)
	return err
}

// membershipsWhere takes a column's name from this package, never from outside.
func membershipsWhere(tx *db.Tx, column, value string) ([]Membership, error) {
	var out []Membership
	err := tx.All(&out, `SELECT id, account_id, establishment_id, role, created_at, approved_at, ended_at FROM membership
		WHERE ended_at IS NULL AND `+column+` = $1 ORDER BY created_at, id`, value)
	return out, err
}
