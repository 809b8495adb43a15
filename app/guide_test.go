package app_test

import (
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"parvis/docs/guide"
	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/kit/markdown"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
)

// heaviest is what a picture of the guide may weigh: it is part of the program, and read
// on telephones.
const heaviest = 100_000

// TestTheGuideIsWhole reads every chapter: its pictures exist, are light and described,
// its links lead to pages of the program or to the web, and no picture is left over.
func TestTheGuideIsWhole(t *testing.T) {
	p := start(t, db.SQLite)
	shown := map[string]bool{}
	for _, name := range guide.Chapters {
		source, err := guide.Files.ReadFile(name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := markdown.Parse(string(source))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if blocks[0].Kind != markdown.Heading || blocks[0].Level != 1 || blocks[1].Kind != markdown.Paragraph {
			t.Errorf("%s: a title and a paragraph come first", name)
		}
		for _, b := range blocks {
			if b.Kind == markdown.Picture {
				shown[b.Src] = true
				if len(strings.Fields(b.Alt)) < 4 {
					t.Errorf("%s: %s is not described", name, b.Src)
				}
			}
		}
		for _, link := range regexp.MustCompile(`\]\((/[^)#]*)`).FindAllStringSubmatch(string(source), -1) {
			if got := p.status(t, link[1]); got != 200 && got != 303 { // led to sign in
				t.Errorf("%s: %s answers %d", name, link[1], got)
			}
		}
	}
	files, err := fs.Glob(guide.Files, "image/*.webp")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := guide.Files.ReadFile(f)
		if err != nil || len(data) > heaviest || !strings.HasPrefix(string(data), "RIFF") {
			t.Errorf("%s: %d bytes: %v", f, len(data), err)
		}
		if !shown[f] {
			t.Errorf("%s: no chapter shows it", f)
		}
		delete(shown, f)
	}
	for f := range shown {
		t.Errorf("%s is shown and does not exist: go test ./app -run GuidePictures -update", f)
	}
	chapters, err := fs.Glob(guide.Files, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chapters {
		if !slices.Contains(guide.Chapters, strings.TrimSuffix(c, ".md")) {
			t.Errorf("%s is in no table of contents", c)
		}
	}
}

// unfollowing asks for a page and nothing else.
var unfollowing = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// status asks for a page as a visitor.
func (p *platform) status(t *testing.T, path string) int {
	t.Helper()
	res, err := unfollowing.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// TestGuidePictures takes the pictures of the guide, and with -update keeps them: go
// test ./app -run GuidePictures -update. Without, it sees that they can be taken.
func TestGuidePictures(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.take(t,
		notice.Record{SourceID: "26-101", Title: "Menuiseries extérieures de l'école Pasteur", Reference: "2026-TX-014", Departments: []string{"67"}, Category: refdata.Works, Deadline: inDays(4),
			Buyer: notice.BuyerRecord{Name: "Ville de Sélestat", City: "Sélestat"}},
		notice.Record{SourceID: "26-102", Title: "Rénovation thermique du gymnase", Reference: "GYM-2026-3", Departments: []string{"68"}, Category: refdata.Works, Deadline: inDays(16),
			Buyer: notice.BuyerRecord{Name: "Ville de Colmar", City: "Colmar"}, Lots: []notice.Lot{{Number: "1", Title: "Isolation"}, {Number: "2", Title: "Menuiseries bois"}}})
	var first string
	for _, f := range []watch.Form{
		{Name: "Menuiseries en Alsace", Keywords: "menuiserie", Departments: []string{"67", "68"}, Frequency: "daily"},
		{Name: "Charpente", Keywords: "charpente \"gros œuvre\"", Frequency: "immediate"},
	} {
		f.Mode, f.Active, f.Hour = "any", true, 7
		saved, err := p.Watches.Create(t.Context(), who.Actor, f)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = saved.ID
		}
	}
	page := p.signedIn(t, b, who, "/entreprise")
	page.Viewport(900, 1000)
	for _, c := range []struct {
		name, path string
		height     int
	}{
		{"espace", "/entreprise", 900},
		{"veille-formulaire", "/entreprise/veilles/" + first + "/modifier", 1100},
		{"veille-liste", "/entreprise/veilles", 1250},
		{"flux-prives", "/entreprise/veilles/" + first + "/flux", 760},
	} {
		visit(page, p.url+c.path)
		page.Viewport(900, c.height)
		snap(t, page, c.name)
	}
}

// snap keeps what the window shows, in few bytes.
func snap(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	quality := 70
	data, err := p.Page.Screenshot(false, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatWebp, Quality: &quality})
	if err != nil || len(data) == 0 || len(data) > heaviest {
		t.Fatalf("%s: %d bytes: %v", name, len(data), err)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "docs", "guide", "image", path.Base(name)+".webp"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
