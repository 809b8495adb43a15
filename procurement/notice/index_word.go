package notice

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"parvis/kit/text"
)

// vocabulary is the words of an index: which notices and lots have each, and what
// every text says, word by word.
//
// A written word ("TRAVAUX", "accord-cadre") has a number, the smaller the earlier
// it was met, so that frequent ones take one byte. What it means is said once, however
// often it is written: its pieces, as text.Word gives them, with the numbers of their
// terms. A text is the numbers of its words, 0 ending each field. Words that have no
// piece have no position either, and are left out.
type vocabulary struct {
	seed  maphash.Seed
	slots []slot // of written words, by hash: open addressing
	words []uint32
	flat  []uint32 // for each word: how many terms, the terms; for each of its pieces, where it is, its span, how many terms, the terms

	terms   map[text.Term]uint32
	termOf  []text.Term
	entries []entry
	uses    []use // which words have a term, each chained to the one before

	texts, lotTexts shelfOfTexts

	inTitle, inCommon, inLots gather
	recent                    [recentWords]slot

	spellings
}

// recentWords is how many written words are found without a look at the table: most
// words of a text are among them.
const recentWords = 1 << 14

// slot is a written word. The word itself is not kept: its 64-bit hash is enough, a
// million of them share one with a probability below 10⁻⁷.
type slot struct {
	hash   uint64 // 0: empty
	number uint32
	means  uint32 // its only term, with onlyTerm, or where its terms are in flat
}

// onlyTerm marks a word of one term: most are, and need no other look.
const onlyTerm = 1 << 31

// entry is a term: where it is.
type entry struct {
	title, common posting // notices
	lots          posting // lots
	use           uint32  // the last of its uses, plus one
}

type use struct{ word, before uint32 }

func newVocabulary() vocabulary {
	return vocabulary{seed: maphash.MakeSeed(), slots: make([]slot, 1<<10), terms: map[text.Term]uint32{}, words: []uint32{0, 0}}
}

// word gives the slot of a written word; its number is 0 when it has no piece.
func (v *vocabulary) word(w string) *slot {
	h := maphash.String(v.seed, w) | 1
	near := &v.recent[h>>8%recentWords]
	if near.hash != h {
		*near = v.find(h, w)
	}
	return near
}

func (v *vocabulary) find(h uint64, w string) slot {
	mask := uint64(len(v.slots) - 1)
	at := h >> 8 & mask
	for v.slots[at].hash != h {
		if v.slots[at].hash == 0 {
			return v.learn(h, w)
		}
		at = (at + 1) & mask
	}
	return v.slots[at]
}

func (v *vocabulary) learn(h uint64, w string) slot {
	if 2*len(v.words) >= len(v.slots) {
		v.grow()
	}
	s := slot{hash: h}
	if pieces := text.Word(w); len(pieces) > 0 {
		s.number, s.means = uint32(len(v.words)-1), uint32(len(v.flat))
		v.flat = append(v.flat, 0)
		for _, p := range pieces {
			for _, t := range p.Terms {
				n := v.term(t, s.number)
				v.spell(n, w, p)
				if !slices.Contains(v.termsAt(s.means), n) {
					v.flat = append(v.flat, n)
					v.flat[s.means]++
				}
			}
		}
		for _, p := range pieces {
			v.flat = append(v.flat, uint32(p.At), uint32(p.Span), uint32(len(p.Terms)))
			for _, t := range p.Terms {
				v.flat = append(v.flat, v.terms[t])
			}
		}
		if all := v.termsAt(s.means); len(all) == 1 {
			s.means = all[0] | onlyTerm
		}
		v.words = append(v.words, uint32(len(v.flat)))
	}
	v.file(s)
	return s
}

// termsAt gives the terms of the word whose meaning is there.
func (v *vocabulary) termsAt(means uint32) []uint32 {
	return v.flat[means+1 : means+1+v.flat[means]]
}

func (v *vocabulary) file(s slot) {
	mask := uint64(len(v.slots) - 1)
	at := s.hash >> 8 & mask
	for v.slots[at].hash != 0 {
		at = (at + 1) & mask
	}
	v.slots[at] = s
}

func (v *vocabulary) grow() {
	old := v.slots
	v.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.hash != 0 {
			v.file(s)
		}
	}
}

// term gives the number of a term, and notes that the word uses it.
func (v *vocabulary) term(t text.Term, word uint32) uint32 {
	n, ok := v.terms[t]
	if !ok {
		n = uint32(len(v.entries))
		v.terms[t] = n
		v.termOf, v.entries = append(v.termOf, t), append(v.entries, entry{})
	}
	e := &v.entries[n]
	v.uses = append(v.uses, use{word, e.use})
	e.use = uint32(len(v.uses))
	return n
}

