package account_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

const (
	office = "192.0.2.17:51324"
	away   = "198.51.100.4"
)

func TestOneSignsInWithTheIdentifiantOrTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		a := person(t, d, s, "omuller", "odile@exemple.fr")
		seen := map[string]bool{}
		for _, typed := range []string{"omuller", "OMULLER ", "odile@exemple.fr", " Odile@Exemple.FR"} {
			token, err := opened(s.SignIn(ctx, typed, password, account.Visitor{Remote: office, Browser: "Firefox"}))
			if err != nil || seen[token] {
				t.Fatalf("%q: %q (%v)", typed, token, err)
			}
			seen[token] = true
			got := actor(t, d, token)
			want := access.Actor{AccountID: a.ID, Name: "Odile Muller", Address: "odile@exemple.fr", MembershipID: got.MembershipID,
				EstablishmentID: "establishment-1", Role: access.CompanyAdmin}
			if diff := cmp.Diff(want, got); diff != "" || got.MembershipID == "" {
				t.Errorf("%q: %s", typed, diff)
			}
			if n := number(t, d, "SELECT count(*) FROM session WHERE token_hash = $1", token); n != 0 {
				t.Error("the token itself is stored")
			}
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2", string(event.SignedIn), a.ID); n != 4 {
			t.Errorf("%d sign-ins in the journal, want 4", n)
		}
	})
}

// Abuse 69, at the door: unknown and wrong are one answer, and one amount of work.
func TestAWrongIdentifierAndAWrongPasswordAreOneAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		// The network's own counter is made by the first.
		if _, err := s.SignIn(ctx, "premier", "x", account.Visitor{Remote: away}); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		type trace struct {
			Error                    string
			Attempts, Events, Jobs   int
			Sessions, NamingTheTyped int
		}
		attempt := func(typed, pass string) trace {
			before := trace{Attempts: number(t, d, "SELECT count(*) FROM attempt"), Events: number(t, d, "SELECT count(*) FROM event"),
				Jobs: number(t, d, "SELECT count(*) FROM river_job")}
			_, err := s.SignIn(ctx, typed, pass, account.Visitor{Remote: away, Browser: "Firefox"})
			return trace{
				Error:    fmt.Sprint(err),
				Attempts: number(t, d, "SELECT count(*) FROM attempt") - before.Attempts,
				Events:   number(t, d, "SELECT count(*) FROM event") - before.Events,
				Jobs:     number(t, d, "SELECT count(*) FROM river_job") - before.Jobs,
				Sessions: number(t, d, "SELECT count(*) FROM session"),
				NamingTheTyped: number(t, d, "SELECT count(*) FROM event WHERE body LIKE '%nobody-here%' OR subject LIKE '%nobody-here%'") +
					number(t, d, "SELECT count(*) FROM attempt WHERE key LIKE '%nobody-here%'"),
			}
		}
		want := trace{Error: "invalid: Identifiant ou mot de passe incorrect.", Attempts: 2, Events: 1, Jobs: 1}
		for what, c := range map[string][2]string{
			"wrong password":        {"omuller", "rabot varlopf"},
			"unknown identifiant":   {"nobody-here", password},
			"unknown address":       {"nobody-here@exemple.fr", password},
			"neither":               {"nobody-here !", password},
			"injection":             {"nobody-here' OR '1'='1", "' OR '1'='1"},
			"password in the field": {"rabot varlope nobody-here", ""},
			"a NUL":                 {"nobody-here\x00", "\x00"},
		} {
			if diff := cmp.Diff(want, attempt(c[0], c[1])); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
	})
}

func TestAPersonSignsInUnderTheMembershipThatIsApproved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		a, err := create(d, s, link(t, d, s, "odile@exemple.fr"), "omuller")
		if err != nil {
			t.Fatal(err)
		}
		in := func() access.Actor {
			token, err := opened(s.SignIn(ctx, "omuller", password, account.Visitor{Remote: office}))
			if err != nil {
				t.Fatal(err)
			}
			return actor(t, d, token)
		}
		if got := in(); got.Role != access.Newcomer || got.EstablishmentID != "" || got.Scope() != "account:"+a.ID {
			t.Errorf("without membership: %+v", got)
		}
		var asked, approved account.Membership
		write(t, d, func(tx *db.Tx) (err error) {
			asked, err = s.AddMembership(tx, a, "establishment-1", access.CompanyUser, false)
			return err
		})
		if got := in(); got.Role != access.Newcomer || got.MembershipID != asked.ID || got.Scope() != "account:"+a.ID {
			t.Errorf("asked only: %+v", got)
		}
		write(t, d, func(tx *db.Tx) (err error) {
			approved, err = s.AddMembership(tx, a, "establishment-2", access.CompanyUser, true)
			return err
		})
		if got := in(); got.Role != access.CompanyUser || got.MembershipID != approved.ID || got.Scope() != "establishment:establishment-2" {
			t.Errorf("approved: %+v", got)
		}
	})
}

// fail is wrong ten times, as soon as the delays let it: 32 seconds are to be
// waited after the tenth, which no slow machine takes.
func fail(t *testing.T, c *clock.Movable, s *account.Service, typed string) {
	t.Helper()
	for i := range 10 {
		if _, err := s.SignIn(context.Background(), typed, "wrong", account.Visitor{Remote: away}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("error %d: %v", i+1, err)
		}
		if i >= 4 && i < 9 {
			c.Move(time.Second << (i - 4))
		}
	}
}

// Abuse 68: a throttle that lives in memory would end with the program.
func TestTheThrottleOutlivesTheProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		fail(t, c, s, "omuller")
		again := room(t, d)
		if _, err := again.SignIn(ctx, "omuller", password, account.Visitor{Remote: away}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("right after the tenth: %v", err)
		}
		c.Move(33 * time.Second)
		if _, err := again.SignIn(ctx, "omuller", password, account.Visitor{Remote: away}); err != nil {
			t.Errorf("when the delay is over: %v", err)
		}
		if _, err := again.SignIn(ctx, "omuller", "wrong", account.Visitor{Remote: away}); !fault.Is(err, fault.Invalid) {
			t.Errorf("after a success all is forgiven: %v", err)
		}
	})
}

// A thousand attempts at once are a thousand, not one.
func TestAttemptsMadeAtOnceAreAllCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		var mu sync.Mutex
		var all sync.WaitGroup
		kinds := map[fault.Kind]int{}
		for range 16 {
			all.Go(func() {
				_, err := s.SignIn(ctx, "omuller", "wrong", account.Visitor{Remote: away})
				e, ok := fault.As(err)
				if !ok {
					t.Errorf("%v", err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				kinds[e.Kind]++
			})
		}
		all.Wait()
		// A slow machine lets a second pass, and with it another attempt or two.
		if tried := kinds[fault.Invalid]; tried < 5 || tried > 8 || kinds[fault.Unavailable] != 16-tried {
			t.Errorf("%v", kinds)
		}
	})
}

func TestManyKnockingOnUnknownDoorsAreSlowedAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		fail(t, c, s, "nobody")
		if _, err := s.SignIn(context.Background(), "nobody", "wrong", account.Visitor{Remote: away}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
	})
}
