package notice

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"parvis/kit/clock"
)

// Order is how a list is sorted.
type Order string

// Orders of a list. ByDeadline starts with what closes first; then come unknown
// deadlines, and what has closed, the last first. ByRelevance starts with what answers best to the words, see Query.Score. What is equal, and
// everything else, is by publication, the last first.
const (
	ByDeadline    Order = "echeance"
	ByPublication Order = "parution"
	ByRelevance   Order = "pertinence"
)

// Found is one page of what was found.
type Found struct {
	IDs    []string // in their order
	Total  int      // on all pages
	Facets *Facets  // nil unless asked
	// Twins are the probable duplicates of those of the page, by the id of the one that
	// stands for them, when they are shown once.
	Twins map[string][]string
}

// Find gives the ids of all notices that match any of the queries, sorted.
// A notice appears once.
func (x *Index) Find(f Filter, queries ...*Query) []string {
	return x.Page(f, 0, -1, queries...).IDs
}

// Page gives one page of the notices that match any of the queries: size of them from
// the given one on, all for a negative size.
//
// Only what is on the page is sorted: the first from+size are chosen in one pass over
// what was found, and a page far behind costs some passes more.
func (x *Index) Page(f Filter, from, size int, queries ...*Query) Found {
	x.mu.RLock()
	defer x.mu.RUnlock()
	set := roaring.New()
	for _, q := range queries {
		set.Or(x.answer(q, f))
	}
	united := x.narrow(set, f.Narrowing)
	out := x.page(set, f, from, size, queries)
	out.Twins = x.twinsOf(out.IDs, united)
	return out
}

// PageWithFacets is Page of one query, with the facets of all that was found.
func (x *Index) PageWithFacets(f Filter, from, size int, q *Query) Found {
	x.mu.RLock()
	defer x.mu.RUnlock()
	j := x.judge(q, f)
	out := x.page(j.all(none), f, from, size, []*Query{q})
	out.Facets = x.facets(q, f, j)
	return out
}

func (s *shelf) page(set *roaring.Bitmap, f Filter, from, size int, queries []*Query) Found {
	out := Found{Total: int(set.GetCardinality())}
	if size < 0 {
		size = out.Total
	}
	from = min(max(from, 0), out.Total)
	to := from + min(size, out.Total-from)
	if from == to {
		return out
	}
	docs := s.sorted(set, from, to, s.compare(f, set, queries))
	out.IDs = make([]string, len(docs))
	for i, d := range docs {
		out.IDs[i] = s.docs[d].id.String()
	}
	return out
}

// compare gives the order, negative when a comes first.
func (s *shelf) compare(f Filter, set *roaring.Bitmap, queries []*Query) func(a, b uint32) int {
	published := func(a, b uint32) int {
		if x, y := s.published[a], s.published[b]; x != y {
			return cmp.Compare(y, x)
		}
		return bytes.Compare(s.docs[b].id[:], s.docs[a].id[:])
	}
	switch f.Order {
	case ByDeadline:
		return func(a, b uint32) int {
			if x, y := nearness(s.deadlines[a], f.At), nearness(s.deadlines[b], f.At); x != y {
				return cmp.Compare(x, y)
			}
			return published(a, b)
		}
	case ByRelevance:
		scores := s.scores(set, queries)
		return func(a, b uint32) int {
			if scores[a] != scores[b] {
				return cmp.Compare(scores[b], scores[a])
			}
			return published(a, b)
		}
	}
	return published
}

// nearness ranks a deadline: to come, unknown, past.
func nearness(d, now clock.Instant) uint64 {
	switch {
	case d.IsZero():
		return 1 << 62
	case d < now:
		return 1<<62 + uint64(now-d)
	}
	return uint64(d - now)
}

// scores gives what Query.Score says of the notices of a set, the best of the queries.
func (s *shelf) scores(set *roaring.Bitmap, queries []*Query) []int32 {
	best := make([]int32, len(s.docs))
	for _, q := range queries {
		scores := best
		if len(queries) > 1 {
			scores = make([]int32, len(s.docs))
		}
		for _, k := range q.Keywords {
			s.weigh(scores, s.find(q, k, true, set), set, scoreHead)
			s.weigh(scores, s.find(q, k, q.TitleOnly, set), set, 1)
		}
		for i := range best {
			best[i] = max(best[i], scores[i])
		}
	}
	return best
}

func (s *shelf) weigh(scores []int32, where found, set *roaring.Bitmap, weight int32) {
	here := where.common
	here.Or(s.noticesOf(where.lots))
	here.And(set)
	for it := here.Iterator(); it.HasNext(); {
		scores[it.Next()] += weight
	}
}

// sorted gives what stands from one place to another in an order.
func (s *shelf) sorted(set *roaring.Bitmap, from, to int, compare func(a, b uint32) int) []uint32 {
	const near = 4096 // what is kept sorted while going over the set
	if to > near || to > int(set.GetCardinality())/2 {
		all := set.ToArray()
		choose(all, to, compare)
		choose(all[:to], from, compare)
		slices.SortFunc(all[from:to], compare)
		return all[from:to]
	}
	first := make(heap, 0, to)
	each(set, func(d uint32) {
		switch {
		case len(first) < to:
			first.push(d, compare)
		case compare(d, first[0]) < 0:
			first[0] = d
			first.sink(compare)
		}
	})
	slices.SortFunc(first, compare)
	return first[from:]
}

// heap has the last of its numbers on top.
type heap []uint32

func (h *heap) push(d uint32, compare func(a, b uint32) int) {
	*h = append(*h, d)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if compare(s[i], s[up]) <= 0 {
			return
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
}

func (h heap) sink(compare func(a, b uint32) int) {
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			return
		}
		if down+1 < len(h) && compare(h[down+1], h[down]) > 0 {
			down++
		}
		if compare(h[down], h[i]) <= 0 {
			return
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}

// choose brings the first n of an order to the front, in any order among themselves.
func choose(all []uint32, n int, compare func(a, b uint32) int) {
	for len(all) > 1 && n > 0 && n < len(all) {
		pivot := all[len(all)/2]
		i, j := 0, len(all)-1
		for i <= j {
			for compare(all[i], pivot) < 0 {
				i++
			}
			for compare(all[j], pivot) > 0 {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			all = all[:j+1]
		case n > i:
			all, n = all[i:], n-i
		default:
			return
		}
	}
}
