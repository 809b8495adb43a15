package watch

import "parvis/kit/db"

// Conditions on a row of watch_recipient: it sends nothing any more; it remembers a stop
// that the same establishment must still respect.
const (
	over    = `removed_at IS NOT NULL OR watch_id IN (SELECT id FROM watch WHERE deleted_at IS NOT NULL)`
	opposed = `(stopped_at IS NOT NULL OR failed_at IS NOT NULL) AND EXISTS (
		SELECT 1 FROM watch_recipient other JOIN watch theirs ON theirs.id = other.watch_id JOIN watch mine ON mine.scope = theirs.scope
		WHERE mine.id = watch_recipient.watch_id AND other.address_key = watch_recipient.address_key
			AND other.removed_at IS NULL AND theirs.deleted_at IS NULL)`
)

// emptyWatch deletes a watch and keeps nothing of what it said.
func emptyWatch(tx *db.Tx, id string) error {
	if _, err := tx.Exec("DELETE FROM watch_recipient WHERE watch_id = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE watch SET name = 'Veille effacée', name_key = '', criteria = '{}', active = $1, version = version + 1,
		deleted_at = coalesce(deleted_at, $2) WHERE id = $3`, false, tx.Now, id)
	return err
}
