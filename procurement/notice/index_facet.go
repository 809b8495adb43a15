package notice

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// Count is one value of a facet and how many notices have it.
type Count struct {
	Value string
	N     int
}

// ClosingDays are the spans of the facet of deadlines, in days.
var ClosingDays = [3]int{7, 15, 30}

// facetBuyers is how many organisms the facet names.
const facetBuyers = 10

// Facets say how the notices found are spread. The counts of each facet are of the
// notices that match all that is asked but for that facet's own criterion: they tell
// what another choice would give. A value that no notice has is not listed.
//
// A notice with several departments or codes counts once under each. Those without
// a place, a nature or a code are counted apart: a choice of departments or natures
// includes them always.
type Facets struct {
	Departments []Count // by code, in the order of their numbers; Abroad last
	NoPlace     int
	Categories  []Count // refdata.Category
	NoCategory  int
	Kinds       []Count // Kind
	Sources     []Count
	Divisions   []Count // of the CPV, two digits; the words asked are kept
	NoCode      int
	Buyers      []Count // ids, the most frequent first, ten at most
	Closing     [3]int  // calls that close within ClosingDays
}

// clause is one criterion that a facet shows.
type clause int

const (
	none clause = iota
	byText
	byPlace
	byBuyer
	byCategory
	byKind
	bySource
	byClosing
	clauses
)

// judged is what each clause of a query allows; nil where it allows everything.
type judged struct {
	base    *roaring.Bitmap // what no facet leaves out
	allowed [clauses]*roaring.Bitmap
}

// judge takes a query apart.
func (s *shelf) judge(q *Query, f Filter) *judged {
	j := &judged{base: s.alive.Clone()}
	if !f.Since.IsZero() {
		j.base = s.heardSince(f.Since)
	}
	if f.Open {
		j.base.And(s.open(f.At, 0))
	}
	if q.MinDays > 0 {
		j.base.And(s.open(f.At, q.MinDays))
	}
	if q.NoNational {
		j.base.AndNot(s.national)
	}
	if len(q.ExcludeBuyers) > 0 {
		j.base.AndNot(s.ofBuyers(q.ExcludeBuyers))
	}
	if len(q.ExcludeCPV) > 0 {
		j.base.AndNot(s.codedOut(q.ExcludeCPV))
	}
	if f.Within > 0 {
		j.allowed[byClosing] = s.within(f.At, f.Within)
	}
	s.judgeFacts(q, j)
	if len(q.Keywords)+len(q.Exclude)+len(q.CPV) > 0 {
		j.allowed[byText] = s.text(q, true, j.base)
	}
	return j
}

func (s *shelf) judgeFacts(q *Query, j *judged) {
	if !q.Places.None() {
		all := []*roaring.Bitmap{s.noPlace}
		for i := range q.Places.each() {
			all = append(all, s.places[i])
		}
		j.allowed[byPlace] = roaring.FastOr(all...)
	}
	if len(q.Buyers) > 0 {
		j.allowed[byBuyer] = s.ofBuyers(s.withServices(q))
	}
	if len(q.Categories) > 0 {
		j.allowed[byCategory] = union(s.categories, append(slices.Clone(q.Categories), ""))
	}
	if len(q.Kinds) > 0 {
		j.allowed[byKind] = union(s.kinds, q.Kinds)
	}
	if len(q.Sources) > 0 {
		j.allowed[bySource] = union(s.sources, q.Sources)
	}
}

// ofBuyers gives the notices of organisms.
func (s *shelf) ofBuyers(ids []string) *roaring.Bitmap {
	set := roaring.New()
	for _, id := range ids {
		if n, ok := s.buyerNumbers[id]; ok {
			s.buyers[n].into(set)
		}
	}
	return set
}

func union[K comparable](m map[K]*roaring.Bitmap, keys []K) *roaring.Bitmap {
	var all []*roaring.Bitmap
	for _, k := range keys {
		if b := m[k]; b != nil {
			all = append(all, b)
		}
	}
	return roaring.FastOr(all...)
}

// withServices gives the organisms asked, with their services when those are too.
func (s *shelf) withServices(q *Query) []string {
	if !q.Services {
		return q.Buyers
	}
	out := slices.Clone(q.Buyers)
	for _, id := range q.Buyers {
		out = append(out, s.services[id]...)
	}
	return out
}

