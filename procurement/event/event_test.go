package event_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

func TestAnEventReachesEachSubscriberOfItsKindOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		q := job.New(d, slog.New(slog.DiscardHandler))
		j := event.NewJournal(q)
		heard := make(chan string, 10)
		for _, name := range []string{"first", "second"} {
			j.Subscribe(name, []event.Kind{event.WatchCreated}, func(_ *db.Tx, e event.Event) error {
				var body map[string]string
				if err := e.Decode(&body); err != nil {
					return err
				}
				heard <- name + " " + e.ActorName + " " + body["name"]
				return nil
			})
		}
		if err := q.Open(); err != nil {
			t.Fatal(err)
		}
		by := access.Actor{AccountID: "a", Name: "Odile Muller", Role: access.CompanyUser}
		rolledBack := errors.New("no")
		record := func(kind event.Kind, name string, end error) {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if err := j.Record(tx, by, kind, "w1", map[string]string{"name": name}); err != nil {
					return err
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		record(event.WatchCreated, "kept", nil)
		record(event.WatchCreated, "lost", rolledBack)
		record(event.WatchDeleted, "other kind", nil)
		if err := q.Start(ctx); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for range 2 {
			select {
			case h := <-heard:
				got[h]++
			case <-time.After(20 * time.Second):
				t.Fatal("not heard")
			}
		}
		if err := q.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		if got["first Odile Muller kept"] != 1 || got["second Odile Muller kept"] != 1 || len(heard) != 0 {
			t.Errorf("heard %v and %d more", got, len(heard))
		}
	})
}

func TestTheJournalIsAppendOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		q := job.New(d, slog.New(slog.DiscardHandler))
		j := event.NewJournal(q)
		if err := q.Open(); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return j.Record(tx, access.Platform("test"), event.WatchDeleted, "w1", nil)
		}); err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{"DELETE FROM event", "UPDATE event SET actor_name = 'somebody else'"} {
			err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(change); return err })
			if err == nil {
				t.Errorf("%q was accepted", change)
			}
		}
		var lines []event.Event
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { lines, err = event.About(tx, "w1"); return err }); err != nil {
			t.Fatal(err)
		}
		if len(lines) != 1 || lines[0].ActorID != nil || lines[0].ActorName != "test" {
			t.Errorf("journal: %+v", lines)
		}
	})
}
