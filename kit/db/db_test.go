package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

func setting(t *testing.T, d *db.DB, name string) string {
	t.Helper()
	var v string
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(&v, "SELECT value FROM setting WHERE name = $1", name)
	})
	if err != nil && !errors.Is(err, db.ErrNone) {
		t.Fatal(err)
	}
	return v
}

func TestAFailedTransactionLeavesNothingAndRunsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		ran := false
		boom := errors.New("boom")
		put := func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = true })
			_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ($1, $2)", "a", "1")
			return err
		}
		err := d.Write(ctx, func(tx *db.Tx) error { return errors.Join(put(tx), boom) })
		if !errors.Is(err, boom) || ran || setting(t, d, "a") != "" {
			t.Fatalf("err %v, ran %v, value %q", err, ran, setting(t, d, "a"))
		}
		if err := d.Write(ctx, put); err != nil || !ran || setting(t, d, "a") != "1" {
			t.Fatalf("err %v, ran %v, value %q", err, ran, setting(t, d, "a"))
		}
		if err := d.Write(ctx, put); !db.IsUnique(err) {
			t.Errorf("a second row of the same name: %v, want a unique violation", err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ('read', 'only')")
			return err
		}); err == nil || setting(t, d, "read") != "" {
			t.Errorf("a read transaction wrote (%v)", err)
		}
	})
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	type row struct {
		N    int64
		At   clock.Instant
		Gone clock.Instant
		Yes  bool
		Word string
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		want := row{N: 1 << 60, At: c.Now(), Yes: true, Word: "œuvre ’ \u202f é"}
		var got row
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec("CREATE TABLE sample (n BIGINT, at BIGINT, gone BIGINT, yes BOOLEAN, word TEXT)"); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO sample VALUES ($1, $2, $3, $4, $5)", want.N, want.At, want.Gone, want.Yes, want.Word); err != nil {
				return err
			}
			return tx.One(&got, "SELECT n, at, gone, yes, word FROM sample WHERE gone IS NULL")
		})
		if err != nil || got != want {
			t.Errorf("got %+v (%v), want %+v", got, err, want)
		}
	})
}

// TestAFollowerMissesNothing has six writers commit out of order while a
// follower reads: a cursor "id greater than the last seen" loses lines here.
func TestAFollowerMissesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, stop := context.WithCancel(context.Background())
		var mu sync.Mutex
		seen := map[string]bool{}
		f := d.Follow(func(*db.Tx) error { return nil }, func(_ *db.Tx, changes []db.Change) error {
			mu.Lock()
			defer mu.Unlock()
			for _, c := range changes {
				seen[c.Subject] = true
			}
			return nil
		}, "thing")
		if err := f.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		var running, writers sync.WaitGroup
		running.Go(func() { f.Run(ctx, func(err error) { t.Error(err) }) })
		const each = 60
		for w := range 6 {
			writers.Go(func() {
				for i := range each {
					err := d.Write(ctx, func(tx *db.Tx) error {
						if err := tx.Changed("other", "x"); err != nil {
							return err
						}
						if err := tx.Changed("thing", fmt.Sprintf("%d-%d", w, i)); err != nil {
							return err
						}
						if i%7 == w && d.Dialect() == db.Postgres {
							time.Sleep(3 * time.Millisecond) // commits late
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		if err := f.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
		running.Wait()
		if len(seen) != 6*each {
			t.Errorf("%d of %d changes seen", len(seen), 6*each)
		}
	})
}

func TestAFollowerSeesWhatIsCommittedBehindALongTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		if d.Dialect() == db.SQLite {
			t.Skip("SQLite's writers queue: no transaction can be long behind another")
		}
		ctx := context.Background()
		var seen []string
		f := d.Follow(func(*db.Tx) error { return nil }, func(_ *db.Tx, cs []db.Change) error {
			for _, c := range cs {
				seen = append(seen, c.Subject)
			}
			return nil
		}, "thing")
		if err := f.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		err := d.Write(ctx, func(long *db.Tx) error {
			if err := long.Changed("thing", "late"); err != nil {
				return err
			}
			if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Changed("thing", "quick") }); err != nil {
				return err
			}
			return f.CatchUp(ctx)
		})
		if err != nil || !slices.Equal(seen, []string{"quick"}) {
			t.Fatalf("before the long one commits: %v (%v)", seen, err)
		}
		if err := f.CatchUp(ctx); err != nil || !slices.Contains(seen, "late") {
			t.Errorf("after it: %v (%v)", seen, err)
		}
	})
}

