package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
)

// signedIn makes a person with a session.
func signedIn(t *testing.T, d *db.DB, s *account.Service) (account.Account, string) {
	t.Helper()
	a := person(t, d, s, "omuller", "odile@exemple.fr")
	token, err := opened(s.SignIn(context.Background(), "omuller", password, account.Visitor{Remote: office, Browser: "Firefox"}))
	if err != nil {
		t.Fatal(err)
	}
	return a, token
}

// visit is one page: the session is read and kept alive.
func visit(t *testing.T, d *db.DB, s *account.Service, token string) bool {
	t.Helper()
	var open account.Session
	var found bool
	read(t, d, func(tx *db.Tx) (err error) { open, found, err = account.SessionOf(tx, token); return err })
	if found {
		if err := s.KeepAlive(context.Background(), open); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func TestASessionEndsAfterTwoIdleHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		_, token := signedIn(t, d, s)
		for range 3 {
			c.Move(119 * time.Minute)
			if !visit(t, d, s, token) {
				t.Fatal("ended before two hours without a page")
			}
		}
		c.Move(2*time.Hour + time.Second)
		if visit(t, d, s, token) {
			t.Error("still open after two hours without a page")
		}
	})
}

func TestASessionEndsAfterTwelveHoursWhateverHappens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		_, token := signedIn(t, d, s)
		for range 11 {
			c.Move(time.Hour)
			if !visit(t, d, s, token) {
				t.Fatal("ended before twelve hours")
			}
		}
		c.Move(time.Hour)
		if visit(t, d, s, token) {
			t.Error("still open after twelve hours")
		}
	})
}

func TestASessionIsSeenAtMostOnceAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		_, token := signedIn(t, d, s)
		seen := func() int { return number(t, d, "SELECT seen_at FROM session") }
		first := seen()
		c.Move(50 * time.Second)
		visit(t, d, s, token)
		if seen() != first {
			t.Error("written again within a minute")
		}
		c.Move(11 * time.Second)
		visit(t, d, s, token)
		if seen() == first {
			t.Error("not written after a minute")
		}
	})
}

// Abuse 71: a token that we did not make opens nothing, and out is out.
func TestOnlyOurOwnTokensOpenASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		_, token := signedIn(t, d, s)
		for what, typed := range map[string]string{
			"nothing": "", "chosen by somebody": strings.Repeat("A", 43), "cut short": token[:42], "longer": token + "A",
			"injection": "' OR '1'='1", "a digest": strings.Repeat("0", 64), "other alphabet": strings.Repeat("+", 43),
		} {
			if a := actor(t, d, typed); a.SignedIn() || a.Role != access.Visitor {
				t.Errorf("%s: %+v", what, a)
			}
			if err := s.SignOut(ctx, typed); err != nil {
				t.Errorf("%s: signing out: %v", what, err)
			}
		}
		if !actor(t, d, token).SignedIn() {
			t.Fatal("somebody else's garbage signed me out")
		}
		if err := s.SignOut(ctx, token); err != nil {
			t.Fatal(err)
		}
		if actor(t, d, token).SignedIn() {
			t.Error("still in after signing out")
		}
	})
}

func TestAMembershipThatEndsTakesItsRightsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		a, token := signedIn(t, d, s)
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE membership SET ended_at = $1", tx.Now)
			return err
		})
		if got := actor(t, d, token); got.Role != access.Newcomer || got.EstablishmentID != "" || got.Scope() != "account:"+a.ID {
			t.Errorf("%+v", got)
		}
	})
}

// Abuse 61: a membership's id is no key to it.
func TestOneSwitchesBetweenOnesOwnMembershipsOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		a, token := signedIn(t, d, s)
		other := person(t, d, s, "opetit", "olivier@exemple.fr")
		var second, foreign account.Membership
		write(t, d, func(tx *db.Tx) (err error) {
			if second, err = s.AddMembership(tx, a, "establishment-2", access.CompanyUser, true); err != nil {
				return err
			}
			foreign, err = s.AddMembership(tx, other, "establishment-2", access.CompanyUser, true)
			return err
		})
		_, err1 := s.Switch(ctx, token, foreign.ID)
		_, err2 := s.Switch(ctx, token, "nothing")
		if !fault.Is(err1, fault.NotFound) || !fault.Is(err2, fault.NotFound) || err1.Error() != err2.Error() {
			t.Errorf("somebody else's: %v; unknown: %v", err1, err2)
		}
		if !actor(t, d, token).SignedIn() {
			t.Fatal("a refused switch ended the session")
		}
		c.Move(time.Hour)
		next, err := s.Switch(ctx, token, second.ID)
		if err != nil || next == token || actor(t, d, token).SignedIn() {
			t.Fatalf("%q (%v): the session is not renewed", next, err)
		}
		if got := actor(t, d, next); got.MembershipID != second.ID || got.Role != access.CompanyUser {
			t.Errorf("%+v", got)
		}
		if n := number(t, d, "SELECT max(expires_at - created_at) FROM session WHERE membership_id = $1", second.ID); n > 11*3600*1000+60_000 {
			t.Errorf("switching prolonged the session: %d ms", n)
		}
		if _, err := s.Switch(ctx, token, second.ID); !fault.Is(err, fault.SignIn) {
			t.Errorf("with the old token: %v", err)
		}
	})
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		_, token := signedIn(t, d, s)
		if err := s.AskSignUp(ctx, form("autre@exemple.fr"), account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		left := func() [3]int {
			if err := s.ForgetStale(ctx); err != nil {
				t.Fatal(err)
			}
			return [3]int{number(t, d, "SELECT count(*) FROM session"), number(t, d, "SELECT count(*) FROM sign_up"),
				number(t, d, "SELECT count(*) FROM attempt")}
		}
		if got := left(); got[0] != 1 || got[1] != 2 || got[2] == 0 {
			t.Errorf("at once: %v", got)
		}
		if !visit(t, d, s, token) {
			t.Error("an open session was forgotten")
		}
		c.Move(3 * time.Hour)
		if got := left(); got[0] != 0 || got[1] != 2 {
			t.Errorf("three hours later: %v", got)
		}
		c.Move(46 * time.Hour)
		if got := left(); got[1] != 0 {
			t.Errorf("two days later: %v", got)
		}
		c.Move(61 * 24 * time.Hour)
		if got := left(); got != [3]int{} {
			t.Errorf("two months later: %v", got)
		}
		if n := number(t, d, "SELECT count(*) FROM account"); n != 1 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestWhatABrowserSaysIsKeptShort(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		_, err := s.SignIn(context.Background(), "omuller", password, account.Visitor{Remote: office, Browser: "Fire\x00fox\r\n\xff" + strings.Repeat("é", 5000)})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		read(t, d, func(tx *db.Tx) error { return tx.One(&got, "SELECT browser FROM session") })
		if want := "Firefox" + strings.Repeat("é", 96); got != want {
			t.Errorf("%q", got)
		}
	})
}
