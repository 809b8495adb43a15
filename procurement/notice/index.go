package notice

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/refdata"
)

// Index answers queries over all notices from memory, the same on both
// databases. A notice occupies one number per unit (its common text, each lot),
// side by side, so that "lot by lot" is plain set arithmetic. A notice that
// changes gets new numbers; its old ones are dead.
type Index struct {
	mu    sync.RWMutex
	units []unit
	byID  map[string]uint32 // a notice's first unit
	dead  *roaring.Bitmap

	terms      map[text.Term]*roaring.Bitmap
	places     map[int]*roaring.Bitmap
	noPlace    *roaring.Bitmap
	buyers     map[string]*roaring.Bitmap
	categories map[refdata.Category]*roaring.Bitmap
	noCategory *roaring.Bitmap
	cpv        map[string]*roaring.Bitmap // by prefix, of 2 to 8 digits
	coded      *roaring.Bitmap            // units whose notice has a code
	calls      *roaring.Bitmap
}

// unit is one numbered text, with what lists are sorted by.
type unit struct {
	doc    *document
	fields []string
}

type document struct {
	id          string
	deadline    clock.Instant
	openUntil   clock.Instant // zero: it cannot be answered
	publishedOn string
	recordedAt  clock.Instant
	changedAt   clock.Instant
}

// NewIndex makes an empty index.
func NewIndex() *Index {
	x := &Index{}
	x.reset()
	return x
}

func (x *Index) reset() {
	x.units, x.byID = nil, map[string]uint32{}
	x.dead, x.noPlace, x.noCategory, x.coded, x.calls = roaring.New(), roaring.New(), roaring.New(), roaring.New(), roaring.New()
	x.terms, x.places = map[text.Term]*roaring.Bitmap{}, map[int]*roaring.Bitmap{}
	x.buyers, x.categories, x.cpv = map[string]*roaring.Bitmap{}, map[refdata.Category]*roaring.Bitmap{}, map[string]*roaring.Bitmap{}
}

// Len is the number of notices.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Put adds notices, in the place of their former selves.
func (x *Index) Put(notices []*Notice) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var reader text.Analyser
	for _, n := range notices {
		x.put(n, &reader)
	}
}

func (x *Index) put(n *Notice, reader *text.Analyser) {
	if first, ok := x.byID[n.ID]; ok {
		if d := x.units[first].doc; d.changedAt == n.ChangedAt && d.openUntil == n.openUntil() {
			return // read again, not changed: followers may read twice
		}
	}
	x.bury(n.ID)
	s := n.Subject()
	d := &document{id: n.ID, changedAt: n.ChangedAt, deadline: n.Deadline, openUntil: n.openUntil(), publishedOn: n.PublishedOn, recordedAt: n.RecordedAt}
	first := uint32(len(x.units))
	x.byID[n.ID] = first
	var tokens []text.Token
	for _, fields := range s.Units {
		number := uint32(len(x.units))
		x.units = append(x.units, unit{d, fields})
		for _, field := range fields {
			tokens = reader.Append(tokens[:0], field)
			for _, t := range tokens {
				for _, term := range t.Terms {
					add(x.terms, term, number)
				}
			}
		}
		x.facts(number, n.Kind, s)
	}
}

func (x *Index) facts(number uint32, kind Kind, s Subject) {
	if kind == Contract {
		x.calls.Add(number)
	}
	add(x.buyers, s.Buyer, number)
	if s.Category == "" {
		x.noCategory.Add(number)
	} else {
		add(x.categories, s.Category, number)
	}
	if s.Places.None() {
		x.noPlace.Add(number)
	}
	for i := range 128 {
		if s.Places[i/64]&(1<<(i%64)) != 0 {
			add(x.places, i, number)
		}
	}
	for _, code := range s.CPV {
		x.coded.Add(number)
		for n := 2; n <= len(code); n++ {
			add(x.cpv, code[:n], number)
		}
	}
}

func add[K comparable](m map[K]*roaring.Bitmap, key K, number uint32) {
	b := m[key]
	if b == nil {
		b = roaring.New()
		m[key] = b
	}
	b.Add(number)
}

// Wasteful tells that so many notices have changed that more of the index is dead
// than alive: it should be made anew.
func (x *Index) Wasteful() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	const few = 10_000 // not worth the trouble
	dead := int(x.dead.GetCardinality())
	return dead > few && dead > len(x.units)/2
}

// Become takes over what another index holds, which is not to be used any more.
func (x *Index) Become(fresh *Index) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.units, x.byID, x.dead = fresh.units, fresh.byID, fresh.dead
	x.terms, x.places, x.noPlace, x.buyers = fresh.terms, fresh.places, fresh.noPlace, fresh.buyers
	x.categories, x.noCategory, x.cpv, x.coded, x.calls = fresh.categories, fresh.noCategory, fresh.cpv, fresh.coded, fresh.calls
}

// bury marks a notice's former units dead.
func (x *Index) bury(id string) {
	first, ok := x.byID[id]
	if !ok {
		return
	}
	d := x.units[first].doc
	for n := first; int(n) < len(x.units) && x.units[n].doc == d; n++ {
		x.dead.Add(n)
		x.units[n].fields = nil
	}
	delete(x.byID, id)
}

// Order is how a list is sorted.
type Order string

