package ui

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"github.com/a-h/templ"
)

//go:embed icon/*.svg
var iconFiles embed.FS

// iconDrawings holds the inside of each drawing of folder icon, by its name.
var iconDrawings = mustReadIcons(iconFiles)

// iconInside takes what a drawing holds out of its svg element, whose size and colours
// are the style sheet's affair.
var iconInside = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

func mustReadIcons(source fs.FS) map[string]string {
	names, err := fs.Glob(source, "icon/*.svg")
	if err != nil {
		panic("ui: " + err.Error())
	}
	drawings := make(map[string]string, len(names))
	for _, name := range names {
		content, err := fs.ReadFile(source, name)
		inside := iconInside.FindSubmatch(content)
		if err != nil || inside == nil {
			panic("ui: no drawing in " + name)
		}
		short := strings.TrimSuffix(strings.TrimPrefix(name, "icon/"), ".svg")
		drawings[short] = strings.Join(strings.Fields(string(inside[1])), " ")
	}
	return drawings
}

// Icon draws one of the icons of folder icon, by the name of its file. It says nothing to
// a screen reader: it always stands beside a word. An unknown name is an error of
// rendering; the empty name draws nothing.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		drawing, ok := iconDrawings[name]
		if !ok {
			return fmt.Errorf("ui: no icon named %q", name)
		}
		_, err := io.WriteString(w, `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">`+drawing+`</svg>`)
		return err
	})
}
