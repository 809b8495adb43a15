package watch

import (
	"parvis/kit/db"
	"parvis/procurement/account"
)

// receivedAt lists the watches that have an address among their recipients that
// answered, in the order in which everybody takes several. With back, only those where
// it stands for the account.
func receivedAt(tx *db.Tx, addressKey, accountID string, back bool) ([]string, error) {
	query := `SELECT w.id FROM watch w JOIN watch_recipient r ON r.watch_id = w.id
		WHERE w.deleted_at IS NULL AND r.address_key = $1 AND r.removed_at IS NULL
			AND (r.confirmed_at IS NOT NULL OR r.stopped_at IS NOT NULL OR r.failed_at IS NOT NULL)`
	args := []any{addressKey}
	if back {
		query += " AND (r.account_id = $2 OR r.main AND w.account_id = $2)"
		args = append(args, accountID)
	}
	var ids []string
	err := tx.All(&ids, query+" ORDER BY w.created_at, w.id", args...)
	return ids, err
}

// touch locks a watch and reads it as it then stands. The page that somebody has open
// is out of date.
func touch(tx *db.Tx, id string) (*Watch, error) {
	if _, err := tx.Exec("UPDATE watch SET version = version + 1 WHERE id = $1", id); err != nil {
		return nil, err
	}
	found, err := ByIDs(tx, []string{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// follows tells whether a row came here with the address of an account.
func follows(tx *db.Tx, r Recipient, accountID string) (bool, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM watch_recipient WHERE id = $1 AND account_id = $2", r.ID, accountID)
	return n > 0, err
}

// readdress writes where a row is mailed from now on, and whose it is.
func readdress(tx *db.Tx, r Recipient, to account.Address, accountID string) error {
	_, err := tx.Exec(`UPDATE watch_recipient SET address = $1, address_key = $2, main = $3, confirmed_at = $4, stopped_at = $5, failed_at = $6,
		account_id = $7, token_hash = NULL WHERE id = $8`, to.Text, to.Key, r.Main, r.ConfirmedAt, r.StoppedAt, r.FailedAt, accountID, r.ID)
	return err
}

// setAside takes a row out of its watch while the address of an account stands there.
func setAside(tx *db.Tx, id, accountID string) error {
	_, err := tx.Exec("UPDATE watch_recipient SET removed_at = $1, account_id = $2 WHERE id = $3", tx.Now, accountID, id)
	return err
}

// bringBack has the row that was set aside receive again by itself.
func bringBack(tx *db.Tx, watchID, addressKey, accountID string) error {
	_, err := tx.Exec(`UPDATE watch_recipient SET removed_at = NULL, main = $1, account_id = NULL
		WHERE watch_id = $2 AND address_key = $3 AND account_id = $4 AND removed_at IS NOT NULL`, false, watchID, addressKey, accountID)
	return err
}
