package account_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/job"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

const other = "maillet ciseau gouge"

// telling is the room with a subscriber to what a password brings.
func telling(t *testing.T, d *db.DB) *account.Service {
	t.Helper()
	q := job.New(d, slog.New(slog.DiscardHandler))
	j := event.NewJournal(q)
	j.Subscribe("mail", []event.Kind{event.ResetAsked, event.PasswordChanged}, func(*db.Tx, event.Event) error { return nil })
	if err := q.Open(); err != nil {
		t.Fatal(err)
	}
	return account.New(d, j, slog.New(slog.DiscardHandler))
}

// ask asks for a link and gives the request's id.
func ask(t *testing.T, d *db.DB, s *account.Service, identifier string) string {
	t.Helper()
	before := number(t, d, "SELECT count(*) FROM password_reset")
	if err := s.AskReset(context.Background(), identifier, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	if number(t, d, "SELECT count(*) FROM password_reset") == before {
		t.Fatal("nothing was asked")
	}
	var e event.Event
	read(t, d, func(tx *db.Tx) error {
		return tx.One(&e, "SELECT id, at, kind, actor_id, actor_name, subject, body FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.ResetAsked))
	})
	var body account.ResetBody
	if err := e.Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body.ResetID
}

// mint composes the link of a request.
func mint(d *db.DB, id string) (token string, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) (err error) { token, _, err = account.MintResetToken(tx, id); return err })
	return token, err
}

// resetLink asks for a link and composes it.
func resetLink(t *testing.T, d *db.DB, s *account.Service, identifier string) string {
	t.Helper()
	token, err := mint(d, ask(t, d, s, identifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func chosen(password string) account.NewPassword {
	return account.NewPassword{Password: password, Confirm: password}
}

// opens tells whether the password signs in.
func opens(t *testing.T, s *account.Service, password string) bool {
	t.Helper()
	_, err := s.SignIn(context.Background(), "omuller", password, account.Visitor{Remote: office})
	if err != nil && !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	return err == nil
}

func TestAForgottenPasswordIsChosenAnewByALinkThatServesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		token := resetLink(t, d, s, "odile@exemple.fr")
		if n := number(t, d, "SELECT count(*) FROM password_reset WHERE token_hash = $1 OR id = $1", token); n != 0 {
			t.Error("the token itself is stored")
		}
		for range 2 { // scanners read it before its owner does
			r, err := s.ResetOf(ctx, token)
			if err != nil || r.Account.ID != a.ID || r.Account.Login != "omuller" || r.ExpiresAt.Sub(d.Clock.Now()) > 30*time.Minute {
				t.Fatalf("%+v: %v", r, err)
			}
		}
		if !actor(t, d, session).SignedIn() || !opens(t, s, password) {
			t.Error("asking changed something")
		}
		if err := reset(s, token, chosen(other), account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM session"); n != 0 || actor(t, d, session).SignedIn() {
			t.Errorf("%d sessions go on", n)
		}
		if opens(t, s, password) || !opens(t, s, other) {
			t.Error("the old password opens, or the new one does not")
		}
		if err := reset(s, token, chosen(password), account.Visitor{Remote: office}); !fault.Is(err, fault.NotFound) {
			t.Errorf("used again: %v", err)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2 AND body = '{\"by_link\":true}'", string(event.PasswordChanged), a.ID); n != 1 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

func TestALinkKeepsTheRulesOfPasswords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		token := resetLink(t, d, s, "omuller")
		for what, c := range map[string]struct {
			form account.NewPassword
			want []string
		}{
			"nothing":        {account.NewPassword{}, []string{"mot_de_passe"}},
			"short":          {chosen("rabot"), []string{"mot_de_passe"}},
			"one's address":  {chosen("Odile@Exemple.fr"), []string{"mot_de_passe"}},
			"one's name":     {chosen("odile muller"), []string{"mot_de_passe"}},
			"unreadable":     {chosen("rabot varlope\xff"), []string{"mot_de_passe"}},
			"a common one":   {chosen("aaaaaaaaaaaaaaa"), []string{"mot_de_passe"}},
			"two of them":    {account.NewPassword{Password: other, Confirm: other + "x"}, []string{"confirmation"}},
			"one only":       {account.NewPassword{Password: other}, []string{"confirmation"}},
			"far too long":   {chosen(strings.Repeat("é", 1<<19)), []string{"mot_de_passe"}},
			"a little more":  {chosen(strings.Repeat("abcde", 40) + "f"), []string{"mot_de_passe"}},
			"only confirmed": {account.NewPassword{Confirm: other}, []string{"mot_de_passe"}},
		} {
			if err := reset(s, token, c.form, account.Visitor{Remote: office}); !slices.Equal(fields(err), c.want) {
				t.Errorf("%s: %v, want faults on %v", what, err, c.want)
			}
		}
		if !opens(t, s, password) {
			t.Error("a refused form changed the password")
		}
		if err := reset(s, token, chosen(other), account.Visitor{Remote: office}); err != nil {
			t.Errorf("a refused form consumed the link: %v", err)
		}
	})
}

// Abuse 70: guessed, expired, replaced, sent to another address.
func TestALinkDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		dead := func(what, token string) {
			t.Helper()
			_, err1 := s.ResetOf(ctx, token)
			err2 := reset(s, token, chosen(other), account.Visitor{Remote: office})
			if !fault.Is(err1, fault.NotFound) || !fault.Is(err2, fault.NotFound) || err1.Error() != err2.Error() {
				t.Errorf("%s: %v and %v", what, err1, err2)
			}
		}
		for _, guess := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("0", 64), "' OR '1'='1", "\x00"} {
			dead(fmt.Sprintf("%q", guess), guess)
		}
		first := resetLink(t, d, s, "omuller")
		c.Move(29 * time.Minute)
		if _, err := s.ResetOf(ctx, first); err != nil {
			t.Errorf("after 29 minutes: %v", err)
		}
		c.Move(time.Minute + time.Second)
		dead("after 30 minutes", first)

		second := resetLink(t, d, s, "omuller")
		again := ask(t, d, s, "odile@exemple.fr")
		if _, err := s.ResetOf(ctx, second); err != nil {
			t.Errorf("asking again, before the mail: %v", err)
		}
		third, err := mint(d, again)
		if err != nil {
			t.Fatal(err)
		}
		dead("replaced", second)
		if _, err := s.ResetOf(ctx, third); err != nil {
			t.Errorf("the last one: %v", err)
		}
		fourth, err := mint(d, again) // the relay was down: the mail is composed again
		if err != nil {
			t.Fatal(err)
		}
		dead("of a mail that is written again", third)
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE account SET address = 'odile@neuf.example', address_key = 'odile@neuf.example'")
			return err
		})
		dead("the address has changed", fourth)
		if _, err := mint(d, again); !errors.Is(err, account.ErrStale) {
			t.Errorf("composed for an address that was left: %v", err)
		}
		if !opens(t, s, password) {
			t.Error("a dead link changed the password")
		}
	})
}

