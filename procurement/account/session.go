package account

import (
	"context"
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
)

// Life of a session: it ends after idle without a page, and after life whatever
// happens. Seen is written at most once per refresh.
const (
	idle    = 2 * time.Hour
	life    = 12 * time.Hour
	refresh = time.Minute
)

// Session is an open session and the person who holds it.
type Session struct {
	ID              string // stays the same when the token changes
	TokenHash       string
	AccountID       string
	Name            string
	Address         string
	MembershipID    string // empty when the membership has ended since
	EstablishmentID string
	Role            access.Role
	ApprovedAt      clock.Instant
	DeviceID        string // the browser that opened it
	Browser         string // what it said it was
	SeenAt          clock.Instant
	ExpiresAt       clock.Instant
}

// Actor is the person as far as this room knows: org adds what their company is
// called. Somebody whose membership has ended acts in their own name at once.
func (s Session) Actor() access.Actor {
	a := access.Actor{AccountID: s.AccountID, Name: s.Name, Address: s.Address, Role: access.Newcomer}
	if s.MembershipID != "" {
		a.MembershipID, a.EstablishmentID = s.MembershipID, s.EstablishmentID
		a.Role = Membership{Role: s.Role, ApprovedAt: s.ApprovedAt}.ActingRole()
	}
	return a
}

// IsToken tells whether a cookie can be a token at all, so that none and garbage
// cost no transaction.
func IsToken(s string) bool { _, ok := digestOf(s); return ok }

// SessionOf reads the open session of a token; found is false for none.
func SessionOf(tx *db.Tx, token string) (s Session, found bool, err error) {
	hash, ok := digestOf(token)
	if !ok {
		return Session{}, false, nil
	}
	s, err = sessionByHash(tx, hash)
	if errors.Is(err, db.ErrNone) {
		return Session{}, false, nil
	}
	return s, err == nil, err
}

// KeepAlive notes that the session was used, at most once a minute.
func (s *Service) KeepAlive(ctx context.Context, open Session) error {
	if s.db.Clock.Now().Sub(open.SeenAt) < refresh {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return seeSession(tx, open.TokenHash) })
}

// OpenSession begins a session under a membership (empty: in one's own name) for
// somebody who has proved who they are, and makes their browser known. The tokens of
// the entry exist nowhere else.
func OpenSession(tx *db.Tx, a Account, membershipID string, from Visitor) (Entry, error) {
	in, _, _, err := openSession(tx, a, membershipID, from)
	return in, err
}

func openSession(tx *db.Tx, a Account, membershipID string, from Visitor) (in Entry, d Device, known bool, err error) {
	if d, in.Device, known, err = meet(tx, a, from); err != nil {
		return Entry{}, Device{}, false, err
	}
	token, hash := newToken()
	in.Session = token
	return in, d, known, insertSession(tx, sessionRow{db.NewID(), hash, a.ID, membershipID, d.ID, d.Browser, tx.Now.Add(life)})
}

// SignOut ends the session. Ending one that is over is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	hash, ok := digestOf(token)
	if !ok {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return deleteSession(tx, hash) })
}

// Switch goes on under another membership of the same person, in a new session
// that ends when the old one would have: changing hats must not prolong it.
func (s *Service) Switch(ctx context.Context, token, membershipID string) (renewed string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		open, found, err := SessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found {
			return sessionOver()
		}
		renewed, err = switchSession(tx, open, membershipID)
		return err
	})
	if err != nil {
		return "", err
	}
	return renewed, nil
}

func sessionOver() *fault.Error {
	return fault.New(fault.SignIn, "Votre session est terminée. Connectez-vous pour continuer.")
}

func switchSession(tx *db.Tx, open Session, membershipID string) (string, error) {
	mine, err := MembershipsOf(tx, open.AccountID)
	if err != nil {
		return "", err
	}
	for _, m := range mine {
		if m.ID != membershipID {
			continue
		}
		// A password that is being changed ends this session before we go on, or the
		// new one once we have.
		if _, err := passwordHash(tx, open.AccountID, true); err != nil {
			return "", err
		}
		ended, err := endSession(tx, open.TokenHash)
		switch {
		case err != nil:
			return "", err
		case !ended:
			return "", sessionOver()
		}
		token, hash := newToken()
		return token, insertSession(tx, sessionRow{open.ID, hash, open.AccountID, m.ID, open.DeviceID, open.Browser, open.ExpiresAt})
	}
	return "", fault.New(fault.NotFound, "Ce rattachement n'existe pas.")
}

// ForgetStale removes what is over: sessions, sign-ups a day after their link
// died, forgotten passwords, counts of unasked mail and of attempts, browsers that are
// not known any more.
func (s *Service) ForgetStale(ctx context.Context) error {
	return s.db.Write(ctx, deleteStale)
}
