package refdata

import (
	"strings"
	"unicode"

	"parvis/kit/text"
)

// fold reduces a name to its words without case, accents, hyphens, apostrophes
// and other signs: « Côte-d'Or » gives "cote d or". "st" is spelt out, because
// that is how people shorten Seine-Saint-Denis or Saint-Martin.
func fold(s string) string {
	words := strings.FieldsFunc(text.Fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for i, w := range words {
		if w == "st" {
			words[i] = "saint"
		}
	}
	return strings.Join(words, " ")
}

// compact removes every Unicode space and every invisible format character
// (zero-width space, byte order mark, writing direction), which spreadsheets and
// web pages add around a number when it is copied.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// allDigits tells whether s is made of ASCII digits only. The digits of other
// scripts are refused: no register of the State writes them.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
