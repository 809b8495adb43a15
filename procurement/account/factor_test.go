package account_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/totp"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// holder is somebody signed in with an application of codes.
type holder struct {
	account.Account
	t       *testing.T
	d       *db.DB
	s       *account.Service
	c       *clock.Movable
	session string
	device  string // what the browser of that session keeps
	secret  string
	codes   []string // recovery codes
}

var atOffice = account.Visitor{Remote: office, Browser: "Firefox"}

func member(t *testing.T, d *db.DB, s *account.Service, c *clock.Movable) *holder {
	t.Helper()
	h := &holder{Account: person(t, d, s, "omuller", "odile@exemple.fr"), t: t, d: d, s: s, c: c}
	h.session = h.enter(atOffice)
	return h
}

// home is the browser that this person signed in from first.
func (h *holder) home() account.Visitor {
	return account.Visitor{Remote: away, Browser: "Firefox", Device: h.device}
}

// hammer gives wrong codes, as fast as the delays allow.
func (h *holder) hammer(pending string, from account.Visitor, times int) {
	h.t.Helper()
	for i := range times {
		h.c.Move(40 * time.Second)
		if _, err := h.s.EnterCode(h.t.Context(), pending, h.wrong(), from); on(err) != "code" {
			h.t.Fatalf("wrong code %d: %v", i+1, err)
		}
	}
}

// enter signs in by the password alone.
func (h *holder) enter(from account.Visitor) string {
	h.t.Helper()
	in, err := h.s.SignIn(h.t.Context(), h.Login, password, from)
	if err != nil || in.Session == "" || in.Pending != "" {
		h.t.Fatalf("sign in: %+v (%v)", in, err)
	}
	if h.device == "" {
		h.device = in.Device
	}
	return in.Session
}

// pend says the password, after which the second step waits.
func (h *holder) pend(from account.Visitor) string {
	h.t.Helper()
	in, err := h.s.SignIn(h.t.Context(), h.Login, password, from)
	if err != nil || in.Session != "" || in.Pending == "" {
		h.t.Fatalf("the password alone: %+v (%v)", in, err)
	}
	return in.Pending
}

// withApplication adds an application of codes.
func (h *holder) withApplication() *holder {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.s.BeginApplication(ctx, h.session, password, atOffice); err != nil {
		h.t.Fatal(err)
	}
	d, err := h.s.ApplicationDraft(ctx, h.session)
	if err != nil {
		h.t.Fatal(err)
	}
	h.secret = d.Secret
	codes, err := h.s.AddApplication(ctx, h.session, h.code(0))
	if err != nil {
		h.t.Fatal(err)
	}
	if codes != nil {
		h.codes = codes
	}
	h.c.Move(time.Minute) // its code has served
	return h
}

