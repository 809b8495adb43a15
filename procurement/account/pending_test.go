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
	"parvis/kit/token"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

func TestThePasswordAloneOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		before := h.events(event.SignedIn)
		pending := h.pend(atOffice)
		if h.open(pending) || h.events(event.SignedIn) != before {
			t.Error("the second step is no session")
		}
		step, err := s.SecondStepOf(ctx, pending)
		if err != nil || !step.Application || step.Passkey || !step.Recovery {
			t.Errorf("%+v (%v)", step, err)
		}
		in, err := s.EnterCode(ctx, pending, " "+h.code(0)[:3]+" "+h.code(0)[3:], atOffice)
		if err != nil || !h.open(in.Session) || in.Pending != "" {
			t.Fatalf("%+v (%v)", in, err)
		}
		if got := actor(t, d, in.Session); got.MembershipID == "" || h.events(event.SignedIn) != before+1 {
			t.Errorf("%+v", got)
		}
		if n := number(t, d, "SELECT count(*) FROM pending_sign_in"); n != 0 {
			t.Error("the second step goes on after it was done")
		}
		for _, token := range []string{pending, "", "x", token.New(), strings.Repeat("a", 43), strings.Repeat("a", 4000)} {
			if _, err := s.EnterCode(ctx, token, h.code(1), atOffice); !fault.Is(err, fault.SignIn) {
				t.Errorf("token %.10q: %v", token, err)
			}
			if _, err := s.SecondStepOf(ctx, token); !fault.Is(err, fault.SignIn) {
				t.Errorf("token %.10q: %v", token, err)
			}
		}
		// A wrong password says the same as ever.
		if _, err := s.SignIn(ctx, h.Login, "un autre", atOffice); err == nil || !strings.Contains(err.Error(), "Identifiant ou mot de passe incorrect") {
			t.Error(err)
		}
	})
}

func TestACodeServesOnceAndNearItsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		enter := func(code string) error { _, err := s.EnterCode(ctx, h.pend(atOffice), code, atOffice); return err }
		if err := enter(h.code(-2)); on(err) != "code" {
			t.Errorf("two steps old: %v", err)
		}
		if err := enter(h.code(2)); on(err) != "code" {
			t.Errorf("two steps early: %v", err)
		}
		if err := enter(h.code(1)); err != nil {
			t.Errorf("of a clock that is fast: %v", err)
		}
		for _, steps := range []int64{-1, 0, 1} {
			if err := enter(h.code(steps)); on(err) != "code" {
				t.Errorf("used, or older than the one used (%d): %v", steps, err)
			}
		}
		c.Move(90 * time.Second)
		if err := enter(h.code(-1)); err != nil {
			t.Errorf("of a slow hand: %v", err)
		}
	})
}

func TestTheSecondStepEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		late := h.pend(atOffice)
		c.Move(10 * time.Minute)
		if _, err := s.EnterCode(ctx, late, h.code(0), atOffice); !fault.Is(err, fault.SignIn) {
			t.Errorf("after ten minutes: %v", err)
		}
		if err := s.ForgetStale(ctx); err != nil || number(t, d, "SELECT count(*) FROM pending_sign_in") != 0 {
			t.Errorf("it is not swept (%v)", err)
		}
		// Who only knew the old password is out.
		changed := h.pend(atOffice)
		form := account.ChangeForm{Current: password, NewPassword: account.NewPassword{Password: "maillet ciseau gouge", Confirm: "maillet ciseau gouge"}}
		if err := s.ChangePassword(ctx, h.session, form, atOffice); err != nil {
			t.Fatal(err)
		}
		if _, err := s.EnterCode(ctx, changed, h.code(0), atOffice); !fault.Is(err, fault.SignIn) {
			t.Errorf("after another password was chosen: %v", err)
		}
	})
}

// Guessing: a few wrong codes cost nothing, then each costs twice the one before, however
// many sign-ins they are spread over, and ten end a sign-in.
func TestCodesCannotBeGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		from := account.Visitor{Remote: away}
		pending := h.pend(from)
		h.hammer(pending, from, 8)
		if _, err := s.EnterCode(ctx, pending, h.code(0), from); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the right code, while a delay runs: %v", err)
		}
		if _, err := s.EnterRecoveryCode(ctx, pending, h.codes[0], from); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a recovery code, while a delay runs: %v", err)
		}
		again := h.pend(from) // the password is right, and starts nothing again
		if _, err := s.EnterCode(ctx, again, h.code(0), from); !fault.Is(err, fault.Unavailable) {
			t.Errorf("another sign-in, while a delay runs: %v", err)
		}
		// In the browser that the account knows, its owner is not kept out.
		if in, err := s.EnterCode(ctx, h.pend(h.home()), h.code(0), h.home()); err != nil || !h.open(in.Session) {
			t.Errorf("at home: %v", err)
		}
		h.hammer(pending, from, 1)
		c.Move(40 * time.Second)
		if _, err := s.EnterCode(ctx, pending, h.wrong(), from); !fault.Is(err, fault.SignIn) {
			t.Errorf("the tenth: %v", err)
		}
		if h.events(event.StepExhausted) != 1 || h.events(event.CodeRefused) != 9 {
			t.Errorf("%d and %d events", h.events(event.StepExhausted), h.events(event.CodeRefused))
		}
		if _, err := s.SecondStepOf(ctx, pending); !fault.Is(err, fault.SignIn) {
			t.Errorf("after ten wrong ones: %v", err)
		}
	})
}

