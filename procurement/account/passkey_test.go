package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/passkey/passkeytest"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

const platform = "https://marches.exemple.fr"

func device() *passkeytest.Authenticator { return passkeytest.New(platform, "marches.exemple.fr") }

// withPasskey adds a key of that name, and gives its id.
func (h *holder) withPasskey(on *passkeytest.Authenticator, name string) (id string) {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.s.BeginPasskey(ctx, h.session, name, password, atOffice); err != nil {
		h.t.Fatal(err)
	}
	options, err := h.s.AskNewPasskey(ctx, h.session)
	if err != nil {
		h.t.Fatal(err)
	}
	codes, err := h.s.AddPasskey(ctx, h.session, on.Create(h.t, options))
	if err != nil {
		h.t.Fatal(err)
	}
	if codes != nil {
		h.codes = codes
	}
	all := h.factors().Passkeys
	return all[len(all)-1].ID
}

// use answers the second step of a sign-in with a key.
func (h *holder) use(pending string, on *passkeytest.Authenticator) (account.Entry, error) {
	h.t.Helper()
	options, err := h.s.AskPasskey(h.t.Context(), pending)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.s.EnterPasskey(h.t.Context(), pending, on.Use(h.t, options), atOffice)
}

// alone signs in with a key and nothing else.
func (h *holder) alone(on *passkeytest.Authenticator) (account.Entry, error) {
	h.t.Helper()
	pending, options, err := h.s.AskPasskeyAlone(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return h.s.EnterPasskeyAlone(h.t.Context(), pending, on.Use(h.t, options), atOffice)
}

func TestAPasskeyServesAfterThePasswordAndAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		s.At(platform)
		h, phone := member(t, d, s, c), device()
		elsewhere := h.enter(account.Visitor{Remote: away})
		id := h.withPasskey(phone, " Téléphone  d'Odile ")
		f := h.factors()
		if len(f.Passkeys) != 1 || f.Passkeys[0].Name != "Téléphone d'Odile" || !f.Passkeys[0].UsedAt.IsZero() || f.CodesLeft != account.RecoveryCodes || len(h.codes) != account.RecoveryCodes {
			t.Errorf("%+v", f)
		}
		if h.open(elsewhere) || !h.open(h.session) {
			t.Error("what a password alone had opened elsewhere goes on, or this session does not")
		}
		pending := h.pend(atOffice)
		if step, err := s.SecondStepOf(t.Context(), pending); err != nil || !step.Passkey || step.Application || !step.Recovery {
			t.Errorf("%+v (%v)", step, err)
		}
		in, err := h.use(pending, phone)
		if err != nil || !h.open(in.Session) {
			t.Fatalf("after the password: %v", err)
		}
		if used := h.factors().Passkeys[0]; used.UsedAt.IsZero() || used.SignCount != 2 {
			t.Errorf("%+v", used)
		}
		in, err = h.alone(phone)
		if err != nil || !h.open(in.Session) || actor(t, d, in.Session).MembershipID == "" {
			t.Fatalf("alone: %v", err)
		}
		// A second key changes nothing for what is open, and gives no other codes.
		given := h.codes
		h.withPasskey(device(), "Clé USB")
		if !h.open(in.Session) || &given[0] != &h.codes[0] || h.events(event.FactorAdded) != 2 {
			t.Error("a second key ends sessions, or gives codes again")
		}
		if err := s.RemovePasskey(t.Context(), h.session, id, password, atOffice); err != nil {
			t.Fatal(err)
		}
		if h.open(in.Session) || len(h.factors().Passkeys) != 1 || h.factors().CodesLeft == 0 {
			t.Errorf("what the key had opened goes on, or the codes are gone with one of two: %+v", h.factors())
		}
		if _, err := h.alone(phone); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key that was removed: %v", err)
		}
	})
}

func TestAPasskeyIsOneAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		odile, karim := member(t, d, s, c), &holder{Account: person(t, d, s, "kbenali", "karim@exemple.fr"), t: t, d: d, s: s, c: c}
		karim.session = karim.enter(atOffice)
		hers, his := device(), device()
		id := odile.withPasskey(hers, "Téléphone")
		karim.withPasskey(his, "Ordinateur")
		if _, err := odile.use(odile.pend(atOffice), his); !fault.Is(err, fault.Invalid) || fault.Is(err, fault.SignIn) {
			t.Errorf("his key, after her password: %v", err)
		}
		for name, err := range map[string]error{
			"rename": s.RenamePasskey(ctx, karim.session, id, "À moi"),
			"remove": s.RemovePasskey(ctx, karim.session, id, password, atOffice),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := odile.factors().Passkeys[0].Name; got != "Téléphone" {
			t.Errorf("%q", got)
		}
		// What his browser was asked is no answer to what hers was.
		mine, _, err := s.AskPasskeyAlone(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, options, err := s.AskPasskeyAlone(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.EnterPasskeyAlone(ctx, mine, his.Use(t, options), atOffice); !fault.Is(err, fault.Invalid) {
			t.Errorf("an answer to somebody else: %v", err)
		}
		// Nor is a sign-in that knows a password one that waits for a key alone.
		pending := odile.pend(atOffice)
		asked, err := s.AskPasskey(ctx, pending)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.EnterPasskeyAlone(ctx, pending, hers.Use(t, asked), atOffice); !fault.Is(err, fault.Invalid) {
			t.Errorf("by the other door: %v", err)
		}
	})
}

func TestWhatABrowserWasAskedServesOnceAndInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		h, phone := member(t, d, s, c), device()
		h.withPasskey(phone, "Téléphone")
		pending, options, err := s.AskPasskeyAlone(ctx)
		if err != nil {
			t.Fatal(err)
		}
		answer := phone.Use(t, options)
		if _, err := s.EnterPasskeyAlone(ctx, pending, []byte("{}"), atOffice); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := s.EnterPasskeyAlone(ctx, pending, answer, atOffice); !fault.Is(err, fault.Invalid) {
			t.Errorf("a second answer: %v", err)
		}
		if pending, options, err = s.AskPasskeyAlone(ctx); err != nil {
			t.Fatal(err)
		}
		answer = phone.Use(t, options)
		c.Move(5 * time.Minute)
		if _, err := s.EnterPasskeyAlone(ctx, pending, answer, atOffice); !fault.Is(err, fault.Invalid) {
			t.Errorf("after five minutes: %v", err)
		}
		second := h.pend(atOffice)
		if options, err = s.AskPasskey(ctx, second); err != nil {
			t.Fatal(err)
		}
		answer = phone.Use(t, options)
		if _, err := s.EnterPasskey(ctx, second, []byte(`{"id":"x"}`), atOffice); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := s.EnterPasskey(ctx, second, answer, atOffice); !fault.Is(err, fault.Invalid) {
			t.Errorf("a second answer to the second step: %v", err)
		}
		if in, err := h.use(second, phone); err != nil || !h.open(in.Session) {
			t.Errorf("asked again: %v", err)
		}
		if err := s.ForgetStale(ctx); err != nil || number(t, d, "SELECT count(*) FROM pending_sign_in") != 0 {
			t.Errorf("not swept (%v)", err)
		}
	})
}

func TestAKeyThatSeemsCopiedIsRefusedAndTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		s.At(platform)
		h, phone := member(t, d, s, c), device()
		phone.Count = 40
		h.withPasskey(phone, "Téléphone")
		phone.Count = 40
		if _, err := h.alone(phone); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "copiée") {
			t.Errorf("the same count twice: %v", err)
		}
		phone.Count = 12
		if _, err := h.use(h.pend(atOffice), phone); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "copiée") {
			t.Errorf("a count that goes back: %v", err)
		}
		if h.events(event.PasskeyDoubted) != 2 || h.factors().Passkeys[0].SignCount != 40 {
			t.Errorf("%d events, %+v", h.events(event.PasskeyDoubted), h.factors().Passkeys[0])
		}
		phone.Count = 60
		if in, err := h.alone(phone); err != nil || !h.open(in.Session) {
			t.Errorf("the one that went on counting: %v", err)
		}
	})
}

// Whoever hammers an account with codes does not keep the holder of a key out.
func TestAPasskeyWaitsForNoDelay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		h, phone := member(t, d, s, c).withApplication(), device()
		h.withPasskey(phone, "Téléphone")
		pending := h.pend(atOffice)
		h.hammer(pending, atOffice, 8)
		if _, err := s.EnterCode(ctx, pending, h.code(0), atOffice); !fault.Is(err, fault.Unavailable) {
			t.Fatal(err)
		}
		if in, err := h.use(pending, phone); err != nil || !h.open(in.Session) {
			t.Errorf("after the password: %v", err)
		}
		if in, err := h.alone(phone); err != nil || !h.open(in.Session) {
			t.Errorf("alone: %v", err)
		}
	})
}

