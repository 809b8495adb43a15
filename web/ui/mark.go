package ui

import (
	"context"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// Span is a part of a text, in bytes: from Start, included, to End, excluded.
type Span struct{ Start, End int }

// piece is a part of a text, marked or not.
type piece struct {
	text   string
	marked bool
}

// pieces cuts a text at the spans. Spans may come in any order, overlap, exceed the text
// or cut a letter in two: they are then joined, cut short or widened to whole letters.
// The pieces put together are always the text.
func pieces(text string, spans []Span) []piece {
	var cut []piece
	add := func(part string, marked bool) {
		if part != "" {
			cut = append(cut, piece{part, marked})
		}
	}
	at := 0
	for _, s := range joined(text, spans) {
		add(text[at:s.Start], false)
		add(text[s.Start:s.End], true)
		at = s.End
	}
	add(text[at:], false)
	return cut
}

// joined gives the spans in order, within the text, on whole letters and apart from each
// other.
func joined(text string, spans []Span) []Span {
	var kept []Span
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return a.Start - b.Start }) {
		s.Start, s.End = max(s.Start, 0), min(s.End, len(text))
		if s.Start >= s.End {
			continue
		}
		for s.Start > 0 && !utf8.RuneStart(text[s.Start]) {
			s.Start--
		}
		for s.End < len(text) && !utf8.RuneStart(text[s.End]) {
			s.End++
		}
		if last := len(kept) - 1; last >= 0 && s.Start <= kept[last].End {
			kept[last].End = max(kept[last].End, s.End)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// Mark writes a text with its spans in mark elements. It is not a templ template because
// not even a space may come between the pieces.
func Mark(text string, spans []Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, p := range pieces(text, spans) {
			written := templ.EscapeString(p.text)
			if p.marked {
				written = "<mark>" + written + "</mark>"
			}
			if _, err := io.WriteString(w, written); err != nil {
				return err
			}
		}
		return nil
	})
}
