package alert

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// mailReset owes the link, when somebody has what was typed.
func (s *Service) mailReset(tx *db.Tx, e event.Event) error {
	var body account.ResetBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	r, err := account.FindReset(tx, body.ResetID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailReset, r.ID, r.Account.Address)
}

func (s *Service) composeReset(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, r, err := account.MintResetToken(tx, ref)
	if errors.Is(err, account.ErrStale) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	m, err := write("password_reset", "Choisissez un nouveau mot de passe", map[string]string{
		"Name": r.Account.Name, "Login": r.Account.Login,
		"Link": s.baseURL + "/mot-de-passe/" + secret, "Until": r.ExpiresAt.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

// mailPasswordChanged owes one mail per change: the event is what it is about.
func (s *Service) mailPasswordChanged(tx *db.Tx, e event.Event) error {
	a, err := account.Find(tx, e.Subject)
	if err != nil {
		return err
	}
	return s.owe(tx, mailPasswordChanged, e.ID, a.Address)
}

// changedLetter says when and how a password was changed.
type changedLetter struct {
	Name, When string
	ByLink     bool
	Link       string
}

func (s *Service) composePasswordChanged(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	var how account.ChangedBody
	if err := e.Decode(&how); err != nil {
		return mail.Message{}, err
	}
	a, err := account.Find(tx, e.Subject)
	if err != nil {
		return mail.Message{}, err
	}
	return write("password_changed", "Votre mot de passe a été changé", changedLetter{
		Name: a.Name, When: e.At.Long(clock.Paris), ByLink: how.ByLink, Link: s.baseURL + "/mot-de-passe-oublie",
	})
}
