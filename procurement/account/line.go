package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many accents one letter may carry once composed: Vietnamese
// needs two at most, and a tower of them covers the lines around.
const maxMarks = 3

// oneLine reads one line of text that a person typed about themselves or their
// company: composed (NFC), trimmed, white space collapsed. what names it in the
// refusals (« votre nom »); limit is in characters. Markup is not refused: it is
// text, and every page shows it as text. The fault has no field.
func oneLine(typed, what string, limit int) (string, error) {
	if len(typed) > 4*utf8.UTFMax*limit {
		return "", refuse(fmt.Sprintf("C'est trop long pour %s\u00a0: %d caractères au plus.", what, limit))
	}
	trimmed := strings.TrimSpace(typed)
	if !utf8.ValidString(trimmed) || hidden(trimmed) {
		return "", refuse(fmt.Sprintf("Il y a un caractère invisible ou un retour à la ligne dans %s\u00a0: saisissez de nouveau au clavier.", what))
	}
	line := strings.Join(strings.Fields(norm.NFC.String(trimmed)), " ")
	switch {
	case !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "", refuse(fmt.Sprintf("Indiquez %s.", what))
	case utf8.RuneCountInString(line) > limit:
		return "", refuse(fmt.Sprintf("C'est trop long pour %s\u00a0: %d caractères au plus.", what, limit))
	case towering(line):
		return "", refuse(fmt.Sprintf("Il y a trop d'accents superposés dans %s.", what))
	}
	return line, nil
}

func towering(line string) bool {
	marks := 0
	for _, r := range line {
		if !unicode.Is(unicode.M, r) {
			marks = 0
			continue
		}
		if marks++; marks > maxMarks {
			return true
		}
	}
	return false
}
