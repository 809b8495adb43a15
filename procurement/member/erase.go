package member

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// ErrMoved says that somebody joined an establishment whose lock is not held, while they
// were leaving all of theirs: the transaction is to be begun again.
var ErrMoved = errors.New("member: joined another establishment meanwhile")

// Parting is what becomes of one membership of somebody who erases their account.
type Parting struct {
	Establishment org.Establishment
	Asked         bool   // nobody has answered: the request is taken back
	Alone         bool   // nobody else is accepted: the watches end, the requests are refused
	Blocked       bool   // the last administrator of others: one of them is to be named first
	Watches       int    // that end, or that pass on
	Requests      int    // to join, that are refused
	Heir          string // who has the watches then

	heir account.Membership
}

// Partings says what would become of somebody's memberships. Nothing is held: LeaveAll
// looks again.
func Partings(tx *db.Tx, accountID string) ([]Parting, error) {
	mine, err := account.MembershipsOf(tx, accountID)
	if err != nil {
		return nil, err
	}
	var out []Parting
	for _, m := range mine {
		people, err := account.MembersOf(tx, m.EstablishmentID)
		if err != nil {
			return nil, err
		}
		p, err := (&change{tx: tx, establishment: m.EstablishmentID, people: people, mine: m}).parting()
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// parting looks at the membership that is leaving.
func (c *change) parting() (p Parting, err error) {
	m := c.mine
	if p.Establishment, err = org.EstablishmentByID(c.tx, c.establishment); err != nil {
		return p, err
	}
	if p.Asked = m.ApprovedAt.IsZero(); p.Asked {
		return p, nil
	}
	others := slices.DeleteFunc(slices.Clone(c.people), func(o account.Membership) bool { return o.ID == m.ID })
	accepted := slices.DeleteFunc(slices.Clone(others), func(o account.Membership) bool { return o.ApprovedAt.IsZero() })
	all, theirs, err := watch.Tally(c.tx, c.establishment, m.AccountID)
	if err != nil {
		return p, err
	}
	p.Watches = theirs
	var found bool
	switch p.heir, found = c.heir(m); {
	case len(accepted) == 0:
		p.Alone, p.Watches, p.Requests = true, all, len(others)
		return p, nil
	case !found && m.Role == access.CompanyAdmin:
		p.Blocked = true
		return p, nil
	case !found: // nobody administers here: whoever has been there longest
		p.heir = accepted[0]
	}
	successor, err := account.Find(c.tx, p.heir.AccountID)
	p.Heir = successor.Name
	return p, err
}

// HoldAll locks the establishments that somebody belongs to or asks to join, always in
// the same order, and gives them: LeaveAll needs it, before anything of the account is
// locked.
func HoldAll(tx *db.Tx, accountID string) (held []string, err error) {
	mine, err := account.MembershipsOf(tx, accountID)
	if err != nil {
		return nil, err
	}
	for _, m := range mine {
		held = append(held, m.EstablishmentID)
	}
	slices.Sort(held)
	for _, id := range held {
		if _, err := org.TakeEstablishment(tx, id); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// LeaveAll ends every membership of somebody who erases their account, which the caller
// holds, in establishments that HoldAll has locked: as by leaving each, but that who is
// alone somewhere leaves nothing behind. A last administrator of others is told to name
// one first (fault.Conflict); ErrMoved asks to begin again.
func (s *Service) LeaveAll(tx *db.Tx, a account.Account, held []string) ([]Parting, error) {
	mine, err := account.MembershipsOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	var partings []Parting
	var changes []*change
	for _, m := range mine {
		if !slices.Contains(held, m.EstablishmentID) {
			return nil, ErrMoved
		}
		c, err := begin(tx, access.Actor{AccountID: a.ID, Name: a.Name, Address: a.Address, MembershipID: m.ID, EstablishmentID: m.EstablishmentID, Role: m.ActingRole()})
		if err != nil {
			return nil, err
		}
		p, err := c.parting()
		if err != nil {
			return nil, err
		}
		partings, changes = append(partings, p), append(changes, c)
	}
	if err := Blocked(partings); err != nil {
		return nil, err
	}
	for i, c := range changes {
		if err := s.part(c, a, partings[i]); err != nil {
			return nil, err
		}
	}
	return partings, nil
}

// Blocked is the refusal of whoever is the last administrator of others, nil when they
// are nowhere.
func Blocked(partings []Parting) error {
	var names []string
	for _, p := range partings {
		if p.Blocked {
			names = append(names, "«\u00a0"+p.Establishment.CompanyName+"\u00a0» ("+p.Establishment.Pretty()+")")
		}
	}
	if names == nil {
		return nil
	}
	return fault.New(fault.Conflict, fmt.Sprintf("Vous êtes le seul administrateur de %s, où d'autres personnes comptent sur vous. "+
		"Dans la liste des utilisateurs, rendez d'abord administrateur l'une d'elles, puis revenez supprimer votre compte.", strings.Join(names, " et de ")))
}

func (s *Service) part(c *change, a account.Account, p Parting) error {
	if err := s.accounts.End(c.tx, c.by, c.mine); err != nil { // first: what they are saving now waits for it
		return err
	}
	switch {
	case p.Asked:
		return nil // what they watched alone is no matter of the establishment
	case p.Alone:
		if err := s.refuseAll(c); err != nil {
			return err
		}
		return s.watches.EraseAll(c.tx, c.by, c.establishment)
	}
	successor, err := account.Find(c.tx, p.heir.AccountID)
	if err != nil {
		return err
	}
	_, err = s.watches.PassOn(c.tx, c.by, a, successor, c.establishment)
	return err
}

// refuseAll turns down who waits at the door of an establishment where nobody is left
// to answer: asking again, they are the first.
func (s *Service) refuseAll(c *change) error {
	for _, m := range c.people {
		if m.ID == c.mine.ID {
			continue
		}
		person, err := account.Find(c.tx, m.AccountID)
		if err != nil {
			return err
		}
		if err := s.accounts.Refuse(c.tx, c.by, m); err != nil {
			return err
		}
		if err := s.watches.Disown(c.tx, c.by, person, c.establishment); err != nil {
			return err
		}
	}
	return nil
}
