package engine

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
	"unsafe"

	"parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Entry is one watch: its number, given back by Match, and what it asks.
type Entry struct {
	Num   uint64
	Query *notice.Query
}

// always is the feature that every notice has.
const always = 0

// maxCells is how many departments a watch may be filed under; one with more is
// filed once, for all, and its departments are checked.
const maxCells = 16

// ruleRef marks a reference to a rule in the place of a watch's id.
const ruleRef = 1 << 31

// rule is what must still hold of a notice when the cell alone does not say it.
type rule struct {
	id         uint32
	all        []uint32 // features that must be there
	some       []uint32 // one of these must be, when there are any
	none       []uint32 // features that must not be
	cpv        []uint32 // with « et »: one of these, unless the notice has no code
	categories uint8    // bit set of wanted categories, 0 = any
	places     notice.Places
	facts      *notice.Query // nil, or what else it asks of the notice's facts
}

// Engine is an immutable set of watches, safe for any number of matchers.
type Engine struct {
	size  int      // how many watches
	span  int      // ids are below it
	nums  []uint64 // by id; nil when a watch's id is its number
	rules []rule

	features int
	terms    map[text.Term][]uint32 // single words → features
	heads    map[text.Term][]uint32 // the same, of « Objet et lots seulement »
	anchors  map[text.Term][]uint32 // a word of a phrase → features to test
	phrases  map[uint32]phrase
	cpv      map[string]uint32
	generic  map[string]uint32 // codes of « Inclure les codes plus généraux »

	cellsOf []uint32 // by feature: where its cells begin in places/starts
	places  []uint8  // by cell: 0 = watches of anywhere, else department + 1
	starts  []uint32 // by cell: where it begins in arena
	arena   []uint32
	buyers  map[string][]uint32 // buyer → rules
	bodies  map[string][]uint32 // the same, of « Inclure ses services »

	seed maphash.Seed
}

// phrase is a keyword of several words.
type phrase struct {
	text.Keyword
	head bool // in the title or a lot only
}

// Sample is an estimate of how often each word is met: some recent notices.
type Sample []notice.Subject

// Build files the watches. The sample only decides where each is filed, which
// costs speed when it is wrong, never an answer.
func Build(entries []Entry, sample Sample) *Engine {
	b := &builder{
		e: &Engine{
			features: 1, terms: map[text.Term][]uint32{}, heads: map[text.Term][]uint32{}, anchors: map[text.Term][]uint32{},
			phrases: map[uint32]phrase{}, cpv: map[string]uint32{}, generic: map[string]uint32{},
			buyers: map[string][]uint32{}, bodies: map[string][]uint32{}, seed: maphash.MakeSeed(),
		},
		byKey: map[string]uint32{},
	}
	compiled := make([]compiledWatch, len(entries))
	for i, entry := range entries {
		compiled[i] = b.compile(entry.Query)
	}
	b.number(entries)
	b.anchor(sample)
	b.weigh(sample, compiled)
	for i := range compiled {
		id := uint32(i)
		if b.e.nums == nil {
			id = uint32(entries[i].Num)
		}
		b.file(id, &compiled[i])
	}
	b.layOut()
	return b.e
}

// sparse is how many numbers a watch may stand for in the bitmap of answers.
const sparse = 4

// number chooses the ids. Numbers that rise and are dense enough are ids
// themselves: translating an id at a million watches is a cache miss per answer.
func (b *builder) number(entries []Entry) {
	e := b.e
	e.size, e.span = len(entries), len(entries)
	rising := true
	for i := 1; i < len(entries) && rising; i++ {
		rising = entries[i].Num > entries[i-1].Num
	}
	if n := len(entries); n == 0 || rising && entries[n-1].Num < uint64(sparse*n+1024) {
		if n > 0 {
			e.span = int(entries[n-1].Num) + 1
		}
		return
	}
	e.nums = make([]uint64, len(entries))
	for i, entry := range entries {
		e.nums[i] = entry.Num
	}
}

// Len is the number of watches.
func (e *Engine) Len() int { return e.size }

// Bytes is the size of the engine: the flat arrays to the byte, the maps nearly.
func (e *Engine) Bytes() int {
	n := 4*(len(e.arena)+len(e.starts)+len(e.cellsOf)) + len(e.places) + 8*len(e.nums)
	for i := range e.rules {
		r := &e.rules[i]
		n += int(unsafe.Sizeof(rule{})) + 4*(len(r.all)+len(r.some)+len(r.none)+len(r.cpv))
	}
	// A map's entry is taken for its key, its value and a third more.
	for _, filed := range []map[string][]uint32{e.buyers, e.bodies} {
		for _, refs := range filed {
			n += 56 + 4*len(refs)
		}
	}
	for _, k := range e.phrases {
		n += 120 + len(k.Typed)
		for _, s := range k.Sequences {
			for _, p := range s {
				n += 24 + 8*len(p)
			}
		}
	}
	for _, words := range []map[text.Term][]uint32{e.terms, e.heads} {
		for _, features := range words {
			n += 44 + 4*len(features)
		}
	}
	return n + 44*len(e.anchors) + 32*(len(e.cpv)+len(e.generic))
}

