package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"parvis/app"
	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/event"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// bureau is one or two programs on one database, that fetch when a test says so.
type bureau struct {
	*newsroom // of the first program; nothing of it runs by itself
	programs  []*app.App
}

// openBureau opens programs side by side: on SQLite, as a command beside a server.
func openBureau(t *testing.T, dialect db.Dialect, programs int) *bureau {
	t.Helper()
	b := &bureau{newsroom: &newsroom{Program: rehearsal.New(), log: &journal{}}}
	c := &clock.Movable{}
	c.Move(time.Until(dbtest.Start))
	data, database := t.TempDir(), ""
	if dialect == db.Postgres {
		database = dbtest.URL(t, dialect)
	}
	gazette := fetchFrom(t, b.Program, atOnce)
	for range programs {
		a, err := app.Open(t.Context(), app.Config{Data: data, Database: database, BaseURL: "https://parvis.example", Clock: c, Gazette: gazette,
			Log: slog.New(slog.NewTextHandler(b.log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() }) // some are closed before
		b.programs = append(b.programs, a)
	}
	b.platform = &platform{App: b.programs[0], clock: c}
	return b
}

func eachDialect(t *testing.T, f func(t *testing.T, dialect db.Dialect)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { f(t, dialect) })
	}
}

// fetched is how a fetch ended.
type fetched struct {
	tally intake.Tally
	err   error
}

func (b *bureau) fetch(ctx context.Context, program int) fetched {
	tally, err := b.programs[program].Fetch(ctx, func(*notice.RecordError) {})
	return fetched{tally, err}
}

// pause has the fetch of the first program wait at its second page of today, and gives
// what lets it go on.
func (b *bureau) pause(t *testing.T) (ended <-chan fetched, goOn func()) {
	t.Helper()
	for i := range 150 {
		b.Publish(b.roof(1000+i, 0))
	}
	reached, let := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	b.Before(func(int) {
		if asked := b.Asked(); strings.Contains(asked[len(asked)-1], "offset=99") && once.CompareAndSwap(false, true) {
			close(reached)
			<-let
		}
	})
	done := make(chan fetched, 1)
	go func() { done <- b.fetch(context.WithoutCancel(t.Context()), 0) }()
	select {
	case <-reached:
	case f := <-done:
		t.Fatalf("it ended before: %+v", f)
	}
	return done, func() { close(let) }
}

// events counts the notices that the journal tells of as new, and how often.
func (b *bureau) events(t *testing.T, program int) (notices int, twice []string) {
	t.Helper()
	var bodies []event.Event
	if err := b.programs[program].DB.Read(t.Context(), func(tx *db.Tx) (err error) { bodies, err = event.About(tx, "boamp"); return err }); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range bodies {
		if e.Kind != event.NoticesRecorded {
			continue
		}
		var body notice.Recorded
		if err := e.Decode(&body); err != nil {
			t.Fatal(err)
		}
		for _, id := range body.New {
			if seen[id] {
				twice = append(twice, id)
			}
			seen[id] = true
		}
	}
	return len(seen), twice
}

// whole checks that all hundred and fifty are there, told of once.
func (b *bureau) whole(t *testing.T, program int) {
	t.Helper()
	if n, twice := b.events(t, program); n != 150 || len(twice) > 0 {
		t.Errorf("the journal tells of %d notices, %d of them twice", n, len(twice))
	}
}

func TestOneFetchesAtATime(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 2)
		first, goOn := b.pause(t)
		asked := len(b.Asked())
		for range 3 {
			if second := b.fetch(t.Context(), 1); !errors.Is(second.err, intake.ErrUnderWay) {
				t.Errorf("the second: %+v", second)
			}
		}
		if n := len(b.Asked()); n != asked {
			t.Errorf("the second asked %d questions", n-asked)
		}
		goOn()
		if f := <-first; f.err != nil || f.tally.New != 150 {
			t.Errorf("the first: %+v", f)
		}
		if second := b.fetch(t.Context(), 1); second.err != nil || second.tally.Same != 150 {
			t.Errorf("the second, then: %+v", second)
		}
		b.whole(t, 1)
	})
}

// TestAFetchWhoseProcessDiedIsTakenUp closes the database under a fetch, as a death does.
func TestAFetchWhoseProcessDiedIsTakenUp(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 2)
		first, goOn := b.pause(t)
		if err := b.programs[0].DB.Close(); err != nil {
			t.Fatal(err)
		}
		goOn()
		if f := <-first; f.err == nil {
			t.Errorf("it went on without a database: %+v", f)
		}
		second := b.fetch(t.Context(), 1)
		if dialect == db.SQLite { // nobody can tell it from a command that runs: its term must end
			if !errors.Is(second.err, intake.ErrUnderWay) {
				t.Errorf("before the end of the lease: %+v", second)
			}
			b.clock.Move(3*time.Minute + time.Second)
			second = b.fetch(t.Context(), 1)
		}
		if second.err != nil || second.tally.New != 150 || !strings.Contains(b.log.take(), "a fetch was interrupted") {
			t.Errorf("who takes it up: %+v", second)
		}
		b.whole(t, 1)
	})
}

// TestWhoLostTheLeaseWritesNothing has a fetch stand still for longer than its lease: by
// then another has done it, and what the first one still has is not written.
func TestWhoLostTheLeaseWritesNothing(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 2)
		first, goOn := b.pause(t)
		b.clock.Move(4 * time.Minute)
		second := b.fetch(t.Context(), 1)
		if second.err != nil || second.tally.New != 150 {
			t.Errorf("the second: %+v", second)
		}
		after := b.state(t)
		b.Publish(b.roof(5000, 0))
		goOn()
		if f := <-first; f.err == nil || f.tally.Read() != 0 {
			t.Errorf("the first: %+v", f)
		}
		if diff := cmp.Diff(after, b.state(t)); diff != "" {
			t.Errorf("it changed the row:\n%s", diff)
		}
		b.whole(t, 1)
	})
}

