package account_test

import (
	"context"
	"slices"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/event"
)

func TestANameChangesAtOnceAndTheJournalKeepsTheOldOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		for typed, want := range map[string]string{"": "nom", "  ": "nom", "a\r\nb": "nom", "x@y.fr": "nom", "https://x.fr": "nom", "!!": "nom"} {
			if err := s.ChangeName(ctx, self(a), typed); !slices.Equal(fields(err), []string{want}) {
				t.Errorf("%q: %v", typed, err)
			}
		}
		for range 2 { // the second changes nothing
			if err := s.ChangeName(ctx, self(a), "  Odile  Muller-Weber "); err != nil {
				t.Fatal(err)
			}
		}
		if got := actor(t, d, session).Name; got != "Odile Muller-Weber" {
			t.Errorf("name %q", got)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE actor_id = $1 AND actor_name <> 'Odile Muller'", a.ID); n != 0 {
			t.Errorf("%d old lines of the journal have the new name", n)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2 AND body = '{}'", string(event.NameChanged), a.ID); n != 1 {
			t.Errorf("%d changes of name in the journal", n)
		}
	})
}
