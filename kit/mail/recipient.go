package mail

import (
	"slices"

	"parvis/kit/db"
)

// Of lists the mails to an address, the oldest first, whatever became of them. key is
// the address in lower case, its domain in ASCII.
func Of(tx *db.Tx, key string) (rows []Row, err error) {
	err = tx.All(&rows, "SELECT "+rowColumns+" FROM outbox WHERE lower(recipient) = $1 ORDER BY created_at, id", key)
	return rows, err
}

// ForgetRecipient removes the mails to an address: the log of what was sent, and what
// waits, which is then not sent. What keep says true of stays. So does what is being
// sent at this moment, which nobody can take back.
func ForgetRecipient(tx *db.Tx, key string, keep func(Row) bool) error {
	rows, err := Of(tx, key)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if keep(r) {
			continue
		}
		if _, err := tx.Exec("DELETE FROM outbox WHERE id = $1 AND state <> 'sending'", r.ID); err != nil {
			return err
		}
	}
	return nil
}

// Kinds lists the kinds of mail that somebody composes.
func (o *Outbox) Kinds() []string {
	kinds := make([]string, 0, len(o.composers))
	for kind := range o.composers {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
