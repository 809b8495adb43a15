package member

import (
	"context"
	"errors"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// Person is one of an establishment's people, or somebody who asks to be.
type Person struct {
	account.Membership
	Name    string
	Address string
}

// People is « Liste des utilisateurs » as one person sees it.
type People struct {
	Establishment org.Establishment // zero for somebody of none
	Members       []Person          // who was accepted, the oldest first; none for a newcomer
	Requests      []Person          // who waits for an answer; for administrators
	Mine          *Person           // nil for somebody of no establishment
	Former        []org.Establishment
	Invitations   []Invitation  // that wait for an answer, the last one first; for administrators
	Contested     clock.Instant // since when the operator has the actor's dispute; zero for none
}

// Admins counts the administrators.
func (p People) Admins() int {
	n := 0
	for _, m := range p.Members {
		if m.Role == access.CompanyAdmin {
			n++
		}
	}
	return n
}

// List reads who belongs to the actor's establishment. A newcomer sees their own
// request and nobody else; somebody of no establishment, those that they were refused
// by or have left, which they may ask again.
func (s *Service) List(ctx context.Context, by access.Actor) (People, error) {
	var out People
	if err := by.Must(access.SeeUsers); err != nil {
		return out, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Contested, err = contestedAt(tx, by); err != nil {
			return err
		}
		if by.MembershipID == "" {
			out.Former, err = former(tx, by.AccountID)
			return err
		}
		if out.Establishment, err = org.EstablishmentByID(tx, by.EstablishmentID); err != nil {
			return err
		}
		people, err := account.MembersOf(tx, by.EstablishmentID)
		if err != nil {
			return err
		}
		for _, m := range people {
			if err := out.add(tx, by, m); err != nil {
				return err
			}
		}
		if by.May(access.ManageUsers) {
			out.Invitations, err = invited(tx, by.EstablishmentID, people)
		}
		return err
	})
	return out, err
}

// contestedAt is when the actor contested the administrator of their establishment, or,
// for somebody of none, of one that has turned them down.
func contestedAt(tx *db.Tx, by access.Actor) (clock.Instant, error) {
	if by.Role != access.Newcomer {
		return 0, nil
	}
	all, err := openDisputesOf(tx, by.AccountID)
	for _, d := range all {
		if by.MembershipID == "" || d.EstablishmentID == by.EstablishmentID {
			return d.OpenedAt, err
		}
	}
	return 0, err
}

// add puts somebody where the actor sees them, if anywhere.
func (p *People) add(tx *db.Tx, by access.Actor, m account.Membership) error {
	mine, member := m.ID == by.MembershipID, !m.ApprovedAt.IsZero()
	seen := mine || member && by.Role != access.Newcomer || !member && by.May(access.ManageUsers)
	if !seen {
		return nil
	}
	a, err := account.Find(tx, m.AccountID)
	if err != nil {
		return err
	}
	one := Person{m, a.Name, a.Address}
	if mine {
		p.Mine = &one
	}
	switch {
	case member:
		p.Members = append(p.Members, one)
	case !mine:
		p.Requests = append(p.Requests, one)
	}
	return nil
}

// former lists the establishments that the person belonged to, or asked to, each once.
func former(tx *db.Tx, accountID string) ([]org.Establishment, error) {
	past, err := account.PastMembershipsOf(tx, accountID)
	if err != nil {
		return nil, err
	}
	var out []org.Establishment
	for _, m := range past {
		if slices.ContainsFunc(out, func(e org.Establishment) bool { return e.ID == m.EstablishmentID }) {
			continue
		}
		e, err := org.EstablishmentByID(tx, m.EstablishmentID)
		switch {
		case err == nil:
			out = append(out, e)
		case !errors.Is(err, db.ErrNone): // a body that is no establishment cannot be asked
			return nil, err
		}
	}
	return out, nil
}

// Find gives one of the people of the actor's establishment, for a page that asks
// before it acts; anybody else does not exist.
func (s *Service) Find(ctx context.Context, by access.Actor, id string) (Person, error) {
	if err := by.Must(access.ManageUsers); err != nil {
		return Person{}, err
	}
	people, err := s.List(ctx, by)
	if err != nil {
		return Person{}, err
	}
	for _, p := range slices.Concat(people.Members, people.Requests) {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, errNobody
}

// Waiting counts the requests that wait for the actor's answer.
func (s *Service) Waiting(ctx context.Context, by access.Actor) (int, error) {
	if !by.May(access.ManageUsers) {
		return 0, nil
	}
	people, err := s.List(ctx, by)
	return len(people.Requests), err
}
