package alert

import (
	"errors"
	"regexp"
	"strings"

	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// Kinds of mail about who belongs to an establishment.
const (
	mailJoinRequest   = "join_request"
	mailJoinAccepted  = "join_accepted"
	mailJoinRefused   = "join_refused"
	mailMemberRemoved = "member_removed"
)

// peopleURL is the page where requests are answered, spaceURL where a person begins.
const (
	peopleURL = "/entreprise/utilisateurs"
	spaceURL  = "/entreprise"
)

// composeMembers tells the outbox who writes the mails of this file.
func (s *Service) composeMembers() {
	s.outbox.Compose(mailJoinRequest, s.composeJoinRequest)
	s.outbox.Compose(mailJoinAccepted, s.composeJoinAccepted)
	s.outbox.Compose(mailJoinRefused, s.composeJoinRefused)
	s.outbox.Compose(mailMemberRemoved, s.composeMemberRemoved)
}

// mailJoinRequest owes each administrator one mail about somebody who asks to join.
func (s *Service) mailJoinRequest(tx *db.Tx, e event.Event) error {
	var body account.MembershipBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if body.Approved {
		return nil // the first one asked nobody
	}
	people, err := account.MembersOf(tx, body.EstablishmentID)
	if err != nil {
		return err
	}
	for _, m := range people {
		if m.ActingRole() != access.CompanyAdmin {
			continue
		}
		a, err := account.Find(tx, m.AccountID)
		if err != nil {
			return err
		}
		if err := s.owe(tx, mailJoinRequest, e.Subject+" "+m.ID, a.Address); err != nil {
			return err
		}
	}
	return nil
}

// mailJoinAccepted leaves in peace who was let in by an invitation that they accepted,
// or by the operator, who says so otherwise.
func (s *Service) mailJoinAccepted(tx *db.Tx, e event.Event) error {
	var body account.MembershipBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if e.ActorID == nil || *e.ActorID == body.AccountID {
		return nil
	}
	return s.mailMember(tx, mailJoinAccepted, e)
}

func (s *Service) mailJoinRefused(tx *db.Tx, e event.Event) error {
	return s.mailMember(tx, mailJoinRefused, e)
}

// mailMemberRemoved leaves in peace who left by themselves.
func (s *Service) mailMemberRemoved(tx *db.Tx, e event.Event) error {
	var body account.MembershipBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if e.ActorID != nil && *e.ActorID == body.AccountID {
		return nil
	}
	return s.mailMember(tx, mailMemberRemoved, e)
}

func (s *Service) mailMember(tx *db.Tx, kind string, e event.Event) error {
	_, person, err := memberOf(tx, e.Subject)
	if err != nil {
		return err
	}
	return s.owe(tx, kind, e.Subject, person.Address)
}

// memberOf reads a membership and whose it is.
func memberOf(tx *db.Tx, id string) (account.Membership, account.Account, error) {
	m, err := account.FindMembership(tx, id)
	if err != nil {
		return m, account.Account{}, err
	}
	a, err := account.Find(tx, m.AccountID)
	return m, a, err
}

// composeJoinRequest writes to one administrator, unless somebody has answered the
// request meanwhile, or they no longer administer.
func (s *Service) composeJoinRequest(tx *db.Tx, ref, _ string) (mail.Message, error) {
	asked, reader, _ := strings.Cut(ref, " ")
	m, person, err := memberOf(tx, asked)
	if err != nil {
		return mail.Message{}, err
	}
	admin, err := account.FindMembership(tx, reader)
	if err != nil {
		return mail.Message{}, err
	}
	answered := !m.ApprovedAt.IsZero() || !m.EndedAt.IsZero()
	if answered || !admin.EndedAt.IsZero() || admin.ActingRole() != access.CompanyAdmin {
		return mail.Message{}, mail.ErrUnwanted
	}
	return s.writeMember(tx, "join_request", peopleURL, m, strangersName(person.Name), func(name, company string) string {
		return "«\u00a0" + name + "\u00a0» demande à rejoindre «\u00a0" + company + "\u00a0»"
	})
}

// composeJoinAccepted writes to whoever was accepted and still is.
func (s *Service) composeJoinAccepted(tx *db.Tx, ref, _ string) (mail.Message, error) {
	m, person, err := memberOf(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	if !m.EndedAt.IsZero() {
		return mail.Message{}, mail.ErrUnwanted
	}
	return s.writeMember(tx, "join_accepted", spaceURL, m, person.Name, func(_, company string) string {
		return "Votre demande de rejoindre «\u00a0" + company + "\u00a0» est acceptée"
	})
}

func (s *Service) composeJoinRefused(tx *db.Tx, ref, _ string) (mail.Message, error) {
	m, person, err := memberOf(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	return s.writeMember(tx, "join_refused", peopleURL, m, person.Name, func(_, company string) string {
		return "Votre demande de rejoindre «\u00a0" + company + "\u00a0» n'est pas acceptée"
	})
}

func (s *Service) composeMemberRemoved(tx *db.Tx, ref, _ string) (mail.Message, error) {
	m, person, err := memberOf(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	return s.writeMember(tx, "member_removed", spaceURL, m, person.Name, func(_, company string) string {
		return "Vous ne faites plus partie de «\u00a0" + company + "\u00a0»"
	})
}

// writeMember renders a letter about a membership; the subject gets the person's and
// the company's names, cut to leave room for each other.
func (s *Service) writeMember(tx *db.Tx, letter, page string, m account.Membership, name string, subject func(name, company string) string) (mail.Message, error) {
	e, err := org.EstablishmentByID(tx, m.EstablishmentID)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	const each = 40
	company := oneLine(e.CompanyName)
	return write(letter, subject(shorten(name, each), shorten(company, each)), map[string]string{
		"Name": oneLine(name), "Company": company, "Number": e.Pretty(), "Link": s.linkFor(page, e.ID),
	})
}

// linkFor leads to a page as it is for an establishment: its reader may act for another
// one of theirs when they follow it.
func (s *Service) linkFor(page, establishmentID string) string {
	if establishmentID == "" {
		return s.baseURL + page
	}
	return s.baseURL + page + "?pour=" + establishmentID
}

// afterDot is where a mail program would begin the end of an address: « exemple.fr »,
// but neither « S.A.R.L. » nor « 3.5 ».
var afterDot = regexp.MustCompile(`\.(\pL{2})`)

// strangersName is the name of somebody, or of a company, whom the reader does not know
// yet. They chose it: nothing in it may become a link in the reader's mail.
func strangersName(name string) string {
	name = strings.NewReplacer("://", " ", "@", " ").Replace(name)
	return oneLine(afterDot.ReplaceAllString(name, ". $1"))
}
