package notice

import (
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"parvis/kit/clock"
	"parvis/kit/text"
)

// Filter is what a list asks besides criteria.
type Filter struct {
	At     clock.Instant // the moment of asking: days left are counted from it
	Open   bool          // only calls that can be answered at that moment
	Within int           // only those that close within that many days of Paris; 0: no limit
	Since  clock.Instant // only notices heard of since then; zero: all
	Order  Order
	Narrowing
}

// found is where words are: notices by their common text, and lots.
type found struct{ common, lots *roaring.Bitmap }

func nowhere() found { return found{roaring.New(), roaring.New()} }

func (f found) or(o found) {
	f.common.Or(o.common)
	f.lots.Or(o.lots)
}

func (f found) and(o found) {
	f.common.And(o.common)
	f.lots.And(o.lots)
}

func (f found) andNot(o found) {
	f.common.AndNot(o.common)
	f.lots.AndNot(o.lots)
}

// answer gives the notices that match. The bitmap is the caller's.
func (s *shelf) answer(q *Query, f Filter) *roaring.Bitmap {
	return s.judge(q, f).all(none)
}

// open gives the calls that can be answered at that moment and have so many days left.
func (s *shelf) open(at clock.Instant, days int) *roaring.Bitmap {
	today := dayOf(at)
	var all []*roaring.Bitmap
	for day, set := range s.closing {
		if day > today && day >= today+days {
			all = append(all, set)
		}
	}
	if days <= 0 {
		all = append(all, s.today(at))
	}
	return roaring.FastOr(all...)
}

// today gives the calls that close later that day.
func (s *shelf) today(at clock.Instant) *roaring.Bitmap {
	out := roaring.New()
	if set := s.closing[dayOf(at)]; set != nil {
		for it := set.Iterator(); it.HasNext(); {
			if n := it.Next(); s.docs[n].openUntil >= at {
				out.Add(n)
			}
		}
	}
	return out
}

// within gives the calls that can be answered and close in so many days at most.
func (s *shelf) within(at clock.Instant, days int) *roaring.Bitmap {
	today := dayOf(at)
	all := []*roaring.Bitmap{s.today(at)}
	for day := today + 1; day <= today+days; day++ {
		if set := s.closing[day]; set != nil {
			all = append(all, set)
		}
	}
	return roaring.FastOr(all...)
}

// text gives the notices of which the common text or a lot satisfies words and codes
// and holds no excluded word, as Query.unit says; without the codes when codes is
// false, as if none had been asked. Only notices of among are looked at.
func (s *shelf) text(q *Query, codes bool, among *roaring.Bitmap) *roaring.Bitmap {
	excluded := nowhere()
	for _, k := range q.Exclude {
		excluded.or(s.find(q, k, q.TitleOnly, among))
	}
	codes = codes && len(q.CPV) > 0
	var coded *roaring.Bitmap
	if codes {
		coded = s.codes(q)
		coded.And(among)
	}
	if len(q.Keywords) == 0 {
		out := s.clean(excluded, among)
		if codes {
			out.And(coded)
		}
		return out
	}
	wanted := s.wanted(q, among)
	wanted.andNot(excluded)
	out := wanted.common
	out.Or(s.noticesOf(wanted.lots))
	switch {
	case codes && q.CPVAnd:
		uncoded := roaring.AndNot(out, s.coded)
		out.And(coded)
		out.Or(uncoded)
	case codes:
		out.Or(roaring.And(coded, s.clean(excluded, among)))
	}
	out.And(among)
	return out
}

// clean gives the notices of which the common text or a lot holds none of the
// excluded words.
func (s *shelf) clean(excluded found, among *roaring.Bitmap) *roaring.Bitmap {
	out := among.Clone()
	if excluded.common.IsEmpty() {
		return out
	}
	out.AndNot(excluded.common)
	spoilt := roaring.And(excluded.common, s.withLots)
	spoilt.And(among)
	for it := spoilt.Iterator(); it.HasNext(); {
		n := it.Next()
		for lot := s.docs[n].firstLot; lot < s.lotsEnd(n); lot++ {
			if !excluded.lots.Contains(lot) {
				out.Add(n)
				break
			}
		}
	}
	return out
}

// noticesOf gives the notices of lots.
func (s *shelf) noticesOf(lots *roaring.Bitmap) *roaring.Bitmap {
	out := roaring.New()
	var numbers [1024]uint32
	for it := lots.ManyIterator(); ; {
		n := it.NextMany(numbers[:])
		if n == 0 {
			return out
		}
		for i, lot := range numbers[:n] {
			numbers[i] = s.lots[lot]
		}
		out.AddMany(numbers[:n])
	}
}

// codes gives the notices with a code asked.
func (s *shelf) codes(q *Query) *roaring.Bitmap {
	var all []*roaring.Bitmap
	for _, p := range q.CPV {
		if set := s.cpv[p]; set != nil {
			all = append(all, set)
		}
		for n := 2; q.Broader && n < len(p); n++ {
			if set := s.generic[p[:n]]; set != nil {
				all = append(all, set)
			}
		}
	}
	return roaring.FastOr(all...)
}

// codedOut gives the notices all of whose codes begin with one of the prefixes.
func (s *shelf) codedOut(prefixes []string) *roaring.Bitmap {
	var out, others []*roaring.Bitmap
	for _, p := range prefixes {
		if set := s.cpv[p]; set != nil {
			out = append(out, set)
		}
	}
	for tens := '0'; tens <= '9'; tens++ {
		for ones := '0'; ones <= '9'; ones++ {
			others = s.beside(others, string(tens)+string(ones), prefixes)
		}
	}
	set := roaring.FastOr(out...)
	set.AndNot(roaring.FastOr(others...))
	return set
}

