package notice_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// words of the random notices and questions: few, so that they meet, with the traps
// of the language.
var scanWords = strings.Fields(`menuiserie menuiseries MENUISERIES bardage école l'école ECOLE travaux travail gaz
	vidéo-protection vidéoprotection accord-cadre accords-cadres V.R.D. VRD voirie eau eaux potable œuvre oeuvres
	gros maîtrise d'œuvre TP 3D de la pour bail baux nettoyage l d’ locaux prud'hommes`)

var scanPhrases = []string{`"gros œuvre"`, `"maîtrise d'œuvre"`, `"eau potable"`, `"travaux de voirie"`, `"vidéo protection"`, `"de la voirie"`, `"accord cadre"`, `"travaux de la vidéo-protection"`}

var (
	scanCodes       = []string{"45000000", "45421000", "45421150", "45400000", "33651630", "71300000"}
	scanDepartments = []string{"67", "68", "2A", "974", "01", refdata.Abroad}
	scanBuyers      = []string{"b1", "b2", "b3", "b4"}
	scanBodies      = map[string][]string{"b2": {"b1"}, "b4": {"b1", "b3"}} // b2 and b4 are services
	scanServices    = map[string][]string{"b1": {"b2", "b4"}, "b3": {"b4"}}
)

func words(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(scanWords), 0, most).Draw(t, label), " ")
}

// randomNotice draws a notice as any source might give it.
func randomNotice(t *rapid.T, id string) *notice.Notice {
	n := &notice.Notice{ID: id, ChangedAt: clock.Instant(rapid.IntRange(1, 5).Draw(t, "changed"))}
	n.Title, n.Description = words(t, "title", 6), words(t, "description", 12)
	n.Reference, n.Descriptors = words(t, "reference", 2), []string{words(t, "descriptors", 2)}
	n.Kind = rapid.SampledFrom(append(notice.Kinds(), notice.Contract, notice.Contract, notice.Contract)).Draw(t, "kind")
	n.Source = rapid.SampledFrom(notice.Sources()).Draw(t, "source")
	n.Category = rapid.SampledFrom(append(refdata.Categories(), "")).Draw(t, "category")
	n.BuyerID = rapid.SampledFrom(scanBuyers).Draw(t, "buyer")
	n.Bodies = scanBodies[n.BuyerID]
	n.CPV = rapid.SliceOfN(rapid.SampledFrom(scanCodes), 0, 2).Draw(t, "cpv")
	n.Departments = rapid.SliceOfN(rapid.SampledFrom(scanDepartments), 0, 3).Draw(t, "departments")
	if rapid.IntRange(0, 15).Draw(t, "national") == 0 {
		for _, d := range refdata.Departments() {
			n.Departments = append(n.Departments, d.Code)
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "lots") {
		n.Lots = append(n.Lots, notice.Lot{Number: fmt.Sprint(i), Title: words(t, "lot", 4), Description: words(t, "of the lot", 3)})
	}
	n.PublishedOn = dbtest.Start.AddDate(0, 0, -rapid.IntRange(0, 70).Draw(t, "published")).Format(time.DateOnly)
	if rapid.IntRange(0, 3).Draw(t, "deadline") > 0 {
		n.Deadline = clock.At(dbtest.Start.Add(time.Duration(rapid.IntRange(-100, 1000).Draw(t, "closes")) * time.Hour))
	}
	n.RecordedAt = clock.At(dbtest.Start.AddDate(0, 0, -rapid.IntRange(0, 9).Draw(t, "recorded")))
	return n
}

// randomCriteria draws every criterion, each seldom enough that together they find something.
func randomCriteria(t *rapid.T) notice.Criteria {
	keyword := rapid.OneOf(rapid.SampledFrom(scanWords), rapid.SampledFrom(scanPhrases))
	return notice.Criteria{
		Mode:        rapid.SampledFrom([]notice.Mode{"", notice.Any, notice.All}).Draw(t, "mode"),
		Keywords:    seldom(t, keyword, "keywords"),
		Exclude:     seldom(t, keyword, "exclude"),
		TitleOnly:   rapid.Bool().Draw(t, "title only"),
		Buyers:      seldom(t, rapid.SampledFrom(scanBuyers), "buyers"),
		Services:    rapid.Bool().Draw(t, "services"),
		Departments: seldom(t, rapid.SampledFrom(scanDepartments[:5]), "departments"),
		NoNational:  rapid.Bool().Draw(t, "no national"),
		CPV:         seldom(t, rapid.SampledFrom(append([]string{"45", "4542", "33"}, scanCodes...)), "cpv"),
		Broader:     rapid.Bool().Draw(t, "broader"),
		Combine:     rapid.SampledFrom([]notice.Combine{"", notice.Or, notice.And}).Draw(t, "combine"),
		Categories:  seldom(t, rapid.SampledFrom(refdata.Categories()), "natures"),
		Kinds:       seldom(t, rapid.SampledFrom(notice.Kinds()), "kinds"),
		Sources:     seldom(t, rapid.SampledFrom(notice.Sources()), "sources"),
		MinDays:     rapid.SampledFrom([]int{0, 0, 0, 1, 7, 20}).Draw(t, "days"),

		ExcludeBuyers: seldom(t, rapid.SampledFrom(scanBuyers), "buyers out"),
		ExcludeCPV:    seldom(t, rapid.SampledFrom(append([]string{"45", "4542", "33"}, scanCodes...)), "cpv out"),
	}
}

func seldom[T any](t *rapid.T, g *rapid.Generator[T], label string) []T {
	return rapid.SliceOfN(g, 0, rapid.SampledFrom([]int{0, 0, 0, 3}).Draw(t, label+"?")).Draw(t, label)
}

// scan is the oracle: one notice after the other.
type scan struct {
	notices map[string]*notice.Notice
	now     clock.Instant
}

// find gives what matches, in its order.
func (s scan) find(q *notice.Query, f notice.Filter) (out []*notice.Notice) {
	for _, n := range s.notices {
		left := n.Subject(s.now).DaysLeft
		if q.Matches(n.Subject(s.now)) && (!f.Open || left >= 0) && (f.Within == 0 || left >= 0 && left <= f.Within) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *notice.Notice) int {
		order := 0
		switch f.Order {
		case notice.ByDeadline:
			state := func(n *notice.Notice) int {
				switch {
				case n.Deadline.IsZero():
					return 1
				case n.Deadline < f.At:
					return 2
				}
				return 0
			}
			if order = cmp.Compare(state(a), state(b)); order == 0 {
				if order = cmp.Compare(a.Deadline, b.Deadline); state(a) == 2 {
					order = -order
				}
			}
		case notice.ByRelevance:
			order = cmp.Compare(q.Score(b.Subject(s.now)), q.Score(a.Subject(s.now)))
		}
		return cmp.Or(order, cmp.Compare(b.PublishedOn, a.PublishedOn), cmp.Compare(b.ID, a.ID))
	})
	return out
}

