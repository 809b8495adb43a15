package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says what a character does in a written word.
type class uint8

const (
	other      class = iota // ends the word
	letter                  // stands in the folded form
	digit                   // likewise, and makes the word one that has no inflection
	mark                    // combining accent: belongs to the word, folded away
	ignorable               // soft hyphen and the like: belongs to the word, invisible
	apostrophe              // joins two parts
	hyphen                  // joins two parts
	dot                     // joins initials
)

// asciiClass is read for every byte of every text: a table, not a switch.
var asciiClass = func() (t [utf8.RuneSelf]class) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			t[c] = letter
		case '0' <= c && c <= '9':
			t[c] = digit
		}
	}
	t['\''], t['`'], t['-'], t['.'] = apostrophe, apostrophe, hyphen, dot
	return t
}()

func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return asciiClass[r]
	}
	switch r {
	case 'º', 'ª': // « nº » must read as « n° »: no letter there
		return other
	case '²', '³', '¹':
		return digit
	case '’', '‘', '‛', '´', 'ʼ', '′', '＇':
		return apostrophe
	case '\u2010', '\u2011':
		return hyphen
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return ignorable
	case utf8.RuneError:
		return other
	}
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	case unicode.Is(unicode.M, r):
		return mark
	}
	return other
}

// latin holds the folded form of the letters below U+0250: the ones French
// texts and names are written with.
var latin = func() (t [0x250]string) {
	for r := range t {
		t[r] = string(foldSlow(nil, rune(r)))
	}
	return t
}()

// appendFold appends the folded form of a letter or a digit.
func appendFold(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(dst, byte(r))
	}
	if int(r) < len(latin) {
		return append(dst, latin[r]...)
	}
	return foldSlow(dst, r)
}

// ligatures are the letters that Unicode does not take apart itself.
var ligatures = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th",
}

// foldSlow goes through upper case first, for the letters that have two lower
// case forms (ſ and s, ς and σ), and through the compatibility decomposition,
// which also undoes the ligatures of typesetting (ﬁ).
func foldSlow(dst []byte, r rune) []byte {
	var buf [utf8.UTFMax]byte
	var out [64]byte
	n := utf8.EncodeRune(buf[:], r)
	for _, d := range string(norm.NFKD.Append(out[:0], buf[:n]...)) {
		if c := classOf(d); c != letter && c != digit {
			continue
		}
		d = unicode.ToLower(unicode.ToUpper(d))
		if s, ok := ligatures[d]; ok {
			dst = append(dst, s...)
			continue
		}
		dst = utf8.AppendRune(dst, d)
	}
	return dst
}

// Fold gives the form under which names of people, buyers and watches are
// compared: composed and decomposed accents alike, without case, accents or
// ligatures, apostrophes and hyphens of one kind, white space collapsed to
// single spaces and trimmed. Folding a folded string changes nothing.
func Fold(s string) string {
	dst := make([]byte, 0, len(s))
	space := false
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if unicode.IsSpace(r) {
			space = len(dst) > 0
			continue
		}
		c := classOf(r)
		if c == mark || c == ignorable {
			continue
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		switch c {
		case letter, digit:
			dst = appendFold(dst, r)
		case apostrophe:
			dst = append(dst, '\'')
		case hyphen:
			dst = append(dst, '-')
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return string(dst)
}
