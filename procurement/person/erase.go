package person

import (
	"context"
	"errors"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

// Prospect is what would follow if somebody erased their account now.
type Prospect struct {
	Account   account.Account
	Partings  []member.Parting
	Own       int              // watches that they have alone, which end
	Elsewhere []watch.Received // watches of others that go on reaching their address, unless they ask
	Refusal   error            // why it cannot be done yet; nil when it can
}

// errGoingBack keeps whoever took an account by its address from ending it before its
// owner takes it back.
var errGoingBack = fault.New(fault.Conflict, "L'adresse de ce compte a changé il y a moins de 72\u00a0heures\u00a0: tant que l'ancienne peut la reprendre, le compte ne peut pas être supprimé.")

// Prospect says what erasing the actor's account would do.
func (s *Service) Prospect(ctx context.Context, by access.Actor) (Prospect, error) {
	var p Prospect
	if err := by.Must(access.EditAccount); err != nil {
		return p, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if p.Account, err = account.Find(tx, by.AccountID); err != nil {
			return err
		}
		if p.Partings, err = member.Partings(tx, by.AccountID); err != nil {
			return err
		}
		p.Refusal = member.Blocked(p.Partings)
		waits, err := account.MayGoBack(tx, by.AccountID)
		if err != nil {
			return err
		}
		if waits {
			p.Refusal = errGoingBack
		}
		if p.Own, err = watch.OwnCount(tx, by.AccountID); err != nil {
			return err
		}
		p.Elsewhere, err = elsewhere(tx, p.Account, p.Partings)
		return err
	})
	return p, err
}

// elsewhere lists the watches that reach an address and are neither its owner's nor of
// an establishment that they are leaving.
func elsewhere(tx *db.Tx, a account.Account, partings []member.Parting) ([]watch.Received, error) {
	all, err := watch.ReceivedAt(tx, a.AddressKey)
	if err != nil {
		return nil, err
	}
	var out []watch.Received
	for _, r := range all {
		leaving := r.Own && r.WatchOf == a.ID
		for _, p := range partings {
			leaving = leaving || !r.Own && r.EstablishmentID == p.Establishment.ID && !p.Asked
		}
		if !leaving && (r.State() == watch.Confirmed || r.State() == watch.Awaited) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Erasure is what somebody fills in to erase their account.
type Erasure struct {
	Password string // the one in use
	Stop     bool   // what others' watches send to the address
}

// attempts is how often an erasure is begun again because somebody joined an
// establishment, or took a place in a watch, at the same moment.
const attempts = 3

// Erase erases the account of the person signed in, who proves it with the password. All
// of it is one transaction: memberships end as by leaving, what the person has alone ends
// with it, what is left in the rooms goes, a last mail is owed. The faults: a wrong
// password on mot_de_passe_actuel, fault.Unavailable after too many,
// fault.Conflict for the last administrator of others.
func (s *Service) Erase(ctx context.Context, by access.Actor, sessionToken string, form Erasure, from account.Visitor) error {
	if err := by.Must(access.EditAccount); err != nil {
		return err
	}
	proof, err := s.accounts.Prove(ctx, sessionToken, form.Password, from)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		err := s.db.Write(ctx, func(tx *db.Tx) error { return s.erase(tx, proof, form.Stop) })
		if n == attempts || !errors.Is(err, member.ErrMoved) && !db.IsUnique(err) {
			return err
		}
	}
}

// erase takes what it changes in the order in which everybody does: attempts,
// establishments, the account, then the rest.
func (s *Service) erase(tx *db.Tx, proof account.Proof, stop bool) error {
	was := proof.Account
	by := access.Actor{AccountID: was.ID, Name: was.Name, Address: was.Address, Role: access.Newcomer}
	if err := s.accounts.ForgetAttempts(tx, proof); err != nil {
		return err
	}
	if waits, err := account.MayGoBack(tx, was.ID); err != nil {
		return err
	} else if waits {
		return errGoingBack
	}
	held, err := member.HoldAll(tx, was.ID)
	if err != nil {
		return err
	}
	if err := s.accounts.Erase(tx, proof); err != nil {
		return err
	}
	if _, err := s.members.LeaveAll(tx, was, held); err != nil {
		return err
	}
	if err := member.ForgetPerson(tx, was.ID, was.AddressKey); err != nil {
		return err
	}
	if err := s.watches.EraseOwn(tx, by); err != nil {
		return err
	}
	if err := errors.Join(feed.Erase(tx, was.ID), webhook.Sweep(tx)); err != nil {
		return err
	}
	if err := s.eraseAddress(tx, was, stop); err != nil {
		return err
	}
	return s.alerts.Farewell(tx, was)
}

// eraseAddress removes the address from where nothing needs it any more. What others'
// watches send to it was agreed to apart from the account: it goes on, unless stop.
func (s *Service) eraseAddress(tx *db.Tx, was account.Account, stop bool) error {
	left, err := watch.ReceivedAt(tx, was.AddressKey)
	if err != nil {
		return err
	}
	var reaching, asked []string
	for _, r := range left {
		reaching = append(reaching, r.WatchID)
		asked = append(asked, r.Recipient.ID)
	}
	if stop {
		if err := s.watches.Stop(tx, was.AddressKey, reaching, false); err != nil {
			return err
		}
		reaching, asked = nil, nil
	}
	if err := watch.EraseAddress(tx, was.AddressKey); err != nil {
		return err
	}
	return alert.ForgetAddress(tx, was.AddressKey, reaching, asked)
}
