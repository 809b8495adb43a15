package account

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"parvis/kit/db"
	"parvis/kit/passkey"
)

// AskPasskeyAlone begins a sign-in without identifiant nor password: it gives what the
// browser asks of the authenticator, as JSON, the same for everybody, and the token of
// the sign-in, for a cookie.
func (s *Service) AskPasskeyAlone(ctx context.Context) (pendingToken string, options []byte, err error) {
	if s.party == nil {
		return "", nil, NoPasskeys()
	}
	begun, err := s.party.BeginAlone()
	if err != nil {
		return "", nil, err
	}
	token, hash := newToken()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		until := tx.Now.Add(passkey.Life)
		return insertPending(tx, pending{TokenHash: hash, Ceremony: begun.Kept, CeremonyUntil: until, ExpiresAt: until})
	})
	return token, begun.Options, err
}

// EnterPasskeyAlone opens a session for whoever holds a passkey and showed it who they
// are, by what the browser answers: it is two proofs in one, so that nothing more is
// asked. An unknown key and a wrong signature are one refusal.
func (s *Service) EnterPasskeyAlone(ctx context.Context, pendingToken string, answer []byte, from Visitor) (in Entry, err error) {
	if s.party == nil {
		return Entry{}, NoPasskeys()
	}
	hash, ok := digestOf(pendingToken)
	if !ok {
		return Entry{}, errTooLate()
	}
	var refusal error
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, found, err := pendingByHash(tx, hash)
		switch {
		case err != nil:
			return err
		case !found || p.AccountID != "" || p.Ceremony == "":
			return errTooLate()
		}
		// What was asked serves once: of two answers at once the second finds nothing.
		if mine, err := endPending(tx, hash); err != nil || !mine {
			return errors.Join(err, errTooLate())
		}
		var a Account
		who, used, err := s.party.FinishAlone(p.Ceremony, answer, func(id string) (passkey.Holder, bool, error) {
			var found bool
			if a, found, err = lockedAccount(tx, id); err != nil || !found {
				return passkey.Holder{}, false, err
			}
			h, err := keyHolder(tx, a)
			return h, true, err
		})
		if err != nil {
			refusal, err = s.judged(tx, a, used, err)
			return err
		}
		if err := usePasskey(tx, who.ID, used); err != nil {
			return err
		}
		in, err = s.welcome(tx, a, from)
		return err
	})
	return in, errors.Join(err, refusal)
}

// lockedAccount reads the account of an id that a browser says, and locks what a sign-in
// locks; found is false for none.
func lockedAccount(tx *db.Tx, id string) (a Account, found bool, err error) {
	if uuid.Validate(id) != nil {
		return Account{}, false, nil // bytes that no database would take
	}
	a, err = accountByID(tx, id)
	if errors.Is(err, db.ErrNone) {
		return Account{}, false, nil
	}
	if err != nil {
		return Account{}, false, err
	}
	if _, _, err = lockAccount(tx, a.ID); errors.Is(err, db.ErrNone) {
		return Account{}, false, nil // erased meanwhile
	}
	return a, err == nil, err
}
