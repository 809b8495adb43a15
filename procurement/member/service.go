package member

import (
	"context"
	"slices"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// Service holds the use cases of this room.
type Service struct {
	db       *db.DB
	journal  *event.Journal
	accounts *account.Service
	orgs     *org.Service
	watches  *watch.Service
}

// New makes the room on this database; events go to the journal.
func New(d *db.DB, j *event.Journal, accounts *account.Service, orgs *org.Service, watches *watch.Service) *Service {
	return &Service{db: d, journal: j, accounts: accounts, orgs: orgs, watches: watches}
}

var (
	errNobody    = fault.New(fault.NotFound, "Cette personne n'est pas, ou n'est plus, dans votre établissement.")
	errAnswered  = fault.New(fault.Conflict, "Cette demande a déjà été acceptée. La liste des utilisateurs est à jour.")
	errNotYet    = fault.New(fault.Conflict, "Cette personne n'a pas encore été acceptée\u00a0: acceptez ou refusez d'abord sa demande.")
	errChanged   = fault.New(fault.Forbidden, "Vos droits viennent de changer\u00a0: rien n'a été fait. Demandez à un administrateur de votre établissement.")
	errLastAdmin = fault.New(fault.Conflict, "L'établissement n'a pas d'autre administrateur. Dans la liste des utilisateurs, rendez d'abord administrateur une autre personne\u00a0; s'il n'y a personne d'autre, un collègue peut s'inscrire avec le même SIRET et vous accepterez sa demande.")
)

// change is an act on an establishment's people, under its lock.
type change struct {
	tx            *db.Tx
	by            access.Actor
	establishment string
	people        []account.Membership // that have not ended, read under the lock
	mine          account.Membership
}

// within runs an act under the lock of the actor's establishment, for an actor who is
// still there.
func (s *Service) within(ctx context.Context, by access.Actor, act access.Act, f func(*change) error) error {
	if err := by.Must(act); err != nil {
		return err
	}
	if by.MembershipID == "" {
		return errNobody
	}
	return s.attempt(ctx, func(tx *db.Tx) error {
		c, err := begin(tx, by)
		if err != nil {
			return err
		}
		now := by
		now.Role = c.mine.ActingRole()
		if !now.May(act) {
			return errChanged
		}
		return f(c)
	})
}

// begin takes the lock and reads who is there.
func begin(tx *db.Tx, by access.Actor) (*change, error) {
	c := &change{tx: tx, by: by, establishment: by.EstablishmentID}
	if _, err := org.TakeEstablishment(tx, by.EstablishmentID); err != nil {
		return nil, err
	}
	var err error
	if c.people, err = account.MembersOf(tx, by.EstablishmentID); err != nil {
		return nil, err
	}
	c.mine, err = c.find(by.MembershipID)
	if err != nil {
		return nil, errChanged
	}
	return c, nil
}

// find gives one of the establishment's people; anybody else does not exist.
func (c *change) find(id string) (account.Membership, error) {
	at := slices.IndexFunc(c.people, func(m account.Membership) bool { return m.ID == id })
	if at < 0 {
		return account.Membership{}, errNobody
	}
	return c.people[at], nil
}

// heir is who administers the establishment once m does not, the one who has been there
// longest, or the actor when they are one; found is false when m is the last one.
func (c *change) heir(m account.Membership) (heir account.Membership, found bool) {
	for _, p := range c.people {
		if p.ID == m.ID || p.ActingRole() != access.CompanyAdmin {
			continue
		}
		if p.ID == c.mine.ID {
			return p, true
		}
		if !found {
			heir, found = p, true
		}
	}
	return heir, found
}

// Accept lets in somebody who asked to join. What they watch becomes the
// establishment's.
func (s *Service) Accept(ctx context.Context, by access.Actor, id string) (name string, err error) {
	err = s.within(ctx, by, access.ManageUsers, func(c *change) error {
		m, person, err := c.asked(id)
		if err != nil {
			return err
		}
		name = person.Name
		if err := s.accounts.Approve(c.tx, by, m); err != nil {
			return err
		}
		_, err = s.watches.Adopt(c.tx, by, person, c.establishment)
		return err
	})
	return name, err
}

// Refuse turns down somebody who asked to join. They go on in their own name, with
// their own watches.
func (s *Service) Refuse(ctx context.Context, by access.Actor, id string) (name string, err error) {
	err = s.within(ctx, by, access.ManageUsers, func(c *change) error {
		m, person, err := c.asked(id)
		if err != nil {
			return err
		}
		name = person.Name
		if err := s.accounts.Refuse(c.tx, by, m); err != nil {
			return err
		}
		return s.watches.Disown(c.tx, by, person, c.establishment)
	})
	return name, err
}

// asked finds a request that waits for its answer, and who made it.
func (c *change) asked(id string) (account.Membership, account.Account, error) {
	m, err := c.find(id)
	if err != nil {
		return m, account.Account{}, err
	}
	if !m.ApprovedAt.IsZero() {
		return m, account.Account{}, errAnswered
	}
	person, err := account.Find(c.tx, m.AccountID)
	return m, person, err
}

// ChangeRole makes somebody an administrator or a plain user. What they are already is
// no error.
func (s *Service) ChangeRole(ctx context.Context, by access.Actor, id string, role access.Role) (name string, err error) {
	err = s.within(ctx, by, access.ManageUsers, func(c *change) error {
		m, err := c.find(id)
		if err != nil {
			return err
		}
		person, err := account.Find(c.tx, m.AccountID)
		if err != nil {
			return err
		}
		name = person.Name
		switch _, another := c.heir(m); {
		case m.ApprovedAt.IsZero():
			return errNotYet
		case m.Role == role:
			return nil
		case role != access.CompanyAdmin && !another:
			return errLastAdmin
		}
		return s.accounts.ChangeRole(c.tx, by, m, role)
	})
	return name, err
}

// Gone is what became of the watches of somebody who left or was removed.
type Gone struct {
	Name   string // the person's
	Passed int    // watches of the establishment that somebody else has now
	Heir   string // who
	Ended  int    // watches that were theirs alone
}

// Remove ends somebody else's membership: their watches pass to the actor. Removing
// oneself is leaving.
func (s *Service) Remove(ctx context.Context, by access.Actor, id string) (Gone, error) {
	var gone Gone
	err := s.within(ctx, by, access.ManageUsers, func(c *change) error {
		m, err := c.find(id)
		if err != nil {
			return err
		}
		if m.ApprovedAt.IsZero() {
			return errNotYet
		}
		gone, err = s.end(c, m)
		return err
	})
	return gone, err
}

// Leave ends the actor's own membership. Their watches pass to the administrator who
// has been there longest; a request that nobody has answered is taken back, and what
// its author watched alone ends with it.
func (s *Service) Leave(ctx context.Context, by access.Actor) (Gone, error) {
	var gone Gone
	err := s.within(ctx, by, access.LeaveCompany, func(c *change) (err error) {
		gone, err = s.end(c, c.mine)
		return err
	})
	return gone, err
}

func (s *Service) end(c *change, m account.Membership) (gone Gone, err error) {
	// Held: a change of address meanwhile would leave what passes at the old one.
	person, err := account.FindHeld(c.tx, m.AccountID)
	if err != nil {
		return gone, err
	}
	gone.Name = person.Name
	heir, found := c.heir(m)
	if !found {
		return gone, errLastAdmin
	}
	if err := s.accounts.End(c.tx, c.by, m); err != nil { // first: what they are saving now waits for it
		return gone, err
	}
	if m.ApprovedAt.IsZero() {
		if err := s.dropDispute(c, m.AccountID); err != nil {
			return gone, err
		}
		gone.Ended, err = s.watches.EndOwn(c.tx, c.by, person, c.establishment)
		return gone, err
	}
	successor, err := account.FindHeld(c.tx, heir.AccountID)
	if err != nil {
		return gone, err
	}
	gone.Heir = successor.Name
	gone.Passed, err = s.watches.PassOn(c.tx, c.by, person, successor, c.establishment)
	if err != nil || gone.Passed == 0 {
		return gone, err
	}
	return gone, s.journal.Record(c.tx, c.by, event.WatchesPassed, m.ID, PassedBody{HeirID: heir.ID, Watches: gone.Passed})
}

// PassedBody is the body of event.WatchesPassed, whose subject is the membership that
// ended.
type PassedBody struct {
	HeirID  string `json:"heir_id"` // the membership of whoever has the watches now
	Watches int    `json:"watches"`
}
