package notice_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/text"
	"parvis/procurement/notice"
)

// heardOf says when a notice was heard of and when it closed, as a person would tell it.
func heardOf(n *notice.Notice) notice.Heard {
	day, err := time.ParseInLocation(time.DateOnly, n.PublishedOn, clock.Paris)
	h := notice.Heard{At: n.RecordedAt, Until: n.Deadline}
	limit := func() clock.Instant {
		left := slices.DeleteFunc([]clock.Instant{n.Deadline, n.VisitAt, n.QuestionsUntil}, func(at clock.Instant) bool { return at < h.At })
		if len(left) == 0 {
			return 0
		}
		return slices.Min(left)
	}
	if err != nil {
		h.Limit = limit()
		return h
	}
	if morning := clock.At(day.Add(6 * time.Hour)); n.RecordedAt > morning.Add(96*time.Hour) {
		h.At = morning
	}
	if n.Deadline.IsZero() {
		h.Until = clock.At(day.Add(60 * 24 * time.Hour))
	}
	h.Limit = limit()
	return h
}

// What a watch would have told is what it matches, notice by notice, each as it was when
// it was heard of.
func TestWhatWasHeardOfIsWhatMatchedThen(t *testing.T) {
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		x := notice.NewIndex()
		x.SetServices(scanServices)
		var all []*notice.Notice
		for range rapid.IntRange(0, 30).Draw(t, "notices") {
			n := randomNotice(t, db.NewID())
			if rapid.IntRange(0, 3).Draw(t, "cancelled") == 0 {
				n.CancelledAt = clock.At(dbtest.Start)
			}
			for _, at := range []*clock.Instant{&n.VisitAt, &n.QuestionsUntil} {
				if rapid.IntRange(0, 3).Draw(t, "a date between") == 0 {
					*at = clock.At(dbtest.Start.Add(time.Duration(rapid.IntRange(-1200, 1000).Draw(t, "its hour")) * time.Hour))
				}
			}
			all = append(all, n)
		}
		x.Put(all)
		c := randomCriteria(t)
		q, err := notice.Compile(c)
		if err != nil {
			return
		}
		now := clock.At(dbtest.Start)
		since := now.Add(-time.Duration(rapid.IntRange(0, 70*24).Draw(t, "hours")) * time.Hour)
		var want []notice.Heard
		calls, uncoded := 0, 0
		for _, n := range all {
			h := heardOf(n)
			s := n.Subject(now)
			if q.Matches(s) && n.Kind == notice.Contract && h.At >= since {
				calls++
				if len(s.CPV) == 0 {
					uncoded++
				}
			}
			s.DaysLeft = -1
			if h.Until >= h.At {
				s.DaysLeft = h.Until.DaysLeft(h.At, clock.Paris)
			}
			if n.Kind == notice.Contract && h.At >= since && h.At <= now && s.DaysLeft >= 0 && q.Matches(s) {
				want = append(want, h)
			}
		}
		slices.SortFunc(want, func(a, b notice.Heard) int {
			if a.At != b.At {
				return int(a.At - b.At)
			}
			return cmp.Or(int(a.Until-b.Until), int(a.Limit-b.Limit))
		})
		told += len(want)
		if rapid.Bool().Draw(t, "remembering") {
			q = x.Remembering(q, since, now)
		}
		open := notice.Filter{At: now, Open: true, Order: notice.ByRelevance}
		plain, err := notice.Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if diff := gocmp.Diff(x.Find(open, plain), x.Find(open, q), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v, asked again (-plain +remembering):\n%s", c, diff)
			}
		}
		if diff := gocmp.Diff(want, x.Heard(q, since, now), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v (-scan +index):\n%s", c, diff)
		}
		if rapid.Bool().Draw(t, "remembering") {
			q = x.Remembering(q, since, now)
		}
		total, each := x.CountWords(q, q.Keywords, since)
		wantTotal, wantEach := 0, make([]int, len(q.Keywords))
		for _, n := range all {
			if n.Kind != notice.Contract || heardOf(n).At < since {
				continue
			}
			wantTotal++
			for i := range q.Keywords {
				one := notice.Query{Keywords: q.Keywords[i : i+1], TitleOnly: c.TitleOnly}
				if one.Matches(n.Subject(now)) {
					wantEach[i]++
				}
			}
		}
		if total != wantTotal || !slices.Equal(each, wantEach) {
			t.Fatalf("%+v: words in %v of %d, want %v of %d", c, each, total, wantEach, wantTotal)
		}
		if got := x.Count(q, since, now); got != (notice.Counts{Calls: calls, Uncoded: uncoded}) {
			t.Fatalf("%+v: counted %+v, want %d and %d", c, got, calls, uncoded)
		}
	})
	if told == 0 {
		t.Error("nothing was ever told: nothing was compared")
	}
}

// vocabularyOf is an index of notices of these titles.
func vocabularyOf(titles ...string) *notice.Index {
	x := notice.NewIndex()
	var all []*notice.Notice
	for i, title := range titles {
		n := &notice.Notice{ID: db.NewID(), RecordedAt: clock.At(dbtest.Start)}
		n.Title, n.Kind, n.PublishedOn, n.Reference = title, notice.Contract, dbtest.Start.Format(time.DateOnly), fmt.Sprint(i)
		all = append(all, n)
	}
	x.Put(all)
	return x
}

