package account

import (
	"context"
	"slices"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/event"
)

// ErasedName is what stands for the name of somebody who erased their account.
const ErasedName = "Personne partie"

// Erased tells whether its owner has erased the account: only its id is left.
func (a Account) Erased() bool { return a.Address == "" }

// Proof is that somebody signed in has just said their password again.
type Proof struct {
	Account Account
	hash    string
	meters  []meter
}

// Prove has the person signed in say their password again, before what cannot be
// undone: a session left open on a desk is not enough. A wrong one counts like a wrong
// sign-in until ForgetAttempts. The fault is on
// mot_de_passe_actuel; too many errors are told how long to wait (fault.Unavailable).
func (s *Service) Prove(ctx context.Context, sessionToken, password string, from Visitor) (Proof, error) {
	var p Proof
	var err error
	if _, p.Account, p.hash, err = s.holder(ctx, sessionToken); err != nil {
		return Proof{}, err
	}
	if password == "" {
		return Proof{}, refuse("Saisissez votre mot de passe actuel.").On("mot_de_passe_actuel")
	}
	p.meters, err = s.prove(ctx, p.Account, p.hash, password, from)
	return p, err
}

// ForgetAttempts removes the failures counted against the account of a proof; a network
// only loses this attempt. First in its transaction: attempts are taken before accounts,
// in one order, here as in a sign-in.
func (s *Service) ForgetAttempts(tx *db.Tx, p Proof) error {
	devices, err := deviceIDs(tx, p.Account.ID)
	if err != nil {
		return err
	}
	keys := []string{everywhereKey(p.Account.ID), strangeKey(p.Account.ID)}
	for _, id := range devices {
		keys = append(keys, deviceKey(id))
	}
	network := map[string]meter{}
	for _, m := range p.meters {
		if m.pace == networkPace {
			network[m.key] = m
			keys = append(keys, m.key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if m, of := network[key]; of {
			err = forgive(tx, []meter{m})
		} else {
			err = deleteAttempt(tx, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Erase empties the account of a proof and removes what led to it: sessions, known
// browsers, links, sign-ups. Its identifiant and its address are free from then on. The row stays, with
// its id, for what names it; so do its memberships, which the room member has ended.
// The account is locked from here on: who is joining or signing in has done it before,
// or finds nobody after. A password that was changed since the proof is
// fault.Conflict.
func (s *Service) Erase(tx *db.Tx, p Proof) error {
	a := p.Account
	erased, err := emptyAccount(tx, a.ID, p.hash)
	switch {
	case err != nil:
		return err
	case !erased:
		return fault.New(fault.Conflict, "Votre mot de passe vient d'être changé par ailleurs\u00a0: rien n'est supprimé. Recommencez avec le nouveau.")
	}
	if _, err := deleteSessions(tx, a.ID, ""); err != nil {
		return err
	}
	if err := deleteTraces(tx, a); err != nil {
		return err
	}
	return s.journal.Record(tx, a.actor(), event.AccountErased, a.ID, struct{}{})
}

// holdAccount keeps an account from being erased until the transaction ends, and
// refuses when it is: what somebody begins must not outlive them.
func holdAccount(tx *db.Tx, id string) error {
	gone, err := accountGone(tx, id)
	if err == nil && gone {
		return sessionOver()
	}
	return err
}
