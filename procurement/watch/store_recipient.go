package watch

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/account"
)

const recipientColumns = `id, watch_id, address, address_key, main, asked_at, confirmed_at, stopped_at, failed_at`

func insertRecipient(tx *db.Tx, watchID string, a account.Address, main bool, confirmed clock.Instant) (string, error) {
	id := db.NewID()
	_, err := tx.Exec(`INSERT INTO watch_recipient (id, watch_id, address, address_key, main, asked_at, confirmed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, watchID, a.Text, a.Key, main, tx.Now, confirmed)
	return id, err
}

// removeRecipient takes an address out of a watch for good, what was set aside for it
// included.
func removeRecipient(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE watch_recipient SET removed_at = coalesce(removed_at, $1), token_hash = NULL, account_id = NULL
		WHERE (watch_id, address_key) = (SELECT watch_id, address_key FROM watch_recipient WHERE id = $2)`, tx.Now, id)
	return err
}

// agreed tells whether the address receives another watch of the same scope
// and has never said stop to one: then it need not be asked again.
func agreed(tx *db.Tx, scope, addressKey string) (bool, error) {
	var yes, no int64
	err := tx.Each(func(scan func(...any) error) error { return scan(&yes, &no) },
		`SELECT coalesce(sum(CASE WHEN r.confirmed_at IS NOT NULL THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN r.stopped_at IS NOT NULL OR r.failed_at IS NOT NULL THEN 1 ELSE 0 END), 0)
		FROM watch_recipient r JOIN watch w ON w.id = r.watch_id WHERE w.scope = $1 AND r.address_key = $2`, scope, addressKey)
	return yes > 0 && no == 0, err
}

func recipientBy(tx *db.Tx, condition string, args ...any) (Recipient, error) {
	var r Recipient
	err := tx.One(&r, "SELECT "+recipientColumns+" FROM watch_recipient WHERE removed_at IS NULL AND "+condition, args...)
	if errors.Is(err, db.ErrNone) {
		return r, errNoRecipient
	}
	return r, err
}

func setRecipient(tx *db.Tx, id, column string, at clock.Instant) error {
	_, err := tx.Exec("UPDATE watch_recipient SET "+column+" = $1 WHERE id = $2", at, id)
	return err
}