// all gives what every clause allows but one. The bitmap is the caller's.
func (j *judged) all(but clause) *roaring.Bitmap {
	set := j.base.Clone()
	for c, allowed := range j.allowed {
		if allowed != nil && clause(c) != but {
			set.And(allowed)
		}
	}
	return set
}

// facets counts.
func (s *shelf) facets(q *Query, f Filter, j *judged) *Facets {
	full := j.all(none)
	but := func(c clause) *roaring.Bitmap {
		if j.allowed[c] == nil {
			return full
		}
		return j.all(c)
	}
	out := &Facets{}
	set := but(byPlace)
	out.NoPlace = count(set, s.noPlace)
	out.Departments = s.departments(set)
	set = but(byCategory)
	for _, c := range refdata.Categories() {
		out.Categories = counted(out.Categories, string(c), count(set, s.categories[c]))
	}
	out.NoCategory = count(set, s.categories[""])
	set = but(byKind)
	for _, k := range Kinds() {
		out.Kinds = counted(out.Kinds, string(k), count(set, s.kinds[k]))
	}
	set = but(bySource)
	for _, source := range Sources() {
		out.Sources = counted(out.Sources, source, count(set, s.sources[source]))
	}
	set = full
	if len(q.CPV) > 0 {
		set = j.all(byText)
		set.And(s.text(q, false, j.base))
	}
	for _, d := range refdata.CPVDivisions() {
		out.Divisions = counted(out.Divisions, d.Code, count(set, s.cpv[d.Code]))
	}
	out.NoCode = int(set.GetCardinality()) - count(set, s.coded)
	out.Buyers = s.buyerFacet(but(byBuyer))
	out.Closing = s.closingFacet(but(byClosing), f.At)
	return out
}

// departments counts the places of the notices, one after the other; of a large part
// of all notices, by the sets of the departments, which then cost less.
func (s *shelf) departments(set *roaring.Bitmap) []Count {
	var counts [refdata.DepartmentSlots]int
	if int(set.GetCardinality()) > len(s.docs)/4 {
		for i, places := range s.places {
			counts[i] = count(set, places)
		}
	} else {
		each(set, func(n uint32) {
			for i := range s.placesOf[n].each() {
				counts[i]++
			}
		})
	}
	var out []Count
	for _, d := range refdata.Departments() {
		i, _ := refdata.DepartmentIndex(d.Code)
		out = counted(out, d.Code, counts[i])
	}
	abroad, _ := refdata.DepartmentIndex(refdata.Abroad)
	return counted(out, refdata.Abroad, counts[abroad])
}

// each goes over a set.
func each(set *roaring.Bitmap, f func(n uint32)) {
	var numbers [1024]uint32
	for it := set.ManyIterator(); ; {
		n := it.NextMany(numbers[:])
		if n == 0 {
			return
		}
		for _, number := range numbers[:n] {
			f(number)
		}
	}
}

func counted(dst []Count, value string, n int) []Count {
	if n > 0 {
		dst = append(dst, Count{value, n})
	}
	return dst
}

func count(a, b *roaring.Bitmap) int {
	if b == nil {
		return 0
	}
	return int(a.AndCardinality(b))
}

// closingFacet counts day by day.
func (s *shelf) closingFacet(set *roaring.Bitmap, at clock.Instant) (out [3]int) {
	today, n, day := dayOf(at), count(set, s.today(at)), 0
	for i, days := range ClosingDays {
		for day < days {
			day++
			n += count(set, s.closing[today+day])
		}
		out[i] = n
	}
	return out
}

// buyerFacet counts the organisms, one notice after the other: there are thousands
// of them, and one is seldom in many notices.
func (s *shelf) buyerFacet(set *roaring.Bitmap) []Count {
	counts := make([]int32, len(s.buyerIDs))
	each(set, func(n uint32) { counts[s.buyerOf[n]]++ })
	var top []Count
	for buyer, n := range counts {
		if n == 0 || len(top) == facetBuyers && int(n) < top[len(top)-1].N {
			continue
		}
		top = append(top, Count{s.buyerIDs[buyer], int(n)})
		slices.SortFunc(top, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
		top = top[:min(len(top), facetBuyers)]
	}
	return top
}
