package engine

import (
	"bytes"
	"hash/maphash"
	"math/bits"

	"parvis/kit/text"
	"parvis/procurement/notice"
)

// The memo of written words begins small and grows with the vocabulary: a week of
// notices has some 30 000. Past its limit it begins anew.
const (
	memoStart = 1 << 12
	memoLimit = 1 << 18
)

// memo is what one written word gives: a run of the matcher's known numbers. The
// word itself is not kept: its 64-bit hash under a random seed is enough.
type memo struct {
	hash uint64 // 0: empty
	from uint32 // known[from:] is how many features follow, then how many of heads; the rest are anchors
	size uint32 // how many in all
}

// Matcher asks one engine, one notice after the other, allocating nothing once
// warm. It is not safe for concurrent use: take one per goroutine.
type Matcher struct {
	e       *Engine
	memo    []memo
	words   int      // how many the memo holds
	known   []uint32 // for each: how many features, how many of heads, both, the anchors
	set     []uint64 // features of the unit being read
	present []uint32 // the same, listed
	suspect []uint32 // phrases to test in this unit
	tried   []uint64 // the same, as a set
	tokens  []text.Token
	reader  text.Analyser
	found   []uint64 // watches, as bits
	out     []uint64
	cells   [130]uint8 // the cells to read: 0 and the notice's departments
}

// NewMatcher makes a matcher of the engine.
func NewMatcher(e *Engine) *Matcher { return newMatcher(e) }

func newMatcher(e *Engine) *Matcher {
	return &Matcher{
		e: e, memo: make([]memo, memoStart),
		set: make([]uint64, (e.features+63)/64), tried: make([]uint64, (e.features+63)/64), found: make([]uint64, (e.span+63)/64),
	}
}

// Match gives the numbers of the watches that match, in the order in which they
// were given to Build. The slice is good until the next call.
func (m *Matcher) Match(s *notice.Subject) []uint64 {
	places := m.placesOf(s.Places)
	category := uint8(0)
	if s.Category != "" {
		category = categoryBit(s.Category)
	}
	for i := range s.Units {
		m.read(s, i)
		for _, f := range m.present {
			m.feature(f, places, s, category)
		}
		for _, r := range m.e.buyers[s.Buyer] {
			m.try(r, s, category)
		}
		for _, body := range s.Bodies {
			for _, r := range m.e.bodies[body] {
				m.try(r, s, category)
			}
		}
		m.forget()
	}
	return m.sweep()
}

// placesOf lists the cells to read; nil means all: a notice without a place
// matches every department.
func (m *Matcher) placesOf(p notice.Places) []uint8 {
	if p.None() {
		return nil
	}
	cells := append(m.cells[:0], 0)
	for w, word := range p {
		for ; word != 0; word &= word - 1 {
			cells = append(cells, uint8(w*64+bits.TrailingZeros64(word)+1))
		}
	}
	return cells
}

func (m *Matcher) feature(f uint32, places []uint8, s *notice.Subject, category uint8) {
	e := m.e
	from, to := e.cellsOf[f], e.cellsOf[f+1]
	if from == to {
		return
	}
	if places == nil {
		for c := from; c < to; c++ {
			m.cell(e.starts[c], s, category)
		}
		return
	}
	cells := e.places[from:to]
	for _, p := range places {
		if i := bytes.IndexByte(cells, p); i >= 0 {
			m.cell(e.starts[from+uint32(i)], s, category)
		}
	}
}

func (m *Matcher) cell(at uint32, s *notice.Subject, category uint8) {
	cell := m.e.arena[at:]
	ids, groups, conditions := cell[0], cell[1], cell[2]
	found := m.found
	for _, id := range cell[3 : 3+ids] {
		found[id>>6] |= 1 << (id & 63)
	}
	cell = cell[3+ids:]
	for ; groups > 0; groups-- {
		n := cell[1]
		if m.has(cell[0]) {
			for _, id := range cell[2 : 2+n] {
				found[id>>6] |= 1 << (id & 63)
			}
		}
		cell = cell[2+n:]
	}
	for ; conditions > 0; conditions-- {
		if m.has(cell[0]) && m.has(cell[1]) {
			if ref := cell[2]; ref&ruleRef == 0 {
				found[ref>>6] |= 1 << (ref & 63)
			} else {
				m.try(ref&^ruleRef, s, category)
			}
		}
		cell = cell[3:]
	}
}

func (m *Matcher) has(f uint32) bool { return m.set[f>>6]&(1<<(f&63)) != 0 }

func (m *Matcher) any(features []uint32) bool {
	for _, f := range features {
		if m.has(f) {
			return true
		}
	}
	return false
}

// try checks a rule whole.
func (m *Matcher) try(number uint32, s *notice.Subject, category uint8) {
	r := &m.e.rules[number]
	for _, f := range r.all {
		if !m.has(f) {
			return
		}
	}
	switch {
	case len(r.some) > 0 && !m.any(r.some),
		m.any(r.none),
		len(r.cpv) > 0 && len(s.CPV) > 0 && !m.any(r.cpv),
		r.categories != 0 && category != 0 && r.categories&category == 0,
		!r.places.None() && !s.Places.None() && !r.places.Meet(s.Places),
		r.facts != nil && !r.facts.Facts(*s):
		return
	}
	m.found[r.id>>6] |= 1 << (r.id & 63)
}

