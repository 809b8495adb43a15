package alert

import (
	"errors"
	"fmt"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/member"
)

// Kinds of mail about an administrator whom somebody contests.
const (
	mailDisputeOpened    = "dispute_opened"    // to those who administer
	mailDisputeOperator  = "dispute_operator"  // to who runs the platform
	mailDisputeGranted   = "dispute_granted"   // to who contested
	mailDisputeReplaced  = "dispute_replaced"  // to those who administered
	mailDisputeRejected  = "dispute_rejected"  // to who contested
	mailDisputeConfirmed = "dispute_confirmed" // to those who administer
)

// TellOperator has disputes mailed to whoever runs the platform. Without an address
// they are in the log, and in the list of the command line.
func (s *Service) TellOperator(a account.Address) { s.operator = a.Mailbox() }

// composeDisputes tells the outbox who writes the mails of this file.
func (s *Service) composeDisputes() {
	for kind, about := range map[string]struct {
		page    string
		subject func(name, company string) string
	}{
		mailDisputeOpened: {peopleURL, func(name, company string) string {
			return "«\u00a0" + name + "\u00a0» conteste l'administrateur de «\u00a0" + company + "\u00a0»"
		}},
		mailDisputeGranted: {peopleURL, func(_, company string) string { return "Vous administrez maintenant «\u00a0" + company + "\u00a0»" }},
		mailDisputeReplaced: {spaceURL, func(_, company string) string {
			return "Vous n'administrez plus «\u00a0" + company + "\u00a0»"
		}},
		mailDisputeRejected: {peopleURL, func(_, company string) string {
			return "L'administrateur de «\u00a0" + company + "\u00a0» est confirmé"
		}},
		mailDisputeConfirmed: {peopleURL, func(_, company string) string {
			return "La contestation de l'administrateur de «\u00a0" + company + "\u00a0» est rejetée"
		}},
	} {
		s.outbox.Compose(kind, func(tx *db.Tx, ref, _ string) (mail.Message, error) {
			return s.composeDispute(tx, kind, about.page, ref, about.subject)
		})
	}
	s.outbox.Compose(mailDisputeOperator, s.composeDisputeOperator)
}

// mailDisputeOpened tells the administrators, and the operator.
func (s *Service) mailDisputeOpened(tx *db.Tx, e event.Event) error {
	d, err := member.FindDispute(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	s.log.Warn("an establishment's administrator is contested: parvis establishment disputes tells more",
		"dispute", d.ID, "establishment", d.EstablishmentID)
	for _, a := range d.Admins {
		if err := s.owe(tx, mailDisputeOpened, d.ID+" "+a.ID, a.Address); err != nil {
			return err
		}
	}
	if s.operator == "" {
		return nil
	}
	return s.owe(tx, mailDisputeOperator, d.ID, s.operator)
}

// mailDisputeGranted tells the person, and those who administered until then.
func (s *Service) mailDisputeGranted(tx *db.Tx, e event.Event) error {
	var body member.DisputeBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if err := s.mailContester(tx, mailDisputeGranted, e, body); err != nil {
		return err
	}
	for _, id := range body.Former {
		_, person, err := memberOf(tx, id)
		if err != nil {
			return err
		}
		if err := s.owe(tx, mailDisputeReplaced, e.Subject+" "+id, person.Address); err != nil {
			return err
		}
	}
	return nil
}

// mailDisputeRejected tells the person, and those who administer.
func (s *Service) mailDisputeRejected(tx *db.Tx, e event.Event) error {
	var body member.DisputeBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	if err := s.mailContester(tx, mailDisputeRejected, e, body); err != nil {
		return err
	}
	people, err := account.MembersOf(tx, body.EstablishmentID)
	if err != nil {
		return err
	}
	for _, m := range people {
		if m.ActingRole() != access.CompanyAdmin || m.AccountID == body.AccountID {
			continue
		}
		a, err := account.Find(tx, m.AccountID)
		if err != nil {
			return err
		}
		if err := s.owe(tx, mailDisputeConfirmed, e.Subject+" "+m.ID, a.Address); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mailContester(tx *db.Tx, kind string, e event.Event, body member.DisputeBody) error {
	a, err := account.Find(tx, body.AccountID)
	if err != nil {
		return err
	}
	return s.owe(tx, kind, e.Subject, a.Address)
}

// composeDispute writes one of the letters whose only news is what its kind says. What
// somebody wrote to the operator is in none of them.
func (s *Service) composeDispute(tx *db.Tx, kind, page, ref string, subject func(name, company string) string) (mail.Message, error) {
	id, reader, _ := strings.Cut(ref, " ")
	d, err := member.FindDispute(tx, id)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	// Decided before the administrators could be told, or they administer no more.
	if kind == mailDisputeOpened && (!d.DecidedAt.IsZero() || !administers(d, reader)) {
		return mail.Message{}, mail.ErrUnwanted
	}
	const each = 40
	name, company := strangersName(d.Person.Name), oneLine(d.Establishment.CompanyName)
	return write(kind, subject(shorten(name, each), shorten(company, each)), map[string]string{
		"Name": name, "Company": company, "Number": d.Establishment.Pretty(), "Link": s.linkFor(page, d.EstablishmentID), "Legal": s.baseURL + "/mentions",
	})
}

func administers(d member.Dispute, membershipID string) bool {
	for _, a := range d.Admins {
		if a.ID == membershipID {
			return true
		}
	}
	return false
}

// operatorLetter is all that the operator needs to look into a dispute.
type operatorLetter struct {
	ID, Company, Number, Status, Since string
	Name, Address                      string
	Admins                             []string
	Reason                             []string // line by line
}

func (s *Service) composeDisputeOperator(tx *db.Tx, ref, _ string) (mail.Message, error) {
	d, err := member.FindDispute(tx, ref)
	if errors.Is(err, db.ErrNone) || err == nil && !d.DecidedAt.IsZero() {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	l := operatorLetter{ID: d.ID, Company: oneLine(d.Establishment.CompanyName), Number: d.Establishment.Pretty(), Status: d.Establishment.Status(),
		Since: d.Establishment.DeclaredAt.Long(clock.Paris), Name: oneLine(d.Person.Name), Address: d.Person.Address}
	for _, a := range d.Admins {
		l.Admins = append(l.Admins, fmt.Sprintf("%s, %s, depuis le %s", oneLine(a.Name), a.Address, a.ApprovedAt.In(clock.Paris).Format("02/01/2006")))
	}
	for line := range strings.Lines(d.Reason) {
		l.Reason = append(l.Reason, oneLine(line))
	}
	return write("dispute_operator", "Administrateur contesté\u00a0: «\u00a0"+shorten(l.Company, 60)+"\u00a0»", l)
}
