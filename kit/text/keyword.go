package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keyword is one thing a person looks for: a word, or a quoted phrase.
type Keyword struct {
	Typed  string // as typed, quotes included
	Quoted bool
	// Sequences are alternatives, any of which will do. Each is a run of
	// consecutive positions; each position is the set of terms that may stand
	// there. A keyword that was accepted has at least one, and none is empty.
	Sequences [][][]Term
}

// Parsed is what [ParseKeywords] made of a field, in the order of typing.
type Parsed struct {
	Keywords []Keyword
	Ignored  []string  // function words left aside, as typed
	Refused  []Refusal // what cannot be looked for
}

// Refusal names a word, as typed, that cannot be a keyword, and why.
type Refusal struct {
	Word   string
	Reason Reason
}

// Reason says why a word is refused.
type Reason int

const (
	// TooShort is a word under 3 characters, neither quoted nor in capitals nor
	// with a digit; or a single letter, which no analysis keeps.
	TooShort Reason = iota + 1
	// NoLetter is something without letter or digit, an empty phrase included.
	NoLetter
	// OnlyFunctionWords is a phrase that says nothing, as « de la ».
	OnlyFunctionWords
)

// minCharacters is the least an ordinary keyword counts.
const minCharacters = 3

// ParseKeywords reads the field « Mots clés »: words between white space,
// commas or semicolons, and phrases between quotes of any kind, the last of
// which need not be closed. Punctuation inside a word parts it in two keywords.
func ParseKeywords(typed string) Parsed {
	var p Parsed
	for rest := typed; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case closing(r) != "":
			inside, after := rest[size:], ""
			whole := rest
			if i := strings.IndexAny(inside, closing(r)); i >= 0 {
				_, n := utf8.DecodeRuneInString(inside[i:])
				whole, after = rest[:size+i+n], inside[i+n:]
				inside = inside[:i]
			}
			p.phrase(whole, inside)
			rest = after
		case separator(r):
			rest = rest[size:]
		default:
			end := strings.IndexFunc(rest, func(r rune) bool { return separator(r) || closing(r) != "" })
			if end < 0 {
				end = len(rest)
			}
			p.chunk(rest[:end])
			rest = rest[end:]
		}
	}
	return p
}

// closing gives the characters that end a phrase begun by r, or "".
func closing(r rune) string {
	switch r {
	case '"', '“', '”', '„', '‟':
		return "\"“”‟"
	case '«':
		return "»"
	}
	return ""
}

func separator(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' || r == '»' }

func (p *Parsed) phrase(typed, inside string) {
	var words [][][][]Term
	start, end := NextWord(inside, 0)
	some, meaning := start < end, false
	for ; start < end; start, end = NextWord(inside, end) {
		pieces := Word(inside[start:end])
		for _, piece := range pieces {
			meaning = meaning || !piece.Function
		}
		if s := sequences(pieces); len(s) > 0 {
			words = append(words, s)
		}
	}
	switch {
	case !some:
		p.Refused = append(p.Refused, Refusal{typed, NoLetter})
	case len(words) == 0:
		p.Refused = append(p.Refused, Refusal{typed, TooShort})
	case !meaning:
		p.Refused = append(p.Refused, Refusal{typed, OnlyFunctionWords})
	default:
		p.Keywords = append(p.Keywords, Keyword{typed, true, writeApart(product(words))})
	}
}

// chunk reads what stands between two separators, outside quotes.
func (p *Parsed) chunk(typed string) {
	start, end := NextWord(typed, 0)
	if start == end {
		p.Refused = append(p.Refused, Refusal{typed, NoLetter})
	}
	for ; start < end; start, end = NextWord(typed, end) {
		p.word(typed[start:end])
	}
}

func (p *Parsed) word(typed string) {
	var c cutter
	pieces := c.word(typed)
	meaning := false
	for _, piece := range pieces {
		meaning = meaning || !piece.Function
	}
	form := string(c.folded[c.joined:])
	capitals, digits := shape(typed)
	switch {
	case len(pieces) > 0 && !meaning, ignorableAlone(form) && !capitals:
		p.Ignored = append(p.Ignored, typed)
	case len(pieces) == 0, utf8.RuneCountInString(form) < minCharacters && !capitals && !digits:
		p.Refused = append(p.Refused, Refusal{typed, TooShort})
	default:
		p.Keywords = append(p.Keywords, Keyword{typed, false, writeApart(sequences(pieces))})
	}
}

// ignorableAlone tells the function words that analysis drops or keeps: « à »,
// what a lost apostrophe leaves (« d »), and those that are initials in capitals.
func ignorableAlone(form string) bool {
	switch form {
	case "a", "y", "o":
		return true
	}
	return capitalsOnly[form] || elided([]byte(form))
}

// shape says whether all the letters of a word are capitals, and whether it
// holds a digit.
func shape(word string) (capitals, digits bool) {
	lower, upper := false, false
	for _, r := range word {
		digits = digits || classOf(r) == digit
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
	}
	return upper && !lower, digits
}
