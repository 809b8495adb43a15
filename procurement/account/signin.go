package account

import (
	"context"
	"errors"
	"strings"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// errWrong is the one answer to a wrong identifiant and to a wrong password.
func errWrong() *fault.Error {
	return fault.New(fault.Invalid, "Identifiant ou mot de passe incorrect.")
}

// stranger is the subject of event.SignInRefused when no account was meant: what
// was typed may be a password in the wrong field and goes into no record.
const stranger = "unknown"

// claim is an attempt to sign in: who is meant and what it costs.
type claim struct {
	Account
	hash   string // empty when nobody has this identifier
	meters []meter
}

// SignInBody is the body of event.SignedIn.
type SignInBody struct {
	MembershipID string `json:"membership_id"`
	DeviceID     string `json:"device_id"`
	Known        bool   `json:"known"` // the account knew the browser
}

// SignIn opens a session for whoever knows the password of an identifiant or an
// address, under the first membership that is approved, or else the first. The
// browser is known from now on; the owner is told by mail when it was not. Of an
// account with a second factor it opens none: the entry is a sign-in that waits for
// it. A wrong identifier
// and a wrong password are one refusal after the same work; too many are told how
// long to wait (fault.Unavailable).
func (s *Service) SignIn(ctx context.Context, identifier, password string, from Visitor) (Entry, error) {
	var c claim
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		c, err = knock(tx, identifier, from)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	right, err := s.hasher.verify(ctx, c.hash, password)
	if err != nil {
		return Entry{}, errors.Join(err, s.forgive(ctx, c.meters))
	}
	if !right {
		subject := stranger
		if c.hash != "" {
			subject = c.ID
		}
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			return s.journal.Record(tx, access.Anybody(), event.SignInRefused, subject, struct{}{})
		})
		if err != nil {
			return Entry{}, err
		}
		return Entry{}, errWrong()
	}
	var in Entry
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		in, err = s.enter(tx, c, from)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return in, nil
}

// knock finds who is meant and counts the attempt.
func knock(tx *db.Tx, identifier string, from Visitor) (claim, error) {
	var c claim
	var who string // what the failures are counted under
	var err error
	if c.Account, c.hash, who, err = whoIs(tx, identifier); err != nil {
		return claim{}, err
	}
	if c.meters, err = metersOf(tx, who, from); err != nil {
		return claim{}, err
	}
	countUnder(c.meters, identifier)
	return c, count(tx, c.meters)
}

// countUnder has strange browsers counted under the name that was typed. Under the
// account, whoever hammered an identifiant and then met a delay at an address would
// have learnt whose it is.
func countUnder(meters []meter, identifier string) {
	addressKey, loginKey := identifierKeys(identifier)
	for i := range meters {
		if meters[i].pace == strangePace {
			meters[i].key = strangeKey("named:" + addressKey + loginKey)
		}
	}
}

// whoIs finds the account of an identifiant or an address, empty when nobody has
// it. who tells apart what is counted for each, nobodies included.
func whoIs(tx *db.Tx, identifier string) (a Account, hash, who string, err error) {
	addressKey, loginKey := identifierKeys(identifier)
	a, hash, err = accountByIdentifier(tx, addressKey, loginKey)
	switch {
	case err == nil:
		return a, hash, a.ID, nil
	case errors.Is(err, db.ErrNone):
		return Account{}, "", "nobody:" + addressKey + loginKey, nil
	}
	return Account{}, "", "", err
}

// identifierKeys reads what was typed as an address or an identifiant. What is
// neither leads to nobody, yet has a key: its attempts count like the others'.
func identifierKeys(typed string) (addressKey, loginKey string) {
	if strings.Contains(typed, "@") {
		if a, err := ParseAddress(typed); err == nil {
			return a.Key, ""
		}
	} else if l, err := ParseLogin(typed); err == nil {
		return "", l.Key
	}
	return "", "?" + keyOf(strings.ToLower(strings.TrimSpace(typed)))
}

// enter lets somebody who knew the password in, or on to the second step when their
// account has one. Whether it has one is seen after the password only.
func (s *Service) enter(tx *db.Tx, c claim, from Visitor) (Entry, error) {
	if err := settle(tx, c.meters); err != nil {
		return Entry{}, err
	}
	// The password may have been changed since it was verified: what a change ends
	// must not begin after it.
	switch now, err := passwordHash(tx, c.ID, true); {
	case err != nil:
		return Entry{}, err
	case now != c.hash:
		return Entry{}, errWrong()
	}
	switch n, err := countFactors(tx, c.ID); {
	case err != nil:
		return Entry{}, err
	case n > 0:
		return s.pend(tx, c.Account)
	}
	return s.welcome(tx, c.Account, from)
}

// welcome lets in somebody who proved who they are, by all that their account asks:
// it chooses the membership they act under, opens the session and tells the journal.
func (s *Service) welcome(tx *db.Tx, a Account, from Visitor) (Entry, error) {
	mine, err := MembershipsOf(tx, a.ID)
	if err != nil {
		return Entry{}, err
	}
	under := ""
	for _, m := range mine {
		if under == "" {
			under = m.ID
		}
		if !m.ApprovedAt.IsZero() {
			under = m.ID
			break
		}
	}
	in, d, known, err := openSession(tx, a, under, from)
	if err != nil {
		return Entry{}, err
	}
	return in, s.journal.Record(tx, a.actor(), event.SignedIn, a.ID, SignInBody{under, d.ID, known})
}
