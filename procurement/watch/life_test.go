package watch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// names lists the actor's watches.
func (h *house) names(by access.Actor) (out []string) {
	h.t.Helper()
	all, err := h.watches.List(context.Background(), by)
	h.must(err)
	for _, w := range all {
		out = append(out, w.Name)
	}
	return out
}

func (h *house) update(by access.Actor, id string, f watch.Form) watch.Saved {
	h.t.Helper()
	f.Version = h.find(by, id).Version
	saved, err := h.watches.Update(context.Background(), by, id, f)
	h.must(err)
	return saved
}

func TestTheLifeOfAWatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		a := h.create(by, form("Premières"))
		h.Clock.Move(time.Minute)
		b := h.create(by, form("Secondes"))
		since := h.find(by, a).ActiveSince
		h.Clock.Move(time.Hour)
		f := form("Premières, revues")
		h.update(by, a, f)
		if w := h.find(by, a); w.Version != 2 || w.ActiveSince != since || w.Name != f.Name || w.ChangedAt <= w.CreatedAt {
			t.Errorf("edited: %+v", w)
		}
		f.Active = false
		h.update(by, a, f)
		if w := h.find(by, a); w.Active || !w.ActiveSince.IsZero() || w.Live() {
			t.Errorf("paused: %+v", w)
		}
		h.Clock.Move(time.Hour)
		f.Active = true
		h.update(by, a, f)
		if w := h.find(by, a); !w.Live() || w.ActiveSince < since.Add(2*time.Hour) {
			t.Errorf("taken up again: %+v", w)
		}
		if diff := cmp.Diff([]string{"Premières, revues", "Secondes"}, h.names(by)); diff != "" {
			t.Error(diff)
		}
		name, err := h.watches.Delete(ctx, by, b)
		if err != nil || name != "Secondes" {
			t.Errorf("deleted: %q, %v", name, err)
		}
		if _, err := h.watches.Delete(ctx, by, b); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		if diff := cmp.Diff([]string{"Premières, revues"}, h.names(by)); diff != "" {
			t.Error(diff)
		}
		var kinds []event.Kind
		h.Read(func(tx *db.Tx) error {
			for _, id := range []string{a, b} {
				lines, err := event.About(tx, id)
				if err != nil {
					return err
				}
				for _, e := range lines {
					kinds = append(kinds, e.Kind)
				}
			}
			return nil
		})
		want := []event.Kind{event.WatchCreated, event.WatchChanged, event.WatchChanged, event.WatchChanged, event.WatchCreated, event.WatchDeleted}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("journal (-want +got):\n%s", diff)
		}
	})
}

func TestANameIsTakenOnceHoweverItIsWritten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		first := h.create(by, form("Voirie d'été"))
		for _, name := range []string{"voirie d'été ", "VOIRIE D'ETE", " Voirie \u00a0d'été"} {
			if _, err := h.watches.Create(ctx, by, form(name)); !cmp.Equal(fields(err), []string{watch.FieldName}) {
				t.Errorf("%q: %v", name, err)
			}
		}
		second := h.create(by, form("Voirie d'hiver"))
		f := form("VOIRIE D'ÉTÉ")
		f.Version = 1
		if _, err := h.watches.Update(ctx, by, second, f); !cmp.Equal(fields(err), []string{watch.FieldName}) {
			t.Errorf("renamed: %v", err)
		}
		h.update(by, first, f) // its own name, in capitals
		_, err := h.watches.Delete(ctx, by, first)
		h.must(err)
		h.create(by, form("voirie d'été")) // free again
		other := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		h.create(other, form("Voirie d'hiver"))
	})
}

func TestFiftyWatchesAtMost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		for i := range watch.MaxWatches - 1 {
			h.create(by, form(fmt.Sprint("Veille ", i)))
		}
		for round := range 5 { // the last place, for ten at once
			var all sync.WaitGroup
			errs := make([]error, 10)
			for i := range errs {
				all.Go(func() { _, errs[i] = h.watches.Create(ctx, by, form(fmt.Sprint("Dernière ", round, i))) })
			}
			all.Wait()
			made := 0
			for _, err := range errs {
				if err == nil {
					made++
				} else if !cmp.Equal(fields(err), []string{watch.FieldName}) {
					t.Errorf("refused otherwise: %v", err)
				}
			}
			have, err := h.watches.List(ctx, by)
			h.must(err)
			if made != 1 || len(have) != watch.MaxWatches {
				t.Fatalf("%d were made and there are %d", made, len(have))
			}
			_, err = h.watches.Delete(ctx, by, have[round].ID)
			h.must(err)
		}
		h.create(by, form("À la place"))
	})
}

// Two tabs give a name at once: one is told, as if it had come a moment later.
func TestANameTakenAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		ids := make([]string, 6)
		for i := range ids {
			ids[i] = h.create(by, form(fmt.Sprint("Veille ", i)))
		}
		for round := range 5 {
			var all sync.WaitGroup
			errs := make([]error, len(ids))
			for i, id := range ids {
				f := form(fmt.Sprint("Le même nom ", round))
				f.Version = h.find(by, id).Version
				all.Go(func() { _, errs[i] = h.watches.Update(ctx, by, id, f) })
			}
			all.Wait()
			done := 0
			for _, err := range errs {
				if err == nil {
					done++
				} else if !cmp.Equal(fields(err), []string{watch.FieldName}) {
					t.Errorf("refused otherwise: %v", err)
				}
			}
			if done != 1 {
				t.Errorf("%d watches have the name", done)
			}
		}
	})
}

func TestAWatchIsItsEstablishmentsOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, admin := context.Background(), h.odile()
		newcomer := h.Join(noticetest.Seat, "karim", "karim@muller.example")
		branch := h.Join(noticetest.Branch, "anne", "anne@muller.example")
		other := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		if newcomer.Role != access.Newcomer || branch.Role != access.CompanyAdmin {
			t.Fatalf("roles: %v, %v", newcomer.Role, branch.Role)
		}
		colleague := admin // approved: another person, the same establishment
		colleague.AccountID, colleague.Role, colleague.Address = newcomer.AccountID, access.CompanyUser, newcomer.Address
		id, own := h.create(admin, form("Bois")), h.create(newcomer, form("Bois"))
		for name, by := range map[string]access.Actor{"a newcomer": newcomer, "another establishment": branch, "another company": other} {
			f := form("Volée")
			f.Version = 1
			_, err1 := h.watches.Find(ctx, by, id)
			_, err2 := h.watches.Update(ctx, by, id, f)
			_, err3 := h.watches.Delete(ctx, by, id)
			for _, err := range []error{err1, err2, err3} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if _, err := h.watches.Find(ctx, admin, own); !fault.Is(err, fault.NotFound) {
			t.Errorf("the administrator reads a newcomer's own: %v", err)
		}
		if w := h.find(colleague, id); w.Name != "Bois" {
			t.Errorf("a colleague: %+v", w)
		}
		if got := h.names(newcomer); len(got) != 1 || h.find(newcomer, own).Recipients[0].Address != "karim@muller.example" {
			t.Errorf("a newcomer: %v", got)
		}
		for _, wrong := range []string{"", "x", "\x00", id + "x", "../" + id, "\xff"} {
			if _, err := h.watches.Find(ctx, admin, wrong); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

func TestWhatAColleagueSavedIsNotOverwritten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		id := h.create(by, form("Bois"))
		mine, theirs := form("La mienne"), form("La sienne")
		mine.Version, theirs.Version = 1, 1
		mine.Recipients = []string{"karim@muller.example"}
		_, err := h.watches.Update(ctx, by, id, theirs)
		h.must(err)
		before := h.rows()
		if _, err := h.watches.Update(ctx, by, id, mine); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		if diff := cmp.Diff(before, h.rows()); diff != "" || h.find(by, id).Name != "La sienne" {
			t.Errorf("something was saved:\n%s", diff)
		}
		mine.Version = 2
		_, err = h.watches.Update(ctx, by, id, mine)
		h.must(err)
		_, err = h.watches.Delete(ctx, by, id)
		h.must(err)
		if _, err := h.watches.Update(ctx, by, id, mine); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted meanwhile: %v", err)
		}
	})
}

// The matcher of one service follows what another one saves.
func TestTheMatcherFollowsTheDatabase(t *testing.T) {
	defer watch.RebuildAfter(3)()
	dialects := map[db.Dialect]bool{db.SQLite: false, db.Postgres: true}
	for dialect, replica := range dialects {
		t.Run(string(dialect), func(t *testing.T) {
			url := dbtest.URL(t, dialect)
			d, c := dbtest.Open(t, url)
			here := open(t, d, c)
			there := here
			if replica {
				second, err := db.Open(t.Context(), url, c)
				here.must(err)
				t.Cleanup(func() { _ = second.Close() })
				there = open(t, second, c)
			} else {
				there = &house{House: here.House, t: t, watches: watch.NewService(d, here.Journal, here.Notices)}
				there.catchUp()
			}
			by := here.odile()
			wood := notice.Subject{Units: [][]string{{"Menuiseries bois"}}}
			road := notice.Subject{Units: [][]string{{"Voirie"}}}
			check := func(when string, s notice.Subject, want ...uint64) {
				t.Helper()
				there.catchUp()
				if got := there.watches.Matcher().Match(s); !cmp.Equal(want, got, emptyIsNone) {
					t.Errorf("%s: %v, want %v", when, got, want)
				}
			}
			f := watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true}
			check("before any", wood)
			id := here.create(by, f)
			check("created", wood, 1)
			f.Keywords = "voirie"
			here.update(by, id, f)
			check("edited", wood)
			check("edited", road, 1)
			f.Active = false
			here.update(by, id, f)
			check("paused", road)
			f.Active, f.Frequency = true, "immediate"
			here.update(by, id, f)
			check("taken up again", road, 1)
			if r, ok := there.watches.Matcher().Rhythm(1); !ok || r.Frequency != watch.Immediate || r.ActiveSince != here.find(by, id).ActiveSince {
				t.Errorf("rhythm: %+v, %v", r, ok)
			}
			for i := range 7 { // the large engine is built again meanwhile
				here.create(by, watch.Form{Name: fmt.Sprint("Voirie ", i), Keywords: "voirie", Active: i%2 == 0})
				there.catchUp()
			}
			check("many", road, 1, 2, 4, 6, 8)
			_, err := here.watches.Delete(t.Context(), by, id)
			here.must(err)
			check("deleted", road, 2, 4, 6, 8)
			if n := there.watches.Matcher().Len(); n != 4 {
				t.Errorf("%d active watches, want 4", n)
			}
			here.must(d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE watch SET active = $1", false)
				return errors.Join(err, tx.Changed("watch", id))
			}))
			fresh := watch.NewService(d, here.Journal, here.Notices)
			here.must(fresh.Matcher().CatchUp(t.Context()))
			if n := fresh.Matcher().Len(); n != 0 {
				t.Errorf("%d watches are loaded, want none", n)
			}
		})
	}
}

var emptyIsNone = cmp.Transformer("emptyIsNone", func(n []uint64) []uint64 { return append([]uint64{}, n...) })
