package account_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
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

// replicas are two programs on one database; on SQLite they have to take turns
// through one, which is what a second program cannot have there.
func replicas(t *testing.T, dialect db.Dialect) (first, second *db.DB, c *clock.Movable) {
	t.Helper()
	url := dbtest.URL(t, dialect)
	first, c = dbtest.Open(t, url)
	if dialect == db.SQLite {
		return first, first, c
	}
	second, _ = dbtest.Open(t, url)
	second.Clock = c
	return first, second, c
}

// at builds the room on a database, listened to as in the program.
func at(t *testing.T, d *db.DB) *account.Service {
	t.Helper()
	q := job.New(d, slog.New(slog.DiscardHandler))
	j := event.NewJournal(q)
	j.Subscribe("mail", []event.Kind{event.SignUpAsked, event.SignUpRepeated, event.ResetAsked}, func(*db.Tx, event.Event) error { return nil })
	if err := q.Open(); err != nil {
		t.Fatal(err)
	}
	return account.New(d, j, slog.New(slog.DiscardHandler))
}

// solicit takes one mail from an address's ration.
func solicit(t *testing.T, d *db.DB, address string) (allowed bool) {
	t.Helper()
	write(t, d, func(tx *db.Tx) (err error) { allowed, err = account.Solicit(tx, address); return err })
	return allowed
}

// Abuse 20: five mails in a day, whatever they are about and however they are asked
// for, and as much is written about each.
func TestAnAddressReceivesFiveMailsADayOverAllFunctions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), at(t, d)
		const odile = "odile@exemple.fr"
		person(t, d, s, "omuller", odile) // one sign-up
		for _, typed := range []string{"omuller", odile} {
			if err := s.AskReset(ctx, typed, account.Visitor{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AskSignUp(ctx, form(odile), account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		if !solicit(t, d, odile) || solicit(t, d, odile) {
			t.Error("the fifth mail is withheld, or the sixth is not")
		}
		sent := func() [3]int {
			return [3]int{
				number(t, d, "SELECT count(*) FROM sign_up WHERE used_at IS NULL"),
				number(t, d, "SELECT count(*) FROM event WHERE kind = $1", string(event.SignUpRepeated)),
				number(t, d, "SELECT count(*) FROM password_reset WHERE account_id IS NOT NULL"),
			}
		}
		before := sent()
		for _, ask := range []func() error{
			func() error { return s.AskSignUp(ctx, form(odile), account.Visitor{}) },
			func() error { return s.AskReset(ctx, "omuller", account.Visitor{}) },
			func() error { return s.AskReset(ctx, " Odile@Exemple.fr", account.Visitor{}) },
		} {
			if err := ask(); err != nil {
				t.Errorf("what is withheld is told: %v", err)
			}
		}
		if diff := cmp.Diff(before, sent()); diff != "" {
			t.Errorf("after five mails more are owed: %s", diff)
		}
		if !solicit(t, d, "karim@exemple.fr") {
			t.Error("another address pays for this one")
		}
		c.Move(24*time.Hour + time.Second)
		if !solicit(t, d, odile) {
			t.Error("a day later the address is still left in peace: those withheld were counted")
		}
	})
}

// Whoever has nothing is counted like whoever has: a login of nobody's has a ration
// of its own, an address of nobody's shares it with sign-ups.
func TestNobodysMailIsCountedLikeAnybodys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), at(t, d)
		for range 5 {
			if err := s.AskReset(ctx, "inconnue@exemple.fr", account.Visitor{}); err != nil {
				t.Fatal(err)
			}
		}
		if solicit(t, d, "inconnue@exemple.fr") {
			t.Error("five forgotten passwords of an address of nobody's are not counted")
		}
		if err := s.AskReset(ctx, "inconnue", account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM solicitation"); n != 7 {
			t.Errorf("%d lines, want one for each request", n)
		}
	})
}

// A request that is withheld must not put out the link of the one that was mailed.
func TestWhatIsWithheldLeavesTheLastLinkGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), at(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		for range 3 {
			ask(t, d, s, "omuller")
		}
		last := ask(t, d, s, "omuller") // and the sign-up makes five
		for range 3 {
			ask(t, d, s, "omuller")
		}
		token, err := mint(d, last)
		if err != nil {
			t.Fatalf("not composed: %v", err)
		}
		ask(t, d, s, "omuller")
		if _, err := s.ResetOf(ctx, token); err != nil {
			t.Errorf("the link: %v", err)
		}
	})
}

