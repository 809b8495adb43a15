package notice_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
)

// narrowed is what Narrowing means, written to be read: which notices a list shows, and
// for which others each stands.
func narrowed(all []*notice.Notice, by notice.Narrowing) (shown []string, twins map[string][]string) {
	sources := notice.Sources()
	stand := map[string][]string{} // by who is not shown
	twins = map[string][]string{}
	for _, n := range all {
		first := slices.Index(sources, n.Source)
		var same []*notice.Notice
		for _, o := range all {
			if o.Title == n.Title && o.BuyerID == n.BuyerID && o.Deadline == n.Deadline && o.Kind == notice.Contract && n.Kind == notice.Contract &&
				!n.Deadline.IsZero() && n.Title != "" {
				same, first = append(same, o), min(first, slices.Index(sources, o.Source))
			}
		}
		for _, o := range same {
			if by.Unite && o.Source == sources[first] && n.Source != o.Source {
				stand[n.ID], twins[o.ID] = append(stand[n.ID], o.ID), append(twins[o.ID], n.ID)
			}
		}
	}
	spoken := func(ids []string, one string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return id == one || slices.Contains(stand[id], one) })
	}
	surely := func(ids []string, one string) bool { // not for what two of them stand for
		return slices.ContainsFunc(ids, func(id string) bool { return id == one || len(stand[id]) == 1 && stand[id][0] == one })
	}
	for _, n := range all {
		if by.Only == nil || spoken(by.Only, n.ID) {
			if !surely(by.Without, n.ID) && stand[n.ID] == nil {
				shown = append(shown, n.ID)
				continue
			}
		}
		delete(twins, n.ID)
	}
	return shown, twins
}

func TestANarrowedListIsWhatANaiveReadingSays(t *testing.T) {
	united, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		x := notice.NewIndex()
		var all []*notice.Notice
		var ids []string
		for range rapid.IntRange(3, 14).Draw(t, "notices") {
			n := &notice.Notice{ID: db.NewID(), BuyerID: rapid.SampledFrom([]string{"a", "a", "b"}).Draw(t, "buyer"), RecordedAt: clock.At(dbtest.Start), ChangedAt: clock.At(dbtest.Start)}
			n.Title = rapid.SampledFrom([]string{"Voirie", "Voirie", "Pavage", ""}).Draw(t, "title")
			n.Source = rapid.SampledFrom(notice.Sources()).Draw(t, "source")
			n.Kind = rapid.SampledFrom([]notice.Kind{notice.Contract, notice.Contract, notice.Contract, notice.Award}).Draw(t, "kind")
			n.PublishedOn = "2026-11-24"
			if days := rapid.SampledFrom([]int{1, 1, 1, 2, 0}).Draw(t, "days"); days > 0 {
				n.Deadline = clock.At(dbtest.Start.AddDate(0, 0, days))
			}
			all, ids = append(all, n), append(ids, n.ID)
		}
		x.Put(all)
		by := notice.Narrowing{Unite: rapid.Bool().Draw(t, "unite")}
		some := func(label string) (out []string) {
			for _, id := range ids {
				if rapid.IntRange(0, 3).Draw(t, label) == 0 {
					out = append(out, id)
				}
			}
			return append(out, db.NewID()) // one that is no more
		}
		if rapid.Bool().Draw(t, "only some") {
			by.Only = some("only")
		}
		if rapid.Bool().Draw(t, "not some") {
			by.Without = some("without")
		}
		shown, twins := narrowed(all, by)
		got := x.Page(notice.Filter{At: clock.At(dbtest.Start), Narrowing: by}, 0, -1, &notice.Query{})
		sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
		if diff := gocmp.Diff(shown, got.IDs, sorted, cmpopts.EquateEmpty()); diff != "" || got.Total != len(shown) {
			t.Fatalf("%+v: %d in all (-naive +index):\n%s", by, got.Total, diff)
		}
		if diff := gocmp.Diff(twins, got.Twins, sorted, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v: duplicates (-naive +index):\n%s", by, diff)
		}
		united, asked = united+len(twins), asked+1
	})
	if united < asked/30 {
		t.Errorf("%d lists had %d duplicates: too few to see anything", asked, united)
	}
}