// facets counts, one criterion being forgotten for each.
func (s scan) facets(t *rapid.T, c notice.Criteria, f notice.Filter) *notice.Facets {
	without := func(forget func(c *notice.Criteria, f *notice.Filter)) []*notice.Notice {
		c, f := c, f
		forget(&c, &f)
		q, err := notice.Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		return s.find(q, f)
	}
	out := &notice.Facets{}
	departments := tally{}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.Departments = nil }) {
		out.NoPlace += number(len(n.Departments) == 0)
		departments.add(n.Departments...)
	}
	for _, d := range refdata.Departments() {
		out.Departments = departments.to(out.Departments, d.Code)
	}
	out.Departments = departments.to(out.Departments, refdata.Abroad)
	categories, kinds, sources, divisions, buyers := tally{}, tally{}, tally{}, tally{}, tally{}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.Categories = nil }) {
		out.NoCategory += number(n.Category == "")
		categories.add(string(n.Category))
	}
	for _, v := range refdata.Categories() {
		out.Categories = categories.to(out.Categories, string(v))
	}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.Kinds = nil }) {
		kinds.add(string(n.Kind))
	}
	for _, v := range notice.Kinds() {
		out.Kinds = kinds.to(out.Kinds, string(v))
	}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.Sources = nil }) {
		sources.add(n.Source)
	}
	for _, v := range notice.Sources() {
		out.Sources = sources.to(out.Sources, v)
	}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.CPV = nil }) {
		out.NoCode += number(len(n.CPV) == 0)
		var of []string
		for _, code := range n.CPV {
			of = append(of, code[:2])
		}
		divisions.add(of...)
	}
	for _, d := range refdata.CPVDivisions() {
		out.Divisions = divisions.to(out.Divisions, d.Code)
	}
	for _, n := range without(func(c *notice.Criteria, _ *notice.Filter) { c.Buyers = nil }) {
		buyers.add(n.BuyerID)
	}
	for _, id := range scanBuyers {
		out.Buyers = buyers.to(out.Buyers, id)
	}
	slices.SortStableFunc(out.Buyers, func(a, b notice.Count) int { return cmp.Compare(b.N, a.N) })
	for i, days := range notice.ClosingDays {
		out.Closing[i] = len(without(func(_ *notice.Criteria, f *notice.Filter) { f.Within = days }))
	}
	return out
}