// code is what the application shows, steps from now.
func (h *holder) code(steps int64) string {
	h.t.Helper()
	code, err := totp.Code(h.secret, totp.StepAt(h.c.Now())+steps)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// wrong is a code that no step around now has.
func (h *holder) wrong() string {
	h.t.Helper()
	near := []string{h.code(-1), h.code(0), h.code(1)}
	for _, code := range []string{"000000", "111111", "222222", "333333"} {
		if !slices.Contains(near, code) {
			return code
		}
	}
	panic("four codes in three")
}

func (h *holder) open(session string) bool { return actor(h.t, h.d, session).SignedIn() }

func (h *holder) events(kind event.Kind) int {
	return number(h.t, h.d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2", string(kind), h.ID)
}

func (h *holder) factors() account.Factors {
	h.t.Helper()
	f, err := h.s.FactorsOf(h.t.Context(), access.Actor{AccountID: h.ID, Role: access.CompanyUser})
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

// on is the field of a refusal, and what it says.
func on(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	return f.Field
}

func TestAnApplicationCountsOnceItHasShownACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At("https://marches.exemple.fr")
		h := member(t, d, s, c)
		elsewhere := h.enter(account.Visitor{Remote: away})
		if h.factors().Any() {
			t.Fatal("a factor that nobody added")
		}
		if _, err := s.ApplicationDraft(ctx, h.session); !fault.Is(err, fault.Conflict) {
			t.Errorf("before anything was begun: %v", err)
		}
		if err := s.BeginApplication(ctx, h.session, password, atOffice); err != nil {
			t.Fatal(err)
		}
		draft, err := s.ApplicationDraft(ctx, h.session)
		if err != nil {
			t.Fatal(err)
		}
		h.secret = draft.Secret
		if !strings.Contains(draft.Address, "issuer=Parvis%20marches.exemple.fr") || !strings.Contains(draft.Address, ":omuller?") || !strings.Contains(draft.Address, draft.Secret) {
			t.Errorf("%q", draft.Address)
		}
		if _, err := s.ApplicationDraft(ctx, elsewhere); !fault.Is(err, fault.Conflict) {
			t.Errorf("another session sees the secret: %v", err)
		}
		for _, typed := range []string{"", h.wrong()} {
			if _, err := s.AddApplication(ctx, h.session, typed); on(err) != "code" {
				t.Errorf("code %q: %v", typed, err)
			}
		}
		if h.factors().Any() || !h.open(h.enter(account.Visitor{Remote: away})) {
			t.Error("a secret that no code has proved stops a sign-in")
		}
		h.codes, err = s.AddApplication(ctx, h.session, h.code(0))
		if err != nil || len(h.codes) != account.RecoveryCodes {
			t.Fatalf("%d codes (%v)", len(h.codes), err)
		}
		f := h.factors()
		if f.Application.IsZero() || f.CodesLeft != account.RecoveryCodes || !f.Any() {
			t.Errorf("%+v", f)
		}
		if !h.open(h.session) || h.open(elsewhere) {
			t.Error("what a password alone had opened elsewhere goes on, or this session does not")
		}
		if h.events(event.FactorAdded) != 1 {
			t.Errorf("%d events", h.events(event.FactorAdded))
		}
		if _, err := s.AddApplication(ctx, h.session, h.code(1)); !fault.Is(err, fault.Conflict) {
			t.Errorf("once more: %v", err)
		}
		if err := s.BeginApplication(ctx, h.session, password, atOffice); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second application: %v", err)
		}
		// The code that proved it does not open a session too.
		if _, err := s.EnterCode(ctx, h.pend(atOffice), h.code(0), atOffice); on(err) != "code" {
			t.Errorf("the code of the addition: %v", err)
		}
	})
}

func TestAddingAndRemovingNeedThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At("https://marches.exemple.fr")
		h := member(t, d, s, c).withApplication()
		acts := map[string]func(session, typed string) error{
			"begin application": func(session, typed string) error {
				return s.BeginApplication(ctx, session, typed, account.Visitor{Remote: away})
			},
			"remove application": func(session, typed string) error {
				return s.RemoveApplication(ctx, session, typed, account.Visitor{Remote: away})
			},
			"renew codes": func(session, typed string) error {
				_, err := s.RenewCodes(ctx, session, typed, account.Visitor{Remote: away})
				return err
			},
			"begin passkey": func(session, typed string) error {
				return s.BeginPasskey(ctx, session, "Téléphone", typed, account.Visitor{Remote: away})
			},
			"remove passkey": func(session, typed string) error {
				return s.RemovePasskey(ctx, session, h.ID, typed, account.Visitor{Remote: away})
			},
		}
		for name, act := range acts {
			if err := act("", password); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s without a session: %v", name, err)
			}
			if err := act(h.session, ""); on(err) != "mot_de_passe_actuel" {
				t.Errorf("%s without a password: %v", name, err)
			}
		}
		for range 2 {
			for name, act := range acts {
				c.Move(time.Minute)
				if err := act(h.session, "un autre mot de passe"); on(err) != "mot_de_passe_actuel" {
					t.Errorf("%s with a wrong password: %v", name, err)
				}
			}
		}
		// They counted like wrong sign-ins: the right one waits its turn.
		if err := s.RemoveApplication(ctx, h.session, password, account.Visitor{Remote: away}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the right one after ten wrong ones: %v", err)
		}
		if f := h.factors(); f.Application.IsZero() || f.CodesLeft != account.RecoveryCodes {
			t.Errorf("something was removed: %+v", f)
		}
	})
}