// sweep gives the watches found and clears them.
func (m *Matcher) sweep() []uint64 {
	out := m.out[:0]
	for w, word := range m.found {
		if word == 0 {
			continue
		}
		m.found[w] = 0
		for ; word != 0; word &= word - 1 {
			out = append(out, uint64(w*64+bits.TrailingZeros64(word)))
		}
	}
	if nums := m.e.nums; nums != nil {
		for i, id := range out {
			out[i] = nums[id]
		}
	}
	m.out = out
	return out
}

// read makes the set of features of one unit.
func (m *Matcher) read(s *notice.Subject, unit int) {
	m.put(always)
	for _, code := range s.CPV {
		for n := 2; n <= len(code) && len(m.e.cpv) > 0; n++ {
			if f, ok := m.e.cpv[code[:n]]; ok {
				m.put(f)
			}
		}
		if len(m.e.generic) > 0 {
			if f, ok := m.e.generic[notice.Generic(code)]; ok {
				m.put(f)
			}
		}
	}
	for i, field := range s.Units[unit] {
		head := unit > 0 || i == 0
		for start, end := text.NextWord(field, 0); start < end; start, end = text.NextWord(field, end) {
			m.word(field[start:end], head)
		}
	}
	m.testPhrases(s.Units[unit], unit > 0)
}

func (m *Matcher) put(f uint32) {
	if w, bit := &m.set[f>>6], uint64(1)<<(f&63); *w&bit == 0 {
		*w |= bit
		m.present = append(m.present, f)
	}
}

// forget makes ready for the next unit.
func (m *Matcher) forget() {
	for _, f := range m.present {
		m.set[f>>6] = 0
	}
	m.present = m.present[:0]
}

// word puts the features of a written word; head tells that it stands in the title or
// in a lot.
func (m *Matcher) word(w string, head bool) {
	h := maphash.String(m.e.seed, w) | 1
	mask := uint64(len(m.memo) - 1)
	at := h >> 8 & mask
	for m.memo[at].hash != h {
		if m.memo[at].hash == 0 {
			at = m.learn(h, w)
			break
		}
		at = (at + 1) & mask
	}
	slot := &m.memo[at]
	if slot.size == 0 {
		return // a word that no watch asks for
	}
	known := m.known[slot.from : slot.from+2+slot.size]
	features, anchors := known[0], known[0]+known[1]
	if head {
		features = anchors
	}
	known = known[2:]
	for _, f := range known[:features] {
		m.put(f)
	}
	for _, f := range known[anchors:] {
		if w, bit := &m.tried[f>>6], uint64(1)<<(f&63); *w&bit == 0 { // once a unit, however often its word comes
			*w |= bit
			m.suspect = append(m.suspect, f)
		}
	}
}

// learn analyses a word that the memo does not hold, and gives its slot.
func (m *Matcher) learn(h uint64, w string) uint64 {
	if m.words*2 >= len(m.memo) {
		m.grow()
	}
	from := len(m.known)
	m.known = append(m.known, 0, 0)
	pieces := text.Word(w)
	for i, features := range []map[text.Term][]uint32{m.e.terms, m.e.heads, m.e.anchors} {
		before := len(m.known)
		for _, p := range pieces {
			for _, t := range p.Terms {
				m.known = append(m.known, features[t]...)
			}
		}
		if i < 2 {
			m.known[from+i] = uint32(len(m.known) - before)
		}
	}
	size := len(m.known) - from - 2
	if size == 0 {
		m.known = m.known[:from]
	}
	m.words++
	return m.place(memo{hash: h, from: uint32(from), size: uint32(size)})
}

// place puts a word in the first free slot of its chain.
func (m *Matcher) place(w memo) uint64 {
	mask := uint64(len(m.memo) - 1)
	at := w.hash >> 8 & mask
	for m.memo[at].hash != 0 {
		at = (at + 1) & mask
	}
	m.memo[at] = w
	return at
}

// grow doubles the memo, or empties it when it is as large as it may be.
func (m *Matcher) grow() {
	old := m.memo
	if len(old) >= memoLimit {
		clear(m.memo)
		m.known, m.words = m.known[:0], 0
		return
	}
	m.memo = make([]memo, 2*len(old))
	for _, w := range old {
		if w.hash != 0 {
			m.place(w)
		}
	}
}

// testPhrases looks whether the phrases of which a word was met are there.
func (m *Matcher) testPhrases(unit []string, lot bool) {
	if len(m.suspect) == 0 {
		return
	}
	m.tokens = m.tokens[:0]
	base, head := 0, 0
	for i, field := range unit {
		from := len(m.tokens)
		m.tokens = m.reader.Append(m.tokens, field)
		for i := from; i < len(m.tokens); i++ {
			m.tokens[i].Pos += base
		}
		if n := len(m.tokens); n > from {
			base = m.tokens[n-1].Pos + m.tokens[n-1].Span + fieldGap
		}
		if lot || i == 0 {
			head = len(m.tokens)
		}
	}
	for _, f := range m.suspect {
		m.tried[f>>6] = 0
		p, among := m.e.phrases[f], m.tokens
		if p.head {
			among = among[:head]
		}
		if !m.has(f) && p.In(among) {
			m.put(f)
		}
	}
	m.suspect = m.suspect[:0]
}

// fieldGap keeps a phrase from spanning two fields, as notice.Tokens does.
const fieldGap = 2