func TestAWordThatNoNoticeHasIsToldItsNeighbours(t *testing.T) {
	twice := func(titles ...string) (all []string) {
		for _, title := range titles {
			all = append(all, title, title)
		}
		return all
	}
	x := vocabularyOf(append(twice("TRAVAUX D'ETANCHEITE", "Travaux d'étanchéité", "Menuiseries extérieures", "menuiserie bois", "Accords-cadres de voirie",
		"Désamiantage", "Assainissement", "Nettoyage des locaux", "Vidéo-protection"), "Menuisierie unique")...)
	for typed, want := range map[string][]string{
		"menuisserie":   {"menuiserie"},
		"menuiserei":    {"menuiserie"}, // two letters have changed places
		"menuisier":     {"menuiserie"},
		"etancheitee":   {"étanchéité"}, // with the accents that some title has
		"ETANCHEITTE":   {"étanchéité"},
		"desamiantge":   {"désamiantage"},
		"assainisement": {"assainissement"},
		"voiries":       {"voirie"}, // nobody asks it: it is found
		"assain":        {"assainissement"},
		"zzzzz":         nil,
		"le":            nil,
		"":              nil,
		"\xff\x00":      nil,
		"menuisieriee":  {"menuiserie"}, // not « menuisierie », which one notice alone has
	} {
		if diff := gocmp.Diff(want, x.Nearest(typed, 3)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
	if got := x.Nearest("nettoyagge", 1); len(got) != 1 || got[0] != "nettoyage" {
		t.Errorf("one at most: %v", got)
	}
}

// The nearest words are those that a look at every word would find.
func TestNearestWordsAgreeWithALookAtEachOfThem(t *testing.T) {
	words := []string{"menuiserie", "menuisier", "ménage", "voirie", "voierie", "verrière", "carrière", "carrelage", "barrage", "bardage", "bordage", "peinture", "pointure", "ceinture"}
	titles := append(words[:len(words):len(words)], words...)
	x := vocabularyOf(titles...)
	rapid.Check(t, func(t *rapid.T) {
		typed := []rune(text.Fold(rapid.SampledFrom(words).Draw(t, "word")))
		for range rapid.IntRange(1, 3).Draw(t, "errors") {
			at := rapid.IntRange(0, len(typed)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				typed[at] = rapid.RuneFrom([]rune("aeinrst")).Draw(t, "letter")
			case 1:
				typed = slices.Delete(typed, at, at+1)
			default:
				typed = slices.Insert(typed, at, rapid.RuneFrom([]rune("aeinrst")).Draw(t, "letter"))
			}
		}
		got := x.Nearest(string(typed), 100)
		most := 2
		if len(typed) <= 4 {
			most = 1
		} else if len(typed) > 8 {
			most = 3
		}
		for _, w := range words {
			d := naiveDistance([]rune(text.Fold(w)), typed)
			begins := len(typed) >= 4 && len([]rune(w)) > len(typed) && string([]rune(text.Fold(w))[:len(typed)]) == string(typed)
			if want := len(typed) >= 3 && d > 0 && (d <= most || begins); slices.Contains(got, w) != want {
				t.Fatalf("%q and %q are %d apart: proposed %v, want %v", string(typed), w, d, !want, want)
			}
		}
	})
}

// naiveDistance is the definition, by recursion.
func naiveDistance(a, b []rune) int {
	known := map[[2]int]int{}
	var of func(i, j int) int
	of = func(i, j int) int {
		if i == 0 || j == 0 {
			return i + j
		}
		if d, ok := known[[2]int{i, j}]; ok {
			return d
		}
		d := of(i-1, j-1)
		if a[i-1] != b[j-1] {
			d = 1 + min(d, of(i-1, j), of(i, j-1))
		}
		if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
			d = min(d, 1+of(i-2, j-2))
		}
		known[[2]int{i, j}] = d
		return d
	}
	return of(len(a), len(b))
}

func TestAWordIsSeenInTheNoticesOfAYear(t *testing.T) {
	x := notice.NewIndex()
	old := &notice.Notice{ID: db.NewID(), RecordedAt: clock.At(dbtest.Start)} // imported today
	old.Title, old.PublishedOn = "Balayage", dbtest.Start.AddDate(-2, 0, 0).Format(time.DateOnly)
	recent := &notice.Notice{ID: db.NewID(), RecordedAt: clock.At(dbtest.Start)}
	recent.Title, recent.PublishedOn = "Voirie", dbtest.Start.AddDate(0, -3, 0).Format(time.DateOnly)
	recent.Lots = []notice.Lot{{Title: "Gros œuvre"}}
	x.Put([]*notice.Notice{old, recent})
	year := clock.At(dbtest.Start.AddDate(-1, 0, 0))
	for word, want := range map[string]bool{"voirie": true, "voiries": true, `"gros oeuvre"`: true, "balayage": false, "inconnu": false} {
		for _, k := range text.ParseKeywords(word).Keywords {
			if got := x.Seen(k, year); got != want {
				t.Errorf("%s: seen %v, want %v", word, got, want)
			}
		}
	}
}
