package account

import (
	"errors"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// What follows changes one membership and says so to the journal. Whether it may be
// changed is for the room member, which holds the establishment's lock.

// FindMembership reads a membership, ended or not; db.ErrNone when there is none.
func FindMembership(tx *db.Tx, id string) (Membership, error) { return membershipByID(tx, id) }

// PastMembershipsOf lists the memberships of a person that have ended, in the order
// in which they began.
func PastMembershipsOf(tx *db.Tx, accountID string) ([]Membership, error) {
	return pastMemberships(tx, accountID)
}

// Approve lets the person into the establishment.
func (s *Service) Approve(tx *db.Tx, by access.Actor, m Membership) error {
	m.ApprovedAt = tx.Now
	if err := setMembership(tx, m); err != nil {
		return err
	}
	return s.journal.Record(tx, by, event.MembershipApproved, m.ID, m.body())
}

// Refuse ends a membership that nobody had approved.
func (s *Service) Refuse(tx *db.Tx, by access.Actor, m Membership) error {
	m.EndedAt = tx.Now
	if err := setMembership(tx, m); err != nil {
		return err
	}
	return s.journal.Record(tx, by, event.MembershipRefused, m.ID, m.body())
}

// ChangeRole gives the person another role from their next request on.
func (s *Service) ChangeRole(tx *db.Tx, by access.Actor, m Membership, role access.Role) error {
	m.Role = role
	if err := setMembership(tx, m); err != nil {
		return err
	}
	return s.journal.Record(tx, by, event.MembershipChanged, m.ID, m.body())
}

// End ends a membership: the person left, or by is somebody else who removed them.
func (s *Service) End(tx *db.Tx, by access.Actor, m Membership) error {
	m.EndedAt = tx.Now
	if err := setMembership(tx, m); err != nil {
		return err
	}
	return s.journal.Record(tx, by, event.MembershipEnded, m.ID, m.body())
}

func (m Membership) body() MembershipBody {
	return MembershipBody{AccountID: m.AccountID, EstablishmentID: m.EstablishmentID, Role: m.Role, Approved: !m.ApprovedAt.IsZero()}
}

// Hold keeps the actor's address and membership as they are until the transaction ends,
// and refuses when they are no longer what the actor had when their request began: what
// they save must not land in an establishment that they have just left, nor beside the
// one that has just let them in, nor be mailed where they are no more. The account comes
// first: who changes the address has that row before any other.
func Hold(tx *db.Tx, by access.Actor) error {
	switch a, err := FindHeld(tx, by.AccountID); {
	case errors.Is(err, db.ErrNone):
		return sessionOver()
	case err != nil:
		return err
	case a.Address == "": // erased meanwhile
		return sessionOver()
	case a.Address != by.Address:
		return fault.New(fault.Conflict, "L'adresse de votre compte vient de changer\u00a0: rien n'est enregistré. Vérifiez votre saisie, puis enregistrez à nouveau.")
	}
	if by.MembershipID == "" {
		return holdAccount(tx, by.AccountID) // in their own name, which only they can take away
	}
	m, held, err := holdMembership(tx, by.MembershipID)
	if err != nil {
		return err
	}
	if !held || (m.ActingRole() == access.Newcomer) != (by.Role == access.Newcomer) {
		return fault.New(fault.Conflict, "Votre rattachement à l'établissement vient de changer\u00a0: rien n'est enregistré. Vérifiez votre saisie, puis enregistrez à nouveau.")
	}
	return nil
}
