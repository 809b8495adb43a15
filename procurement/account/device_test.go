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
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// lastSignIn is what the journal says of the newest sign-in.
func lastSignIn(t *testing.T, d *db.DB) account.SignInBody {
	t.Helper()
	var e event.Event
	read(t, d, func(tx *db.Tx) error {
		return tx.One(&e, "SELECT id, at, kind, actor_id, actor_name, subject, body FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.SignedIn))
	})
	var in account.SignInBody
	if err := e.Decode(&in); err != nil {
		t.Fatal(err)
	}
	return in
}

// enter signs in and tells whether the account knew the browser, which keeps what it
// is given.
func enter(t *testing.T, d *db.DB, s *account.Service, login string, from *account.Visitor) (known bool) {
	t.Helper()
	in, err := s.SignIn(context.Background(), login, password, *from)
	if err != nil {
		t.Fatal(err)
	}
	if in.Device == "" || in.Device == from.Device {
		t.Errorf("%s: the browser keeps %q, it kept %q", login, in.Device, from.Device)
	}
	from.Device = in.Device
	return lastSignIn(t, d).Known
}

func TestABrowserIsKnownFromItsFirstSignInOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		laptop := &account.Visitor{Remote: office, Browser: "Firefox"}
		if enter(t, d, s, "omuller", laptop) {
			t.Error("known before it ever came")
		}
		first := lastSignIn(t, d).DeviceID
		for range 3 {
			c.Move(390 * 24 * time.Hour) // each sign-in renews it
			laptop.Remote = away
			if !enter(t, d, s, "omuller", laptop) {
				t.Error("not known any more")
			}
		}
		if again := lastSignIn(t, d).DeviceID; again != first {
			t.Errorf("another browser: %s, %s", first, again)
		}
		if n := number(t, d, "SELECT count(*) FROM device WHERE token_hash = $1 OR previous_hash = $1 OR id = $1", laptop.Device); n != 0 {
			t.Error("the token itself is stored")
		}
		c.Move(account.DeviceLife)
		if enter(t, d, s, "omuller", laptop) {
			t.Error("known for more than thirteen months")
		}
		if enter(t, d, s, "omuller", &account.Visitor{Remote: office, Browser: "Firefox"}) {
			t.Error("another browser on the same network is known")
		}
	})
}

// Abuse 71: what somebody planted in a browser, or copied from it, is worth nothing
// once its owner has signed in.
func TestASignInGivesTheBrowserAnotherToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		person(t, d, s, "pirate", "pirate@exemple.fr")
		rival := &account.Visitor{Remote: away}
		enter(t, d, s, "pirate", rival)
		victim := &account.Visitor{Remote: office, Device: rival.Device} // planted
		if enter(t, d, s, "omuller", victim) {
			t.Error("a planted token is known")
		}
		if enter(t, d, s, "omuller", &account.Visitor{Remote: away, Device: rival.Device}) {
			t.Error("the rival's browser became known to the victim's account")
		}
		stolen := *victim
		if !enter(t, d, s, "omuller", victim) {
			t.Error("the victim's own browser is not known")
		}
		c.Move(6 * time.Minute)
		if enter(t, d, s, "omuller", &stolen) {
			t.Error("a copy outlives the next sign-in")
		}
		if !enter(t, d, s, "omuller", victim) {
			t.Error("the copy took the owner's place")
		}
	})
}

// A double click sends the form twice with the same cookie; and an answer may be lost.
func TestASignInSentTwiceIsFromAKnownBrowserBothTimes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		laptop := &account.Visitor{Remote: office}
		enter(t, d, s, "omuller", laptop)
		twice := make([]account.Entry, 2)
		var all sync.WaitGroup
		for i := range twice {
			all.Go(func() {
				var err error
				if twice[i], err = s.SignIn(context.Background(), "omuller", password, *laptop); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := number(t, d, "SELECT count(*) FROM device WHERE forgotten_at IS NULL"); n != 1 {
			t.Errorf("%d browsers are known, want the same one", n)
		}
		if n := number(t, d, `SELECT count(*) FROM event WHERE kind = $1 AND body LIKE '%"known":true%'`, string(event.SignedIn)); n != 2 {
			t.Errorf("%d of the two sign-ins were from a known browser", n)
		}
		kept := 0
		for _, in := range twice {
			if enter(t, d, s, "omuller", &account.Visitor{Remote: office, Device: in.Device}) {
				kept++
			}
		}
		if kept == 0 {
			t.Error("neither answer makes the browser known")
		}
	})
}

