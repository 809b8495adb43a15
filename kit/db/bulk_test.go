package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

func TestManyRowsGoInAsOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx := context.Background()
		write := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		read := func(tx *db.Tx) (out []string) {
			var rows []struct {
				ID string
				At clock.Instant
				On bool `db:"is_on"`
			}
			if err := tx.All(&rows, "SELECT id, at, is_on FROM thing ORDER BY id"); err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				out = append(out, fmt.Sprint(r.ID, " ", int64(r.At), " ", r.On))
			}
			return out
		}
		if err := write(func(tx *db.Tx) error {
			_, err := tx.Exec("CREATE TABLE thing (id TEXT PRIMARY KEY, at BIGINT, is_on BOOLEAN NOT NULL)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		columns := []string{"id", "at", "is_on"}
		if err := write(func(tx *db.Tx) error {
			err := errors.Join(tx.Insert("thing", columns, nil), tx.ExecMany("no statement", nil))
			return errors.Join(err, tx.Insert("thing", columns, [][]any{{"b", clock.Instant(7), true}, {"a'; --\n\t\\N", clock.Instant(0), false}, {"é\U0001F600", nil, true}}))
		}); err != nil {
			t.Fatal(err)
		}
		if err := write(func(tx *db.Tx) error {
			return tx.ExecMany("INSERT INTO thing (id, at, is_on) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET at = coalesce(thing.at, 0) + excluded.at",
				[][]any{{"b", 1, true}, {"c", 2, false}, {"b", 3, true}})
		}); err != nil {
			t.Fatal(err)
		}
		_ = d.Read(ctx, func(tx *db.Tx) error {
			if diff := cmp.Diff([]string{"a'; --\n\t\\N 0 false", "b 11 true", "c 2 false", "é\U0001F600 0 true"}, read(tx)); diff != "" {
				t.Error(diff)
			}
			for _, c := range []struct{ asked, want []string }{
				{nil, nil}, {[]string{}, nil}, {[]string{"x"}, nil}, {[]string{"c", "b", "c", `"`, "' OR 1=1--"}, []string{"b", "c"}}, {[]string{"a'; --\n\t\\N", "é\U0001F600"}, []string{"a'; --\n\t\\N", "é\U0001F600"}},
			} {
				var got []string
				if err := tx.All(&got, "SELECT id FROM thing WHERE is_on IS NOT NULL AND id "+tx.AnyOf(1)+" ORDER BY id", tx.List(c.asked)); err != nil {
					t.Fatal(err)
				}
				if strings.Join(got, "|") != strings.Join(c.want, "|") {
					t.Errorf("among %q: %q", c.asked, got)
				}
			}
			return nil
		})
		// What is refused takes everything with it; who leaves is not waited for.
		for what, f := range map[string]func(tx *db.Tx) error{
			"a key twice": func(tx *db.Tx) error { return tx.Insert("thing", columns, [][]any{{"d", 1, true}, {"b", 1, true}}) },
			"a key twice, statement by statement": func(tx *db.Tx) error {
				return tx.ExecMany("INSERT INTO thing (id, at, is_on) VALUES ($1, $2, $3)", [][]any{{"d", 1, true}, {"b", 1, true}})
			},
		} {
			if err := write(f); !db.IsUnique(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		leaving, leave := context.WithCancel(ctx)
		err := d.Write(leaving, func(tx *db.Tx) error {
			leave()
			return tx.ExecMany("INSERT INTO thing (id, at, is_on) VALUES ($1, $2, $3)", [][]any{{"d", 1, true}})
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("left: %v", err)
		}
		_ = d.Read(ctx, func(tx *db.Tx) error {
			if got := read(tx); len(got) != 4 {
				t.Errorf("left behind: %q", got)
			}
			return nil
		})
	})
}

func TestManyRowsChangeAsOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec("CREATE TABLE thing (id TEXT PRIMARY KEY, at BIGINT, is_on BOOLEAN NOT NULL, name TEXT NOT NULL, n BIGINT NOT NULL)"); err != nil {
				return err
			}
			if err := tx.Insert("thing", []string{"id", "at", "is_on", "name", "n"}, [][]any{{"a", 1, true, "A", 1}, {"b", 2, true, "B", 2}, {"c", 3, false, "C", 3}}); err != nil {
				return err
			}
			columns := []string{"at", "is_on", "name", "n"}
			return errors.Join(tx.Update("thing", columns, "id", nil),
				tx.Update("thing", columns, "id", [][]any{{clock.Instant(0), false, "a'; --", int64(7), "a"}, {clock.Instant(9), true, "", int64(-1), "c"}, {clock.Instant(9), true, "x", int64(9), "nobody"}}))
		}); err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.All(&got, "SELECT id || coalesce(CAST(at AS TEXT), '-') || CASE WHEN is_on THEN 'y' ELSE 'n' END || name || CAST(n AS TEXT) FROM thing ORDER BY id")
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a-na'; --7", "b2yB2", "c9y-1"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
