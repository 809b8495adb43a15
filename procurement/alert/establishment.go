package alert

import (
	"errors"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// Kinds of mail about an establishment and its mailbox (« Adresse de secours »).
const (
	mailVerified        = "establishment_verified"
	mailFallbackRequest = "fallback_request"
	mailFallbackRemoved = "fallback_removed"
	mailAddressFailed   = "address_failed"
)

// profileURL is « Profil de l'entreprise », fallbackURL the page of the mailbox's links.
const (
	profileURL  = "/entreprise/profil"
	fallbackURL = "/adresse-de-secours/"
)

// composeEstablishments tells the outbox who writes the mails of this file.
func (s *Service) composeEstablishments() {
	s.outbox.Compose(mailVerified, s.composeVerified)
	s.outbox.Compose(mailFallbackRequest, s.composeFallbackRequest)
	s.outbox.Compose(mailFallbackRemoved, s.composeFallbackRemoved)
	s.outbox.Compose(mailAddressFailed, s.composeAddressFailed)
}

// mailVerified owes each administrator a mail; the event is what it is about.
func (s *Service) mailVerified(tx *db.Tx, e event.Event) error {
	people, err := account.MembersOf(tx, e.Subject)
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
		if err := s.owe(tx, mailVerified, e.ID+" "+m.ID, a.Address); err != nil {
			return err
		}
	}
	return nil
}

// composeVerified writes to one administrator, unless the operator has thought better of
// it meanwhile.
func (s *Service) composeVerified(tx *db.Tx, ref, _ string) (mail.Message, error) {
	id, reader, _ := strings.Cut(ref, " ")
	e, err := event.Find(tx, id)
	if err != nil {
		return mail.Message{}, err
	}
	m, person, err := memberOf(tx, reader)
	if err != nil {
		return mail.Message{}, err
	}
	its, err := org.EstablishmentByID(tx, e.Subject)
	if err != nil {
		return mail.Message{}, err
	}
	verified := e.Kind == event.EstablishmentVerified
	if !m.EndedAt.IsZero() || m.ActingRole() != access.CompanyAdmin || its.VerifiedAt.IsZero() == verified {
		return mail.Message{}, mail.ErrUnwanted
	}
	letter, subject := "establishment_verified", "Établissement vérifié"
	if !verified {
		letter, subject = "establishment_unverified", "Établissement à nouveau non vérifié"
	}
	return write(letter, subject+"\u00a0: "+shorten(oneLine(its.CompanyName), 60), map[string]string{
		"Name": oneLine(person.Name), "Company": oneLine(its.CompanyName), "Number": its.Pretty(), "Link": s.baseURL + profileURL,
	})
}

// mailFallback owes a mail to the mailbox that an event is about, once.
func (s *Service) mailFallback(tx *db.Tx, kind string, e event.Event) error {
	var body org.FallbackBody
	if err := e.Decode(&body); err != nil || !body.Mail {
		return err
	}
	f, err := org.FindFallback(tx, body.FallbackID)
	if errors.Is(err, db.ErrNone) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	return s.owe(tx, kind, f.ID, f.Address)
}

func (s *Service) mailFallbackAsked(tx *db.Tx, e event.Event) error {
	return s.mailFallback(tx, mailFallbackRequest, e)
}

func (s *Service) mailFallbackRemoved(tx *db.Tx, e event.Event) error {
	return s.mailFallback(tx, mailFallbackRemoved, e)
}

// composeFallbackRequest names the company only: who asks is a stranger to the reader.
func (s *Service) composeFallbackRequest(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, r, ok, err := org.MintFallbackToken(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	if !ok || r.State(tx.Now) != org.FallbackAwaited {
		return mail.Message{}, mail.ErrUnwanted
	}
	m, err := write("fallback_request", "Adresse de secours d'un établissement\u00a0: êtes-vous d'accord\u00a0?", map[string]string{
		"Company": oneLine(r.Establishment.CompanyName), "Number": r.Establishment.Pretty(),
		"Link": s.baseURL + fallbackURL + secret, "Until": r.ExpiresAt().Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

func (s *Service) composeFallbackRemoved(tx *db.Tx, ref, _ string) (mail.Message, error) {
	f, err := org.FindFallback(tx, ref)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	its, err := org.EstablishmentByID(tx, f.EstablishmentID)
	if err != nil {
		return mail.Message{}, err
	}
	return write("fallback_removed", "Cette adresse n'est plus une adresse de secours", map[string]string{
		"Company": oneLine(its.CompanyName), "Number": its.Pretty(),
	})
}

// failedBody is the body of event.AddressFailed.
type failedBody struct {
	AccountID string `json:"account_id"`
}

// mailAddressFailed owes the mailbox one mail for each address that fails, when there is
// a mailbox: else the page of the watches says it alone.
func (s *Service) mailAddressFailed(tx *db.Tx, e event.Event) error {
	f, found, err := org.FallbackOf(tx, e.Subject)
	if err != nil || !found {
		return err
	}
	return s.owe(tx, mailAddressFailed, e.ID+" "+f.ID, f.Address)
}

// composeAddressFailed writes to the mailbox while it still is one.
func (s *Service) composeAddressFailed(tx *db.Tx, ref, _ string) (mail.Message, error) {
	id, fallback, _ := strings.Cut(ref, " ")
	e, err := event.Find(tx, id)
	if err != nil {
		return mail.Message{}, err
	}
	var body failedBody
	if err := e.Decode(&body); err != nil {
		return mail.Message{}, err
	}
	person, err := account.Find(tx, body.AccountID)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	secret, r, ok, err := org.MintFallbackToken(tx, fallback)
	if err != nil {
		return mail.Message{}, err
	}
	if !ok || r.State(tx.Now) != org.FallbackConfirmed {
		return mail.Message{}, mail.ErrUnwanted
	}
	m, err := write("address_failed", "Les alertes n'arrivent plus à "+shorten(oneLine(person.Name), 60), map[string]string{
		"Name": oneLine(person.Name), "Address": person.Address, "Company": oneLine(r.Establishment.CompanyName), "Number": r.Establishment.Pretty(),
		"Link": s.baseURL + peopleURL, "Stop": s.baseURL + fallbackURL + secret,
	})
	m.Once = true
	return m, err
}
