package account

import (
	"fmt"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
)

// An address receives so many mails in a day that somebody else can make it receive:
// sign-ups, forgotten passwords, invitations, watches, changes of address together.
const (
	solicitationsPerDay = 5
	solicitationMemory  = 24 * time.Hour
)

// Solicit counts a mail that whoever fills in a form makes an address receive, for
// all functions together, and tells whether it may leave. Its caller answers the same
// either way, and does the same work: how often an address was written to is
// nobody's business, and whose identifiant leads to which address neither. A caller
// with several addresses takes them in the order of their keys, because each is a
// lock.
func Solicit(tx *db.Tx, addressKey string) (allowed bool, err error) {
	who := keyOf("solicited\x00" + addressKey)
	// The row is the lock of what is counted.
	if _, err := takeAttempt(tx, who, tx.Now.Add(solicitationMemory)); err != nil {
		return false, err
	}
	n, err := countSolicitations(tx, who, tx.Now.Add(-solicitationMemory))
	if err != nil {
		return false, err
	}
	if allowed = n < solicitationsPerDay; !allowed {
		// As much is written, under a name that nobody counts: else whoever goes on
		// asking would keep the address from ever being written to again.
		who = keyOf("withheld\x00" + addressKey)
	}
	return allowed, insertSolicitation(tx, who)
}

// quota is how many requests of one kind come from one network before it has to
// wait. A town hall, a training room and a street behind one operator's address are
// networks too: it is there to stop a program.
type quota struct {
	name string
	most int64
	each time.Duration // from the first of them
}

var (
	signUpQuota = quota{"sign-up", 30, time.Hour}
	resetQuota  = quota{"reset", 30, time.Hour}
)

// take counts a request that a visitor makes, or tells how long to wait
// (fault.Unavailable). It is taken before anybody is looked up.
func (q quota) take(tx *db.Tx, from Visitor) error {
	network := NetworkOf(from.Remote)
	if network == "" {
		return nil
	}
	a, err := takeAttempt(tx, keyOf("quota\x00"+q.name+"\x00"+network), tx.Now.Add(q.each))
	if err != nil {
		return err
	}
	if a.KeepUntil <= tx.Now {
		a.Failures, a.KeepUntil = 0, tx.Now.Add(q.each)
	}
	if a.Failures >= q.most {
		return fault.New(fault.Unavailable, fmt.Sprintf("Beaucoup de demandes viennent de votre réseau. Réessayez dans %s.", frenchWait(a.KeepUntil.Sub(tx.Now))))
	}
	a.Failures++
	return setAttempt(tx, a)
}
