package text

import (
	"slices"
	"unicode/utf8"
)

// Piece is one word that a written word holds: l'école holds one, accord-cadre
// three, its two parts and their joined form.
type Piece struct {
	// Terms are those of its lemmas; two pieces that share one match. There is
	// at least one. They may be shared between pieces: never write to them.
	Terms []Term
	// At is its position inside the written word, Span the number of positions
	// it covers: 1, but for the joined form of a compound, which covers its parts.
	At, Span int
	// Start and End are bytes of the written word, elision left out.
	Start, End int
	// Function marks the words that count in phrases and never alone.
	Function bool
}

// maxJoined is the longest joined form, in bytes of its folded form.
const maxJoined = 100

// part is what apostrophes and hyphens leave of a written word.
type part struct {
	from, to   int // bytes of the folded buffer
	last       int // where the last part of a word kept whole begins there, or 0
	start, end int // bytes of the written word
	lastStart  int
	digits     bool
	dropped    bool // takes no position: one letter, or a stranded elision
}

// cutter takes written words apart; it is kept to be used again.
type cutter struct {
	folded []byte
	parts  []part
	joined int // where the joined form begins in folded: after a leading elision
	open   bool
}

// Word analyses one written word out of context, as [NextWord] cuts it. The
// result depends on the bytes of w alone, so that it may be memoised. Pieces
// come in order of At, the joined form first. A word may give none: single
// letters are what a lost apostrophe leaves behind, and have no position.
func Word(w string) []Piece {
	var c cutter
	return c.word(w)
}

func (c *cutter) word(w string) []Piece {
	c.cut(w)
	n, terms := 0, make([]Term, 0, 4)
	for _, p := range c.parts {
		if !p.dropped {
			n++
		}
	}
	pieces := make([]Piece, 0, n+1)
	add := func(p Piece, form []byte, digits bool) {
		from := len(terms)
		p.Function = functionWords[string(form)]
		if digits || p.Function {
			terms = append(terms, termOf(form))
		} else {
			terms = appendTerms(terms, form)
		}
		p.Terms = terms[from:len(terms):len(terms)]
		pieces = append(pieces, p)
	}
	if joined, digits := c.compound(); joined != nil {
		add(Piece{Span: max(n, 1), Start: c.parts[0].start, End: c.parts[len(c.parts)-1].end}, joined, digits)
		if term := termOf(c.singulars()); !digits && !slices.Contains(pieces[0].Terms, term) {
			pieces[0].Terms = append(pieces[0].Terms, term)
		}
		terms = nil
	}
	at := 0
	for _, p := range c.parts {
		if p.dropped {
			continue
		}
		add(Piece{At: at, Span: 1, Start: p.start, End: p.end}, c.folded[p.from:p.to], p.digits)
		if p.last > 0 && p.to-p.last > 1 {
			add(Piece{At: at, Span: 1, Start: p.lastStart, End: p.end}, c.folded[p.last:p.to], p.digits)
		}
		at++
	}
	return pieces
}

// compound gives the folded joined form of a word of several parts, or nil.
func (c *cutter) compound() (form []byte, digits bool) {
	form = c.folded[c.joined:]
	if len(c.parts) < 2 || len(form) > maxJoined {
		return nil, false
	}
	return form, slices.ContainsFunc(c.parts, func(p part) bool { return p.digits })
}

// singulars gives the lemmas of the parts, joined: portes-fenêtres is also the
// plural of portefenêtre, which no rule for the joined form could tell.
func (c *cutter) singulars() []byte {
	dst := make([]byte, 0, 2*maxJoined)
	for _, p := range c.parts {
		dst = appendSingular(dst, c.folded[p.from:p.to])
	}
	return dst
}

// cut splits and folds w.
func (c *cutter) cut(w string) {
	c.folded, c.parts, c.joined, c.open = c.folded[:0], c.parts[:0], 0, false
	for i := 0; i < len(w); {
		kind, size := classAt(w, i)
		switch kind {
		case letter, digit:
			c.character(w, i, size, kind)
		case mark, dot:
			if c.open {
				c.parts[len(c.parts)-1].end = i + size
			}
		case ignorable:
		case apostrophe:
			c.apostrophe(i + size)
		default:
			c.close()
		}
		i += size
	}
	c.close()
}

func (c *cutter) character(w string, i, size int, kind class) {
	if !c.open {
		c.parts = append(c.parts, part{from: len(c.folded), start: i})
		c.open = true
	}
	r, _ := utf8.DecodeRuneInString(w[i : i+size])
	c.folded = appendFold(c.folded, r)
	p := &c.parts[len(c.parts)-1]
	p.end, p.digits = i+size, p.digits || kind == digit
}

// apostrophe ends the part before it, unless the two make one word; next is
// the byte after it.
func (c *cutter) apostrophe(next int) {
	if !c.open {
		return
	}
	p := &c.parts[len(c.parts)-1]
	form := c.folded[p.from:]
	if whole, last := keptWhole(form); whole {
		if last {
			p.last, p.lastStart = len(c.folded), next
		}
		return
	}
	if !elided(form) {
		c.close()
		return
	}
	c.open = false
	c.parts = c.parts[:len(c.parts)-1]
	if len(c.parts) == 0 {
		c.joined = len(c.folded)
	}
}

func (c *cutter) close() {
	if !c.open {
		return
	}
	c.open = false
	p := &c.parts[len(c.parts)-1]
	p.to = len(c.folded)
	form := c.folded[p.from:p.to]
	p.dropped = !p.digits && (utf8.RuneCount(form) < 2 || strandedElision(form))
}
