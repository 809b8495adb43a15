package notice_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// listed gives the source's numbers of a page, in its order.
func listed(t *testing.T, h *noticetest.House, ask notice.Search) []string {
	t.Helper()
	page, err := h.Notices.Search(context.Background(), access.Anybody(), ask)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range page.Notices {
		out = append(out, n.SourceID)
	}
	return out
}

func TestAListIsInItsOrderPageByPage(t *testing.T) {
	day := func(n int) string { return dbtest.Start.AddDate(0, 0, n).Format(time.DateOnly) }
	record := func(id string, published, closes int) notice.Record {
		r := call(id, "Voirie")
		r.PublishedOn, r.Deadline = day(published), 0
		if closes != 0 {
			r.Deadline = clock.At(dbtest.Start.AddDate(0, 0, closes))
		}
		return r
	}
	award := record("award", -1, 5)
	award.Kind = notice.Award
	records := []notice.Record{
		record("ten days", -3, 10), record("two days", -4, 2), record("unknown", -2, 0), record("unknown, old", -59, 0),
		record("unknown, too old", -61, 0), record("yesterday", -9, -1), award,
	}
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		h.Record(false, records...)
		cases := []struct {
			name string
			ask  notice.Search
			want []string
		}{
			{"open, by deadline", notice.Search{Open: true, Order: notice.ByDeadline, Size: 9}, []string{"two days", "ten days", "unknown", "unknown, old"}},
			{"open, by publication", notice.Search{Open: true, Order: notice.ByPublication, Size: 9}, []string{"unknown", "ten days", "two days", "unknown, old"}},
			{"all, by publication", notice.Search{Order: notice.ByPublication, Size: 9},
				[]string{"award", "unknown", "ten days", "two days", "yesterday", "unknown, old", "unknown, too old"}},
			{"all, by deadline", notice.Search{Order: notice.ByDeadline, Size: 9},
				[]string{"two days", "award", "ten days", "unknown", "unknown, old", "unknown, too old", "yesterday"}},
			{"first page", notice.Search{Open: true, Order: notice.ByDeadline, Size: 3}, []string{"two days", "ten days", "unknown"}},
			{"second page", notice.Search{Open: true, Order: notice.ByDeadline, From: 3, Size: 3}, []string{"unknown, old"}},
			{"beyond", notice.Search{Open: true, Order: notice.ByDeadline, From: 99, Size: 3}, []string{}},
		}
		for _, c := range cases {
			if diff := cmp.Diff(c.want, listed(t, h, c.ask)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		if page, err := h.Notices.Search(context.Background(), access.Anybody(), notice.Search{Open: true, Size: 1}); err != nil || page.Total != 4 {
			t.Errorf("%d in all, want 4 (%v)", page.Total, err)
		}
		// Time passes: what closes leaves the list by itself.
		h.Clock.Move(49 * time.Hour)
		if diff := cmp.Diff([]string{"ten days", "unknown"}, listed(t, h, notice.Search{Open: true, Order: notice.ByDeadline, Size: 9})); diff != "" {
			t.Errorf("two days later (-want +got):\n%s", diff)
		}
	})
}

