package account

import (
	"context"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/totp"
)

// ApplicationDraft is an authenticator application that waits for its first code.
type ApplicationDraft struct {
	Secret  string // to type by hand
	Address string // to photograph, see totp.Picture
	Until   clock.Instant
}

// BeginApplication makes the secret of an application for the person signed in, who says
// their password again. It counts for nothing until AddApplication. Faults are on
// mot_de_passe_actuel; fault.Conflict when they have an application.
func (s *Service) BeginApplication(ctx context.Context, sessionToken, password string, from Visitor) error {
	return s.proved(ctx, sessionToken, password, from, func(tx *db.Tx, open Session, a Account) error {
		_, has, err := applicationOf(tx, a.ID)
		switch {
		case err != nil:
			return err
		case has:
			return hasApplication()
		}
		return putDraft(tx, open.TokenHash, draft{AccountID: a.ID, Secret: totp.NewSecret(), ExpiresAt: tx.Now.Add(draftLife)})
	})
}

func hasApplication() *fault.Error {
	return fault.New(fault.Conflict, "Votre compte a déjà une application de codes. Retirez-la d'abord pour en changer.")
}

// errDraftOver says that the addition of a factor must begin again.
func errDraftOver() *fault.Error {
	return fault.New(fault.Conflict, "Cet ajout n'est plus en cours\u00a0: il est terminé, ou il a duré plus de 20 minutes. Recommencez si besoin.")
}

// ApplicationDraft reads what the session is adding, fault.Conflict when it is adding no
// application.
func (s *Service) ApplicationDraft(ctx context.Context, sessionToken string) (ApplicationDraft, error) {
	var out ApplicationDraft
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		open, found, err := SessionOf(tx, sessionToken)
		if err != nil {
			return err
		}
		if !found {
			return sessionOver()
		}
		d, found, err := draftOf(tx, open.TokenHash)
		if err != nil {
			return err
		}
		if !found || d.Secret == "" {
			return errDraftOver()
		}
		a, err := accountByID(tx, open.AccountID)
		out = ApplicationDraft{Secret: d.Secret, Address: totp.Address(s.issuer(), a.Login, d.Secret), Until: d.ExpiresAt}
		return err
	})
	return out, err
}

// issuer is the name under which applications list their codes: somebody may have
// accounts on several platforms.
func (s *Service) issuer() string {
	if s.host == "" {
		return "Parvis"
	}
	return "Parvis " + s.host
}

// AddApplication ends what BeginApplication began, by a code that shows that the
// application has the secret. It gives recovery codes when this is the first factor.
// Faults are on code; fault.Conflict when nothing was begun in this session.
func (s *Service) AddApplication(ctx context.Context, sessionToken, code string) (codes []string, err error) {
	if code == "" {
		return nil, refuse("Saisissez le code que montre votre application.").On("code")
	}
	err = s.locked(ctx, sessionToken, func(tx *db.Tx, open Session, a Account) error {
		d, found, err := draftOf(tx, open.TokenHash)
		if err != nil {
			return err
		}
		if !found || d.Secret == "" {
			return errDraftOver()
		}
		step, ok, err := totp.Match(d.Secret, code, tx.Now, 0)
		if err != nil {
			return err
		}
		if !ok {
			return refuse("Ce code n'est pas le bon. Saisissez celui que votre application montre maintenant, et vérifiez l'heure de votre téléphone.").On("code")
		}
		created, err := insertApplication(tx, a.ID, d.Secret, step)
		if err == nil && !created {
			err = hasApplication()
		}
		if err != nil {
			return err
		}
		codes, err = s.added(tx, open, a, FactorBody{})
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveApplication takes the application of the person signed in away, who says their
// password again. Faults are on mot_de_passe_actuel; fault.Conflict when there is none.
func (s *Service) RemoveApplication(ctx context.Context, sessionToken, password string, from Visitor) error {
	return s.proved(ctx, sessionToken, password, from, func(tx *db.Tx, open Session, a Account) error {
		gone, err := deleteApplication(tx, a.ID)
		switch {
		case err != nil:
			return err
		case !gone:
			return fault.New(fault.Conflict, "Votre compte n'a plus d'application de codes.")
		}
		return s.removed(tx, open, a, FactorBody{})
	})
}
