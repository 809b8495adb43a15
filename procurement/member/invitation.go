package member

import (
	"context"
	"errors"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// An invitation is good for invitationLife. An establishment sends so many in a day;
// an address receives so many mails in a day, see account.Solicit.
const (
	invitationLife    = 7 * 24 * time.Hour
	invitationsPerDay = 20
)

// KeepInvitations is how long what is over is kept: the address may be that of somebody
// who never wanted to hear of us.
const KeepInvitations = 30 * 24 * time.Hour

// Invitation is an administrator's wish that the holder of an address join their
// establishment, in a role that nobody but them chooses.
type Invitation struct {
	ID              string
	EstablishmentID string
	Address         string
	AddressKey      string
	Role            access.Role
	InviterID       string // the membership of whoever invites
	InvitedAt       clock.Instant
	ExpiresAt       clock.Instant
	AcceptedAt      clock.Instant
	ClosedAt        clock.Instant // cancelled, or replaced by a later one

	Expired bool `db:"-"` // its week is over
	Void    bool `db:"-"` // who invited does not administer the establishment any more
}

func (i Invitation) address() account.Address {
	return account.Address{Text: i.Address, Key: i.AddressKey}
}

func (i Invitation) good() bool {
	return i.AcceptedAt.IsZero() && i.ClosedAt.IsZero() && !i.Void && !i.Expired
}

// judge says whether it is still in time and of somebody who may invite: nobody grants
// what they do not hold any more. people are the establishment's.
func (i *Invitation) judge(at clock.Instant, people []account.Membership) {
	i.Expired = at >= i.ExpiresAt
	i.Void = !slices.ContainsFunc(people, func(m account.Membership) bool {
		return m.ID == i.InviterID && m.ActingRole() == access.CompanyAdmin
	})
}

// InvitationBody is the body of event.InvitationSent, InvitationCancelled and
// InvitationAccepted.
type InvitationBody struct {
	EstablishmentID string      `json:"establishment_id"`
	Role            access.Role `json:"role"`
	Mailed          bool        `json:"mailed,omitempty"`        // false: the address has had its mails of the day
	MembershipID    string      `json:"membership_id,omitempty"` // of whoever accepted
}

// InvitationForm is whom an administrator invites.
type InvitationForm struct {
	Address string
	Role    string // access.CompanyUser or access.CompanyAdmin
}

// read checks all fields together.
func (f InvitationForm) read() (account.Address, access.Role, error) {
	var faults fault.List
	address, err := account.ParseAddress(f.Address)
	if e, ok := fault.As(err); ok {
		faults = append(faults, e.On("adresse"))
	}
	role := access.Role(f.Role)
	if role != access.CompanyUser && role != access.CompanyAdmin {
		faults = append(faults, fault.New(fault.Invalid, "Choisissez un rôle\u00a0: utilisateur ou administrateur.").On("role"))
	}
	return address, role, faults.Err()
}

var errNoInvitation = fault.New(fault.NotFound, "Cette invitation n'existe pas, ou plus\u00a0: elle a peut-être été acceptée, remplacée ou annulée.")

// Invite has an address asked to join the actor's establishment. Whether the address
// has an account on the platform is not told: the answer, the work and the rows are
// the same. Another invitation that waits for the address is replaced, unless its
// address has had its mails of the day and would be left without a link. Faults are on
// adresse, role; too many in a day are fault.Unavailable.
func (s *Service) Invite(ctx context.Context, by access.Actor, form InvitationForm) error {
	address, role, wrong := form.read()
	return s.within(ctx, by, access.ManageUsers, func(c *change) error {
		if wrong != nil {
			return wrong
		}
		return s.invite(c, address, role)
	})
}

// Resend mails an invitation once more, for another week, in the name of the actor. It
// gives the address.
func (s *Service) Resend(ctx context.Context, by access.Actor, id string) (address string, err error) {
	err = s.within(ctx, by, access.ManageUsers, func(c *change) error {
		i, err := c.waiting(id)
		if err != nil {
			return err
		}
		address = i.Address
		return s.invite(c, i.address(), i.Role)
	})
	return address, err
}

// Cancel takes an invitation back: its link opens nothing any more. It gives the
// address.
func (s *Service) Cancel(ctx context.Context, by access.Actor, id string) (address string, err error) {
	err = s.within(ctx, by, access.ManageUsers, func(c *change) error {
		i, err := c.waiting(id)
		if err != nil {
			return err
		}
		address = i.Address
		if err := closeInvitation(c.tx, i.ID); err != nil {
			return err
		}
		return s.journal.Record(c.tx, by, event.InvitationCancelled, i.ID, InvitationBody{EstablishmentID: c.establishment, Role: i.Role})
	})
	return address, err
}

// waiting finds an invitation of the establishment that nobody has accepted.
func (c *change) waiting(id string) (Invitation, error) {
	all, err := waitingInvitations(c.tx, c.establishment)
	if err != nil {
		return Invitation{}, err
	}
	at := slices.IndexFunc(all, func(i Invitation) bool { return i.ID == id })
	if at < 0 {
		return Invitation{}, errNoInvitation
	}
	return all[at], nil
}

func (s *Service) invite(c *change, address account.Address, role access.Role) error {
	for _, m := range c.people {
		if m.ApprovedAt.IsZero() {
			continue // whoever accepts an invitation has been waiting long enough
		}
		a, err := account.Find(c.tx, m.AccountID)
		if err != nil {
			return err
		}
		if a.AddressKey == address.Key {
			return fault.New(fault.Invalid, a.Name+", de cette adresse, fait déjà partie de l'établissement.").On("adresse")
		}
	}
	today, err := countInvitations(c.tx, c.establishment, c.tx.Now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if today >= invitationsPerDay {
		return fault.New(fault.Unavailable, "Votre établissement a envoyé vingt invitations depuis hier à la même heure, le maximum. Vous pourrez en envoyer d'autres demain.")
	}
	mailed, err := account.Solicit(c.tx, address.Key)
	if err != nil {
		return err
	}
	i := Invitation{ID: db.NewID(), EstablishmentID: c.establishment, Address: address.Text, AddressKey: address.Key, Role: role,
		InviterID: c.mine.ID, InvitedAt: c.tx.Now, ExpiresAt: c.tx.Now.Add(invitationLife)}
	switch kept, err := c.says(i); {
	case err != nil:
		return err
	case kept && !mailed:
		i.ClosedAt = c.tx.Now // what was mailed earlier stays good: it is all that there will be today
	default:
		if err := closeInvitations(c.tx, c.establishment, address.Key); err != nil {
			return err
		}
	}
	if err := insertInvitation(c.tx, i); err != nil {
		return err
	}
	return s.journal.Record(c.tx, c.by, event.InvitationSent, i.ID, InvitationBody{EstablishmentID: c.establishment, Role: role, Mailed: mailed})
}

// says tells whether an invitation that waits, still good, says the same to the same
// address.
func (c *change) says(same Invitation) (bool, error) {
	all, err := invited(c.tx, c.establishment, c.people)
	return slices.ContainsFunc(all, func(i Invitation) bool {
		return i.AddressKey == same.AddressKey && i.Role == same.Role && i.good()
	}), err
}

// FindInvitation reads an invitation, with whether it may still be accepted;
// db.ErrNone when there is none.
func FindInvitation(tx *db.Tx, id string) (i Invitation, good bool, err error) {
	if i, err = invitationByID(tx, id); err != nil {
		return i, false, err
	}
	people, err := account.MembersOf(tx, i.EstablishmentID)
	i.judge(tx.Now, people)
	return i, i.good(), err
}

// MintInvitationToken makes the secret of the link, in the transaction that freezes its
// mail. account.ErrStale when it must not be mailed any more.
func MintInvitationToken(tx *db.Tx, id string) (secret string, i Invitation, err error) {
	i, good, err := FindInvitation(tx, id)
	if errors.Is(err, db.ErrNone) || err == nil && !good {
		err = account.ErrStale
	}
	if err != nil {
		return "", Invitation{}, err
	}
	secret = token.New()
	return secret, i, setInvitationToken(tx, i.ID, token.Hash(secret))
}

// ForgetInvitations removes those that expired a month ago, accepted or not.
func (s *Service) ForgetInvitations(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return deleteInvitations(tx, tx.Now.Add(-KeepInvitations)) })
}

// invited lists the invitations of an establishment that wait for an answer.
func invited(tx *db.Tx, establishmentID string, people []account.Membership) ([]Invitation, error) {
	all, err := waitingInvitations(tx, establishmentID)
	for n := range all {
		all[n].judge(tx.Now, people)
	}
	return all, err
}
