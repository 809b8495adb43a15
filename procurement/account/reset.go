package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// The link of a forgotten password works for resetLife once its mail is composed,
// so that a slow relay costs its reader nothing. A request that could not be mailed
// for resetWait is not mailed any more: who asked has asked again, or given up.
const (
	resetLife = 30 * time.Minute
	resetWait = 2 * time.Hour
)

// resetMemory is how long a request is remembered.
const resetMemory = 24 * time.Hour

// Reset is somebody's request to choose another password.
type Reset struct {
	ID         string
	AccountID  string
	AddressKey string // of the account when it asked
	AskedAt    clock.Instant
	ExpiresAt  clock.Instant // of its link; zero: not composed yet
	ClosedAt   clock.Instant // used, or replaced by a later one
	Account    Account       `db:"-"`
}

// open tells whether its link works.
func (r Reset) open(at clock.Instant) bool { return r.ClosedAt.IsZero() && at < r.ExpiresAt }

// ResetBody is the body of event.ResetAsked.
type ResetBody struct {
	ResetID string `json:"reset_id"`
}

// AskReset has a link owed to the address of the account that has this identifiant
// or address. Whether there is one, and whether its address was written to often
// enough today, is not told: the answer is the same, and so are the work and the
// rows. A fault on identifiant is an empty one; a network that asks too much is told
// how long to wait (fault.Unavailable).
func (s *Service) AskReset(ctx context.Context, identifier string, from Visitor) error {
	if strings.TrimSpace(identifier) == "" {
		return refuse("Indiquez votre identifiant ou votre adresse électronique.").On("identifiant")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := resetQuota.ofNetwork(tx, from); err != nil {
			return err
		}
		a, _, _, err := whoIs(tx, identifier)
		if err != nil {
			return err
		}
		who, err := resetAllowance(tx, a, identifier, from)
		if err != nil {
			return err
		}
		allowed, err := Solicit(tx, who)
		if err != nil {
			return err
		}
		id, subject := db.NewID(), stranger
		switch {
		case !allowed:
			// As for nobody: a request of this account would take the place of those
			// that were mailed.
			a = Account{}
			s.log.WarnContext(ctx, "reset of a password not mailed: too many mails for one address", "reset", id)
		case a.ID != "":
			subject = a.ID
		}
		if err := insertReset(tx, id, a); err != nil {
			return err
		}
		return s.journal.Record(tx, access.Anybody(), event.ResetAsked, subject, ResetBody{id})
	})
}

// resetAllowance is whose mails of the day a reset is one of: a browser that the account
// knows has its own, so that whoever makes an address receive its five leaves its owner
// a way in.
func resetAllowance(tx *db.Tx, a Account, identifier string, from Visitor) (string, error) {
	who := a.ID
	if who == "" {
		who = "nobody" // the same work
	}
	d, _, known, err := deviceOf(tx, who, from.Device)
	if known {
		return "browser\x00" + d.ID, err
	}
	return solicited(a, identifier), err
}

// solicited is the address that a reset would be mailed to; where nobody has what was
// typed, what was typed stands for one.
func solicited(a Account, typed string) string {
	if a.ID != "" {
		return a.AddressKey
	}
	addressKey, loginKey := identifierKeys(typed)
	if addressKey != "" {
		return addressKey
	}
	return "nobody\x00" + loginKey
}

// FindReset reads a request with its account. db.ErrNone when it was swept, when
// nobody has what was typed, or when the account has another address since.
func FindReset(tx *db.Tx, id string) (Reset, error) {
	r, err := resetByID(tx, id)
	return withAccount(tx, r, err)
}

func withAccount(tx *db.Tx, r Reset, err error) (Reset, error) {
	if err != nil {
		return r, err
	}
	r.Account, err = accountByID(tx, r.AccountID)
	if err == nil && r.Account.AddressKey != r.AddressKey {
		err = db.ErrNone
	}
	return r, err
}

// MintResetToken makes the secret of the link, in the transaction that freezes its
// mail, and closes the earlier links of the account. ErrStale when the request must
// not be mailed any more: closed, asked again since, or too old.
func MintResetToken(tx *db.Tx, resetID string) (token string, r Reset, err error) {
	r, err = FindReset(tx, resetID)
	if errors.Is(err, db.ErrNone) || err == nil && (!r.ClosedAt.IsZero() || tx.Now >= r.AskedAt.Add(resetWait)) {
		return "", Reset{}, ErrStale
	}
	if err != nil {
		return "", Reset{}, err
	}
	replaced, err := resetReplaced(tx, r)
	if err == nil && replaced {
		err = ErrStale
	}
	if err != nil {
		return "", Reset{}, err
	}
	if err := closeResets(tx, r.AccountID, r.ID); err != nil {
		return "", Reset{}, err
	}
	token, hash := newToken()
	r.ExpiresAt = tx.Now.Add(resetLife)
	still, err := setResetToken(tx, r.ID, hash, r.ExpiresAt)
	if err == nil && !still {
		err = ErrStale
	}
	return token, r, err
}

// ResetOf reads the request of a link, for the page where it leads; the link stays
// good. What is used, replaced, expired or unknown is one fault.NotFound.
func (s *Service) ResetOf(ctx context.Context, token string) (Reset, error) {
	var r Reset
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { r, err = openReset(tx, token); return err })
	return r, err
}

func openReset(tx *db.Tx, token string) (Reset, error) {
	return behind(tx, token, Reset.open, staleReset, func(hash string) (Reset, error) {
		r, err := resetByToken(tx, hash)
		return withAccount(tx, r, err)
	})
}

func staleReset() *fault.Error {
	return fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: il a déjà servi, il date de plus de 30 minutes, un message plus récent le remplace ou il est incomplet. "+
		"Au besoin, demandez-en un autre par «\u00a0Mot de passe oublié\u00a0?\u00a0».")
}

// ResetPassword sets the password by a link, which serves once, ends every session
// of the account and forgets its browsers, but for the one that did it: who holds the
// mailbox need not wait to sign in, whoever hammers the account. It signs nobody in:
// the entry has no session. Faults are on mot_de_passe, confirmation; a link that is
// no longer good is fault.NotFound.
func (s *Service) ResetPassword(ctx context.Context, token string, form NewPassword, from Visitor) (Entry, error) {
	var r Reset
	var old string
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = openReset(tx, token); err != nil {
			return err
		}
		old, err = passwordHash(tx, r.AccountID, false)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	password, faults := form.read(r.Account)
	if err := faults.Err(); err != nil {
		return Entry{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Entry{}, err
	}
	var in Entry
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if r, err = openReset(tx, token); err != nil {
			return err
		}
		in, err = s.resetPassword(tx, r, old, hash, from)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return in, nil
}

func (s *Service) resetPassword(tx *db.Tx, r Reset, old, hash string, from Visitor) (in Entry, err error) {
	// Attempts, then the account, then the rest: the order in which a sign-in takes
	// its rows. What was guessed so far was another password.
	if err := clearAttempts(tx, everywhereKey(r.AccountID)); err != nil {
		return Entry{}, err
	}
	// Whoever changed the password meanwhile has closed the link.
	done, err := swapPassword(tx, r.AccountID, old, hash)
	if err == nil && done {
		done, err = useReset(tx, r.ID)
	}
	switch {
	case err != nil:
		return Entry{}, err
	case !done:
		return Entry{}, staleReset()
	}
	if err := s.passwordChanged(tx, r.Account, Session{}, ChangedBody{ByLink: true}); err != nil {
		return Entry{}, err
	}
	_, in.Device, _, err = meet(tx, r.Account, from)
	return in, err
}