// compiledWatch is a query in features.
type compiledWatch struct {
	all        bool
	words      []uint32
	none       []uint32
	cpv        []uint32
	cpvAnd     bool
	buyers     []string
	services   bool
	places     notice.Places
	categories uint8
	facts      *notice.Query
}

type builder struct {
	e       *Engine
	byKey   map[string]uint32
	key     []byte
	weight  []uint32 // by feature: in how many notices of the sample
	entries []filed
}

func (b *builder) compile(q *notice.Query) compiledWatch {
	c := compiledWatch{all: q.All, buyers: q.Buyers, services: q.Services, places: q.Places, cpvAnd: q.CPVAnd && len(q.Keywords) > 0}
	if len(q.Kinds)+len(q.Sources)+len(q.ExcludeBuyers)+len(q.ExcludeCPV) > 0 || q.NoNational || q.MinDays > 0 {
		c.facts = q
	}
	for _, k := range q.Keywords {
		c.words = append(c.words, b.keyword(k, q.TitleOnly))
	}
	for _, k := range q.Exclude {
		c.none = append(c.none, b.keyword(k, q.TitleOnly))
	}
	for _, p := range q.CPV {
		c.cpv = append(c.cpv, b.code(b.e.cpv, 'c', p))
		for n := 2; q.Broader && n < len(p); n++ {
			c.cpv = append(c.cpv, b.code(b.e.generic, 'g', p[:n]))
		}
	}
	for _, k := range q.Categories {
		c.categories |= categoryBit(k)
	}
	for _, f := range []*[]uint32{&c.words, &c.none, &c.cpv} {
		slices.Sort(*f)
		*f = slices.Compact(*f)
	}
	return c
}

func categoryBit(c refdata.Category) uint8 {
	return 1 << slices.Index([]refdata.Category{refdata.Works, refdata.Supplies, refdata.Services}, c)
}

// keyword gives the feature of a keyword; two that mean the same share one.
func (b *builder) keyword(k text.Keyword, head bool) uint32 {
	b.key = b.key[:0]
	words := b.e.terms
	if head {
		b.key, words = append(b.key, 'h'), b.e.heads
	}
	for _, sequence := range k.Sequences {
		b.key = append(b.key, 's')
		for _, position := range sequence {
			b.key = append(b.key, 'p')
			for _, term := range position {
				b.key = binary.LittleEndian.AppendUint64(b.key, uint64(term))
			}
		}
	}
	if f, ok := b.byKey[string(b.key)]; ok {
		return f
	}
	f := b.newFeature(string(b.key))
	several := false
	for _, sequence := range k.Sequences {
		if len(sequence) > 1 {
			several = true
			continue
		}
		for _, term := range sequence[0] {
			words[term] = append(words[term], f)
		}
	}
	if several {
		b.e.phrases[f] = phrase{k, head}
	}
	return f
}

// code gives the feature of the beginning of a code, among those of its kind.
func (b *builder) code(among map[string]uint32, kind byte, p string) uint32 {
	if f, ok := among[p]; ok {
		return f
	}
	f := b.newFeature(string(kind) + p)
	among[p] = f
	return f
}

func (b *builder) newFeature(key string) uint32 {
	f := uint32(b.e.features)
	b.e.features++
	b.byKey[key] = f
	return f
}

// anchor chooses for each phrase the word whose presence has it tested: the
// rarest of the sample, so that « mise en place » is not tested at every « en ».
func (b *builder) anchor(sample Sample) {
	if len(b.e.phrases) == 0 {
		return
	}
	often := map[text.Term]int{}
	for _, s := range sample {
		for _, unit := range s.Units {
			for _, t := range notice.Tokens(unit) {
				for _, term := range t.Terms {
					often[term]++
				}
			}
		}
	}
	for f, k := range b.e.phrases {
		for _, sequence := range k.Sequences {
			if len(sequence) < 2 {
				continue
			}
			rarest := slices.MinFunc(sequence, func(x, y []text.Term) int { return cmp.Compare(sum(often, x), sum(often, y)) })
			for _, term := range rarest {
				b.e.anchors[term] = append(b.e.anchors[term], f)
			}
		}
	}
}

func sum(often map[text.Term]int, terms []text.Term) int {
	n := 0
	for _, t := range terms {
		n += often[t]
	}
	return n
}

// weigh counts the features in the sample. Without one, a feature that many
// watches ask for is taken for frequent: people ask for common words.
func (b *builder) weigh(sample Sample, compiled []compiledWatch) {
	b.weight = make([]uint32, b.e.features)
	for i := range compiled {
		for _, f := range compiled[i].words {
			b.weight[f]++
		}
	}
	const perNotice = 1 << 12 // one notice of the sample outweighs the guess
	for f := range b.weight {
		b.weight[f] = uint32(bits.Len32(b.weight[f]))
	}
	m := newMatcher(b.e)
	for i := range sample {
		for u := range sample[i].Units {
			m.read(&sample[i], u)
			for _, f := range m.present {
				b.weight[f] += perNotice
			}
			m.forget()
		}
	}
	b.weight[always] = ^uint32(0)
}