// A call without a known deadline is open for sixty days, and not a day more.
func TestHowLongACallIsOpen(t *testing.T) {
	noon := clock.At(dbtest.Start)
	published := func(days int) string { return dbtest.Start.AddDate(0, 0, -days).Format(time.DateOnly) }
	cases := []struct {
		name string
		n    notice.Notice
		want bool
	}{
		{"closes later", notice.Notice{Record: notice.Record{Kind: notice.Contract, Deadline: noon + 1}}, true},
		{"closes now", notice.Notice{Record: notice.Record{Kind: notice.Contract, Deadline: noon}}, true},
		{"has closed", notice.Notice{Record: notice.Record{Kind: notice.Contract, Deadline: noon - 1}}, false},
		{"cancelled", notice.Notice{Record: notice.Record{Kind: notice.Contract, Deadline: noon + 1}, CancelledAt: noon - 1}, false},
		{"an award", notice.Notice{Record: notice.Record{Kind: notice.Award, Deadline: noon + 1}}, false},
		{"unknown, of today", notice.Notice{Record: notice.Record{Kind: notice.Contract, PublishedOn: published(0)}}, true},
		{"unknown, 59 days", notice.Notice{Record: notice.Record{Kind: notice.Contract, PublishedOn: published(59)}}, true},
		{"unknown, 61 days", notice.Notice{Record: notice.Record{Kind: notice.Contract, PublishedOn: published(61)}}, false},
		{"unknown, of no day", notice.Notice{Record: notice.Record{Kind: notice.Contract, PublishedOn: ""}}, false},
	}
	for _, c := range cases {
		if got := c.n.Open(noon); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The index after any changes answers as one made of the same notices at once.
func TestTheIndexAfterChangesIsAFreshIndex(t *testing.T) {
	words := []string{"voirie", "menuiserie", "école", "peinture", "gros œuvre", "nettoyage"}
	queries := []notice.Criteria{{}}
	for _, w := range append(words, `"gros œuvre"`, "lot") {
		queries = append(queries, notice.Criteria{Keywords: []string{w}}, notice.Criteria{Keywords: []string{w}, Departments: []string{"67"}},
			notice.Criteria{Exclude: []string{w}}, notice.Criteria{Mode: notice.All, Keywords: []string{w, "école"}})
	}
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		pick := func() string { return words[random.IntN(len(words))] }
		for range 30 {
			var batch []notice.Record
			for range 1 + random.IntN(5) {
				r := call(fmt.Sprint(random.IntN(25)), pick()+" "+pick()) // often one that we have
				r.Departments = [][]string{nil, {"67"}, {"2A", "67"}}[random.IntN(3)]
				for range random.IntN(3) {
					r.Lots = append(r.Lots, notice.Lot{Title: "lot " + pick()})
				}
				if random.IntN(8) == 0 {
					r.Kind, r.Linked = notice.Cancellation, []string{fmt.Sprint(random.IntN(25))}
				}
				batch = append(batch, r)
			}
			h.Record(false, batch...)
		}
		fresh := notice.NewService(h.DB, h.Journal)
		if err := fresh.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a, b := h.Notices.Index().Len(), fresh.Index().Len(); a != b {
			t.Errorf("%d notices, a fresh index %d", a, b)
		}
		for _, c := range queries {
			q, err := notice.Compile(c)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range []notice.Filter{{Order: notice.ByDeadline}, {Order: notice.ByPublication, At: h.Clock.Now(), Open: true}} {
				if diff := cmp.Diff(fresh.Index().Find(f, q), h.Notices.Index().Find(f, q)); diff != "" {
					t.Errorf("%+v, %+v (-fresh +changed):\n%s", c, f, diff)
				}
			}
			if a, b := fresh.Index().CallsSince(q, 0), h.Notices.Index().CallsSince(q, 0); a != b {
				t.Errorf("%+v: %d calls, a fresh index %d", c, b, a)
			}
		}
	})
}

func TestFindGivesEachNoticeOnceForManyQueries(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		r := call("1", "Menuiserie et voirie")
		r.Lots = []notice.Lot{{Title: "Menuiserie"}, {Title: "Voirie"}}
		h.Record(false, r, call("2", "Peinture"))
		var queries []*notice.Query
		for _, w := range []string{"menuiserie", "voirie"} {
			q, err := notice.Compile(notice.Criteria{Keywords: []string{w}})
			if err != nil {
				t.Fatal(err)
			}
			queries = append(queries, q)
		}
		if diff := cmp.Diff([]string{h.IDOf("1")}, h.Notices.Index().Find(notice.Filter{}, queries...)); diff != "" {
			t.Error(diff)
		}
		if got := h.Notices.Index().Find(notice.Filter{}); len(got) != 0 {
			t.Errorf("no query finds %v", got)
		}
	})
}

// What one replica records, another finds once it has caught up.
func TestAReplicaFindsWhatAnotherRecorded(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := dbtest.URL(t, dialect)
			d, c := dbtest.Open(t, url)
			here, other := noticetest.Open(t, d, c), d
			if dialect == db.Postgres {
				var err error
				if other, err = db.Open(t.Context(), url, c); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = other.Close() })
			}
			there := noticetest.Open(t, other, c)
			see := func(want ...string) {
				t.Helper()
				if err := there.Notices.Load(t.Context()); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, listed(t, there, notice.Search{Criteria: notice.Criteria{Keywords: []string{"voirie"}}, Open: true, Size: 9})); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			here.Record(true, call("1", "Voirie"))
			see("1")
			here.Record(true, call("1", "Peinture"), call("2", "Voirie"))
			see("2")
			cancellation := call("3", "Annulation")
			cancellation.Kind, cancellation.Linked = notice.Cancellation, []string{"2"}
			here.Record(true, cancellation)
			there.Record(true, call("4", "Voirie"))
			see("4")
		})
	}
}
