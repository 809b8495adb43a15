package account_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// opens gives an open session of the person, from a browser of its own.
func (p seen) opens(browser string) string {
	p.t.Helper()
	in, err := p.s.SignIn(context.Background(), "omuller", password, account.Visitor{Remote: office, Browser: browser})
	if err != nil {
		p.t.Fatal(err)
	}
	return in.Session
}

// seen is somebody who looks at their connections.
type seen struct {
	t *testing.T
	d *db.DB
	s *account.Service
}

func (p seen) connections(token string) account.Connections {
	p.t.Helper()
	out, err := p.s.Connections(context.Background(), actor(p.t, p.d, token), token)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// id is how the page names a session.
func (p seen) id(token string) string {
	p.t.Helper()
	for _, s := range p.connections(token).Sessions {
		if s.Mine {
			return s.ID
		}
	}
	p.t.Fatal("one's own session is not listed")
	return ""
}

// known counts the browsers that the person's account knows.
func (p seen) known() int {
	p.t.Helper()
	return number(p.t, p.d, "SELECT count(*) FROM device WHERE forgotten_at IS NULL")
}

func watched(t *testing.T, d *db.DB) (seen, account.Account) {
	s := room(t, d)
	return seen{t, d, s}, person(t, d, s, "omuller", "odile@exemple.fr")
}

func TestConnectionsAreListedTheLastUsedFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		p, _ := watched(t, d)
		start := c.Now()
		old := p.opens("Firefox")
		c.Move(time.Hour)
		mine := p.opens("Chrome")
		c.Move(30 * time.Minute)
		if !visit(t, d, p.s, old) {
			t.Fatal("ended")
		}
		got := p.connections(mine)
		if len(got.Sessions) != 2 || len(got.Devices) != 2 {
			t.Fatalf("%+v", got)
		}
		for i, want := range []struct {
			browser string
			mine    bool
			opened  time.Duration
			seen    time.Duration
		}{{"Firefox", false, 0, 90 * time.Minute}, {"Chrome", true, time.Hour, time.Hour}} {
			s := got.Sessions[i]
			near := func(at clock.Instant, after time.Duration) bool {
				d := at.Sub(start) - after
				return d >= 0 && d < time.Minute
			}
			if s.Browser != want.browser || s.Mine != want.mine || !near(s.OpenedAt(), want.opened) || !near(s.SeenAt, want.seen) {
				t.Errorf("%+v, want %+v", s, want)
			}
			for _, secret := range []string{old, mine, s.TokenHash} {
				if strings.Contains(secret, s.ID) || strings.Contains(s.ID, secret[:12]) {
					t.Error("the id is part of the token or its hash")
				}
			}
		}
		if d := got.Devices[0]; d.Browser != "Chrome" || !d.Mine || got.Devices[1].Mine {
			t.Errorf("%+v", got.Devices)
		}
		c.Move(100 * time.Minute)
		if !visit(t, d, p.s, old) {
			t.Fatal("ended")
		}
		if left := p.connections(old); len(left.Sessions) != 1 || len(left.Devices) != 2 {
			t.Errorf("an idle session is listed, or its browser is not: %+v", left)
		}
	})
}

func TestOneEndsASessionOfOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		p, a := watched(t, d)
		mine, lost := p.opens("Firefox"), p.opens("Chrome")
		by, id := actor(t, d, mine), p.id(lost)
		own, err := p.s.EndSession(ctx, by, mine, id)
		if err != nil || own || actor(t, d, lost).SignedIn() || !actor(t, d, mine).SignedIn() || p.known() != 1 {
			t.Errorf("own %v, %d browsers known, %v", own, p.known(), err)
		}
		if _, err := p.s.EndSession(ctx, by, mine, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("again: %v", err)
		}
		if n := number(t, d, `SELECT count(*) FROM event WHERE kind = $1 AND subject = $2 AND body = '{"sessions":1,"devices":1}'`, string(event.SessionsEnded), a.ID); n != 1 {
			t.Errorf("%d times in the journal", n)
		}
		if own, err = p.s.EndSession(ctx, by, mine, p.id(mine)); err != nil || !own || actor(t, d, mine).SignedIn() || p.known() != 1 {
			t.Errorf("one's own: %v, %d browsers known, %v", own, p.known(), err)
		}
		if _, err := p.s.EndSession(ctx, by, mine, id); !fault.Is(err, fault.SignIn) {
			t.Errorf("signed out: %v", err)
		}
	})
}

func TestOneEndsAllOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		p, _ := watched(t, d)
		person(t, d, p.s, "opetit", "olivier@exemple.fr")
		foreign, err := opened(p.s.SignIn(ctx, "opetit", password, account.Visitor{Remote: office}))
		if err != nil {
			t.Fatal(err)
		}
		lost, mine := []string{p.opens("Chrome"), p.opens("Safari")}, p.opens("Firefox")
		n, err := p.s.EndOtherSessions(ctx, actor(t, d, mine), mine)
		if err != nil || n != 2 || p.known() != 2 {
			t.Errorf("%d ended, %d browsers known in all, %v", n, p.known(), err)
		}
		if actor(t, d, lost[0]).SignedIn() || actor(t, d, lost[1]).SignedIn() || !actor(t, d, mine).SignedIn() || !actor(t, d, foreign).SignedIn() {
			t.Error("the wrong sessions were ended")
		}
		before := number(t, d, "SELECT count(*) FROM event")
		if n, err := p.s.EndOtherSessions(ctx, actor(t, d, mine), mine); err != nil || n != 0 || number(t, d, "SELECT count(*) FROM event") != before {
			t.Errorf("nothing to end: %d, %v", n, err)
		}
	})
}

func TestAForgottenBrowserTakesItsSessionsAlong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		p, _ := watched(t, d)
		lost, mine := p.opens("Chrome"), p.opens("Firefox")
		by := actor(t, d, mine)
		for _, one := range p.connections(mine).Devices {
			if err := p.s.ForgetDevice(ctx, by, mine, one.ID); err != nil {
				t.Error(err)
			}
			if err := p.s.ForgetDevice(ctx, by, mine, one.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("again: %v", err)
			}
		}
		if actor(t, d, lost).SignedIn() || !actor(t, d, mine).SignedIn() || p.known() != 0 {
			t.Errorf("%d browsers known", p.known())
		}
	})
}

// Abuse 61: what is another's does not exist, and a visitor has nothing.
func TestSomebodyElsesConnectionsDoNotExist(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		p, _ := watched(t, d)
		victims := p.opens("Firefox")
		session, device := p.id(victims), p.connections(victims).Devices[0].ID
		person(t, d, p.s, "pirate", "pirate@exemple.fr")
		token, err := opened(p.s.SignIn(ctx, "pirate", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		pirate := actor(t, d, token)
		_, err1 := p.s.EndSession(ctx, pirate, token, session)
		_, err2 := p.s.EndSession(ctx, pirate, token, "nothing")
		err3, err4 := p.s.ForgetDevice(ctx, pirate, token, device), p.s.ForgetDevice(ctx, pirate, token, "nothing")
		for _, err := range []error{err1, err2, err3, err4} {
			if !fault.Is(err, fault.NotFound) || err.Error() != err1.Error() {
				t.Errorf("%v, want %v", err, err1)
			}
		}
		if got := p.connections(token); len(got.Sessions) != 1 || len(got.Devices) != 1 || !got.Sessions[0].Mine {
			t.Errorf("%+v", got)
		}
		// Another's token in one's own name, and no name at all.
		if _, err := p.s.EndOtherSessions(ctx, pirate, victims); !fault.Is(err, fault.SignIn) {
			t.Errorf("by the victim's token: %v", err)
		}
		if _, err := p.s.Connections(ctx, access.Anybody(), token); !fault.Is(err, fault.SignIn) {
			t.Errorf("as a visitor: %v", err)
		}
		if !actor(t, d, victims).SignedIn() || p.known() != 2 {
			t.Error("something of the victim's has ended")
		}
	})
}

// A thief who goes from one membership to another without a pause, for another token
// each time, does not escape.
func TestASessionThatSwitchesWhileItIsEndedEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		p, _ := watched(t, d)
		mine := p.opens("Firefox")
		by := actor(t, d, mine)
		for round := range 4 {
			thief := p.opens("Chrome")
			id, membership := p.id(thief), by.MembershipID
			var ended atomic.Bool
			var all sync.WaitGroup
			all.Go(func() {
				for token, last := thief, false; !last; {
					last = ended.Load()
					next, err := p.s.Switch(ctx, token, membership)
					if fault.Is(err, fault.SignIn) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					token = next
				}
			})
			all.Go(func() {
				var err error
				if round%2 == 0 {
					_, err = p.s.EndSession(ctx, by, mine, id)
				} else {
					_, err = p.s.EndOtherSessions(ctx, by, mine)
				}
				if err != nil {
					t.Error(err)
				}
				ended.Store(true)
			})
			all.Wait()
			if n := number(t, d, "SELECT count(*) FROM session"); n != 1 || !actor(t, d, mine).SignedIn() {
				t.Fatalf("%d sessions go on", n)
			}
		}
	})
}
