package ui

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// narrowSpace separates thousands in French figures, without letting a line break there.
const narrowSpace = "\u202f"

// Number writes a whole number in French figures: 12 345.
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), narrowSpace)
}

// Plural chooses the words that agree with n. French has its plural from two on: zero is
// singular.
func Plural(n int, one, many string) string {
	if n >= 2 || n <= -2 {
		return many
	}
	return one
}

// firstWord and afterFirstWord part « éléments correspondent… » so that the figure and
// what it counts may be written stronger than the rest.
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

func afterFirstWord(text string) string {
	_, rest, _ := strings.Cut(text, " ")
	return " " + rest
}

// Capital begins a text with a capital.
func Capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}
