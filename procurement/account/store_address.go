package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// lockAccount reads an account and its password's hash, and locks the row until the
// transaction ends, as it then stands. Whoever adds a session or a membership has to
// wait too, which a change of address would have them do anyway: half of that lock now
// and half later would be a deadlock.
func lockAccount(tx *db.Tx, id string) (Account, string, error) {
	query := "SELECT " + accountColumns + ", password_hash FROM account WHERE id = $1"
	if tx.Dialect() == db.Postgres {
		query += " FOR UPDATE" // SQLite's writers are alone anyway
	}
	var row struct {
		Account
		PasswordHash string
	}
	err := tx.One(&row, query, id)
	return row.Account, row.PasswordHash, err
}

// FindHeld reads an account whose name and address stay as they are until the
// transaction ends; db.ErrNone when there is none.
func FindHeld(tx *db.Tx, id string) (Account, error) {
	query := "SELECT " + accountColumns + " FROM account WHERE id = $1"
	if tx.Dialect() == db.Postgres {
		query += " FOR SHARE"
	}
	var a Account
	err := tx.One(&a, query, id)
	return a, err
}

func setName(tx *db.Tx, id, name string) error {
	_, err := tx.Exec("UPDATE account SET name = $1 WHERE id = $2", name, id)
	return err
}

func setAddress(tx *db.Tx, id string, a Address) error {
	_, err := tx.Exec("UPDATE account SET address = $1, address_key = $2 WHERE id = $3", a.Text, a.Key, id)
	return err
}

// restore also takes away the password: no password is that of an empty hash.
func restore(tx *db.Tx, id string, a Address) error {
	_, err := tx.Exec("UPDATE account SET address = $1, address_key = $2, password_hash = '' WHERE id = $3", a.Text, a.Key, id)
	return err
}

const addressChangeColumns = "id, account_id, address, address_key, asked_at, expires_at, closed_at"

func insertAddressChange(tx *db.Tx, c AddressChange) error {
	_, err := tx.Exec("INSERT INTO address_change ("+addressChangeColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		c.ID, c.AccountID, c.Address, c.AddressKey, c.AskedAt, c.ExpiresAt, c.ClosedAt)
	return err
}

// addressChangeBy takes a column's name from this package, never from outside.
func addressChangeBy(tx *db.Tx, column, value string) (AddressChange, error) {
	var c AddressChange
	err := tx.One(&c, "SELECT "+addressChangeColumns+" FROM address_change WHERE "+column+" = $1", value)
	return c, err
}

// waitingAddress reads the change that an account waits for: the last one, because
// asking again closes those before.
func waitingAddress(tx *db.Tx, accountID string) (AddressChange, error) {
	var c AddressChange
	err := tx.One(&c, "SELECT "+addressChangeColumns+` FROM address_change
		WHERE account_id = $1 AND closed_at IS NULL AND expires_at > $2 ORDER BY asked_at DESC, id DESC LIMIT 1`, accountID, tx.Now)
	return c, err
}

// setAddressToken is false when the change was closed meanwhile.
func setAddressToken(tx *db.Tx, id, hash string) (bool, error) {
	n, err := tx.Exec("UPDATE address_change SET token_hash = $1 WHERE id = $2 AND closed_at IS NULL", hash, id)
	return n == 1, err
}

// useAddressChange closes the change of a link; false when it was closed meanwhile.
func useAddressChange(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec("UPDATE address_change SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL", tx.Now, id)
	return n == 1, err
}

func closeAddressChanges(tx *db.Tx, accountID string) error {
	_, err := tx.Exec("UPDATE address_change SET closed_at = $1 WHERE account_id = $2 AND closed_at IS NULL", tx.Now, accountID)
	return err
}

const formerColumns = "id, account_id, address, address_key, left_at, until, closed_at"

func insertFormer(tx *db.Tx, f FormerAddress) error {
	_, err := tx.Exec("INSERT INTO former_address ("+formerColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		f.ID, f.AccountID, f.Address, f.AddressKey, f.LeftAt, f.Until, f.ClosedAt)
	return err
}

// formerBy takes a column's name from this package, never from outside.
func formerBy(tx *db.Tx, column, value string) (FormerAddress, error) {
	var f FormerAddress
	err := tx.One(&f, "SELECT "+formerColumns+" FROM former_address WHERE "+column+" = $1", value)
	return f, err
}

// keptAddress reads who an address is kept for, db.ErrNone when for nobody. One account
// may have left it several times, two never at once.
func keptAddress(tx *db.Tx, addressKey string) (FormerAddress, error) {
	var f FormerAddress
	err := tx.One(&f, "SELECT "+formerColumns+` FROM former_address
		WHERE address_key = $1 AND closed_at IS NULL AND until > $2 ORDER BY until DESC LIMIT 1`, addressKey, tx.Now)
	return f, err
}

// setFormerToken is false when the address was taken back meanwhile.
func setFormerToken(tx *db.Tx, id, hash string, until clock.Instant) (bool, error) {
	n, err := tx.Exec("UPDATE former_address SET token_hash = $1, until = $2 WHERE id = $3 AND closed_at IS NULL", hash, until, id)
	return n == 1, err
}

// useFormer closes the address of a link; false when it was closed meanwhile.
func useFormer(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec("UPDATE former_address SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL", tx.Now, id)
	return n == 1, err
}

// closeFormersSince makes void what was left after f, and gives the keys.
func closeFormersSince(tx *db.Tx, f FormerAddress) ([]string, error) {
	var keys []string
	const later = " account_id = $1 AND id <> $2 AND (left_at > $3 OR left_at = $3 AND id > $2)"
	if err := tx.All(&keys, "SELECT DISTINCT address_key FROM former_address WHERE"+later+" AND address_key <> $4", f.AccountID, f.ID, f.LeftAt, f.AddressKey); err != nil {
		return nil, err
	}
	_, err := tx.Exec("UPDATE former_address SET closed_at = $4 WHERE closed_at IS NULL AND"+later, f.AccountID, f.ID, f.LeftAt, tx.Now)
	return keys, err
}

// deleteStaleAddresses forgets what can neither be confirmed nor taken back, once it
// counts for nothing else.
func deleteStaleAddresses(tx *db.Tx) error {
	if _, err := tx.Exec("DELETE FROM address_change WHERE expires_at <= $1", tx.Now); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM former_address WHERE until <= $1", tx.Now)
	return err
}