// beside adds the sets of the codes that begin so and with none of the prefixes. Codes
// have eight digits: what begins like a longer prefix goes on.
func (s *shelf) beside(dst []*roaring.Bitmap, start string, prefixes []string) []*roaring.Bitmap {
	set := s.cpv[start]
	if set == nil || begins(start, prefixes) {
		return dst
	}
	if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(p, start) }) {
		return append(dst, set)
	}
	for digit := '0'; digit <= '9'; digit++ {
		dst = s.beside(dst, start+string(digit), prefixes)
	}
	return dst
}

// wanted gives where the words are, all of them or any.
func (s *shelf) wanted(q *Query, among *roaring.Bitmap) found {
	var out found
	for i, k := range q.Keywords {
		switch here := s.find(q, k, q.TitleOnly, among); {
		case i == 0:
			out = here
		case q.All:
			out.and(here)
		default:
			out.or(here)
		}
	}
	return out
}

// keyword gives where one keyword is: in titles and lots only when narrow. Phrases
// are looked for in notices of among only.
func (s *shelf) keyword(k text.Keyword, narrow bool, among *roaring.Bitmap) found {
	out := nowhere()
	for _, sequence := range k.Sequences {
		var here found
		for i, position := range sequence {
			there := s.word(position, narrow)
			if i == 0 {
				here = there
			} else {
				here.and(there)
			}
		}
		if len(sequence) > 1 {
			here.common.And(among)
			here = s.inOrder(sequence, here, narrow)
		}
		out.or(here)
	}
	return out
}

// word gives where one of the terms is.
func (s *shelf) word(terms []text.Term, narrow bool) found {
	out := nowhere()
	for _, t := range terms {
		n, ok := s.terms[t]
		if !ok {
			continue
		}
		e := &s.entries[n]
		e.lots.into(out.lots)
		if narrow {
			e.title.into(out.common)
		} else {
			e.common.into(out.common)
		}
	}
	return out
}

// inOrder keeps of the candidates those in whose text the sequence stands.
func (s *shelf) inOrder(sequence [][]text.Term, candidates found, narrow bool) found {
	r := reader{v: &s.vocabulary, size: len(sequence), first: s.wordsWith(sequence[0]), second: s.wordsWith(sequence[1])}
	r.keyword.Sequences = [][][]text.Term{sequence}
	r.either = slices.Clone(r.first)
	for i, w := range r.second {
		r.either[i] |= w
	}
	return found{common: r.among(candidates.common, s.texts.at, narrow), lots: r.among(candidates.lots, s.lotTexts.at, false)}
}

// among keeps of a set the numbers of the texts that hold the sequence. Texts are read, so
// that many take all processors: the phrases that take longest are made of frequent words.
func (r *reader) among(set *roaring.Bitmap, text func(uint32) []byte, narrow bool) *roaring.Bitmap {
	const many = 500
	numbers, parts := set.ToArray(), 1
	if len(numbers) > many {
		parts = runtime.GOMAXPROCS(0)
	}
	held := make([][]uint32, parts)
	var reading sync.WaitGroup
	for i := range parts {
		some, own := numbers[i*len(numbers)/parts:(i+1)*len(numbers)/parts], *r
		own.tokens = nil
		read := func() {
			held[i] = slices.DeleteFunc(some, func(n uint32) bool { return !own.holds(text(n), narrow) })
		}
		if i == parts-1 {
			read()
		} else {
			reading.Go(read)
		}
	}
	reading.Wait()
	out := roaring.New()
	for _, some := range held {
		out.AddMany(some)
	}
	return out
}

// reader looks for one sequence of words in texts.
type reader struct {
	v             *vocabulary
	keyword       text.Keyword
	size          int    // positions
	first, second bitset // written words that may stand there
	either        bitset
	tokens        []text.Token
}

// holds tells whether the sequence stands in a text, in its first field when narrow.
// It goes over the numbers of the words; where the first two may stand, in one word
// or in two side by side, it looks at the few words that the sequence can cover.
func (r *reader) holds(stream []byte, narrow bool) bool {
	before := -1 // where the word before begins, when the first may stand there
	for at := 0; at < len(stream); {
		word, n := uint64(stream[at]), 1
		if word >= 0x80 {
			word, n = binary.Uvarint(stream[at:])
		}
		if word == 0 {
			if narrow {
				return false
			}
			before = -1
			at += n
			continue
		}
		w := uint32(word)
		if !r.either.has(w) { // most words
			before = -1
			at += n
			continue
		}
		second := r.second.has(w)
		if second && before >= 0 && r.standsAt(stream[before:]) {
			return true
		}
		before = -1
		if r.first.has(w) {
			if second && r.v.compound(w) && r.standsAt(stream[at:]) {
				return true
			}
			before = at
		}
		at += n
	}
	return false
}

// standsAt tells whether the sequence is in the words that begin a stream: each of
// its positions takes a word or a part of one.
func (r *reader) standsAt(stream []byte) bool {
	r.tokens = r.tokens[:0]
	pos := 0
	for range r.size {
		word, n := binary.Uvarint(stream)
		if n <= 0 || word == 0 {
			break
		}
		stream = stream[n:]
		r.tokens, pos = r.v.pieces(r.tokens, uint32(word), pos)
	}
	return r.keyword.In(r.tokens)
}
