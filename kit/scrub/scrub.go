package scrub

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	// A tag has no attribute or only well-formed ones: « 5 < x et y > 3 » is none.
	tagPattern = regexp.MustCompile(`<[/!?]?[A-Za-z][A-Za-z0-9:]*(?:\s+[A-Za-z:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))*\s*[/?]?>`)
	breakTag   = regexp.MustCompile(`^</?(?i:br|p|div|li|ul|ol|tr|table|h[1-6])\b`)
	entity     = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)
	// What the source's limit of length leaves of a tag or of an entity.
	cutTag    = regexp.MustCompile(`</?(?:br|p|b|i|u|em|li|ul|ol|div|span|strong|sup|sub)(?:\s[^<>]*)?/?$`)
	cutEntity = regexp.MustCompile(`&(#[0-9]{0,5}|#x[0-9a-f]{0,4}|[a-z]{0,6}[0-9]?)$`)
	// The gazette's converter wrote ¿ for a curly apostrophe.
	lostApostrophe = regexp.MustCompile(`(\pL)¿(\pL)`)
)

// entities are those that the source writes; a title may end inside one.
var entities = []string{
	"amp", "apos", "quot", "nbsp", "lt", "gt", "agrave", "acirc", "ccedil", "eacute", "egrave", "ecirc", "euml",
	"icirc", "iuml", "ocirc", "oelig", "ugrave", "ucirc", "uuml", "rsquo", "lsquo", "ldquo", "rdquo", "laquo",
	"raquo", "ndash", "mdash", "hellip", "euro", "deg", "sup2", "sup3", "middot", "bull", "times",
}

// Line cleans a text that stands on one line. It never changes case: capitals
// are how the buyer wrote it, and search folds them.
func Line(s string) string {
	if clean(s) {
		return s
	}
	return line(s)
}

func line(s string) string { return strings.Join(strings.Fields(unclutter(s)), " ") }

// clean tells that there is nothing to do, as for most texts: printed ASCII without tags
// or entities, the accented letters of French, composed, single spaces between words.
func clean(s string) bool {
	space := true // before the text, there is none to add
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ' || c == '&' || c == '<' || c == 0x7f:
			return false
		case c < utf8.RuneSelf:
		case c == 0xc3 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] <= 0xbf:
			i++ // À to ÿ
		case c == 0xc5 && i+1 < len(s) && (s[i+1] == 0x92 || s[i+1] == 0x93):
			i++ // Œ and œ
		case c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] == 0x99:
			i += 2 // ’
		default:
			return false
		}
		space = false
	}
	return !space || s == ""
}

const maxTitle = 500 // characters, for a title made of a description

// Short is Line for a text that was not written as one.
func Short(s string) string {
	s = Line(s)
	if utf8.RuneCountInString(s) <= maxTitle {
		return s
	}
	s = string([]rune(s)[:maxTitle])
	if cut := strings.LastIndexByte(s, ' '); cut > 0 {
		s = s[:cut]
	}
	return s + "…"
}

// Paragraphs cleans a text of several lines: breaks stay, one empty line at most
// between two.
func Paragraphs(s string) string {
	if clean(s) {
		return s
	}
	return paragraphs(s)
}

func paragraphs(s string) string {
	var b strings.Builder
	empty := 0
	if !cleanLines(s) {
		s = unclutter(s)
	}
	for line := range strings.SplitSeq(s, "\n") {
		if !clean(line) {
			line = strings.Join(strings.Fields(line), " ")
		}
		if line == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if empty > 0 {
				b.WriteString("\n")
			}
		}
		b.WriteString(line)
		empty = 0
	}
	return b.String()
}

// cleanLines tells that all lines are clean: that, but for empty ones, there is nothing
// to do.
func cleanLines(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if !clean(line) {
			return false
		}
	}
	return true
}

// unclutter undoes what was done to the text between the buyer and us: escaped
// twice, tags of the buyer's editor, a cut end, bytes of another alphabet.
func unclutter(s string) string {
	if strings.Contains(s, "&") {
		s = unescape(unescape(s))
	}
	if strings.Contains(s, "<") {
		s = tagPattern.ReplaceAllStringFunc(s, func(tag string) string {
			if breakTag.MatchString(tag) {
				return "\n"
			}
			return ""
		})
	}
	s = strings.TrimRightFunc(strings.Map(mend, s), unicode.IsSpace)
	if strings.Contains(s, "<") {
		s = cutTag.ReplaceAllString(s, "")
	}
	if strings.Contains(s, "&") {
		if m := cutEntity.FindStringSubmatchIndex(s); m != nil && isCut(s[m[2]:m[3]]) {
			s = s[:m[0]]
		}
	}
	if strings.Contains(s, "¿") {
		s = lostApostrophe.ReplaceAllString(s, "$1’$2")
	}
	return norm.NFC.String(s)
}

// unescape reads entities with their semicolon only. HTML allows some without, and
// would find one in the « &param= » of every address that a text quotes.
func unescape(s string) string { return entity.ReplaceAllStringFunc(s, html.UnescapeString) }

// isCut tells whether a name is an entity or the beginning of one: « R&D » and
// « Dupont &fils » end with none.
func isCut(name string) bool {
	if name == "" || name[0] == '#' {
		return true
	}
	for _, e := range entities {
		if strings.HasPrefix(e, name) {
			return true
		}
	}
	return false
}

// windows1252 is what the codes 0x80 to 0x9f stand for in the alphabet that the
// gazette's old forms were typed in; Unicode has control characters there.
var windows1252 = [32]rune{
	'€', -1, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', -1, 'Ž', -1,
	-1, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', -1, 'ž', 'Ÿ',
}

// mend replaces or drops (-1) a character that no reader can see as it is.
func mend(r rune) rune {
	switch {
	case r == '\n', r == '\u2028', r == '\u2029', r == '\v', r == '\f':
		return '\n'
	case r == '\t', r == '\r':
		return ' '
	case r >= 0x80 && r <= 0x9f:
		return windows1252[r-0x80]
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cs, r):
		return -1
	}
	return r
}

const maxToken = 200 // characters of a code, a number, a town

// Token cleans a short value: a code, a register number, a town.
func Token(s string) string {
	s = Line(s)
	if utf8.RuneCountInString(s) > maxToken {
		s = string([]rune(s)[:maxToken])
	}
	return s
}
