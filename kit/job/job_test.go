package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
)

type note struct{ Name string }

func (note) Kind() string { return "test.note" }

// TestAJobIsDoneOnceIfItsTransactionCommits has every third transaction roll
// back and every job fail on its first attempt after writing its effect.
func TestAJobIsDoneOnceIfItsTransactionCommits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		q := job.New(d, slog.New(slog.DiscardHandler))
		var failures atomic.Int64
		seen := make(chan string, 1000)
		failed := map[string]bool{}
		job.Handle(q, func(tx *db.Tx, a note) error {
			if _, err := tx.Exec("INSERT INTO setting (name, value) VALUES ($1, 'done')", a.Name); err != nil {
				return err
			}
			if a.Name == "job-1" && !failed[a.Name] {
				failed[a.Name] = true
				failures.Add(1)
				return errors.New("the first attempt fails")
			}
			tx.AfterCommit(func() { seen <- a.Name })
			return nil
		})
		if err := q.Open(); err != nil {
			t.Fatal(err)
		}
		rollback := errors.New("rollback")
		want := 0
		for i := range 30 {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if err := q.Enqueue(tx, note{fmt.Sprintf("job-%d", i)}); err != nil {
					return err
				}
				if i%3 == 0 {
					return rollback
				}
				want++
				return nil
			})
			if err != nil && !errors.Is(err, rollback) {
				t.Fatal(err)
			}
		}
		if err := q.Start(ctx); err != nil {
			t.Fatal(err)
		}
		for range want {
			select {
			case <-seen:
			case <-time.After(30 * time.Second):
				t.Fatal("a job was not done")
			}
		}
		if err := q.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		var done int
		if err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.One(&done, "SELECT count(*) FROM setting WHERE value = 'done'")
		}); err != nil {
			t.Fatal(err)
		}
		if done != want || failures.Load() != 1 {
			t.Errorf("%d effects, want %d; %d failures, want 1", done, want, failures.Load())
		}
	})
}
