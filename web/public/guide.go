package public

import (
	"io/fs"
	"path"
	"strings"
	"sync"

	"parvis/docs/guide"
	"parvis/kit/fault"
	"parvis/kit/markdown"
	"parvis/web/answer"
	"parvis/web/ui"
)

const guideURL = "/assistance"

// chapter is a page of the guide.
type chapter struct {
	Name   string // in its address
	Title  string
	Intro  string // its first paragraph, in plain words
	Blocks []markdown.Block
	Parts  []ui.Link // its headings
}

// chapters reads the guide once: it is part of the program, and a page that cannot be
// read fails its tests.
var chapters = sync.OnceValues(func() ([]chapter, error) {
	var out []chapter
	for _, name := range guide.Chapters {
		source, err := guide.Files.ReadFile(name + ".md")
		if err != nil {
			return nil, err
		}
		c, err := readChapter(name, string(source))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
})

func readChapter(name, source string) (chapter, error) {
	c := chapter{Name: name}
	blocks, err := markdown.Parse(source)
	if err != nil {
		return c, err
	}
	for _, b := range blocks {
		french(b)
		switch {
		case b.Kind == markdown.Heading && b.Level == 1:
			c.Title = markdown.Plain(b.Line)
			continue // the page's own heading
		case b.Kind == markdown.Heading && b.Level == 2:
			c.Parts = append(c.Parts, ui.Link{Label: markdown.Plain(b.Line), URL: "#" + b.ID})
		case b.Kind == markdown.Paragraph && c.Intro == "":
			c.Intro = markdown.Plain(b.Line)
		}
		c.Blocks = append(c.Blocks, b)
	}
	return c, nil
}

var spaces = strings.NewReplacer(" :", nbsp+":", " ;", nbsp+";", " !", nbsp+"!", " ?", nbsp+"?", " »", nbsp+"»", "« ", "«"+nbsp)

// french puts no-break spaces where authors type plain ones, but not in code.
func french(b markdown.Block) {
	lines := append(append([][]markdown.Span{b.Line}, b.Items...), b.Head...)
	for _, row := range b.Rows {
		lines = append(lines, row...)
	}
	for _, line := range lines {
		for i := range line {
			if !line[i].Code {
				line[i].Text = spaces.Replace(line[i].Text)
			}
		}
	}
}

// guideIndex is « Assistance utilisateur »: the chapters and their parts.
func (p Pages) guideIndex(*answer.Visit) (answer.Answer, error) {
	all, err := chapters()
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(ui.Page{Title: "Assistance utilisateur"}, guideView(all, p.Operator)), nil
}

// chapterPage is one chapter, with those before and after.
type chapterPage struct {
	chapter
	Before, After *chapter
}

func (p Pages) guideChapter(v *answer.Visit) (answer.Answer, error) {
	all, err := chapters()
	if err != nil {
		return answer.Answer{}, err
	}
	for i, c := range all {
		if c.Name != v.PathValue("chapitre") {
			continue
		}
		page := chapterPage{chapter: c}
		if i > 0 {
			page.Before = &all[i-1]
		}
		if i+1 < len(all) {
			page.After = &all[i+1]
		}
		return answer.Show(ui.Page{Title: c.Title + " – Assistance utilisateur"}, chapterView(page)), nil
	}
	return answer.Answer{}, fault.New(fault.NotFound, "Ce chapitre de l'assistance n'existe pas, ou plus. Le sommaire est à l'adresse /assistance.")
}

// guidePicture serves a picture of the guide.
func (p Pages) guidePicture(v *answer.Visit) (answer.Answer, error) {
	name := v.PathValue("image")
	data, err := fs.ReadFile(guide.Files, path.Join("image", path.Base(name)))
	if err != nil || path.Ext(name) != ".webp" {
		return answer.Answer{}, fault.New(fault.NotFound, "Cette image n'existe pas.")
	}
	return answer.Document("", "image/webp", data), nil
}

// picture is where a picture of the guide is served.
func picture(src string) string { return guideURL + "/" + src }

// outside tells what leads out of the site.
func outside(address string) bool { return strings.HasPrefix(address, "https://") }
