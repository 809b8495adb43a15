package alert

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// mailSignedIn is the kind of mail that tells of a sign-in from a browser that the
// account did not know.
const mailSignedIn = "signed_in"

// sessionsURL is the page where one closes what is open.
const sessionsURL = "/entreprise/connexions"

// mailSignedIn owes one mail per sign-in from an unknown browser: the event is what it
// is about.
func (s *Service) mailSignedIn(tx *db.Tx, e event.Event) error {
	var in account.SignInBody
	if err := e.Decode(&in); err != nil {
		return err
	}
	if in.Known {
		return nil
	}
	a, err := account.Find(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailSignedIn, e.ID, a.Address)
}

// composeSignedIn says when and by which browser. Where from is not said: we keep no
// network, and a town told from one is often wrong.
func (s *Service) composeSignedIn(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	var in account.SignInBody
	if err := e.Decode(&in); err != nil {
		return mail.Message{}, err
	}
	a, err := account.Find(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	d, err := account.FindDevice(tx, in.DeviceID)
	if err != nil && !errors.Is(err, db.ErrNone) { // forgotten long ago: the mail waited
		return mail.Message{}, err
	}
	return write("signed_in", "Nouvelle connexion à votre compte", map[string]string{
		"Name": a.Name, "When": e.At.Long(clock.Paris), "Browser": account.BrowserInWords(d.Browser),
		"Link": s.baseURL + "/mot-de-passe-oublie", "Sessions": s.baseURL + sessionsURL,
	})
}