// Orders of a list; ByDeadline starts with what closes first, unknown
// deadlines last.
const (
	ByDeadline    Order = "echeance"
	ByPublication Order = "parution"
)

// Filter is what a list asks besides criteria.
type Filter struct {
	OpenAt clock.Instant // only calls that can be answered at that moment; zero = everything
	Order  Order
}

// Find gives the ids of all notices that match any of the queries, sorted.
// A notice appears once.
func (x *Index) Find(f Filter, queries ...*Query) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found := map[*document]bool{}
	var docs []*document
	for _, q := range queries {
		for it := x.answer(q, f).Iterator(); it.HasNext(); {
			d := x.units[it.Next()].doc
			if !found[d] && (f.OpenAt.IsZero() || d.openUntil >= f.OpenAt) {
				found[d] = true
				docs = append(docs, d)
			}
		}
	}
	slices.SortFunc(docs, f.Order.compare)
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.id
	}
	return ids
}

func (o Order) compare(a, b *document) int {
	if o == ByDeadline && a.deadline != b.deadline {
		switch {
		case a.deadline.IsZero():
			return 1
		case b.deadline.IsZero():
			return -1
		}
		return cmp.Compare(a.deadline, b.deadline)
	}
	return cmp.Or(strings.Compare(b.publishedOn, a.publishedOn), strings.Compare(b.id, a.id))
}

// answer gives the units that match, dead ones left out. The bitmap is the
// caller's.
func (x *Index) answer(q *Query, f Filter) *roaring.Bitmap {
	set := roaring.New()
	if f.OpenAt.IsZero() {
		set.AddRange(0, uint64(len(x.units)))
	} else {
		set.Or(x.calls)
	}
	set.AndNot(x.dead)
	if !q.Places.None() {
		places := x.noPlace.Clone()
		for i := range 128 {
			if b := x.places[i]; b != nil && q.Places[i/64]&(1<<(i%64)) != 0 {
				places.Or(b)
			}
		}
		set.And(places)
	}
	if len(q.Buyers) > 0 {
		set.And(union(x.buyers, q.Buyers))
	}
	if len(q.Categories) > 0 {
		kinds := union(x.categories, q.Categories)
		kinds.Or(x.noCategory)
		set.And(kinds)
	}
	x.wanted(q, set)
	for _, k := range q.Exclude {
		set.AndNot(x.keyword(k, set))
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

// wanted keeps of set what has the words or the codes, as Query.wanted says.
func (x *Index) wanted(q *Query, set *roaring.Bitmap) {
	switch {
	case len(q.CPV) == 0:
		set.And(x.words(q, set))
	case len(q.Keywords) == 0:
		set.And(union(x.cpv, q.CPV))
	case q.CPVAnd:
		set.And(x.words(q, set))
		codes := union(x.cpv, q.CPV)
		codes.Or(roaring.AndNot(set, x.coded))
		set.And(codes)
	default:
		either := x.words(q, set)
		either.Or(union(x.cpv, q.CPV))
		set.And(either)
	}
}

func (x *Index) words(q *Query, within *roaring.Bitmap) *roaring.Bitmap {
	if len(q.Keywords) == 0 {
		return within.Clone()
	}
	var result *roaring.Bitmap
	for _, k := range q.Keywords {
		switch b := x.keyword(k, within); {
		case result == nil:
			result = b
		case q.All:
			result.And(b)
		default:
			result.Or(b)
		}
		if q.All {
			within = result
		}
	}
	return result
}

// keyword gives the units of within that hold the keyword. A phrase is looked
// for by its words and then read in the text.
func (x *Index) keyword(k text.Keyword, within *roaring.Bitmap) *roaring.Bitmap {
	result := roaring.New()
	for _, sequence := range k.Sequences {
		units := within.Clone()
		for _, position := range sequence {
			units.And(union(x.terms, position))
		}
		if len(sequence) > 1 {
			units = x.inOrder(text.Keyword{Typed: k.Typed, Quoted: k.Quoted, Sequences: [][][]text.Term{sequence}}, units)
		}
		result.Or(units)
	}
	return result
}

func (x *Index) inOrder(k text.Keyword, candidates *roaring.Bitmap) *roaring.Bitmap {
	result := roaring.New()
	for it := candidates.Iterator(); it.HasNext(); {
		n := it.Next()
		if k.In(Tokens(x.units[n].fields)) {
			result.Add(n)
		}
	}
	return result
}

// CallsSince counts the calls that match and were first recorded since then.
func (x *Index) CallsSince(q *Query, since clock.Instant) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	seen := map[*document]bool{}
	set := x.answer(q, Filter{})
	set.And(x.calls)
	for it := set.Iterator(); it.HasNext(); {
		if d := x.units[it.Next()].doc; d.recordedAt >= since {
			seen[d] = true
		}
	}
	return len(seen)
}

// Sample gives the texts of the notices last recorded, n at most: which words
// are frequent today.
func (x *Index) Sample(n int) []Subject {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []Subject
	var last *document
	for i := len(x.units) - 1; i >= 0 && len(out) < n; i-- {
		u := x.units[i]
		if u.fields == nil {
			continue
		}
		if u.doc != last {
			out, last = append(out, Subject{}), u.doc
		}
		s := &out[len(out)-1]
		s.Units = append(s.Units, u.fields)
	}
	return out
}
