package alert

import (
	"strings"
	"unicode/utf8"
)

// columns is how wide a line of a plain mail is: what a text client shows in a window of
// eighty, a quote mark before it.
const columns = 76

// wrap breaks long lines between words. What follows in a list is set under its text. An
// address is never broken: it stands on a line of its own, however long.
func wrap(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		wrapLine(&b, line)
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func wrapLine(b *strings.Builder, line string) {
	if utf8.RuneCountInString(line) <= columns {
		b.WriteString(line)
		return
	}
	indent := ""
	if strings.HasPrefix(line, "- ") {
		indent = "  "
	}
	width := 0
	for i, word := range strings.Split(line, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width+1+n > columns:
			b.WriteString("\n" + indent)
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		for n > columns-len(indent) && !strings.Contains(word, "://") { // one endless word
			head := string([]rune(word)[:columns-len(indent)])
			b.WriteString(head + "\n" + indent)
			word = word[len(head):]
			n, width = utf8.RuneCountInString(word), len(indent)
		}
		b.WriteString(word)
		width += n
	}
}
