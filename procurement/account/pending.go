package account

import (
	"context"
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/passkey"
	"parvis/kit/totp"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// PendingLife is how long a sign-in waits for its second step.
const PendingLife = 10 * time.Minute

// wrongCodes end a sign-in: whoever goes on says their password again. What slows
// guesses down is the throttle, which outlives it.
const wrongCodes = 10

// SecondStep is what a sign-in that knew the password is asked for.
type SecondStep struct {
	Application bool // a code of the application
	Passkey     bool
	Recovery    bool // recovery codes are left
	Until       clock.Instant
}

// errStepOver says that a sign-in must begin again; where it leads is the sign-in page.
func errStepOver() *fault.Error {
	return fault.New(fault.SignIn, "La vérification n'est plus en cours\u00a0: elle a duré plus de dix minutes, ou elle a été interrompue. Recommencez avec votre mot de passe.")
}

// pend stops a sign-in that knew the password of an account with a factor: there is no
// session before the second step.
func (s *Service) pend(tx *db.Tx, a Account) (Entry, error) {
	token, hash := newToken()
	return Entry{Pending: token}, insertPending(tx, pending{TokenHash: hash, AccountID: a.ID, ExpiresAt: tx.Now.Add(PendingLife)})
}

// SecondStepOf reads what a sign-in under way is asked for, fault.SignIn when it is over.
func (s *Service) SecondStepOf(ctx context.Context, pendingToken string) (SecondStep, error) {
	var out SecondStep
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		p, err := pendingOf(tx, pendingToken)
		if err != nil {
			return err
		}
		f, err := factorsOf(tx, p.AccountID)
		out = SecondStep{Application: !f.Application.IsZero(), Passkey: len(f.Passkeys) > 0 && s.party != nil, Recovery: f.CodesLeft > 0, Until: p.ExpiresAt}
		return err
	})
	return out, err
}

// pendingOf reads the sign-in of a token that knew a password.
func pendingOf(tx *db.Tx, token string) (pending, error) {
	hash, ok := digestOf(token)
	if !ok {
		return pending{}, errStepOver()
	}
	p, found, err := pendingByHash(tx, hash)
	if err == nil && (!found || p.AccountID == "") {
		err = errStepOver()
	}
	return p, err
}

// EnterCode goes on with a code of the application. A wrong one, or one that has served,
// is a fault on code; too many are told how long to wait (fault.Unavailable), and end
// the sign-in after ten (fault.SignIn).
func (s *Service) EnterCode(ctx context.Context, pendingToken, code string, from Visitor) (Entry, error) {
	if code == "" {
		return Entry{}, refuse("Saisissez le code que montre votre application.").On("code")
	}
	wrong := refuse("Ce code n'est pas le bon, ou il a déjà servi. Attendez que votre application en montre un autre.").On("code")
	return s.enterBy(ctx, pendingToken, from, wrong, func(tx *db.Tx, a Account) (bool, error) {
		app, has, err := applicationOf(tx, a.ID)
		if err != nil || !has {
			return false, err
		}
		step, ok, err := totp.Match(app.Secret, code, tx.Now, app.LastStep)
		if err != nil || !ok {
			return false, err
		}
		return spendStep(tx, a.ID, step)
	})
}

// EnterRecoveryCode goes on with a recovery code, which serves once. Faults are those of
// EnterCode, on code_secours.
func (s *Service) EnterRecoveryCode(ctx context.Context, pendingToken, code string, from Visitor) (Entry, error) {
	if code == "" {
		return Entry{}, refuse("Saisissez l'un de vos codes de secours.").On("code_secours")
	}
	wrong := refuse("Ce code de secours n'est pas le bon, ou il a déjà servi.").On("code_secours")
	return s.enterBy(ctx, pendingToken, from, wrong, func(tx *db.Tx, a Account) (bool, error) { return s.useCode(tx, a, code) })
}

// enterBy judges one code: counted before it is looked at, in the one transaction that
// has the account to itself, so that a thousand at once are a thousand one after the
// other. wrong is the refusal of a wrong one.
func (s *Service) enterBy(ctx context.Context, token string, from Visitor, wrong error, right func(*db.Tx, Account) (bool, error)) (in Entry, err error) {
	var refusal error // is committed: the attempt stays counted
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := pendingOf(tx, token)
		if err != nil {
			return err
		}
		meters, err := codeMeters(tx, p.AccountID, from)
		if err != nil {
			return err
		}
		if err := count(tx, meters); err != nil {
			return err
		}
		a, p, err := s.resume(tx, p)
		if err != nil {
			return err
		}
		ok, err := right(tx, a)
		if err != nil {
			return err
		}
		if !ok {
			refusal = wrong
			return s.wrongCode(tx, a, p, &refusal)
		}
		if err := settle(tx, meters); err != nil {
			return err
		}
		in, err = s.stepDone(tx, a, p, from)
		return err
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return Entry{}, err
	}
	return in, nil
}

