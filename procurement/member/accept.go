package member

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// Invited is what the page of an invitation's link shows to whoever holds it, who has
// the mailbox: they may know whether its address has an account.
type Invited struct {
	Invitation
	Establishment org.Establishment
	Inviter       string // the name of whoever invites
	Known         bool   // the address has an account
}

// For tells whether the actor is whom the invitation is for: nobody accepts another's,
// whoever forwarded the mail.
func (i Invited) For(by access.Actor) bool {
	a, err := account.ParseAddress(by.Address)
	return err == nil && by.SignedIn() && a.Key == i.AddressKey
}

// Hint is enough of the address for its owner to know it, and for nobody else.
func (i Invited) Hint() string {
	local, domain, _ := strings.Cut(i.Address, "@")
	return local[:1] + "…@" + domain
}

// InvitationOf reads the invitation of a link, for the page where it leads. Reading
// consumes nothing. What is used, cancelled, replaced, expired, void or unknown is one
// fault.NotFound.
func (s *Service) InvitationOf(ctx context.Context, secret string) (Invited, error) {
	var out Invited
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Invitation, _, err = openInvitation(tx, secret); err != nil {
			return err
		}
		if out.Establishment, err = org.EstablishmentByID(tx, out.EstablishmentID); err != nil {
			return err
		}
		if out.Inviter, err = nameOf(tx, out.InviterID); err != nil {
			return err
		}
		switch _, err := account.FindByAddress(tx, out.address()); {
		case err == nil:
			out.Known = true
		case !errors.Is(err, db.ErrNone):
			return err
		}
		return nil
	})
	return out, err
}

// nameOf gives the name of whose membership it is.
func nameOf(tx *db.Tx, membershipID string) (string, error) {
	m, err := account.FindMembership(tx, membershipID)
	if err != nil {
		return "", err
	}
	a, err := account.Find(tx, m.AccountID)
	return a.Name, err
}

func staleInvitation() *fault.Error {
	return fault.New(fault.NotFound, "Cette invitation n'est plus valable\u00a0: elle a déjà servi, elle date de plus de sept jours, elle a été annulée ou remplacée, ou le lien est incomplet. "+
		"Au besoin, demandez-en une autre à un administrateur de l'établissement.")
}

// openInvitation reads the invitation of a link, with the people of its establishment.
func openInvitation(tx *db.Tx, secret string) (Invitation, []account.Membership, error) {
	if !account.IsToken(secret) {
		return Invitation{}, nil, staleInvitation()
	}
	i, err := invitationByToken(tx, token.Hash(secret))
	if errors.Is(err, db.ErrNone) {
		return Invitation{}, nil, staleInvitation()
	}
	if err != nil {
		return Invitation{}, nil, fmt.Errorf("invitation of a link: %w", err)
	}
	people, err := account.MembersOf(tx, i.EstablishmentID)
	if err != nil {
		return Invitation{}, nil, err
	}
	if i.judge(tx.Now, people); !i.good() {
		return Invitation{}, nil, staleInvitation()
	}
	return i, people, nil
}

// AcceptInvitation brings the actor into the establishment of an invitation that is for
// their address, and gives the membership to act under. A request that waited for an
// answer is thereby accepted. What they watch in their own name becomes the
// establishment's. Whoever belongs there already keeps their role.
func (s *Service) AcceptInvitation(ctx context.Context, by access.Actor, secret string) (membershipID string, err error) {
	if err := by.Must(access.AddMembership); err != nil {
		return "", err
	}
	err = s.attempt(ctx, func(tx *db.Tx) error {
		a, err := account.Take(tx, by.AccountID)
		if err != nil {
			return err
		}
		membershipID, err = s.enter(tx, a, secret)
		return err
	})
	return membershipID, err
}

// InvitedForm is what somebody without an account fills in to accept an invitation.
type InvitedForm struct {
	account.InvitedForm
	From account.Visitor
}

// RegisterInvited makes the account of whoever holds the link of an invitation, whose
// address has none, brings them into the establishment and signs in: the browser is
// known from now on. Faults are on nom, identifiant, mot_de_passe, confirmation; an
// address that has an account by now is a fault.Conflict.
func (s *Service) RegisterInvited(ctx context.Context, secret string, form InvitedForm) (in account.Entry, err error) {
	i, err := s.InvitationOf(ctx, secret)
	if err != nil {
		return account.Entry{}, err
	}
	if i.Known {
		return account.Entry{}, account.AlreadyKnown()
	}
	name, chosen, err := s.accounts.ChooseInvited(ctx, i.address(), form.InvitedForm)
	if err != nil {
		return account.Entry{}, err
	}
	err = s.attempt(ctx, func(tx *db.Tx) error {
		a, err := s.accounts.CreateInvited(tx, i.address(), name, chosen, i.ID)
		if err != nil {
			return err
		}
		membershipID, err := s.enter(tx, a, secret)
		if err != nil {
			return err
		}
		in, err = account.OpenSession(tx, a, membershipID, form.From)
		return err
	})
	if err != nil {
		return account.Entry{}, err
	}
	return in, nil
}

// enter brings in a person whose account the caller has locked. The invitation is read
// again under the establishment's lock: whoever cancels it, or stops being an
// administrator, does so before or after, never meanwhile.
func (s *Service) enter(tx *db.Tx, a account.Account, secret string) (membershipID string, err error) {
	i, _, err := openInvitation(tx, secret)
	if err != nil {
		return "", err
	}
	if a.AddressKey != i.AddressKey {
		return "", fault.New(fault.Forbidden, "Cette invitation est pour une autre adresse que celle de votre compte\u00a0: rien n'a été fait.")
	}
	if _, err := org.TakeEstablishment(tx, i.EstablishmentID); err != nil {
		return "", err
	}
	i, people, err := openInvitation(tx, secret)
	if err != nil {
		return "", err
	}
	used, err := useInvitation(tx, i.ID)
	if err != nil {
		return "", err
	}
	if !used {
		return "", staleInvitation()
	}
	by := access.Actor{AccountID: a.ID, Name: a.Name, Address: a.Address, Role: access.Newcomer}
	m, err := s.letIn(tx, by, a, i, people)
	if err != nil {
		return "", err
	}
	if _, err := s.watches.Adopt(tx, by, a, i.EstablishmentID); err != nil {
		return "", err
	}
	body := InvitationBody{EstablishmentID: i.EstablishmentID, Role: i.Role, MembershipID: m.ID}
	return m.ID, s.journal.Record(tx, by, event.InvitationAccepted, i.ID, body)
}

// letIn gives the person the membership that the invitation is for.
func (s *Service) letIn(tx *db.Tx, by access.Actor, a account.Account, i Invitation, people []account.Membership) (account.Membership, error) {
	at := slices.IndexFunc(people, func(m account.Membership) bool { return m.AccountID == a.ID })
	if at < 0 {
		return s.accounts.AddMembership(tx, a, i.EstablishmentID, i.Role, true)
	}
	m := people[at]
	if !m.ApprovedAt.IsZero() {
		return m, nil
	}
	m.Role = i.Role
	return m, s.accounts.Approve(tx, by, m)
}
