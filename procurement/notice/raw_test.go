package notice_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// TestPacksStaySmall cuts any records into packs: in their order, all of them, none of
// which could have been cut later.
func TestPacksStaySmall(t *testing.T) {
	const most, bytes = 250, 1 << 20
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(1<<18, 1<<21)), 0, 600).Draw(t, "sizes")
		from, total := 0, func(from, to int) (n int) {
			for _, s := range sizes[from:to] {
				n += s
			}
			return n
		}
		for _, to := range notice.PackEnds(sizes) {
			if to <= from || to-from > most || to-from > 1 && total(from, to) > bytes {
				t.Fatalf("records %d to %d of %d bytes", from, to, total(from, to))
			}
			if to < len(sizes) && to-from < most && total(from, to+1) <= bytes {
				t.Fatalf("one more fits after %d", to)
			}
			from = to
		}
		if from != len(sizes) {
			t.Fatalf("%d of %d packed", from, len(sizes))
		}
	})
}

// TestEveryRecordIsReadAgainAsItCame has chunks of several packs, some of whose records
// are there already.
func TestEveryRecordIsReadAgainAsItCame(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		records := func(n int, what string) (all []notice.Record) {
			for i := range n {
				r := noticetest.Call(fmt.Sprint("26-", i), "Voirie, rue "+fmt.Sprint(i))
				if i%3 == 0 {
					r.Description = what // the others are what they were
				}
				r.Raw = fmt.Sprintf("{%q: %q}", r.SourceID, strings.Repeat(what, 1+i%7*1000))
				all = append(all, r)
			}
			return all
		}
		h.Record(false, records(300, "avant ")...)
		h.Record(false, records(700, "après ")...)
		for i := range 700 {
			what := "après "
			if i < 300 && i%3 != 0 {
				what = "avant "
			}
			want := fmt.Sprintf("{\"26-%d\": %q}", i, strings.Repeat(what, 1+i%7*1000))
			if raw, err := h.Notices.Raw(t.Context(), access.Platform("test"), "boamp", fmt.Sprint("26-", i)); err != nil || raw != want {
				t.Fatalf("26-%d: %.80s (%v)", i, raw, err)
			}
		}
	})
}

// TestFactsAreReadWhenTheyAreShown shows that none are kept, and that they are what the
// record says as it is read by then.
func TestFactsAreReadWhenTheyAreShown(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		told, silent := noticetest.Call("26-1", "Voirie"), noticetest.Call("26-2", "Toiture")
		told.Raw, told.Facts = "l'avis", []notice.Fact{{Topic: notice.Profile, Text: "https://avant.example"}}
		h.Record(false, told, silent)
		find := func(sourceID string) *notice.Notice {
			st, err := h.Notices.Find(t.Context(), access.Anybody(), h.IDOf(sourceID))
			if err != nil {
				t.Fatal(err)
			}
			return st.Notice
		}
		facts := func(sourceID string) []notice.Fact {
			n := find(sourceID)
			if err := h.Notices.TakeFacts(t.Context(), access.Anybody(), n); err != nil {
				t.Fatal(err)
			}
			return n.Facts
		}
		if got := find("26-1").Facts; got != nil {
			t.Errorf("kept: %v", got)
		}
		if got := facts("26-1"); got != nil {
			t.Errorf("without a reader: %v", got)
		}
		now := []notice.Fact{{Topic: notice.Profile, Text: "https://maintenant.example"}, {Topic: notice.Duration, Text: "48 mois"}}
		h.Notices.FactsOf = func(source, raw string) ([]notice.Fact, error) {
			if source != "boamp" || raw != "l'avis" {
				t.Errorf("asked to read %q of %s", raw, source)
			}
			return now, nil
		}
		if diff := cmp.Diff(now, facts("26-1")); diff != "" {
			t.Error(diff)
		}
		if got := facts("26-2"); got != nil {
			t.Errorf("of no record: %v", got)
		}
		h.Notices.FactsOf = func(string, string) ([]notice.Fact, error) {
			return nil, notice.Refuse("Cet avis ne peut plus être lu.", nil)
		}
		if got := facts("26-1"); got != nil {
			t.Errorf("of a record that is refused: %v", got)
		}
		lost := errors.New("lost")
		h.Notices.FactsOf = func(string, string) ([]notice.Fact, error) { return nil, lost }
		if err := h.Notices.TakeFacts(t.Context(), access.Anybody(), find("26-1")); !errors.Is(err, lost) {
			t.Error(err)
		}
	})
}

// TestALaterRecordThatChangesNothingIsKept shows that what is read when it is shown is read
// from the last record of a notice, and that nobody hears of it.
func TestALaterRecordThatChangesNothingIsKept(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		at := func(stamp int64, raw string) notice.Record {
			r := noticetest.Call("26-1", "Voirie")
			r.Stamp, r.Raw = clock.Instant(stamp), raw
			return r
		}
		other := noticetest.Call("26-2", "Toiture")
		other.Raw = "autre"
		raw := func() string {
			text, err := h.Notices.Raw(t.Context(), access.Platform("test"), "boamp", "26-1")
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		h.Record(false, at(10, "premier"), other)
		before, err := h.Notices.Find(t.Context(), access.Anybody(), h.IDOf("26-1"))
		if err != nil {
			t.Fatal(err)
		}
		changes := h.Count("SELECT count(*) FROM change")
		h.Clock.Move(time.Hour)
		for _, c := range []struct {
			what    string
			records []notice.Record
			want    string
		}{
			{"older", []notice.Record{at(9, "plus ancien")}, "premier"},
			{"of the same mark", []notice.Record{at(10, "même marque")}, "premier"},
			{"without a mark", []notice.Record{at(0, "sans marque")}, "premier"},
			{"later, as long", []notice.Record{at(11, "dernier")}, "premier"},
			{"later", []notice.Record{at(12, "avec l'adresse du dossier"), other}, "avec l'adresse du dossier"},
			{"twice in one batch", []notice.Record{at(14, "un"), other, at(13, "avant"), at(15, "deux fois")}, "deux fois"},
			{"older than that", []notice.Record{at(14, "un")}, "deux fois"},
		} {
			if got := h.Record(true, c.records...); got != (notice.Outcome{Same: len(c.records)}) || raw() != c.want {
				t.Errorf("%s: %+v, %q", c.what, got, raw())
			}
		}
		after, err := h.Notices.Find(t.Context(), access.Anybody(), before.ID)
		if err != nil {
			t.Fatal(err)
		}
		before.Stamp, after.Stamp = 0, 0
		if diff := cmp.Diff(before.Notice, after.Notice); diff != "" || h.Count("SELECT count(*) FROM change") != changes {
			t.Errorf("something changed: %s", diff)
		}
		if text, err := h.Notices.Raw(t.Context(), access.Platform("test"), "boamp", "26-2"); err != nil || text != "autre" {
			t.Errorf("the other: %q, %v", text, err)
		}
	})
}