// common reads the common text of a notice, whose first field is the title.
func (v *vocabulary) common(number uint32, fields []string) {
	v.texts.begin()
	for i, field := range fields {
		for start, end := text.NextWord(field, 0); start < end; start, end = text.NextWord(field, end) {
			w := v.word(field[start:end])
			if w.number == 0 {
				continue
			}
			v.texts.add(w.number)
			if w.means&onlyTerm != 0 {
				v.addCommon(w.means&^onlyTerm, number, i == 0)
				continue
			}
			for _, t := range v.termsAt(w.means) {
				v.addCommon(t, number, i == 0)
			}
		}
		v.texts.add(0)
	}
}

func (v *vocabulary) addCommon(term, number uint32, title bool) {
	v.inCommon.add(term, number)
	if title {
		v.inTitle.add(term, number)
	}
}

// lot reads the text of a lot.
func (v *vocabulary) lot(number uint32, fields []string) {
	v.lotTexts.begin()
	for _, field := range fields {
		for start, end := text.NextWord(field, 0); start < end; start, end = text.NextWord(field, end) {
			w := v.word(field[start:end])
			if w.number == 0 {
				continue
			}
			v.lotTexts.add(w.number)
			if w.means&onlyTerm != 0 {
				v.inLots.add(w.means&^onlyTerm, number)
				continue
			}
			for _, t := range v.termsAt(w.means) {
				v.inLots.add(t, number)
			}
		}
		v.lotTexts.add(0)
	}
}

// fileCommon files the common texts read since it was last called; fileOthers the
// titles and the lots. They may run at the same time.
func (v *vocabulary) fileCommon() {
	v.inCommon.give(len(v.entries), func(term uint32) *posting { return &v.entries[term].common })
}

func (v *vocabulary) fileOthers() {
	v.inTitle.give(len(v.entries), func(term uint32) *posting { return &v.entries[term].title })
	v.inLots.give(len(v.entries), func(term uint32) *posting { return &v.entries[term].lots })
}

// pieces gives the tokens of one written word that stands at a position, and the
// position after it.
func (v *vocabulary) pieces(dst []text.Token, word uint32, pos int) ([]text.Token, int) {
	next := pos
	f := v.flat[v.words[word]:v.words[word+1]]
	for f = f[1+f[0]:]; len(f) > 0; f = f[3+f[2]:] {
		t := text.Token{Pos: pos + int(f[0]), Span: int(f[1])}
		for _, n := range f[3 : 3+f[2]] {
			t.Terms = append(t.Terms, v.termOf[n])
		}
		next = max(next, t.Pos+t.Span)
		dst = append(dst, t)
	}
	return dst, next
}

// compound tells whether a written word has several pieces: it may cover two positions of
// a phrase by itself.
func (v *vocabulary) compound(word uint32) bool {
	f := v.flat[v.words[word]:v.words[word+1]]
	f = f[1+f[0]:]
	return len(f) > int(3+f[2]) || f[1] > 1
}

// wordsWith gives the written words that have one of these terms.
func (v *vocabulary) wordsWith(terms []text.Term) bitset {
	set := make(bitset, (len(v.words)+63)/64)
	for _, t := range terms {
		if n, ok := v.terms[t]; ok {
			for u := v.entries[n].use; u > 0; u = v.uses[u-1].before {
				set.add(v.uses[u-1].word)
			}
		}
	}
	return set
}

type bitset []uint64

func (b bitset) add(n uint32)      { b[n/64] |= 1 << (n % 64) }
func (b bitset) has(n uint32) bool { return b[n/64]&(1<<(n%64)) != 0 }

// perPage is how many texts share one run of memory.
const perPage = 1 << 10

// shelfOfTexts holds texts as numbers of words, page by page.
type shelfOfTexts struct {
	pages []pageOfTexts
}

type pageOfTexts struct {
	starts []uint32
	bytes  []byte
}

// begin begins the next text.
func (s *shelfOfTexts) begin() {
	if n := len(s.pages); n == 0 || len(s.pages[n-1].starts) == perPage {
		room := 0
		if n > 0 { // it grows no more; the next one will be about as long
			last := &s.pages[n-1]
			last.bytes = slices.Clip(append([]byte(nil), last.bytes...))
			room = len(last.bytes) + len(last.bytes)/4
		}
		s.pages = append(s.pages, pageOfTexts{make([]uint32, 0, perPage), make([]byte, 0, room)})
	}
	p := &s.pages[len(s.pages)-1]
	p.starts = append(p.starts, uint32(len(p.bytes)))
}

// add adds a word to the text last begun; 0 ends a field.
func (s *shelfOfTexts) add(word uint32) {
	p := &s.pages[len(s.pages)-1]
	p.bytes = binary.AppendUvarint(p.bytes, uint64(word))
}

// at gives a text.
func (s *shelfOfTexts) at(number uint32) []byte {
	p := &s.pages[number/perPage]
	from, to := p.starts[number%perPage], uint32(len(p.bytes))
	if int(number%perPage)+1 < len(p.starts) {
		to = p.starts[number%perPage+1]
	}
	return p.bytes[from:to]
}
