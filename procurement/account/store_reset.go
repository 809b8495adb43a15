package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// passwordHash reads the hash of an account. With hold, who would change it waits
// until this transaction ends, and we for who is changing it: the hash is then the
// new one.
func passwordHash(tx *db.Tx, accountID string, hold bool) (string, error) {
	query := "SELECT password_hash FROM account WHERE id = $1"
	if hold && tx.Dialect() == db.Postgres {
		query += " FOR SHARE" // SQLite's writers are alone anyway
	}
	var hash string
	err := tx.One(&hash, query, accountID)
	return hash, err
}

// takeAccount has sign-ins, changes of membership and of password wait until this
// transaction ends, and us for those under way.
func takeAccount(tx *db.Tx, accountID string) error {
	query := "SELECT id FROM account WHERE id = $1"
	if tx.Dialect() == db.Postgres {
		query += " FOR NO KEY UPDATE" // SQLite's writers are alone anyway
	}
	var id string
	return tx.One(&id, query, accountID)
}

// swapPassword is false when the hash is not the old one any more: of two changes
// at once the second waits here for the first.
func swapPassword(tx *db.Tx, accountID, old, hash string) (bool, error) {
	n, err := tx.Exec("UPDATE account SET password_hash = $1 WHERE id = $2 AND password_hash = $3", hash, accountID, old)
	return n == 1, err
}

// deleteSessions ends the sessions of an account but the one kept, if any, and tells
// how many.
func deleteSessions(tx *db.Tx, accountID, keptHash string) (int64, error) {
	return tx.Exec("DELETE FROM session WHERE account_id = $1 AND token_hash <> $2", accountID, keptHash)
}

// clearAttempts forgets failures; an absent counter stays absent.
func clearAttempts(tx *db.Tx, key string) error {
	_, err := tx.Exec("UPDATE attempt SET failures = 0, blocked_until = NULL, keep_until = $2 WHERE key = $1", key, int64(tx.Now))
	return err
}

const resetColumns = "id, coalesce(account_id, '') AS account_id, coalesce(address_key, '') AS address_key, asked_at, expires_at, closed_at"

// insertReset writes the same row for nobody (an empty account) as for somebody.
func insertReset(tx *db.Tx, id string, a Account) error {
	var accountID, addressKey *string
	if a.ID != "" {
		accountID, addressKey = &a.ID, &a.AddressKey
	}
	_, err := tx.Exec("INSERT INTO password_reset (id, account_id, address_key, asked_at) VALUES ($1, $2, $3, $4)",
		id, accountID, addressKey, tx.Now)
	return err
}

func resetByID(tx *db.Tx, id string) (Reset, error) {
	var r Reset
	err := tx.One(&r, "SELECT "+resetColumns+" FROM password_reset WHERE id = $1", id)
	return r, err
}

func resetByToken(tx *db.Tx, hash string) (Reset, error) {
	var r Reset
	err := tx.One(&r, "SELECT "+resetColumns+" FROM password_reset WHERE token_hash = $1", hash)
	return r, err
}

// resetReplaced tells whether the account asked again after r.
func resetReplaced(tx *db.Tx, r Reset) (bool, error) {
	var n int
	err := tx.One(&n, `SELECT count(*) FROM password_reset
		WHERE account_id = $1 AND (asked_at > $2 OR asked_at = $2 AND id > $3)`, r.AccountID, r.AskedAt, r.ID)
	return n > 0, err
}

// setResetToken is false when the request was closed meanwhile.
func setResetToken(tx *db.Tx, id, hash string, expires clock.Instant) (bool, error) {
	n, err := tx.Exec("UPDATE password_reset SET token_hash = $1, expires_at = $2 WHERE id = $3 AND closed_at IS NULL", hash, expires, id)
	return n == 1, err
}

// useReset closes the request of a link; false when it was closed meanwhile.
func useReset(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec("UPDATE password_reset SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL", tx.Now, id)
	return n == 1, err
}

// closeResets closes what the account has open, but the request kept, if any.
func closeResets(tx *db.Tx, accountID, keptID string) error {
	_, err := tx.Exec("UPDATE password_reset SET closed_at = $1 WHERE account_id = $2 AND id <> $3 AND closed_at IS NULL",
		tx.Now, accountID, keptID)
	return err
}
