package alert

import (
	"errors"
	"strconv"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/org"
)

// Kinds of mail about invitations, and about what somebody leaves behind.
const (
	mailInvitation         = "invitation"
	mailInvitationAccepted = "invitation_accepted"
	mailWatchesPassed      = "watches_passed"
)

// composeInvitations tells the outbox who writes the mails of this file.
func (s *Service) composeInvitations() {
	s.outbox.Compose(mailInvitation, s.composeInvitation)
	s.outbox.Compose(mailInvitationAccepted, s.composeInvitationAccepted)
	s.outbox.Compose(mailWatchesPassed, s.composeWatchesPassed)
}

// mailInvitation owes the link, unless the address has had its mails of the day.
func (s *Service) mailInvitation(tx *db.Tx, e event.Event) error {
	var body member.InvitationBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if !body.Mailed {
		s.log.Warn("invitation not mailed: too many mails to one address", "invitation", e.Subject)
		return nil
	}
	i, good, err := member.FindInvitation(tx, e.Subject)
	if errors.Is(err, db.ErrNone) || err == nil && !good {
		return nil
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailInvitation, i.ID, i.Address)
}

// invitationLetter is what an address is told that may never have heard of us. Names
// are quoted and hold no link; nobody writes anything else in it.
type invitationLetter struct {
	Inviter, Company, Number string
	Admin, Verified          bool
	Link, Until              string
}

func (s *Service) composeInvitation(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, i, err := member.MintInvitationToken(tx, ref)
	if errors.Is(err, account.ErrStale) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	_, inviter, err := memberOf(tx, i.InviterID)
	if err != nil {
		return mail.Message{}, err
	}
	e, err := org.EstablishmentByID(tx, i.EstablishmentID)
	if err != nil {
		return mail.Message{}, err
	}
	const each = 60
	company := strangersName(e.CompanyName)
	m, err := write("invitation", "Invitation à rejoindre «\u00a0"+shorten(company, each)+"\u00a0» sur Parvis", invitationLetter{
		Inviter: strangersName(inviter.Name), Company: company, Number: e.Pretty(),
		Admin: i.Role == access.CompanyAdmin, Verified: !e.VerifiedAt.IsZero(),
		Link: s.baseURL + "/invitation/" + secret, Until: i.ExpiresAt.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

// mailInvitationAccepted owes one mail to whoever invited.
func (s *Service) mailInvitationAccepted(tx *db.Tx, e event.Event) error {
	i, _, err := member.FindInvitation(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	_, inviter, err := memberOf(tx, i.InviterID)
	if err != nil {
		return err
	}
	return s.owe(tx, mailInvitationAccepted, e.ID, inviter.Address)
}

func (s *Service) composeInvitationAccepted(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	var body member.InvitationBody
	if err := e.Decode(&body); err != nil {
		return mail.Message{}, err
	}
	m, person, err := memberOf(tx, body.MembershipID)
	if err != nil {
		return mail.Message{}, err
	}
	return s.writeMember(tx, "invitation_accepted", peopleURL, m, strangersName(person.Name), func(name, company string) string {
		return "«\u00a0" + name + "\u00a0» a rejoint «\u00a0" + company + "\u00a0»"
	})
}

// mailWatchesPassed owes a mail to whoever has inherited watches, but for who has just
// made it so: the page told them.
func (s *Service) mailWatchesPassed(tx *db.Tx, e event.Event) error {
	var body member.PassedBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	_, heir, err := memberOf(tx, body.HeirID)
	if err != nil {
		return err
	}
	if e.ActorID != nil && *e.ActorID == heir.ID {
		return nil
	}
	return s.owe(tx, mailWatchesPassed, e.ID, heir.Address)
}

// passedLetter says how many watches came from whom.
type passedLetter struct {
	Name, Company, Number string
	Watches               string // « 3 veilles »
	Several               bool
	Link                  string
}

// composeWatchesPassed writes to an heir who is still there.
func (s *Service) composeWatchesPassed(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	var body member.PassedBody
	if err := e.Decode(&body); err != nil {
		return mail.Message{}, err
	}
	_, gone, err := memberOf(tx, e.Subject)
	if err != nil {
		return mail.Message{}, err
	}
	heir, _, err := memberOf(tx, body.HeirID)
	if err != nil {
		return mail.Message{}, err
	}
	if !heir.EndedAt.IsZero() {
		return mail.Message{}, mail.ErrUnwanted
	}
	where, err := org.EstablishmentByID(tx, heir.EstablishmentID)
	if err != nil {
		return mail.Message{}, err
	}
	const each = 40
	name := strangersName(gone.Name)
	l := passedLetter{Name: name, Company: oneLine(where.CompanyName), Number: where.Pretty(), Watches: "Une veille", Link: s.linkFor("/entreprise/veilles", where.ID)}
	subject := "La veille de «\u00a0" + shorten(name, each) + "\u00a0» vous est passée"
	if body.Watches > 1 {
		l.Several, l.Watches = true, strconv.Itoa(body.Watches)+"\u00a0veilles"
		subject = "Les veilles de «\u00a0" + shorten(name, each) + "\u00a0» vous sont passées"
	}
	return write("watches_passed", subject, l)
}
