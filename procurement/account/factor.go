package account

import (
	"context"
	"errors"
	"net/url"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/passkey"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// draftLife is how long one may take to add a factor once the password is proved: long
// enough to install an application.
const draftLife = 20 * time.Minute

// At tells the room by which address people reach the platform: applications list their
// codes under its host, and passkeys are made for it, where browsers can. Called once,
// before anybody is served.
func (s *Service) At(baseURL string) {
	if u, err := url.Parse(baseURL); err == nil && u.Host != "" {
		s.host = u.Host
	}
	if party, err := passkey.New(baseURL, "Parvis"); err == nil {
		s.party = party
	}
}

// OffersPasskeys tells whether browsers can use passkeys at the platform's address.
func (s *Service) OffersPasskeys() bool { return s.party != nil }

// Factors is what an account can be asked for besides its password.
type Factors struct {
	Application clock.Instant // since when codes of an application are; zero: none
	Passkeys    []Passkey     // in the order in which they were added
	CodesLeft   int           // recovery codes that have not served
}

// Any tells whether a sign-in by password has a second step.
func (f Factors) Any() bool { return !f.Application.IsZero() || len(f.Passkeys) > 0 }

// FactorsOf reads the factors of the person signed in.
func (s *Service) FactorsOf(ctx context.Context, by access.Actor) (Factors, error) {
	if err := by.Must(access.EditAccount); err != nil {
		return Factors{}, err
	}
	var f Factors
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		f, err = factorsOf(tx, by.AccountID)
		return err
	})
	return f, err
}

func factorsOf(tx *db.Tx, accountID string) (f Factors, err error) {
	a, _, err := applicationOf(tx, accountID)
	if err != nil {
		return Factors{}, err
	}
	f.Application = a.CreatedAt
	if f.Passkeys, err = passkeysOf(tx, accountID); err != nil {
		return Factors{}, err
	}
	f.CodesLeft, err = countCodes(tx, accountID)
	return f, err
}

// FactorBody is the body of event.FactorAdded and event.FactorRemoved.
type FactorBody struct {
	PasskeyID string `json:"passkey_id,omitempty"` // empty: the application
}

// holder reads who holds a session, and the hash of their password.
func (s *Service) holder(ctx context.Context, sessionToken string) (open Session, a Account, hash string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var found bool
		if open, found, err = SessionOf(tx, sessionToken); err != nil {
			return err
		}
		if !found {
			return sessionOver()
		}
		if a, err = accountByID(tx, open.AccountID); err != nil {
			return err
		}
		hash, err = passwordHash(tx, a.ID, false)
		return err
	})
	return open, a, hash, err
}

// proved does what only whoever knows the password may, in one transaction that has the
// account to itself. A wrong password counts like a wrong sign-in and is a fault on
// mot_de_passe_actuel.
func (s *Service) proved(ctx context.Context, sessionToken, password string, from Visitor, do func(tx *db.Tx, open Session, a Account) error) error {
	open, a, hash, err := s.holder(ctx, sessionToken)
	if err != nil {
		return err
	}
	if password == "" {
		return passwordMissing()
	}
	meters, err := s.prove(ctx, a, hash, password, from)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := settle(tx, meters); err != nil {
			return err
		}
		_, now, err := lockAccount(tx, a.ID)
		switch {
		case errors.Is(err, db.ErrNone):
			return sessionOver() // erased meanwhile
		case err != nil:
			return err
		case now != hash:
			return fault.New(fault.Conflict, "Votre mot de passe vient d'être changé par ailleurs. Recommencez avec le nouveau.")
		}
		if err := stillOpen(tx, sessionToken); err != nil {
			return err
		}
		return do(tx, open, a)
	})
	if err != nil {
		return errors.Join(err, s.forgive(ctx, meters)) // the password was right
	}
	return nil
}

func passwordMissing() *fault.Error {
	return refuse("Saisissez votre mot de passe actuel.").On("mot_de_passe_actuel")
}

// stillOpen refuses whoever was signed out while they waited for the account.
func stillOpen(tx *db.Tx, sessionToken string) error {
	_, found, err := SessionOf(tx, sessionToken)
	if err == nil && !found {
		return sessionOver()
	}
	return err
}

// locked runs do with the account of a session locked, for what the session alone may.
func (s *Service) locked(ctx context.Context, sessionToken string, do func(tx *db.Tx, open Session, a Account) error) error {
	open, a, _, err := s.holder(ctx, sessionToken)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, _, err := lockAccount(tx, a.ID); errors.Is(err, db.ErrNone) {
			return sessionOver()
		} else if err != nil {
			return err
		}
		if err := stillOpen(tx, sessionToken); err != nil {
			return err
		}
		return do(tx, open, a)
	})
}

// added is what follows a new factor. With the first one come recovery codes, and the
// sessions that a password alone had opened end, but for this one: from now on nobody
// is in by a password alone.
func (s *Service) added(tx *db.Tx, open Session, a Account, what FactorBody) (codes []string, err error) {
	n, err := countFactors(tx, a.ID)
	if err != nil {
		return nil, err
	}
	if n == 1 {
		if _, err := deleteSessions(tx, a.ID, open.TokenHash); err != nil {
			return nil, err
		}
		if codes, err = replaceCodes(tx, a.ID); err != nil {
			return nil, err
		}
	}
	if err := deleteDraft(tx, open.TokenHash); err != nil {
		return nil, err
	}
	return codes, s.journal.Record(tx, a.actor(), event.FactorAdded, a.ID, what)
}

// removed is what follows a factor that goes: it may be in somebody else's hands, so
// that whatever it opened elsewhere ends. Recovery codes go with the last one.
func (s *Service) removed(tx *db.Tx, open Session, a Account, what FactorBody) error {
	n, err := countFactors(tx, a.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		if err := deleteCodes(tx, a.ID); err != nil {
			return err
		}
	}
	if _, err := deleteSessions(tx, a.ID, open.TokenHash); err != nil {
		return err
	}
	if err := deletePendings(tx, a.ID); err != nil {
		return err
	}
	return s.journal.Record(tx, a.actor(), event.FactorRemoved, a.ID, what)
}

// ForgetFactors takes every factor away from somebody who lost them all, and ends their
// sessions: they sign in with their password until they add others. For the operator,
// who has checked who asks. fault.NotFound when nobody has this identifiant or address,
// fault.Conflict when there is nothing to take away.
func (s *Service) ForgetFactors(ctx context.Context, by access.Actor, identifier string) (Account, error) {
	if err := by.Must(access.ForgetFactors); err != nil {
		return Account{}, err
	}
	var a Account
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if a, _, _, err = whoIs(tx, identifier); err != nil {
			return err
		}
		if a.ID == "" {
			return fault.New(fault.NotFound, "Personne n'a cet identifiant ni cette adresse électronique.")
		}
		if _, _, err := lockAccount(tx, a.ID); err != nil {
			return err
		}
		f, err := factorsOf(tx, a.ID)
		if err != nil {
			return err
		}
		if !f.Any() {
			return fault.New(fault.Conflict, "Ce compte n'a pas de double authentification.")
		}
		_, err1 := deleteApplication(tx, a.ID)
		_, err2 := deletePasskeys(tx, a.ID)
		_, err3 := deleteSessions(tx, a.ID, "")
		err = errors.Join(err1, err2, err3, deleteCodes(tx, a.ID), deleteDrafts(tx, a.ID), deletePendings(tx, a.ID))
		if err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.FactorsForgotten, a.ID, struct{}{})
	})
	return a, err
}
