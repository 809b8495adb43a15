package bench_test

import (
	order "cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// search is one search of the workload, and the same as PostgreSQL is asked it.
type search struct {
	kind   string
	ask    notice.Search
	peer   string // a tsquery, "" for no words
	places []string
}

// Kinds of question. A broad one is about a word of one notice in twenty or more.
const (
	everything = "tout"
	broad      = "mot fréquent"
	broadAny   = "deux mots fréquents, l'un ou l'autre"
	broadAll   = "deux mots fréquents, tous"
	phrase     = "expression fréquente"
	usual      = "mot courant, dans trois départements"
	openOnly   = "mot fréquent, avis ouverts"
	rare       = "mot rare"
)

// questions draws searches from the words of the corpus.
func questions(c *corpus, each int) []search {
	r := rand.New(rand.NewPCG(7, 7))
	frequent, common := c.words(2000, 100, 2000), c.words(2000, 4, 40)
	var out []search
	add := func(kind, peer string, places []string, crit notice.Criteria, open bool) {
		crit.Departments = places
		out = append(out, search{kind, notice.Search{Criteria: crit, Open: open, Order: notice.ByDeadline, Size: 20, Facets: true}, peer, places})
	}
	add(everything, "", nil, notice.Criteria{}, false)
	for range each {
		a, b := frequent[r.IntN(len(frequent))], frequent[r.IntN(len(frequent))]
		add(broad, a, nil, notice.Criteria{Keywords: []string{a}}, false)
		add(broadAny, a+" | "+b, nil, notice.Criteria{Keywords: []string{a, b}}, false)
		add(broadAll, a+" & "+b, nil, notice.Criteria{Mode: notice.All, Keywords: []string{a, b}}, false)
		p := c.phrase(r)
		add(phrase, strings.Join(p, " <-> "), nil, notice.Criteria{Keywords: []string{`"` + strings.Join(p, " ") + `"`}}, false)
		w := common[r.IntN(len(common))]
		region := c.regions[r.IntN(len(c.regions))]
		add(usual, w, region[:min(3, len(region))], notice.Criteria{Keywords: []string{w}}, false)
		add(openOnly, a, nil, notice.Criteria{Keywords: []string{a}}, true)
		w = c.tail[1000+r.IntN(100_000)]
		add(rare, w, nil, notice.Criteria{Keywords: []string{w}}, false)
	}
	return out
}

// words gives those that between so many and so many of the first notices hold, as
// anybody could type them.
func (c *corpus) words(among, from, to int) []string {
	in := map[string]int{}
	for i := range among {
		n := c.notice(i, among)
		here := map[string]bool{}
		for _, w := range strings.Fields(n.Title + " " + n.Description) {
			here[w] = true
		}
		for w := range here {
			in[w]++
		}
	}
	var out []string
	for w, n := range in {
		if n >= from && n <= to && plain(w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// plain tells whether a word is letters only, and can be asked alone.
func plain(w string) bool {
	if len(w) < 5 || strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' && r < 'à' || r > 'ÿ' }) {
		return false
	}
	found, _, err := notice.ReadKeywords(notice.FieldKeywords, w)
	return err == nil && len(found) == 1
}

// phrase gives two words that follow one another, or three around a short one.
func (c *corpus) phrase(r *rand.Rand) []string {
	for {
		i := c.notice(r.IntN(10_000), 10_000)
		words := strings.Fields(i.Title)
		at := r.IntN(len(words))
		if at+3 <= len(words) && plain(words[at]) && plain(words[at+2]) && (words[at+1] == "de" || words[at+1] == "des") {
			return words[at : at+3]
		}
		if at+2 <= len(words) && plain(words[at]) && plain(words[at+1]) && r.IntN(2) == 0 {
			return words[at : at+2]
		}
	}
}

// TestSearchOfTheCorpus is the measure's question of truth, on a corpus small enough
// to be gone through one notice after the other: both databases answer as the scan, on
// the first page and far behind.
func TestSearchOfTheCorpus(t *testing.T) {
	const many = 6000
	c := newCorpus(t)
	all := make([]*notice.Notice, many)
	for i := range all {
		all[i] = c.notice(i, many)
	}
	ask, found := questions(c, 4), 0
	want := make([][]string, len(ask))
	for i, q := range ask {
		want[i] = scan(t, all, q.ask, clock.At(dbtest.Start))
		found += len(want[i])
	}
	if found < many {
		t.Errorf("%d found in all: too few to compare anything", found)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		fillNotices(t, d, c, many)
		s := notice.NewService(d, event.NewJournal(job.New(d, noticetest.Silent)))
		early, err := s.Search(context.Background(), access.Anybody(), notice.Search{Size: 1})
		if err != nil || early.Total != 0 || early.Index.Ready {
			t.Errorf("before anything is loaded: %+v (%v)", early, err)
		}
		if err := s.Load(context.Background()); err != nil {
			t.Fatal(err)
		}
		for i, q := range ask {
			for _, from := range []int{0, len(want[i]) / 2, max(0, len(want[i])-5)} {
				q.ask.From = from
				page, err := s.Search(context.Background(), access.Anybody(), q.ask)
				if err != nil {
					t.Fatal(err)
				}
				ids := []string{}
				for _, n := range page.Notices {
					ids = append(ids, n.ID)
				}
				if page.Total != len(want[i]) || !page.Index.Ready {
					t.Errorf("%s %q: %d found, want %d (ready %v)", q.kind, q.peer, page.Total, len(want[i]), page.Index.Ready)
				}
				if diff := cmp.Diff(want[i][from:min(from+20, len(want[i]))], ids, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s %q from %d (-scan +page):\n%s", q.kind, q.peer, from, diff)
				}
			}
		}
	})
}

// wait ranks a deadline: those to come, the nearest first, unknown ones, those that have
// passed, the last first.
func wait(d, now clock.Instant) int64 {
	switch {
	case d.IsZero():
		return math.MaxInt64 / 2
	case d < now:
		return math.MaxInt64/2 + int64(now-d)
	}
	return int64(d - now)
}

// scan gives the ids of what matches, by deadline.
func scan(t *testing.T, all []*notice.Notice, ask notice.Search, now clock.Instant) []string {
	t.Helper()
	q, err := notice.Compile(ask.Criteria)
	if err != nil {
		t.Fatal(err)
	}
	var found []*notice.Notice
	for _, n := range all {
		if (!ask.Open || n.Open(now)) && q.Matches(n.Subject(now)) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b *notice.Notice) int {
		return order.Or(order.Compare(wait(a.Deadline, now), wait(b.Deadline, now)),
			strings.Compare(b.PublishedOn, a.PublishedOn), strings.Compare(b.ID, a.ID))
	})
	ids := make([]string, len(found))
	for i, n := range found {
		ids[i] = n.ID
	}
	return ids
}
