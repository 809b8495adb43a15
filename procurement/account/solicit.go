package account

import (
	"time"

	"parvis/kit/db"
)

// An address receives so many mails in a day that somebody else can make it receive:
// sign-ups, forgotten passwords, invitations, watches, changes of address together.
const (
	solicitationsPerDay = 5
	solicitationMemory  = 24 * time.Hour
)

// Solicit counts a mail that whoever fills in a form makes an address receive, for
// all functions together, and tells whether it may leave. Its caller answers the same
// either way: how often an address was written to is nobody's business.
func Solicit(tx *db.Tx, addressKey string) (allowed bool, err error) {
	who := keyOf("solicited\x00" + addressKey)
	// The row is the lock of what is counted.
	if _, err := takeAttempt(tx, who, tx.Now.Add(solicitationMemory)); err != nil {
		return false, err
	}
	n, err := countSolicitations(tx, who, tx.Now.Add(-solicitationMemory))
	if err != nil || n >= solicitationsPerDay {
		return false, err
	}
	return true, insertSolicitation(tx, who)
}