func TestARequestIsNotMailedInVain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		first, second := ask(t, d, s, "omuller"), ask(t, d, s, "omuller")
		if _, err := mint(d, first); !errors.Is(err, account.ErrStale) {
			t.Errorf("asked again since: %v", err)
		}
		c.Move(119 * time.Minute)
		token, err := mint(d, second)
		if err != nil {
			t.Fatalf("when the relay was down for two hours: %v", err)
		}
		r, err := s.ResetOf(ctx, token)
		if err != nil || r.ExpiresAt.Sub(d.Clock.Now()) < 29*time.Minute {
			t.Errorf("the reader has until %v: %v", r.ExpiresAt.Time(), err)
		}
		if err := reset(s, token, chosen(other), account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		if _, err := mint(d, second); !errors.Is(err, account.ErrStale) {
			t.Errorf("used: %v", err)
		}
		third := ask(t, d, s, "omuller")
		c.Move(2*time.Hour + time.Second)
		if _, err := mint(d, third); !errors.Is(err, account.ErrStale) {
			t.Errorf("after two hours: %v", err)
		}
		for what, id := range map[string]string{"unknown": "nothing", "nobody's": ask(t, d, s, "nobody")} {
			if _, err := mint(d, id); !errors.Is(err, account.ErrStale) {
				t.Errorf("%s: %v", what, err)
			}
			read(t, d, func(tx *db.Tx) error {
				if _, err := account.FindReset(tx, id); !errors.Is(err, db.ErrNone) {
					t.Errorf("%s is found: %v", what, err)
				}
				return nil
			})
		}
	})
}

// Abuse 69: whether somebody has an account shows in no answer and no count, nor
// does that their mailbox is left in peace.
func TestAskingForALinkTellsNobodyWhoHasAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		c.Move(25 * time.Hour)
		if err := s.ForgetStale(ctx); err != nil { // of the sign-up
			t.Fatal(err)
		}
		type trace struct {
			Error                                                   string
			Resets, Attempts, Solicitations, Events, Jobs, Sessions int
		}
		counts := func() trace {
			n := func(table string) int { return number(t, d, "SELECT count(*) FROM "+table) }
			return trace{"", n("password_reset"), n("attempt"), n("solicitation"), n("event"), n("river_job"), n("session")}
		}
		asking := func(typed string) trace {
			before := counts()
			err := s.AskReset(ctx, typed, account.Visitor{})
			after := counts()
			return trace{fmt.Sprint(err), after.Resets - before.Resets, after.Attempts - before.Attempts, after.Solicitations - before.Solicitations,
				after.Events - before.Events, after.Jobs - before.Jobs, after.Sessions - before.Sessions}
		}
		first := trace{Error: "<nil>", Resets: 1, Attempts: 1, Solicitations: 1, Events: 1, Jobs: 1}
		again := first
		again.Attempts = 0
		for _, typed := range []string{"omuller", "nobody-here", "nobody-here@exemple.fr", "nobody-here !", "nobody-here' OR '1'='1", "nobody-here\x00\xff", strings.Repeat("nobody-here", 1e4)} {
			want := []trace{first, again, again, again, again, again, again} // five are mailed, if any
			for i, w := range want {
				if diff := cmp.Diff(w, asking(typed)); diff != "" {
					t.Errorf("%.20q, time %d: %s", typed, i+1, diff)
				}
			}
		}
		if diff := cmp.Diff(again, asking(" Odile@Exemple.FR")); diff != "" { // one count for both
			t.Error(diff)
		}
		for _, query := range []string{"event WHERE body LIKE '%nobody-here%' OR subject LIKE '%nobody-here%'", "attempt WHERE key LIKE '%nobody-here%'",
			"solicitation WHERE who LIKE '%nobody-here%'", "password_reset WHERE account_id IS NOT NULL AND address_key IS NULL"} {
			if n := number(t, d, "SELECT count(*) FROM "+query); n != 0 {
				t.Errorf("%d rows hold what was typed: %s", n, query)
			}
		}
		if err := s.AskReset(ctx, " \t", account.Visitor{}); !slices.Equal(fields(err), []string{"identifiant"}) {
			t.Errorf("nothing typed: %v", err)
		}
	})
}

