package notice_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/refdata"
)

var call = noticetest.Call

// whole is a record with something in every field.
func whole() notice.Record {
	r := call("26-1", "Réhabilitation de l'école\u00a0: « Les Tilleuls »")
	r.Category, r.Procedure = refdata.Works, refdata.Open
	r.Description, r.Reference = "Deux lignes\net l'euro €", "REF,1"
	r.Departments, r.CPV, r.Descriptors = []string{"67", "68"}, []string{"45000000", "45421150"}, []string{"Menuiserie, bois", "Peinture"}
	r.Lots = []notice.Lot{{Number: "1", Title: "Gros œuvre", Description: "Béton", CPV: []string{"45262500"}}, {Number: "2", Title: "Bois"}}
	r.Detail = notice.Detail{Family: "MAPA", Criteria: []string{"sociaux"}, Awards: []notice.AwardLine{{Holder: "Muller", AmountCent: 12345}}}
	r.DeadlineRaw, r.DeadlineSource, r.DeadlineDoubtful = "15/12/2026", "datelimitereponse", true
	r.VisitAt, r.QuestionsUntil = clock.At(dbtest.Start.AddDate(0, 0, 5)), clock.At(dbtest.Start.AddDate(0, 0, 7))
	r.Linked, r.Raw = []string{"25-9", "25-10"}, `{"idweb": "26-1"}`
	return r
}

// read gives a notice as the database has it.
func read(t *testing.T, h *noticetest.House, sourceID string) notice.Story {
	t.Helper()
	st, err := h.Notices.Find(context.Background(), access.Anybody(), h.IDOf(sourceID))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestANoticeComesBackAsItWasRecorded(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		want := whole()
		h.Record(false, want)
		got := read(t, h, "26-1")
		want.Raw, want.Buyer = "", notice.BuyerRecord{Name: want.Buyer.Name} // kept beside
		if diff := cmp.Diff(want, got.Record); diff != "" {
			t.Errorf("(-recorded +read):\n%s", diff)
		}
		if got.RecordedAt.IsZero() || got.ChangedAt != got.RecordedAt || !got.CancelledAt.IsZero() || got.BuyerID == "" {
			t.Errorf("%+v", got.Notice)
		}
		if raw, err := h.Notices.Raw(t.Context(), access.Platform("test"), "boamp", "26-1"); err != nil || raw != `{"idweb": "26-1"}` {
			t.Errorf("raw: %s (%v)", raw, err)
		}
		h.Record(false, notice.Record{Source: "boamp", SourceID: "bare", Kind: notice.Other}) // nothing but a number
		if bare := read(t, h, "bare"); bare.Lots != nil || bare.Departments != nil || !bare.Deadline.IsZero() {
			t.Errorf("%+v", bare.Record)
		}
	})
}

func TestTheSameRecordTwiceIsOneNotice(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		first := whole()
		if got := h.Record(true, first); got != (notice.Outcome{New: 1}) {
			t.Errorf("new: %+v", got)
		}
		before := read(t, h, "26-1")
		events := func() int {
			return h.Count("SELECT count(*) FROM event WHERE kind = $1", string(event.NoticesRecorded))
		}
		h.Clock.Move(time.Hour)
		again := whole()
		again.Raw = `{"idweb": "26-1", "order": "of keys"}`
		if got := h.Record(true, again); got != (notice.Outcome{Same: 1}) || events() != 1 {
			t.Errorf("the same: %+v, %d events", got, events())
		}
		if diff := cmp.Diff(before.Notice, read(t, h, "26-1").Notice); diff != "" {
			t.Errorf("the same changed something:\n%s", diff)
		}
		changed := whole()
		changed.Title = "Réhabilitation du collège"
		if got := h.Record(true, changed); got != (notice.Outcome{Changed: 1}) || events() != 2 {
			t.Errorf("changed: %+v, %d events", got, events())
		}
		after := read(t, h, "26-1")
		if after.ID != before.ID || after.RecordedAt != before.RecordedAt || after.ChangedAt <= before.ChangedAt || after.Title != changed.Title {
			t.Errorf("changed: %+v", after.Notice)
		}
	})
}

