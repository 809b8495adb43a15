package account

import (
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
)

// An address receives so many mails in a day that somebody else can make it receive:
// sign-ups, forgotten passwords, invitations, watches, changes of address together. A
// forgotten password asked from a browser that the account knows is apart.
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

// quota is how many requests of one kind come from one place before it has to wait.
type quota struct {
	name string
	most int64
	each time.Duration // from the first of them
	says string        // to whom it refuses, before how long to wait
}

// A town hall, a training room and a street behind one operator's address are networks
// too: their quotas are there to stop a program. Whoever finishes a sign-up learns of
// each identifiant that they try whether it is free, as they must; they may not go
// through a list.
var (
	signUpQuota = quota{"sign-up", 30, time.Hour, "Beaucoup de demandes viennent de votre réseau."}
	resetQuota  = quota{"reset", 30, time.Hour, "Beaucoup de demandes viennent de votre réseau."}
	loginQuota  = quota{"login", 10, 24 * time.Hour, "Vous avez essayé beaucoup d'identifiants."}
)

// ofNetwork counts a request that a visitor makes. It is taken before anybody is looked
// up.
func (q quota) ofNetwork(tx *db.Tx, from Visitor) error {
	network := NetworkOf(from.Remote)
	if network == "" {
		return nil
	}
	return q.take(tx, network)
}

// take counts a request, or tells how long to wait (fault.Unavailable).
func (q quota) take(tx *db.Tx, who string) error {
	a, err := takeAttempt(tx, keyOf("quota\x00"+q.name+"\x00"+who), tx.Now.Add(q.each))
	if err != nil {
		return err
	}
	if a.KeepUntil <= tx.Now {
		a.Failures, a.KeepUntil = 0, tx.Now.Add(q.each)
	}
	if a.Failures >= q.most {
		return fault.New(fault.Unavailable, q.says+" Réessayez dans "+frenchWait(a.KeepUntil.Sub(tx.Now))+".")
	}
	a.Failures++
	return setAttempt(tx, a)
}