// resume has the account to itself, once its counters are taken and before anything
// else is: the order in which a sign-in takes its rows. It reads again where it stands.
func (s *Service) resume(tx *db.Tx, p pending) (Account, pending, error) {
	if _, _, err := lockAccount(tx, p.AccountID); errors.Is(err, db.ErrNone) {
		return Account{}, p, errStepOver() // erased meanwhile
	} else if err != nil {
		return Account{}, p, err
	}
	p, found, err := pendingByHash(tx, p.TokenHash)
	if err != nil {
		return Account{}, p, err
	}
	if !found {
		return Account{}, p, errStepOver()
	}
	a, err := accountByID(tx, p.AccountID)
	return a, p, err
}

// stepDone opens the session of a sign-in, which is over.
func (s *Service) stepDone(tx *db.Tx, a Account, p pending, from Visitor) (Entry, error) {
	if _, err := endPending(tx, p.TokenHash); err != nil {
		return Entry{}, err
	}
	return s.welcome(tx, a, from)
}

// wrongCode counts a wrong code against its sign-in, and ends it when it is one too many:
// somebody knows the password and guesses, which its owner is told.
func (s *Service) wrongCode(tx *db.Tx, a Account, p pending, refusal *error) error {
	if p.Wrong+1 < wrongCodes {
		if err := setWrong(tx, p.TokenHash, p.Wrong+1); err != nil {
			return err
		}
		return s.journal.Record(tx, access.Anybody(), event.CodeRefused, a.ID, struct{}{})
	}
	if _, err := endPending(tx, p.TokenHash); err != nil {
		return err
	}
	*refusal = fault.New(fault.SignIn, "Trop de codes incorrects\u00a0: recommencez avec votre mot de passe.")
	return s.journal.Record(tx, access.Anybody(), event.StepExhausted, a.ID, struct{}{})
}

// AskPasskey gives what the browser asks of the authenticator, as JSON, for the second
// step of a sign-in.
func (s *Service) AskPasskey(ctx context.Context, pendingToken string) (options []byte, err error) {
	if s.party == nil {
		return nil, NoPasskeys()
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := pendingOf(tx, pendingToken)
		if err != nil {
			return err
		}
		a, p, err := s.resume(tx, p)
		if err != nil {
			return err
		}
		of, err := keyHolder(tx, a)
		if err != nil {
			return err
		}
		if len(of.Keys) == 0 {
			return noSuchPasskey()
		}
		begun, err := s.party.BeginUse(of)
		if err != nil {
			return err
		}
		options = begun.Options
		return setPendingCeremony(tx, p.TokenHash, begun.Kept, tx.Now.Add(passkey.Life))
	})
	return options, err
}

// EnterPasskey goes on with a passkey, by what the browser answers. No delay holds it
// back: a signature cannot be guessed, so that whoever hammers an account does not keep
// its owner out.
func (s *Service) EnterPasskey(ctx context.Context, pendingToken string, answer []byte, from Visitor) (in Entry, err error) {
	if s.party == nil {
		return Entry{}, NoPasskeys()
	}
	var refusal error
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := pendingOf(tx, pendingToken)
		if err != nil {
			return err
		}
		a, p, err := s.resume(tx, p)
		if err != nil {
			return err
		}
		if p.Ceremony == "" || tx.Now >= p.CeremonyUntil {
			return errTooLate()
		}
		if err := setPendingCeremony(tx, p.TokenHash, "", 0); err != nil {
			return err
		}
		of, err := keyHolder(tx, a)
		if err != nil {
			return err
		}
		used, err := s.party.FinishUse(of, p.Ceremony, answer)
		if err != nil {
			refusal, err = s.judged(tx, a, used, err)
			return err
		}
		if err := usePasskey(tx, a.ID, used); err != nil {
			return err
		}
		in, err = s.stepDone(tx, a, p, from)
		return err
	})
	return in, errors.Join(err, refusal)
}

func errTooLate() *fault.Error {
	return fault.New(fault.Invalid, "La clé d'accès n'a pas répondu à temps. Recommencez.")
}

// judged turns an answer that proves nothing into the refusal to show, and notes what
// must be noted; another error is handed back.
func (s *Service) judged(tx *db.Tx, a Account, used passkey.Key, err error) (refusal, failure error) {
	switch {
	case errors.Is(err, passkey.ErrCopied):
		s.log.WarnContext(tx.Context(), "passkey refused: its counter went back", "account", a.ID)
		return fault.New(fault.Invalid, "Cette clé d'accès a été refusée\u00a0: elle semble avoir été copiée. Connectez-vous autrement, retirez-la et créez-en une autre."),
			s.copied(tx, a, used)
	case errors.Is(err, passkey.ErrRefused):
		s.log.WarnContext(tx.Context(), "passkey refused", "account", a.ID, "error", err)
		return fault.New(fault.Invalid, "Cette clé d'accès n'est pas reconnue. Elle a peut-être été retirée de votre compte\u00a0: connectez-vous autrement."), nil
	}
	return nil, err
}