func TestARecoveryCodeServesOnceHoweverItIsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		enter := func(code string) error {
			_, err := s.EnterRecoveryCode(ctx, h.pend(atOffice), code, atOffice)
			return err
		}
		typed := []string{h.codes[0], strings.ToUpper(h.codes[1]), strings.ReplaceAll(h.codes[2], "-", ""),
			"  " + strings.ReplaceAll(h.codes[3], "-", " – ") + "\u00a0", strings.NewReplacer("0", "O", "1", "l").Replace(h.codes[4])}
		for i, code := range typed {
			if err := enter(code); err != nil {
				t.Fatalf("%q: %v", code, err)
			}
			if left := h.factors().CodesLeft; left != account.RecoveryCodes-1-i {
				t.Errorf("%d left", left)
			}
		}
		for _, code := range []string{h.codes[0], "", "x", h.codes[5][:18], h.codes[5] + "0", strings.Repeat("0", 10000), "\xff\xfe"} {
			if err := enter(code); on(err) != "code_secours" && !fault.Is(err, fault.Unavailable) {
				t.Errorf("%.24q: %v", code, err)
			}
			c.Move(time.Minute)
		}
		if h.events(event.CodeUsed) != len(typed) {
			t.Errorf("%d events", h.events(event.CodeUsed))
		}
		renewed, err := s.RenewCodes(ctx, h.session, password, atOffice)
		if err != nil || len(renewed) != account.RecoveryCodes || h.factors().CodesLeft != account.RecoveryCodes || h.events(event.CodesRenewed) != 1 {
			t.Fatalf("%d codes (%v)", len(renewed), err)
		}
		c.Move(time.Hour)
		if err := enter(h.codes[6]); on(err) != "code_secours" {
			t.Errorf("a code of before: %v", err)
		}
		c.Move(time.Hour)
		if err := enter(renewed[9]); err != nil {
			t.Errorf("a new one: %v", err)
		}
	})
}

// A code is somebody's: the same letters are nobody else's.
func TestARecoveryCodeIsOneAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		odile := member(t, d, s, c).withApplication()
		karim := &holder{Account: person(t, d, s, "kbenali", "karim@exemple.fr"), t: t, d: d, s: s, c: c}
		karim.session = karim.enter(atOffice)
		karim.withApplication()
		if _, err := s.EnterRecoveryCode(ctx, karim.pend(atOffice), odile.codes[0], atOffice); on(err) != "code_secours" {
			t.Error(err)
		}
		if _, err := s.EnterCode(ctx, karim.pend(atOffice), odile.code(0), atOffice); on(err) != "code" {
			t.Error(err)
		}
	})
}

// Two browsers give the same code at once: one is in.
func TestOfTwoAtOnceOneGetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		for name, enter := range map[string]func(pending string) (account.Entry, error){
			"code":          func(p string) (account.Entry, error) { return s.EnterCode(ctx, p, h.code(0), atOffice) },
			"recovery code": func(p string) (account.Entry, error) { return s.EnterRecoveryCode(ctx, p, h.codes[0], atOffice) },
		} {
			var wait sync.WaitGroup
			var mu sync.Mutex
			in := 0
			pendings := []string{h.pend(atOffice), h.pend(atOffice)}
			pendings = append(pendings, pendings...) // and each of them twice
			for _, p := range pendings {
				wait.Go(func() {
					entry, err := enter(p)
					mu.Lock()
					defer mu.Unlock()
					if err == nil && h.open(entry.Session) {
						in++
					} else if _, ok := fault.As(err); !ok {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wait.Wait()
			if in != 1 {
				t.Errorf("%s: %d got in", name, in)
			}
			c.Move(time.Hour)
		}
	})
}

// A sign-in and the addition of a first factor at once: whichever comes first, nobody is
// left in by a password alone.
func TestNoSessionOfAPasswordAloneOutlivesTheFirstFactor(t *testing.T) {
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
		var wait sync.WaitGroup
		entries := make([]account.Entry, 6)
		for i := range entries {
			wait.Go(func() {
				if i == 3 {
					if _, err := s.AddApplication(ctx, h.session, h.code(0)); err != nil {
						t.Error(err)
					}
					return
				}
				in, err := s.SignIn(ctx, h.Login, password, atOffice)
				if err != nil {
					t.Error(err)
				}
				entries[i] = in
			})
		}
		wait.Wait()
		for _, in := range entries {
			if in.Session != "" && h.open(in.Session) {
				t.Error("a session that a password alone opened goes on")
			}
		}
		if !h.open(h.session) {
			t.Error("the session that added it has ended")
		}
	})
}

func TestAForgottenPasswordDoesNotPassTheSecondStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		h := member(t, d, s, c).withApplication()
		if err := s.AskReset(ctx, h.Login, atOffice); err != nil {
			t.Fatal(err)
		}
		var id, link string
		read(t, d, func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM password_reset") })
		write(t, d, func(tx *db.Tx) (err error) { link, _, err = account.MintResetToken(tx, id); return err })
		waiting := h.pend(atOffice)
		const chosen = "maillet ciseau gouge"
		if _, err := s.ResetPassword(ctx, link, account.NewPassword{Password: chosen, Confirm: chosen}, atOffice); err != nil {
			t.Fatal(err)
		}
		if !h.factors().Any() || h.factors().CodesLeft != account.RecoveryCodes {
			t.Errorf("%+v", h.factors())
		}
		if _, err := s.EnterCode(ctx, waiting, h.code(0), atOffice); !fault.Is(err, fault.SignIn) {
			t.Errorf("a sign-in that knew the old password: %v", err)
		}
		in, err := s.SignIn(ctx, h.Login, chosen, atOffice)
		if err != nil || in.Session != "" || in.Pending == "" {
			t.Errorf("%+v (%v)", in, err)
		}
	})
}
