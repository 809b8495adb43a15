package watch_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

func TestWhyAWatchMatches(t *testing.T) {
	r := noticetest.Call("1", "Réhabilitation de l'École : MENUISERIES et menuiserie")
	r.Lots = []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Fenêtres de l'école"}, {Number: "3", Title: "Peinture"}}
	n := &notice.Notice{Record: r, ID: "n"}
	watches := []*watch.Watch{
		{ID: "a", Name: "Bois", Criteria: notice.Criteria{Keywords: []string{"menuiseries", `"gros oeuvre"`, "école"}}},
		{ID: "b", Name: "Ailleurs", Criteria: notice.Criteria{Keywords: []string{"menuiserie"}, Departments: []string{"2A"}}},
		{ID: "c", Name: "Bas-Rhin", Criteria: notice.Criteria{Departments: []string{"67"}}},
	}
	reasons, err := watch.Reasons(watches, n, n.RecordedAt)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range reasons {
		got = append(got, r.WatchID+" "+r.Text())
	}
	want := []string{
		"a veille «\u00a0Bois\u00a0», sur «\u00a0école\u00a0», «\u00a0menuiseries\u00a0», «\u00a0gros œuvre\u00a0»",
		"c veille «\u00a0Bas-Rhin\u00a0»",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	var lots []string
	for _, l := range watch.MatchingLots(watches, n, n.RecordedAt) {
		lots = append(lots, l.Number)
	}
	if diff := cmp.Diff([]string{"1", "2"}, lots); diff != "" {
		t.Errorf("lots (-want +got):\n%s", diff)
	}
}

// The page lists each contract once, and only those that can be answered, from the
// active watches of who asks.
func TestTheLiveListOfAnEstablishment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		soon, late, closed := noticetest.Call("1", "Menuiserie et voirie"), noticetest.Call("2", "Voirie"), noticetest.Call("3", "Voirie passée")
		soon.Deadline = clock.At(dbtest.Start.AddDate(0, 0, 3))
		closed.Deadline = clock.At(dbtest.Start.AddDate(0, 0, -1))
		h.Record(false, late, soon, closed, noticetest.Call("4", "Peinture"))
		h.create(by, watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		h.create(by, watch.Form{Name: "En pause", Keywords: "peinture"})
		show := func(from, size int) (out []string) {
			live, err := h.watches.Matches(ctx, by, watch.Ask{Order: notice.ByDeadline, From: from, Size: size, Shown: watch.ShownAll})
			h.must(err)
			if live.Total != 2 {
				t.Errorf("%d in all, want 2", live.Total)
			}
			for _, hit := range live.Hits {
				line := hit.Title
				for _, r := range hit.Reasons {
					line += " / " + r.Name
				}
				out = append(out, line)
			}
			return out
		}
		if diff := cmp.Diff([]string{"Menuiserie et voirie / Bois / Routes", "Voirie / Routes"}, show(0, 10)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"Voirie / Routes"}, show(1, 1)); diff != "" {
			t.Error(diff)
		}
		other := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		if live, err := h.watches.Matches(ctx, other, watch.Ask{Order: notice.ByDeadline, Size: 10, Shown: watch.ShownAll}); err != nil || live.Total != 0 {
			t.Errorf("another company sees %d (%v)", live.Total, err)
		}
		if n, err := h.watches.PerWeek(notice.Criteria{}); err != nil || n != 1 {
			t.Errorf("%d a week (%v), want 1: four in four weeks", n, err)
		}
	})
}
