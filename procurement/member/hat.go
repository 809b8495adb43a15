package member

import (
	"context"
	"fmt"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// One person may act for so many establishments, of which so many new ones in a day:
// whoever declares an establishment first administers it, so that an account must not
// be able to sweep up the country's.
const (
	mostEstablishments   = 10
	establishmentsPerDay = 5
)

var errNoHat = fault.New(fault.NotFound, "Ce rattachement n'est pas, ou n'est plus, l'un des vôtres.")

// Under gives the actor as they are under another of their memberships: its rights,
// and none of those that they have elsewhere.
func (s *Service) Under(ctx context.Context, by access.Actor, membershipID string) (access.Actor, error) {
	if err := by.Must(access.SeeMemberships); err != nil {
		return access.Actor{}, err
	}
	hats, err := s.orgs.Memberships(ctx, by)
	if err != nil {
		return access.Actor{}, err
	}
	for _, h := range hats {
		if h.ID == membershipID {
			by.MembershipID, by.EstablishmentID, by.Role = h.ID, h.EstablishmentID, h.ActingRole()
			by.CompanyName, by.SIRET, by.Verified = h.Establishment.CompanyName, h.Establishment.SIRET().String(), !h.Establishment.VerifiedAt.IsZero()
			return by, nil
		}
	}
	return access.Actor{}, errNoHat
}

// LeaveAs ends one of the actor's memberships, as Leave does for the one under which
// they act.
func (s *Service) LeaveAs(ctx context.Context, by access.Actor, membershipID string) (Gone, error) {
	as, err := s.Under(ctx, by, membershipID)
	if err != nil {
		return Gone{}, err
	}
	return s.Leave(ctx, as)
}

// Declared is what became of an establishment that somebody named.
type Declared struct {
	MembershipID  string
	Establishment org.Establishment
	First         bool // they administer it
	Already       bool // they belonged to it, or had asked to
}

// Declare brings somebody who has an account into another establishment, as signing up
// would: its first person administers it, a later one asks to join. Faults are on siret,
// pays, identifiant_national, entreprise; too many are fault.Unavailable.
func (s *Service) Declare(ctx context.Context, by access.Actor, form account.CompanyForm) (Declared, error) {
	var out Declared
	if err := by.Must(access.AddMembership); err != nil {
		return out, err
	}
	named, err := form.Read()
	if err != nil {
		return out, err
	}
	err = s.attempt(ctx, func(tx *db.Tx) error {
		out = Declared{}
		a, err := account.Take(tx, by.AccountID)
		if err != nil {
			return err
		}
		if out.Establishment, err = org.Declare(tx, named); err != nil {
			return err
		}
		if out.MembershipID, err = waitsAlready(tx, a.ID, out.Establishment.ID); err != nil || out.MembershipID != "" {
			out.Already = true
			return err
		}
		if err := roomForOneMore(tx, a.ID); err != nil {
			return err
		}
		m, err := s.admit(tx, by, a, out.Establishment.ID)
		out.MembershipID, out.First = m.ID, !m.ApprovedAt.IsZero()
		return err
	})
	return out, err
}

// roomForOneMore refuses an establishment too many to a person whose account is locked.
func roomForOneMore(tx *db.Tx, accountID string) error {
	mine, err := account.MembershipsOf(tx, accountID)
	if err != nil {
		return err
	}
	if len(mine) >= mostEstablishments {
		return fault.New(fault.Unavailable, fmt.Sprintf("Vous êtes déjà rattaché à %d établissements, le maximum. Quittez-en un d'abord, ou écrivez à l'exploitant de la plateforme.", mostEstablishments))
	}
	past, err := account.PastMembershipsOf(tx, accountID)
	if err != nil {
		return err
	}
	today := 0
	for _, m := range append(mine, past...) {
		if m.CreatedAt > tx.Now.Add(-24*time.Hour) {
			today++
		}
	}
	if today >= establishmentsPerDay {
		return fault.New(fault.Unavailable, fmt.Sprintf("Vous avez déjà déclaré ou demandé à rejoindre %d établissements depuis hier à la même heure, le maximum. Recommencez demain.", establishmentsPerDay))
	}
	return nil
}

// admit ties the person to an establishment that is locked. Its administrators are not
// asked more often than they should be. What a first person watches in their own name
// becomes the establishment's.
func (s *Service) admit(tx *db.Tx, by access.Actor, a account.Account, establishmentID string) (account.Membership, error) {
	past, err := account.PastMembershipsOf(tx, a.ID)
	if err != nil {
		return account.Membership{}, err
	}
	if err := askedTooOften(tx, past, establishmentID); err != nil {
		return account.Membership{}, err
	}
	m, err := s.orgs.Admit(tx, a, establishmentID)
	if err != nil || m.ApprovedAt.IsZero() {
		return m, err
	}
	_, err = s.watches.Adopt(tx, by, a, establishmentID)
	return m, err
}

// attempt runs a transaction in which watches are renamed and moved: of two at once, one
// may find a name taken after it looked; then it looks again.
func (s *Service) attempt(ctx context.Context, f func(tx *db.Tx) error) error {
	const attempts = 3
	for n := 1; ; n++ {
		err := s.db.Write(ctx, f)
		if n == attempts || !db.IsUnique(err) {
			return err
		}
	}
}