// tally counts the notices that have a value, once each.
type tally map[string]int

func (t tally) add(values ...string) {
	slices.Sort(values)
	for _, v := range slices.Compact(values) {
		t[v]++
	}
}

func (t tally) to(dst []notice.Count, value string) []notice.Count {
	if t[value] > 0 {
		dst = append(dst, notice.Count{Value: value, N: t[value]})
	}
	return dst
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestTheIndexAnswersAsANaiveScan is the contract of the search: the same notices in
// the same order, the same counts, whatever is asked and whatever has changed.
// restand has others change what stands of some notices; some of those have changed
// themselves too, or are not there.
func restand(t *rapid.T, x *notice.Index, s scan) {
	var told, again []*notice.Notice
	for _, id := range slices.Sorted(maps.Keys(s.notices)) {
		if rapid.IntRange(0, 3).Draw(t, "stands") > 0 {
			continue
		}
		n := *s.notices[id]
		n.CancelledAt = rapid.SampledFrom([]clock.Instant{0, 0, s.now}).Draw(t, "cancelled")
		n.Result = rapid.SampledFrom([]notice.What{"", "", notice.Awarded, notice.Discontinued}).Draw(t, "result")
		if rapid.Bool().Draw(t, "moved") {
			n.Deadline = rapid.SampledFrom([]clock.Instant{0, clock.At(dbtest.Start.Add(100 * time.Hour)), clock.At(dbtest.Start.Add(-9 * time.Hour))}).Draw(t, "to")
		}
		if rapid.IntRange(0, 5).Draw(t, "itself") == 0 {
			n.Title, n.ChangedAt = n.Title+" voirie", n.ChangedAt+1
		}
		told, s.notices[id] = append(told, &notice.Notice{ID: id, Record: notice.Record{Kind: n.Kind, PublishedOn: n.PublishedOn, Deadline: n.Deadline}, ChangedAt: n.ChangedAt, CancelledAt: n.CancelledAt, Result: n.Result}), &n
	}
	nobody := &notice.Notice{ID: db.NewID()}
	for _, id := range x.Restand(append(told, nobody)) {
		if id != nobody.ID {
			again = append(again, s.notices[id])
		}
	}
	x.Put(again)
}

func TestTheIndexAnswersAsANaiveScan(t *testing.T) {
	ids := make([]string, 30)
	for i := range ids {
		ids[i] = db.NewID()
	}
	matched, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		x := notice.NewIndex()
		x.SetServices(scanServices)
		s := scan{map[string]*notice.Notice{}, clock.At(dbtest.Start)}
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			var batch []*notice.Notice
			for range rapid.IntRange(0, 12).Draw(t, "notices") {
				n := randomNotice(t, rapid.SampledFrom(ids).Draw(t, "id")) // often one that is there
				if was := s.notices[n.ID]; was != nil {
					n.ChangedAt = was.ChangedAt + 1
				}
				batch, s.notices[n.ID] = append(batch, n), n
			}
			x.Put(batch)
			restand(t, x, s)
		}
		for range 3 {
			c := randomCriteria(t)
			q, err := notice.Compile(c)
			if err != nil { // only words too common
				continue
			}
			f := notice.Filter{
				At: s.now, Open: rapid.Bool().Draw(t, "open"), Within: rapid.SampledFrom([]int{0, 0, 0, 7, 30}).Draw(t, "within"),
				Order: rapid.SampledFrom([]notice.Order{notice.ByDeadline, notice.ByPublication, notice.ByRelevance}).Draw(t, "order"),
			}
			var all []string
			for _, n := range s.find(q, f) {
				all = append(all, n.ID)
			}
			matched, asked = matched+len(all), asked+len(s.notices)
			from := rapid.IntRange(0, len(all)).Draw(t, "from")
			size := rapid.IntRange(0, 10).Draw(t, "size")
			got := x.PageWithFacets(f, from, size, q)
			want := notice.Found{IDs: all[from:min(from+size, len(all))], Total: len(all), Facets: s.facets(t, c, f)}
			if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v, %+v (-scan +index):\n%s", c, f, diff)
			}
			if diff := gocmp.Diff(all, x.Find(f, q), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v, %+v, all (-scan +index):\n%s", c, f, diff)
			}
		}
	})
	if matched < asked/50 || matched > asked/2 {
		t.Errorf("%d of %d match: too few or too many to compare anything", matched, asked)
	}
}
