package text

// Token is one word of a text.
type Token struct {
	// Terms are those of its lemmas; never write to them.
	Terms []Term
	// Pos counts the words of the text from 0; Span is the number of positions
	// covered: 1, but for the joined form of a compound.
	Pos, Span int
	// Start and End are bytes of the text.
	Start, End int
	// Function marks the words that count in phrases and never alone.
	Function bool
}

// Analyse gives the words of s in order of Pos; at one position, the joined
// form of a compound comes before its first part.
func Analyse(s string) []Token {
	var c cutter
	var dst []Token
	pos := 0
	for start, end := NextWord(s, 0); start < end; start, end = NextWord(s, end) {
		dst, pos = appendPieces(dst, c.word(s[start:end]), pos, start)
	}
	return dst
}

// appendPieces adds the pieces of the written word at byte start, and gives
// the position after it.
func appendPieces(dst []Token, pieces []Piece, pos, start int) ([]Token, int) {
	next := pos
	for i := range pieces {
		p := &pieces[i]
		next = max(next, pos+p.At+p.Span)
		dst = append(dst, Token{p.Terms, pos + p.At, p.Span, start + p.Start, start + p.End, p.Function})
	}
	return dst, next
}

const (
	memoSlots = 1 << 14
	memoWord  = 64 // bytes; longer words are rare and not worth their room
)

type memo struct {
	word   string
	pieces []Piece
}

// Analyser analyses many texts faster than [Analyse], with the same result: it
// remembers the words it met, in at most a few megabytes. Its zero value is
// ready. It must not be used by two goroutines at once; the tokens it gave may.
type Analyser struct {
	slots []memo // direct-mapped by the hash of the written word
	cut   cutter
}

// Append appends to dst the tokens of s, their positions counted from 0.
func (a *Analyser) Append(dst []Token, s string) []Token {
	if a.slots == nil {
		a.slots = make([]memo, memoSlots)
	}
	pos := 0
	for start, end := NextWord(s, 0); start < end; start, end = NextWord(s, end) {
		dst, pos = appendPieces(dst, a.word(s[start:end]), pos, start)
	}
	return dst
}

func (a *Analyser) word(w string) []Piece {
	if len(w) > memoWord {
		var c cutter
		return c.word(w)
	}
	slot := &a.slots[termOf(w)%memoSlots]
	if slot.word != w {
		// A copy: the memo must not hold on to the whole text.
		slot.word, slot.pieces = string([]byte(w)), a.cut.word(w)
	}
	return slot.pieces
}