func TestRemovingTheLastFactorTakesTheCodesAndTheOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		in, err := s.EnterCode(ctx, h.pend(atOffice), h.code(0), atOffice)
		if err != nil {
			t.Fatal(err)
		}
		waiting := h.pend(atOffice)
		if err := s.RemoveApplication(ctx, h.session, password, atOffice); err != nil {
			t.Fatal(err)
		}
		if h.factors().Any() || number(t, d, "SELECT count(*) FROM recovery_code") != 0 {
			t.Errorf("%+v", h.factors())
		}
		if !h.open(h.session) || h.open(in.Session) {
			t.Error("the session that removed it ends, or another goes on")
		}
		if _, err := s.EnterRecoveryCode(ctx, waiting, h.codes[0], atOffice); !fault.Is(err, fault.SignIn) {
			t.Errorf("a sign-in under way: %v", err)
		}
		if h.events(event.FactorRemoved) != 1 {
			t.Errorf("%d events", h.events(event.FactorRemoved))
		}
		if err := s.RemoveApplication(ctx, h.session, password, atOffice); !fault.Is(err, fault.Conflict) {
			t.Errorf("once more: %v", err)
		}
		if _, err := s.RenewCodes(ctx, h.session, password, atOffice); !fault.Is(err, fault.Conflict) {
			t.Errorf("codes that stand in for nothing: %v", err)
		}
		h.enter(atOffice) // by the password alone again
	})
}

func TestAnAdditionEndsInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c)
		if err := s.BeginApplication(ctx, h.session, password, atOffice); err != nil {
			t.Fatal(err)
		}
		draft, err := s.ApplicationDraft(ctx, h.session)
		if err != nil {
			t.Fatal(err)
		}
		h.secret = draft.Secret
		c.Move(21 * time.Minute)
		if _, err := s.AddApplication(ctx, h.session, h.code(0)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		if err := s.ForgetStale(ctx); err != nil || number(t, d, "SELECT count(*) FROM factor_draft") != 0 {
			t.Errorf("the secret is not swept (%v)", err)
		}
	})
}

func TestTheOperatorForgetsTheFactorsOfWhoLostThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		operator := access.Platform("parvis account forget-factors")
		if _, err := s.ForgetFactors(ctx, access.Actor{AccountID: h.ID, Role: access.CompanyAdmin}, h.Login); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an administrator of a company: %v", err)
		}
		if _, err := s.ForgetFactors(ctx, operator, "personne"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody: %v", err)
		}
		waiting := h.pend(atOffice)
		got, err := s.ForgetFactors(ctx, operator, " ODILE@exemple.fr")
		if err != nil || got.ID != h.ID {
			t.Fatalf("%+v (%v)", got, err)
		}
		if h.factors().Any() || h.open(h.session) || h.events(event.FactorsForgotten) != 1 {
			t.Errorf("%+v, session open: %v", h.factors(), h.open(h.session))
		}
		if _, err := s.SecondStepOf(ctx, waiting); !fault.Is(err, fault.SignIn) {
			t.Errorf("a sign-in under way: %v", err)
		}
		if _, err := s.ForgetFactors(ctx, operator, h.Login); !fault.Is(err, fault.Conflict) {
			t.Errorf("once more: %v", err)
		}
		h.enter(atOffice)
	})
}

// What a factor is known by never reaches the journal, which is for ever.
func TestTheJournalHoldsNoSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		pending := h.pend(atOffice)
		if _, err := s.EnterRecoveryCode(ctx, pending, h.codes[3], atOffice); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{h.secret, h.codes[3], pending, strings.ReplaceAll(h.codes[3], "-", "")} {
			for _, table := range []string{"event", "recovery_code", "pending_sign_in", "session", "attempt"} {
				var rows []struct{ Row string }
				query := "SELECT CAST(t AS TEXT) AS row FROM " + table + " t"
				if d.Dialect() == db.SQLite {
					query = map[string]string{
						"event": "SELECT body || subject || actor_name AS row FROM event", "recovery_code": "SELECT code_hash AS row FROM recovery_code",
						"pending_sign_in": "SELECT token_hash AS row FROM pending_sign_in", "session": "SELECT token_hash AS row FROM session",
						"attempt": "SELECT key AS row FROM attempt",
					}[table]
				}
				read(t, d, func(tx *db.Tx) error { return tx.All(&rows, query) })
				for _, r := range rows {
					if strings.Contains(r.Row, secret) {
						t.Errorf("%s holds a secret: %s", table, r.Row)
					}
				}
			}
		}
	})
}