// One browser may know several accounts, and no row says that they share it.
func TestABrowserKnowsSeveralAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		logins := []string{"premier", "deux", "trois", "quatre", "cinq", "six"}
		shared := &account.Visitor{Remote: office}
		for _, login := range logins {
			person(t, d, s, login, login+"@exemple.fr")
			if enter(t, d, s, login, shared) {
				t.Errorf("%s: known already", login)
			}
		}
		c.Move(time.Hour)
		for _, login := range logins[1:] {
			if !enter(t, d, s, login, shared) {
				t.Errorf("%s is not known any more", login)
			}
		}
		if n := strings.Count(shared.Device, "."); n != 4 {
			t.Errorf("the browser keeps %d tokens", n+1)
		}
		if enter(t, d, s, logins[0], shared) {
			t.Error("a sixth account is known")
		}
		for _, garbage := range []string{"x." + shared.Device, strings.Repeat(".", 3000) + shared.Device, "\xff." + shared.Device} {
			if !enter(t, d, s, logins[5], &account.Visitor{Remote: office, Device: garbage}) {
				t.Errorf("garbage before a token hides it: %.10q", garbage)
			}
		}
	})
}

func TestAChangedPasswordForgetsTheOtherBrowsers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		here, there := &account.Visitor{Remote: office}, &account.Visitor{Remote: away}
		enter(t, d, s, "omuller", there)
		in, err := s.SignIn(ctx, "omuller", password, *here)
		if err != nil {
			t.Fatal(err)
		}
		here.Device = in.Device
		if err := s.ChangePassword(ctx, in.Session, changing(password, other), *here); err != nil {
			t.Fatal(err)
		}
		known := func(from *account.Visitor, with string) bool {
			t.Helper()
			in, err := s.SignIn(ctx, "omuller", with, *from)
			if err != nil {
				t.Fatal(err)
			}
			from.Device = in.Device
			return lastSignIn(t, d).Known
		}
		if known(there, other) || !known(here, other) {
			t.Error("changed: the other browser is still known, or this one is not")
		}
		by, err := s.ResetPassword(ctx, resetLink(t, d, s, "omuller"), chosen(password), *there)
		if err != nil {
			t.Fatal(err)
		}
		there.Device = by.Device
		if known(here, password) || !known(there, password) {
			t.Error("reset: the other browser is still known, or this one is not")
		}
		c.Move(31 * 24 * time.Hour)
		if err := s.ForgetStale(ctx); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM device"); n != 2 {
			t.Errorf("%d browsers are kept, want the two that are known", n)
		}
	})
}

// Abuse 68: known browsers live in the database, for the next program and the other
// replica alike.
func TestAKnownBrowserOutlivesTheProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, one, two := context.Background(), room(t, d), room(t, d)
		person(t, d, one, "omuller", "odile@exemple.fr")
		laptop := &account.Visitor{Remote: office}
		enter(t, d, one, "omuller", laptop)
		var all sync.WaitGroup
		for _, s := range []*account.Service{one, two} {
			all.Go(func() {
				for range 8 {
					_, _ = s.SignIn(ctx, "omuller", "wrong", account.Visitor{Remote: away})
				}
			})
		}
		all.Wait()
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1", string(event.SignInRefused)); n < 5 || n > 8 {
			t.Errorf("the two replicas tried %d passwords", n)
		}
		for _, s := range []*account.Service{two, room(t, d), one} {
			if !enter(t, d, s, "omuller", laptop) {
				t.Error("not known there")
			}
		}
	})
}