// TestAFollowerMissesNothingWhenTheLogIsEmptied forgets everything between two
// changes: numbers must not begin again below what a follower has seen.
func TestAFollowerMissesNothingWhenTheLogIsEmptied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		var seen []string
		f := d.Follow(func(*db.Tx) error { return nil }, func(_ *db.Tx, cs []db.Change) error {
			for _, c := range cs {
				seen = append(seen, c.Subject)
			}
			return nil
		}, "thing")
		want := []string{}
		if err := f.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			name := fmt.Sprint("change ", i)
			want = append(want, name)
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec("DELETE FROM change"); err != nil {
					return err
				}
				return tx.Changed("thing", name)
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.CatchUp(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(seen, want) {
			t.Errorf("seen %v, want %v", seen, want)
		}
	})
}

func TestMovingTheClockForgetsNoChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx := context.Background()
		if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Changed("thing", "x") }); err != nil {
			t.Fatal(err)
		}
		c.Move(72 * time.Hour)
		if err := d.ForgetChanges(ctx); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.One(&n, "SELECT count(*) FROM change") }); err != nil || n != 1 {
			t.Errorf("%d changes left (%v)", n, err)
		}
	})
}

func TestMigratingTwiceAtOnceIsHarmlessAndANewerSchemaIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := d.Migrate(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, TRUE)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx); !errors.Is(err, db.ErrNewer) {
			t.Errorf("newer schema: %v, want ErrNewer", err)
		}
	})
}

func TestARunIsKnownAliveUntilItEnds(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	ctx := context.Background()
	mine, _ := dbtest.Open(t, url)
	other, err := db.Open(ctx, url, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	id, err := other.Boot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if alive, err := mine.Alive(ctx, id); err != nil || !alive {
		t.Errorf("running: alive %v (%v)", alive, err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if alive, err := mine.Alive(ctx, id); err != nil || alive {
		t.Errorf("ended: alive %v (%v)", alive, err)
	}
}

func TestAPathWithSpacesAndAccentsOpens(t *testing.T) {
	dir := t.TempDir() + "/données de la mairie ?#%41"
	d, _ := dbtest.Open(t, dir+"/parvis.db")
	if err := d.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir + "/parvis.db"); err != nil {
		t.Errorf("the file is not where it was asked: %v", err)
	}
}

// A commit that is cut off leaves nobody able to say whether it was done.
func TestWhoeverLeavesDuringACommitDoesNotCutItOff(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.URL(t, db.Postgres)) // SQLite's commit is one call of a library
	write := func(ctx context.Context, f func(*db.Tx) error) error { return d.Write(ctx, f) }
	exec := func(query string) {
		t.Helper()
		if err := write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(query); return err }); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE slow (id TEXT PRIMARY KEY)")
	exec("CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'")
	exec("CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_time()")
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	ran := false
	err := write(ctx, func(tx *db.Tx) error {
		tx.AfterCommit(func() { ran = true })
		_, err := tx.Exec("INSERT INTO slow (id) VALUES ('a')")
		time.AfterFunc(50*time.Millisecond, leave) // while the trigger sleeps
		return err
	})
	if err != nil || !ran {
		t.Errorf("%v, and what follows ran: %v", err, ran)
	}
	// Who has left before it is told so, and nothing is done.
	gone, leave := context.WithCancel(t.Context())
	err = write(gone, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO slow (id) VALUES ('b')")
		leave()
		return err
	})
	var n int
	if readErr := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&n, "SELECT count(*) FROM slow") }); readErr != nil || n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d rows (%v), %v", n, readErr, err)
	}
}