// Whoever has an address receive its five mails of the day must not keep its owner, at a
// browser that the account knows, from the link that they need; nor may a browser send
// more than its own five, or those of an account that does not know it.
func TestARivalDoesNotUseUpTheLinksOfAKnownBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		h := member(t, d, s, c)
		person(t, d, s, "opetit", "olivier@exemple.fr")
		asked := func(login string, from account.Visitor, times int) int {
			t.Helper()
			count := func() int {
				return number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject <> 'unknown'", string(event.ResetAsked))
			}
			before := count()
			for range times {
				if err := s.AskReset(ctx, login, from); err != nil {
					t.Fatal(err)
				}
			}
			return count() - before
		}
		if n := asked("omuller", account.Visitor{Remote: away}, 8); n != 4 { // the sign-up was the fifth
			t.Errorf("a rival makes %d mails leave", n)
		}
		if n := asked("omuller", h.home(), 7); n != 5 {
			t.Errorf("the owner's browser makes %d mails leave", n)
		}
		if n := asked("opetit", h.home(), 7); n != 4 {
			t.Errorf("a browser of somebody else's makes %d mails leave", n)
		}
		c.Move(24*time.Hour + time.Second)
		if n := asked("omuller", h.home(), 1); n != 1 {
			t.Errorf("the day after: %d", n)
		}
	})
}

// Abuse 20: nobody is bombed, and the day after it is possible again.
func TestAnAccountIsMailedFiveLinksADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if err := s.AskReset(ctx, "omuller", account.Visitor{}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		asked := func() int {
			return number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject <> 'unknown'", string(event.ResetAsked))
		}
		if n := asked(); n != 4 { // the sign-up was the fifth
			t.Errorf("%d mails, want 4", n)
		}
		c.Move(23 * time.Hour)
		if err := errors.Join(s.ForgetStale(ctx), s.AskReset(ctx, "omuller", account.Visitor{})); err != nil || asked() != 4 {
			t.Errorf("the same day: %d (%v)", asked(), err)
		}
		c.Move(time.Hour + time.Second)
		if err := errors.Join(s.ForgetStale(ctx), s.AskReset(ctx, "omuller", account.Visitor{})); err != nil || asked() != 5 {
			t.Errorf("the day after: %d (%v)", asked(), err)
		}
		if n := number(t, d, "SELECT count(*) FROM password_reset"); n != 2 {
			t.Errorf("%d requests are kept, want those of the last hour", n)
		}
	})
}

// Who forgot has tried too often before asking; who holds the mailbox need not wait,
// whoever goes on hammering.
func TestALinkEndsTheWaitOfItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		for range 2 {
			fail(t, c, s, "omuller")
			if _, err := s.SignIn(ctx, "omuller", password, account.Visitor{Remote: away}); !fault.Is(err, fault.Unavailable) {
				t.Fatalf("the delay does not run: %v", err)
			}
			in, err := s.ResetPassword(ctx, resetLink(t, d, s, "omuller"), chosen(other), account.Visitor{Remote: away})
			if err != nil || in.Session != "" {
				t.Fatalf("%+v: %v", in, err)
			}
			if _, err := s.SignIn(ctx, "omuller", other, account.Visitor{Remote: away}); !fault.Is(err, fault.Unavailable) {
				t.Errorf("from another browser: %v", err)
			}
			if _, err := s.SignIn(ctx, "omuller", other, account.Visitor{Remote: away, Device: in.Device}); err != nil {
				t.Errorf("from the browser of the link: %v", err)
			}
			c.Move(30 * 24 * time.Hour)
		}
	})
}

// reset sets the password by a link.
func reset(s *account.Service, token string, form account.NewPassword, from account.Visitor) error {
	_, err := s.ResetPassword(context.Background(), token, form, from)
	return err
}
