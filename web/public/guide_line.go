package public

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"parvis/kit/markdown"
)

// guideLine writes a line of the guide. It is not a templ template because a comma may
// follow a link, and no space may come between.
func guideLine(line []markdown.Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, s := range line {
			before, after := "", ""
			switch {
			case s.Strong:
				before, after = "<strong>", "</strong>"
			case s.Code:
				before, after = "<code>", "</code>"
			case outside(s.URL):
				before, after = `<a href="`+templ.EscapeString(s.URL)+`" rel="noreferrer">`, "</a>"
			case s.URL != "":
				before, after = `<a href="`+templ.EscapeString(s.URL)+`">`, "</a>"
			}
			if _, err := io.WriteString(w, before+templ.EscapeString(s.Text)+after); err != nil {
				return err
			}
		}
		return nil
	})
}
