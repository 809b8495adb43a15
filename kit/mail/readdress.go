package mail

import (
	"strings"

	"parvis/kit/db"
)

// Unsent lists what mails of a kind are about that are owed to an address and that no
// relay has taken: those being sent at this moment included, which may arrive.
func (o *Outbox) Unsent(tx *db.Tx, kind, recipient string) (refs []string, err error) {
	err = tx.All(&refs, `SELECT ref FROM outbox WHERE state IN ('pending', 'sending', 'parked') AND kind = $1 AND lower(recipient) = $2
		ORDER BY id`, kind, strings.ToLower(recipient))
	return refs, err
}

// Readdress has a mail go to another address from its next attempt on, unless it has
// ended. One that is being sent arrives where it was going, or is tried again there;
// bytes whose fate is unknown are sent again as they are. A composer that is to know
// compares the recipient that it is told.
func (o *Outbox) Readdress(tx *db.Tx, kind, ref, recipient string) error {
	_, err := tx.Exec("UPDATE outbox SET recipient = $1 WHERE kind = $2 AND ref = $3 AND ended_at IS NULL", recipient, kind, ref)
	return err
}
