package db_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

func TestNearAsksTheDatabaseOnlyWhenNobodyFollowsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		var asked, read atomic.Int64
		d.Observe = func(string) { asked.Add(1) }
		read1 := make(chan struct{}, 9)
		f := d.Follow(func(*db.Tx) error { read1 <- struct{}{}; return nil }, func(*db.Tx, []db.Change) error { read.Add(1); read1 <- struct{}{}; return nil }, "thing")
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		near := func() {
			t.Helper()
			if err := f.Near(ctx); err != nil {
				t.Fatal(err)
			}
		}
		change := func() {
			t.Helper()
			if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Changed("thing", "x") }); err != nil {
				t.Fatal(err)
			}
		}
		near()
		change()
		if near(); read.Load() != 1 {
			t.Errorf("alone, it has read %d changes", read.Load())
		}
		var running sync.WaitGroup
		running.Go(func() { f.Run(ctx, func(err error) { t.Error(err) }) })
		for len(read1) > 0 {
			<-read1
		}
		change()
		<-read1 // whoever runs it reads it by themselves
		before := asked.Load()
		for range 200 {
			near()
		}
		if more := asked.Load() - before; more > 40 { // those of its own ticks, on a slow machine
			t.Errorf("%d statements for 200 questions while it is followed", more)
		}
		stop()
		running.Wait()
		ctx = context.Background()
		if before = asked.Load(); f.Near(ctx) != nil || asked.Load() == before {
			t.Error("not followed any more, and not asked")
		}
	})
}
