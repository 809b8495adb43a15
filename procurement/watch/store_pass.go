package watch

import "parvis/kit/db"

// ownWatches lists the watches that a person has alone and made under this
// establishment, or under none.
func ownWatches(tx *db.Tx, accountID, establishmentID string) ([]*Watch, error) {
	return query(tx, "scope = $1 AND (establishment_id = $2 OR establishment_id = '') AND deleted_at IS NULL ORDER BY created_at, id", ownScope(accountID), establishmentID)
}

// move writes to whom a watch of one person belongs. The caller holds that person's
// membership, so that it was not edited since it was read. What it asks is as it was,
// and so is when it was last edited: alerts go by that.
func move(tx *db.Tx, w *Watch) error {
	_, err := tx.Exec("UPDATE watch SET scope = $1, establishment_id = $2, account_id = $3, name = $4, name_key = $5, version = $6 WHERE id = $7",
		w.Scope, w.EstablishmentID, w.AccountID, w.Name, nameKey(w.Name), w.Version, w.ID)
	return err
}

// give writes whose a watch is, and reads it as it then stands: a colleague may have
// edited it until the row was locked. The page that somebody has open is out of date.
func give(tx *db.Tx, id, accountID string) (*Watch, error) {
	if _, err := tx.Exec("UPDATE watch SET account_id = $1, version = version + 1 WHERE id = $2", accountID, id); err != nil {
		return nil, err
	}
	found, err := ByIDs(tx, []string{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// promoteRecipient makes a further recipient the main one. One who was asked and has
// not answered need not answer: the watch is theirs now.
func promoteRecipient(tx *db.Tx, r Recipient) error {
	confirmed := r.ConfirmedAt
	if r.State() == Awaited {
		confirmed = tx.Now
	}
	_, err := tx.Exec("UPDATE watch_recipient SET main = $1, confirmed_at = $2, token_hash = NULL WHERE id = $3", true, confirmed, r.ID)
	return err
}
