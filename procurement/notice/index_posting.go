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
	seen    []seen // by term
	touched []uint32
	pairs   []pair
	sorted  []uint32
}

// seen is what a batch has seen of a term: how often, and last in which number, plus
// one. The second is good across batches.
type seen struct{ count, last uint32 }

type pair struct{ term, number uint32 }

// add notes that a number has a term; numbers rise.
func (g *gather) add(term, number uint32) {
	if int(term) >= len(g.seen) {
		g.seen = append(g.seen, make([]seen, int(term)+1-len(g.seen))...)
	}
	s := &g.seen[term]
	if s.last == number+1 {
		return
	}
	s.last = number + 1
	if s.count == 0 {
		g.touched = append(g.touched, term)
	}
	s.count++
	g.pairs = append(g.pairs, pair{term, number})
}

// give hands over what was collected.
func (g *gather) give(posting func(term uint32) *posting) {
	if cap(g.sorted) < len(g.pairs) {
		g.sorted = make([]uint32, len(g.pairs)+len(g.pairs)/4)
	}
	sorted, at := g.sorted[:len(g.pairs)], uint32(0)
	for _, term := range g.touched {
		at, g.seen[term].count = at+g.seen[term].count, at
	}
	for _, p := range g.pairs {
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
