package notice

import (
	"cmp"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"parvis/kit/clock"
	"parvis/kit/text"
)

// A notice is heard of when it is first recorded. What an operator imports of the past
// is recorded today and alerts nobody: to tell what a watch would have mailed, such a
// notice is taken for heard of on the morning of its publication, as if it had been
// fetched then.
const (
	lateAfter    = 4 * 24 * time.Hour // a fetch that was down for a long week-end is no import
	gazetteComes = 6 * time.Hour      // in the morning
)

func (n *Notice) heardAt() clock.Instant {
	published, ok := morningOf(dayNumber(n.PublishedOn))
	if ok && n.RecordedAt > published.Add(lateAfter) {
		return published
	}
	return n.RecordedAt
}

// morningOf is when the gazette of a day, as dayNumber gives it, comes.
func morningOf(day int32) (clock.Instant, bool) {
	if day == 0 {
		return 0, false
	}
	return clock.At(time.Date(int(day/10_000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, clock.Paris).Add(gazetteComes)), true
}

// Heard is a call that would have been told of: when, and when it closed. Limit is what
// comes first, from then on, of its deadline, its visit and the end of questions: who hears
// of it later is too late for something. It is zero when nothing is known.
type Heard struct{ At, Until, Limit clock.Instant }

// Heard gives the calls that match a query and were heard of from a moment to another,
// in their order: those that a watch which asks it would have told of. Each is judged as
// when it was heard of: it could be answered, and had so many days left.
func (x *Index) Heard(q *Query, since, until clock.Instant) []Heard {
	x.mu.RLock()
	defer x.mu.RUnlock()
	now := *q
	now.MinDays = 0 // counted from then, not from now
	set := x.answer(&now, Filter{At: until, Since: since})
	calls := x.kinds[Contract]
	if calls == nil {
		return nil
	}
	set.And(calls)
	out := make([]Heard, 0, set.GetCardinality())
	each(set, func(n uint32) {
		if h := x.heardOf(n); h.At <= until && h.At <= h.Until && (q.MinDays <= 0 || h.Until.DaysLeft(h.At, clock.Paris) >= q.MinDays) {
			out = append(out, h)
		}
	})
	slices.SortFunc(out, func(a, b Heard) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Until, b.Until), cmp.Compare(a.Limit, b.Limit))
	})
	return out
}

// heardOf says when a call was heard of and when it closed, whatever has become of it.
func (s *shelf) heardOf(n uint32) Heard {
	h := Heard{At: s.docs[n].heardAt, Until: s.deadlines[n]}
	between := s.between[n]
	for _, limit := range []clock.Instant{h.Until, between[0], between[1]} {
		if limit >= h.At && (h.Limit == 0 || limit < h.Limit) {
			h.Limit = limit
		}
	}
	if h.Until.IsZero() {
		if day, ok := morningOf(s.published[n]); ok {
			h.Until = day.Add(silentFor - gazetteComes)
		}
	}
	return h
}

// heardSince gives the notices heard of since a moment. The bitmap is the caller's.
func (s *shelf) heardSince(since clock.Instant) *roaring.Bitmap {
	first := dayOf(since)
	var all []*roaring.Bitmap
	for day, set := range s.heard {
		if day > first {
			all = append(all, set)
		}
	}
	out := roaring.FastOr(all...)
	if set := s.heard[first]; set != nil {
		each(set, func(n uint32) {
			if s.docs[n].heardAt >= since {
				out.Add(n)
			}
		})
	}
	out.And(s.alive)
	return out
}

// Counts are how many calls match a query among those heard of since a moment, and how
// many of them have no CPV code.
type Counts struct{ Calls, Uncoded int }

// Count counts them.
func (x *Index) Count(q *Query, since, at clock.Instant) (c Counts) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	set := x.answer(q, Filter{At: at, Since: since})
	calls := x.kinds[Contract]
	if calls == nil {
		return c
	}
	set.And(calls)
	c.Calls = int(set.GetCardinality())
	c.Uncoded = c.Calls - count(set, x.coded)
	return c
}

// CountWords counts the calls heard of since a moment, and those of them that have each
// keyword, where the query looks for words.
func (x *Index) CountWords(q *Query, keywords []text.Keyword, since clock.Instant) (all int, each []int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	each = make([]int, len(keywords))
	calls := x.kinds[Contract]
	if calls == nil {
		return 0, each
	}
	among := x.heardSince(since)
	among.And(calls)
	for i, k := range keywords {
		here := x.find(q, k, q.TitleOnly, among)
		here.common.Or(x.noticesOf(here.lots))
		each[i] = count(among, here.common)
	}
	return int(among.GetCardinality()), each
}

// memo is where phrases were found, so that a query asked several times over looks for
// them once: they have to be read in the texts.
type memo struct {
	of    *shelf           // an index that was made anew has other numbers
	among *roaring.Bitmap  // where they were looked for
	found map[string]found // by phrase as it was typed, and where it was looked for
}

// Remembering gives a query that is about to be asked several times, of calls heard of
// since a moment or open at another. It is for one goroutine, and for a moment.
func (x *Index) Remembering(q *Query, since, at clock.Instant) *Query {
	x.mu.RLock()
	defer x.mu.RUnlock()
	among := x.heardSince(since)
	among.Or(x.open(at, 0))
	among.And(x.alive)
	with := *q
	with.memo = &memo{x.shelf, among, map[string]found{}}
	return &with
}

// find gives where a keyword of a query is, among some notices, or wherever it was found
// before.
func (s *shelf) find(q *Query, k text.Keyword, narrow bool, among *roaring.Bitmap) found {
	m := q.memo
	if m == nil || m.of != s || !slices.ContainsFunc(k.Sequences, func(q [][]text.Term) bool { return len(q) > 1 }) {
		return s.keyword(k, narrow, among)
	}
	key := k.Typed
	if narrow {
		key = "objet\x00" + key
	}
	here, ok := m.found[key]
	if !ok {
		here = s.keyword(k, narrow, m.among)
		m.found[key] = here
	}
	return found{here.common.Clone(), here.lots.Clone()}
}

// CallsSince counts the calls that match and were heard of since then.
func (x *Index) CallsSince(q *Query, since clock.Instant) int {
	return x.Count(q, since, since).Calls
}
