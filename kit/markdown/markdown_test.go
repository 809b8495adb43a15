package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/markdown"
)

func TestAPage(t *testing.T) {
	got, err := markdown.Parse("# Créer une veille\n\nUn **mot** clé,\nsur `deux` lignes : [ici](/annonces).\n\n## Où\n## Où\n\n- un\n- deux\n  suite\n\n1. a\n2. b\n\n" +
		"![Une image](image/x.webp)\n\n| A | B |\n|---|---|\n| 1 | `2` |\n\n```go\nif a < b {\n\t# x\n}\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) []markdown.Span { return []markdown.Span{{Text: s}} }
	want := []markdown.Block{
		{Kind: markdown.Heading, Level: 1, ID: "creer-une-veille", Line: text("Créer une veille")},
		{Kind: markdown.Paragraph, Line: []markdown.Span{{Text: "Un "}, {Text: "mot", Strong: true}, {Text: " clé, sur "}, {Text: "deux", Code: true}, {Text: " lignes : "}, {Text: "ici", URL: "/annonces"}, {Text: "."}}},
		{Kind: markdown.Heading, Level: 2, ID: "ou", Line: text("Où")},
		{Kind: markdown.Heading, Level: 2, ID: "ou-2", Line: text("Où")},
		{Kind: markdown.List, Items: [][]markdown.Span{text("un"), text("deux suite")}},
		{Kind: markdown.Numbered, Items: [][]markdown.Span{text("a"), text("b")}},
		{Kind: markdown.Picture, Alt: "Une image", Src: "image/x.webp"},
		{Kind: markdown.Table, Head: [][]markdown.Span{text("A"), text("B")}, Rows: [][][]markdown.Span{{text("1"), {{Text: "2", Code: true}}}}},
		{Kind: markdown.Code, Text: "if a < b {\n\t# x\n}"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p := markdown.Plain(got[1].Line); p != "Un mot clé, sur deux lignes : ici." {
		t.Errorf("%q", p)
	}
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	for _, s := range []string{
		"<b>x</b>", "<div>\nx\n</div>", "> cité", "---", "    code", "##### Trop bas", "**sans fin", "*penché*", "`sans fin", "[lien](javascript:alert(1))",
		"[lien](//ailleurs)", "[lien](http://x)", "[lien]", "![](image/x.webp)", "![x](a b)", "mots ![x](y)", "| a |\n| b |", "| a |\n|---|", "- un\n  - deux", "- un\n\n- deux", "<https://x>",
		"**a `b`**", "[**a**](/b)",
	} {
		if got, err := markdown.Parse("Avant.\n\n" + s); err == nil {
			t.Errorf("%q passes as %+v", s, got)
		} else if !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// Whatever is typed, links lead to this site or the web, and anchors are unique.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"# a\n# a\n", "[x](/y) **z** `c`", "- a\n  b\n", "|a|\n|-|\n|b|", "```\n", "1. a", "![x](y)", "\r\n#\t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		blocks, err := markdown.Parse(s)
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for _, b := range blocks {
			if b.Kind == markdown.Heading && (b.ID == "" || ids[b.ID] || strings.ContainsAny(b.ID, " \"'<>")) {
				t.Fatalf("id %q", b.ID)
			}
			ids[b.ID] = true
			for _, line := range append(append([][]markdown.Span{b.Line}, b.Items...), b.Head...) {
				for _, span := range line {
					if span.Text == "" || span.URL != "" && !strings.HasPrefix(span.URL, "/") && !strings.HasPrefix(span.URL, "#") && !strings.HasPrefix(span.URL, "https://") {
						t.Fatalf("%+v", span)
					}
				}
			}
		}
	})
}