func TestABatchThatRepeatsItself(t *testing.T) {
	a, b := call("1", "Premier état"), call("1", "Second état")
	cases := []struct {
		name  string
		batch []notice.Record
		want  notice.Outcome
		title string
	}{
		{"the same twice", []notice.Record{a, a, call("2", "Autre")}, notice.Outcome{New: 2, Same: 1}, "Premier état"},
		{"changed within the batch", []notice.Record{a, b}, notice.Outcome{New: 1, Changed: 1}, "Second état"},
		{"changed, and back", []notice.Record{a, b, a}, notice.Outcome{New: 1, Changed: 1, Same: 1}, "Second état"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
				if got := h.Record(true, c.batch...); got != c.want {
					t.Errorf("%+v, want %+v", got, c.want)
				}
				for range 2 { // the same again, however often
					if got := h.Record(true, c.batch...); got != (notice.Outcome{Same: len(c.batch)}) {
						t.Errorf("again: %+v", got)
					}
				}
				if got := read(t, h, "1"); got.Title != c.title {
					t.Errorf("the last word is %q, want %q", got.Title, c.title)
				}
			})
		})
	}
}

func TestALargeImportIsCutInChunks(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		var records []notice.Record
		for i := range 2*notice.Chunk + 7 {
			records = append(records, call(fmt.Sprint(i), fmt.Sprint("Voirie ", i)))
		}
		if got := h.Record(true, records...); got.New != len(records) {
			t.Errorf("%+v", got)
		}
		var bodies []string
		h.Read(func(tx *db.Tx) error {
			return tx.All(&bodies, "SELECT body FROM event WHERE kind = $1 ORDER BY id", string(event.NoticesRecorded))
		})
		var sizes []int
		for _, b := range bodies {
			var body notice.Recorded
			if err := (event.Event{Body: b}).Decode(&body); err != nil || !body.Alerts || body.Source != "boamp" {
				t.Errorf("%+v (%v)", body, err)
			}
			sizes = append(sizes, len(body.New))
		}
		if diff := cmp.Diff([]int{notice.Chunk, notice.Chunk, 7}, sizes); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if n := h.Notices.Index().Len(); n != len(records) {
			t.Errorf("%d are indexed", n)
		}
		records[0].Title = "Voirie changée"
		if got := h.Record(true, records...); got != (notice.Outcome{Changed: 1, Same: len(records) - 1}) {
			t.Errorf("again: %+v", got)
		}
	})
}

func TestNoticesOfTwoSourcesInOneBatch(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		a, b := call("1", "De la gazette"), call("1", "D'ailleurs")
		b.Source = "ailleurs"
		for round, want := range []notice.Outcome{{New: 2}, {Same: 2}} {
			if got := h.Record(true, a, b); got != want {
				t.Errorf("round %d: %+v, want %+v", round, got, want)
			}
		}
	})
}

func TestACancellationClosesItsCallWhicheverComesFirst(t *testing.T) {
	cancellation := call("9", "Avis d'annulation")
	cancellation.Kind, cancellation.Linked = notice.Cancellation, []string{"1", "unknown"}
	orders := map[string][]notice.Record{
		"after":  {call("1", "Voirie"), call("2", "Autre voirie"), cancellation},
		"before": {cancellation, call("1", "Voirie"), call("2", "Autre voirie")},
	}
	for name, order := range orders {
		for _, oneByOne := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", one by one: ", oneByOne), func(t *testing.T) {
				noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
					if oneByOne {
						for _, r := range order {
							h.Record(true, r)
						}
					} else {
						h.Record(true, order...)
					}
					if one, two := read(t, h, "1"), read(t, h, "2"); one.Open(one.At) || one.CancelledAt.IsZero() || !two.Open(two.At) {
						t.Errorf("cancelled %v, other %v", one.CancelledAt, two.CancelledAt)
					}
					if diff := cmp.Diff([]string{"2"}, listed(t, h, notice.Search{Open: true, Size: 9})); diff != "" {
						t.Errorf("open (-want +got):\n%s", diff)
					}
					changed := call("1", "Voirie à reprendre")
					h.Record(true, changed)
					if one := read(t, h, "1"); one.CancelledAt.IsZero() {
						t.Error("a correction opened it again")
					}
				})
			})
		}
	}
}

