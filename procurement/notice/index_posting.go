package notice

import "github.com/RoaringBitmap/roaring/v2"

// posting is a set of numbers that only grows: nothing, one number, a list, or a
// bitmap and the list of what goes there next. Most terms are in one notice.
type posting struct {
	last uint32 // the last number, plus one
	more *more
}

type more struct {
	few []uint32
	set *roaring.Bitmap
}

// listed is how many numbers a list holds at most: spread over the notices, they
// take as much room in a bitmap, and a bitmap takes many at once faster than each.
const listed = 256

func (m *more) addAll(numbers []uint32) {
	if len(m.few)+len(numbers) <= listed {
		m.few = append(m.few, numbers...)
		return
	}
	if m.set == nil {
		m.set = roaring.New()
	}
	m.set.AddMany(m.few)
	m.set.AddMany(numbers)
	m.few = nil
}

// addAll adds numbers that rise, above those added before.
func (p *posting) addAll(numbers []uint32) {
	if p.last == 0 {
		p.last, numbers = numbers[0]+1, numbers[1:]
	}
	if len(numbers) == 0 {
		return
	}
	if p.more == nil {
		p.more = &more{few: []uint32{p.last - 1}}
	}
	p.more.addAll(numbers)
	p.last = numbers[len(numbers)-1] + 1
}

// into adds the numbers to a set.
func (p *posting) into(set *roaring.Bitmap) {
	switch {
	case p.last == 0:
	case p.more == nil:
		set.Add(p.last - 1)
	default:
		if p.more.set != nil {
			set.Or(p.more.set)
		}
		set.AddMany(p.more.few)
	}
}

// gather collects, for a batch of texts, which numbers have which terms, and gives
// them to the postings term by term: going from posting to posting at each word of a
// text would wait for memory at each.
type gather struct {
	pairs   []pair // in the order of the texts; a term may come again
	seen    []seen // by term
	touched []uint32
	sorted  []uint32
}

// seen is what a batch has seen of a term: how often, and last in which number, plus
// one. The second is good across batches.
type seen struct{ count, last uint32 }

type pair struct{ term, number uint32 }

// add notes that a number has a term; numbers rise.
func (g *gather) add(term, number uint32) { g.pairs = append(g.pairs, pair{term, number}) }

// give hands over what was collected; terms are below that many.
func (g *gather) give(terms int, posting func(term uint32) *posting) {
	if n := terms - len(g.seen); n > 0 {
		g.seen = append(g.seen, make([]seen, n)...)
	}
	once := g.pairs[:0]
	for _, p := range g.pairs {
		s := &g.seen[p.term]
		if s.last == p.number+1 {
			continue
		}
		s.last = p.number + 1
		if s.count == 0 {
			g.touched = append(g.touched, p.term)
		}
		s.count++
		once = append(once, p)
	}
	if cap(g.sorted) < len(once) {
		g.sorted = make([]uint32, len(once)+len(once)/4)
	}
	sorted, at := g.sorted[:len(once)], uint32(0)
	for _, term := range g.touched {
		at, g.seen[term].count = at+g.seen[term].count, at
	}
	for _, p := range once {
		s := &g.seen[p.term]
		sorted[s.count] = p.number
		s.count++
	}
	from := uint32(0)
	for _, term := range g.touched {
		to := g.seen[term].count
		posting(term).addAll(sorted[from:to])
		from, g.seen[term].count = to, 0
	}
	g.touched, g.pairs = g.touched[:0], g.pairs[:0]
}

// size is how many numbers there are.
func (p *posting) size() int {
	switch {
	case p.last == 0:
		return 0
	case p.more == nil:
		return 1
	case p.more.set == nil:
		return len(p.more.few)
	}
	return int(p.more.set.GetCardinality()) + len(p.more.few)
}