func TestFiveADayHoldsOverTwoReplicas(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			one, two, _ := replicas(t, dialect)
			var all sync.WaitGroup
			var allowed atomic.Int64
			for i := range 16 {
				d := []*db.DB{one, two}[i%2]
				all.Go(func() {
					if err := d.Write(context.Background(), func(tx *db.Tx) error {
						yes, err := account.Solicit(tx, "victime@exemple.fr")
						if yes {
							tx.AfterCommit(func() { allowed.Add(1) })
						}
						return err
					}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := allowed.Load(); n != 5 {
				t.Errorf("%d mails left, want 5", n)
			}
		})
	}
}

func TestMailOfYesterdayIsForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), at(t, d)
		for range 7 {
			solicit(t, d, "victime@exemple.fr")
		}
		c.Move(23 * time.Hour)
		if err := s.ForgetStale(ctx); err != nil || solicit(t, d, "victime@exemple.fr") {
			t.Errorf("the count is lost within the day (%v)", err)
		}
		c.Move(25 * time.Hour)
		if err := s.ForgetStale(ctx); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM solicitation") + number(t, d, "SELECT count(*) FROM attempt"); n != 0 {
			t.Errorf("%d lines are kept", n)
		}
		if n := number(t, d, "SELECT count(*) FROM solicitation WHERE who LIKE '%victime%'"); n != 0 {
			t.Error("the address itself is kept")
		}
	})
}

// Abuses 20 and 68: a program on one network is stopped for a while, in the database:
// by whichever replica, and after a restart too.
func TestANetworkAsksSoMuchInAnHour(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			one, two, c := replicas(t, dialect)
			rooms := []*account.Service{at(t, one), at(t, two)}
			for what, ask := range map[string]func(s *account.Service, i int, from account.Visitor) error{
				"sign-ups": func(s *account.Service, i int, from account.Visitor) error {
					return s.AskSignUp(context.Background(), form(fmt.Sprintf("personne%d@exemple.fr", i)), from)
				},
				"forgotten passwords": func(s *account.Service, i int, from account.Visitor) error {
					return s.AskReset(context.Background(), fmt.Sprintf("personne%d", i), from)
				},
			} {
				var all sync.WaitGroup
				var in, out atomic.Int64
				for i := range 40 {
					all.Go(func() {
						switch err := ask(rooms[i%2], i, account.Visitor{Remote: fmt.Sprintf("203.0.113.%d:4000", i)}); {
						case err == nil:
							in.Add(1)
						case fault.Is(err, fault.Unavailable) && strings.Contains(err.Error(), "Réessayez dans"):
							out.Add(1)
						default:
							t.Error(err)
						}
					})
				}
				all.Wait()
				if in.Load() != 30 || out.Load() != 10 {
					t.Errorf("%s: %d went in and %d were told to wait, want 30 and 10", what, in.Load(), out.Load())
				}
				for _, from := range []string{"203.0.114.1:4000", "2001:db8::1", "127.0.0.1:9", ""} {
					if err := ask(rooms[0], 99, account.Visitor{Remote: from}); err != nil {
						t.Errorf("%s from %q: %v", what, from, err)
					}
				}
				restarted := at(t, one)
				c.Move(50 * time.Minute)
				if err := errors.Join(restarted.ForgetStale(context.Background()), ask(restarted, 100, account.Visitor{Remote: "203.0.113.9"})); !fault.Is(err, fault.Unavailable) {
					t.Errorf("%s: after a restart: %v", what, err)
				}
				c.Move(10*time.Minute + time.Second)
				if err := ask(rooms[1], 101, account.Visitor{Remote: "203.0.113.9"}); err != nil {
					t.Errorf("%s: after an hour: %v", what, err)
				}
			}
		})
	}
}

// A form that is refused costs its network nothing: people make mistakes.
func TestAMistakeIsNotCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := at(t, d)
		from := account.Visitor{Remote: "203.0.113.9"}
		for range 40 {
			if err := s.AskSignUp(context.Background(), form("pas une adresse"), from); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if err := s.AskSignUp(context.Background(), form("odile@exemple.fr"), from); err != nil {
			t.Error(err)
		}
	})
}

// Abuse 69: an identifiant that is taken is told so to whoever chooses one, because they
// need another; going through a list of them stops after ten, in the database.
func TestNobodyGoesThroughAListOfIdentifiants(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := at(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		token := link(t, d, s, "curieux@exemple.fr")
		for i := range 10 {
			if _, err := create(d, s, token, "omuller"); !fault.Is(err, fault.Invalid) || fields(err)[0] != "identifiant" {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		later := link(t, d, s, "curieux@exemple.fr") // another sign-up of the same mailbox is the same person
		for _, link := range []string{token, later} {
			_, taken := create(d, s, link, "omuller")
			_, free := create(d, s, link, "libre")
			if !fault.Is(taken, fault.Unavailable) || taken.Error() != free.Error() {
				t.Errorf("after ten: %v; and for one that is free: %v", taken, free)
			}
		}
		c.Move(23 * time.Hour) // while the links live
		if _, err := create(d, s, link(t, d, s, "autre@exemple.fr"), "libre"); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		c.Move(2 * time.Hour)
		if _, err := create(d, s, link(t, d, s, "curieux@exemple.fr"), "encore"); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}