// TestAFetchThatIsToldToStopGoesOnAtOnce is a SIGTERM in the middle.
func TestAFetchThatIsToldToStopGoesOnAtOnce(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 1)
		for i := range 150 {
			b.Publish(b.roof(1000+i, 0))
		}
		ctx, stop := context.WithCancel(t.Context())
		b.Before(func(int) {
			if asked := b.Asked(); strings.Contains(asked[len(asked)-1], "offset=99") {
				stop()
			}
		})
		if f := b.fetch(ctx, 0); !errors.Is(f.err, context.Canceled) {
			t.Errorf("%+v", f)
		}
		if st := b.state(t); st.LeaseOwner != "" || st.Failures != 0 || st.DueAt > b.clock.Now() || !st.ReceivedAt.IsZero() {
			t.Errorf("%+v", st)
		}
		b.Before(nil)
		if f := b.fetch(t.Context(), 0); f.err != nil || f.tally.Read() != 150 {
			t.Errorf("then: %+v", f)
		}
		b.whole(t, 0)
	})
}

// lose takes the database away under a program, and gives what brings it back: on
// PostgreSQL every connection is cut and none is accepted; on SQLite the disk is full.
func (b *bureau) lose(t *testing.T, dialect db.Dialect) (back func()) {
	t.Helper()
	a := b.programs[0]
	if dialect == db.Postgres {
		u, err := url.Parse(a.Config.Database)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(u.Path, "/")
		u.Path = "/postgres"
		conn, err := pgx.Connect(t.Context(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
		do := func(query string, args ...any) {
			if _, err := conn.Exec(t.Context(), query, args...); err != nil {
				t.Error(err)
			}
		}
		do("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false")
		do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
		return func() { do("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true") }
	}
	var pages int
	if err := a.DB.Writer().QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := a.DB.Writer().Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Error(err)
		}
	}
	limit(pages)
	return func() { limit(1 << 30) }
}

// TestADatabaseThatFailsUnderAFetchLosesNothing cuts it off between two pages.
func TestADatabaseThatFailsUnderAFetchLosesNothing(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 1)
		first, goOn := b.pause(t)
		back := b.lose(t, dialect)
		goOn()
		f := <-first
		back()
		if says := map[db.Dialect]string{db.SQLite: "full", db.Postgres: "connect"}[dialect]; f.err == nil || !strings.Contains(f.err.Error(), says) {
			t.Errorf("without a database: %+v", f)
		}
		b.clock.Move(4 * time.Minute) // its lease may not have been given back
		if f := b.fetch(t.Context(), 0); f.err != nil || f.tally.Read() != 150 {
			t.Errorf("then: %+v", f)
		}
		if st := b.state(t); st.Failures != 0 || st.Fault != "" || st.LeaseOwner != "" {
			t.Errorf("%+v", st)
		}
		b.whole(t, 0)
	})
}

// TestAGazetteThatLosesEverythingIsNotReceived empties the platform: an answer without
// any notice for a week is no gazette.
func TestAGazetteThatLosesEverythingIsNotReceived(t *testing.T) {
	b := openBureau(t, db.SQLite, 1)
	f := b.fetch(t.Context(), 0)
	if st := b.state(t); f.err == nil || st.Failures != 1 || st.Fault != "La source ne donne aucun avis, pour aucun des jours relus." || !st.ReceivedAt.IsZero() || st.WholeTo != "" {
		t.Errorf("%v, %+v", f.err, st)
	}
}

// TestACorrectedRecordIsChangedAndNotNew has the platform publish a notice again, with
// another deadline, under its number.
func TestACorrectedRecordIsChangedAndNotNew(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 1)
		b.Publish(b.roof(1, -2), b.roof(2, 0))
		if f := b.fetch(t.Context(), 0); f.err != nil || f.tally.New != 2 {
			t.Fatalf("%+v", f)
		}
		b.Publish(b.roof(1, -2, "datelimitereponse", b.today(40)+"T11:00:00+00:00"))
		if f := b.fetch(t.Context(), 0); f.err != nil || f.tally.New != 0 || f.tally.Changed != 1 || f.tally.Same != 1 {
			t.Errorf("%+v", f)
		}
		if n, twice := b.events(t, 0); n != 2 || len(twice) > 0 {
			t.Errorf("%d new, %d twice", n, len(twice))
		}
	})
}

// TestTheFirstFetchTellsNobodyOfThePast is product's rule: a bulk of the past alerts
// nobody; what is published from the day on when the gazette is awaited does.
func TestTheFirstFetchTellsNobodyOfThePast(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 1)
		for day := -9; day <= 0; day++ {
			b.Publish(b.roof(100-day, day))
		}
		if f := b.fetch(t.Context(), 0); f.err != nil || f.tally.New != 8 { // seven days, and today
			t.Fatalf("%+v", f)
		}
		var silent, told int
		var bodies []event.Event
		if err := b.DB.Read(t.Context(), func(tx *db.Tx) (err error) { bodies, err = event.About(tx, "boamp"); return err }); err != nil {
			t.Fatal(err)
		}
		for _, e := range bodies {
			var body notice.Recorded
			if err := e.Decode(&body); err != nil {
				t.Fatal(err)
			}
			if body.Alerts {
				told += len(body.New)
			} else {
				silent += len(body.New)
			}
		}
		if silent != 7 || told != 1 {
			t.Errorf("%d alert nobody, %d do; want 7 and 1", silent, told)
		}
	})
}