func TestTheNameOfAKeyIsItsOwners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		h := member(t, d, s, c)
		for _, name := range []string{"", "  ", strings.Repeat("a", 61), "a\u200bb", "deux\nlignes"} {
			if err := s.BeginPasskey(ctx, h.session, name, password, atOffice); on(err) != "nom" {
				t.Errorf("%.20q: %v", name, err)
			}
		}
		if all := fault.All(s.BeginPasskey(ctx, h.session, "", "", atOffice)); len(all) != 2 {
			t.Errorf("both fields are said together: %v", all)
		}
		id := h.withPasskey(device(), "Clé")
		if err := s.RenamePasskey(ctx, h.session, id, "Clé USB du bureau"); err != nil {
			t.Fatal(err)
		}
		if err := s.RenamePasskey(ctx, h.session, id, ""); on(err) != "nom" {
			t.Error(err)
		}
		if got := h.factors().Passkeys[0].Name; got != "Clé USB du bureau" {
			t.Errorf("%q", got)
		}
	})
}

func TestAKeyIsAddedInTheSessionThatProvedThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		h, phone := member(t, d, s, c), device()
		elsewhere := h.enter(atOffice)
		if err := s.BeginPasskey(ctx, h.session, "Téléphone", password, atOffice); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AskNewPasskey(ctx, elsewhere); !fault.Is(err, fault.Conflict) {
			t.Errorf("another session goes on: %v", err)
		}
		if _, err := s.AddPasskey(ctx, h.session, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("before anything was asked: %v", err)
		}
		options, err := s.AskNewPasskey(ctx, h.session)
		if err != nil {
			t.Fatal(err)
		}
		answer := phone.Create(t, options)
		phone.Origin = "https://pirate.example"
		if _, err := s.AddPasskey(ctx, h.session, phone.Create(t, options)); !fault.Is(err, fault.Invalid) {
			t.Errorf("made for another site: %v", err)
		}
		phone.Origin = platform
		if _, err := s.AddPasskey(ctx, h.session, answer); !fault.Is(err, fault.Conflict) {
			t.Errorf("what was asked serves once: %v", err)
		}
		if options, err = s.AskNewPasskey(ctx, h.session); err != nil {
			t.Fatal(err)
		}
		answer = phone.Create(t, options)
		c.Move(5 * time.Minute)
		if _, err := s.AddPasskey(ctx, h.session, answer); !fault.Is(err, fault.Conflict) {
			t.Errorf("after five minutes: %v", err)
		}
		if h.factors().Any() {
			t.Errorf("%+v", h.factors())
		}
		if _, err := s.ApplicationDraft(ctx, h.session); !fault.Is(err, fault.Conflict) {
			t.Errorf("a key is no application: %v", err)
		}
	})
}

func TestWithoutADomainOnHTTPSThereAreNoPasskeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At("http://192.0.2.7:8080")
		h := member(t, d, s, c)
		_, _, alone := s.AskPasskeyAlone(ctx)
		_, err1 := s.EnterPasskeyAlone(ctx, "", nil, atOffice)
		_, err2 := s.AskPasskey(ctx, "")
		_, err3 := s.EnterPasskey(ctx, "", nil, atOffice)
		_, err4 := s.AskNewPasskey(ctx, h.session)
		_, err5 := s.AddPasskey(ctx, h.session, nil)
		for i, err := range []error{alone, err1, err2, err3, err4, err5, s.BeginPasskey(ctx, h.session, "Téléphone", password, atOffice)} {
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "https") {
				t.Errorf("%d: %v", i, err)
			}
		}
		if s.OffersPasskeys() {
			t.Error("offered all the same")
		}
	})
}

// Two keys of one person used at once, and one removed meanwhile: each is in or refused,
// and no session of the removed one is left.
func TestAKeyRemovedWhileItIsUsedOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		s.At(platform)
		h := member(t, d, s, c)
		phone := device()
		id := h.withPasskey(phone, "Téléphone")
		pending, options, err := s.AskPasskeyAlone(ctx)
		if err != nil {
			t.Fatal(err)
		}
		answer := phone.Use(t, options)
		var wait sync.WaitGroup
		var in account.Entry
		wait.Go(func() {
			var err error
			if in, err = s.EnterPasskeyAlone(ctx, pending, answer, atOffice); err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		})
		wait.Go(func() {
			if err := s.RemovePasskey(ctx, h.session, id, password, atOffice); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
		if in.Session != "" && h.open(in.Session) {
			t.Error("the session of a removed key goes on")
		}
	})
}