func TestTheStoryOfANotice(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		corrigendum, award := call("2", "Avis rectificatif"), call("3", "Résultat")
		corrigendum.Kind, corrigendum.Linked, corrigendum.PublishedOn = notice.Corrigendum, []string{"1", "unknown"}, "2026-11-26"
		award.Kind, award.Linked, award.PublishedOn = notice.Award, []string{"1", "2"}, "2026-12-24"
		elsewhere := call("1", "Même numéro, autre source")
		elsewhere.Source = "ailleurs"
		h.Record(false, award)
		h.Record(false, corrigendum, call("1", "Voirie"))
		h.Record(false, elsewhere)
		told := func(id string) (out []string) {
			var own string
			h.Read(func(tx *db.Tx) error {
				return tx.One(&own, "SELECT id FROM notice WHERE source_id = $1 AND source = 'boamp'", id)
			})
			st, err := h.Notices.Find(context.Background(), access.Anybody(), own)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range st.Before {
				out = append(out, "after "+n.SourceID)
			}
			for _, n := range st.After {
				out = append(out, "before "+n.SourceID)
			}
			return out
		}
		for id, want := range map[string][]string{"1": {"before 2", "before 3"}, "2": {"after 1", "before 3"}, "3": {"after 1", "after 2"}} {
			if diff := cmp.Diff(want, told(id)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", id, diff)
			}
		}
		corrigendum.Linked = []string{"7"} // the gazette mends its link
		h.Record(false, corrigendum)
		if diff := cmp.Diff([]string{"before 3"}, told("1")); diff != "" {
			t.Errorf("mended (-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsNoNotice(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		ctx := context.Background()
		h.Record(false, call("1", "Voirie"))
		for _, id := range []string{"", "x", "\x00", "\xff", db.NewID(), strings.Repeat("9", 10_000)} {
			if _, err := h.Notices.Find(ctx, access.Anybody(), id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%.20q: %v", id, err)
			}
		}
		if _, err := h.Notices.Record(ctx, access.Anybody(), []notice.Record{call("2", "Faux")}, true); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor publishes: %v", err)
		}
		if _, err := h.Notices.Search(ctx, access.Anybody(), notice.Search{Criteria: notice.Criteria{Keywords: []string{"de"}}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a search for nothing: %v", err)
		}
		if got, err := h.Notices.Record(ctx, access.Platform("test"), nil, true); err != nil || got != (notice.Outcome{}) {
			t.Errorf("nothing: %+v, %v", got, err)
		}
	})
}

// Two replicas fetch the gazette at once: each notice is recorded once, and told
// once.
func TestTwoReplicasRecordTheSameNotices(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	d, c := dbtest.Open(t, url)
	second, err := db.Open(t.Context(), url, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	h := []*noticetest.House{noticetest.Open(t, d, c), noticetest.Open(t, second, c)}
	var records []notice.Record
	for i := range 60 {
		r := call(fmt.Sprint(i), fmt.Sprint("Voirie ", i))
		r.Buyer.Name = fmt.Sprint("Ville ", i%7)
		records = append(records, r)
	}
	for round := range 5 {
		var all sync.WaitGroup
		for i := range 6 {
			mine := slices.Clone(records)
			if i%2 == 1 {
				slices.Reverse(mine)
			}
			for j := range mine {
				mine[j].Title += fmt.Sprint(" tour ", round)
			}
			all.Go(func() {
				if _, err := h[i%2].Notices.Record(context.Background(), access.Platform("test"), mine, true); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if n := h[0].Count("SELECT count(*) FROM notice"); n != len(records) {
		t.Errorf("%d notices, want %d", n, len(records))
	}
	told := map[string]int{}
	var bodies []string
	h[0].Read(func(tx *db.Tx) error {
		return tx.All(&bodies, "SELECT body FROM event WHERE kind = $1", string(event.NoticesRecorded))
	})
	for _, b := range bodies {
		var body notice.Recorded
		if err := (event.Event{Body: b}).Decode(&body); err != nil {
			t.Fatal(err)
		}
		for _, id := range body.New {
			told[id]++
		}
	}
	for id, n := range told {
		if n != 1 {
			t.Errorf("%s is told to be new %d times", id, n)
		}
	}
	if len(told) != len(records) || len(bodies) != 5 {
		t.Errorf("%d are told in %d events, want %d in 5", len(told), len(bodies), len(records))
	}
}
