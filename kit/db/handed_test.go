package db_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

func TestWhatAChangeHandsOverIsHadOnceByWhoeverRuns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		loads, had := make(chan struct{}, 9), make(chan db.Change, 99)
		follow := func() *db.Follower {
			return d.Follow(func(*db.Tx) error { loads <- struct{}{}; return nil }, func(_ *db.Tx, changes []db.Change) error {
				for _, c := range changes {
					had <- c
				}
				return nil
			}, "thing")
		}
		change := func(failing error, subjects ...string) {
			t.Helper()
			if err := d.Write(context.Background(), func(tx *db.Tx) error {
				for i, s := range subjects {
					if err := tx.ChangedTo("thing", s, func() any { return i + 1 }); err != nil {
						return err
					}
				}
				return failing
			}); !errors.Is(err, failing) {
				t.Fatal(err)
			}
		}
		next := func(n int) (all []any) {
			for range n {
				all = append(all, (<-had).Now)
			}
			return all
		}
		f := follow()
		if err := f.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		change(nil, "a") // nobody runs
		if err := f.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := next(1); got[0] != nil {
			t.Errorf("nobody ran, and it was handed %v", got)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		late := follow()
		if err := late.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		running.Go(func() { f.Run(ctx, func(err error) { t.Error(err) }) })
		for change(nil, "b"); ; change(nil, "b") { // until it runs
			if got := next(1); got[0] == 1 {
				break
			}
		}
		change(errors.New("rollback"), "c")
		change(nil, "d", "e", "d")
		if got := next(2); !slices.Equal(got, []any{nil, 2}) {
			t.Errorf("of a subject that was said twice, and of another: %v", got)
		}
		if err := late.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		for len(had) > 0 {
			if c := <-had; c.Now != nil {
				t.Errorf("%s was handed over twice", c.Subject)
			}
		}
		stop()
		running.Wait()
	})
}
