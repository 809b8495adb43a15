package atom_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parvis/kit/atom"
	"parvis/kit/clock"
)

const space = "http://www.w3.org/2005/Atom"

// element is a node of what was read back.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

func (e *element) all(name string) (out []*element) {
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

type failer interface{ Fatalf(string, ...any) }

// read reads a feed and holds it to RFC 4287: one id, title and updated in the feed
// and in each entry, dates of RFC 3339, absolute addresses, an author, a self link, no
// entry twice.
func read(t failer, file []byte) *element {
	root := &element{}
	stack := []*element{root}
	d := xml.NewDecoder(bytes.NewReader(file))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, file)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Space != space {
				t.Fatalf("%s is in %q", token.Name.Local, token.Name.Space)
			}
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	feed := root.children[0]
	if feed.name != "feed" || len(root.children) != 1 || len(feed.all("author")) != 1 {
		t.Fatalf("no feed: %s", file)
	}
	seen := map[string]bool{}
	for _, e := range append(feed.all("entry"), feed) {
		held(t, e)
		if id := e.all("id")[0].text; seen[id] {
			t.Fatalf("%s twice", id)
		} else {
			seen[id] = true
		}
	}
	return feed
}

func held(t failer, e *element) {
	for _, name := range []string{"id", "title", "updated"} {
		if len(e.all(name)) != 1 {
			t.Fatalf("%d %s in a %s", len(e.all(name)), name, e.name)
		}
	}
	for _, name := range []string{"updated", "published"} {
		for _, date := range e.all(name) {
			if _, err := time.Parse(time.RFC3339, date.text); err != nil {
				t.Fatalf("%v", err)
			}
		}
	}
	rels := map[string]bool{}
	addresses := []string{e.all("id")[0].text}
	for _, l := range e.all("link") {
		addresses, rels[l.attrs["rel"]] = append(addresses, l.attrs["href"]), true
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); err != nil || !u.IsAbs() {
			t.Fatalf("%q is no absolute address", a)
		}
	}
	if !rels["alternate"] || e.name == "feed" && !rels["self"] {
		t.Fatalf("links %v of a %s", rels, e.name)
	}
}

func TestAFeedIsWhatTheNormWants(t *testing.T) {
	at := clock.At(time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Paris))
	file, err := atom.Feed{
		ID: "https://parvis.example/annonces.atom?mots_cles=voirie", Title: "Annonces : voirie & <b>", Subtitle: "x", Author: "Parvis",
		Self: "https://parvis.example/annonces.atom?mots_cles=voirie", Page: "https://parvis.example/annonces?mots_cles=voirie",
		Entries: []atom.Entry{
			{ID: "urn:uuid:1", Title: "Voirie", URL: "https://parvis.example/annonces/1", Author: "Ville de Sélestat", Published: at, Updated: at.Add(time.Hour), Categories: []string{"Travaux"}, Summary: "Date limite"},
			{ID: "urn:uuid:2", Title: "Réseaux", URL: "https://parvis.example/annonces/2", Published: at, Updated: at},
		},
	}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	feed := read(t, file)
	if got := feed.all("updated")[0].text; got != "2026-11-24T10:00:00Z" {
		t.Errorf("updated %s", got)
	}
	first := feed.all("entry")[0]
	if first.all("title")[0].text != "Voirie" || first.all("author")[0].children[0].text != "Ville de Sélestat" || first.all("category")[0].attrs["term"] != "Travaux" {
		t.Errorf("%s", file)
	}
	if feed.all("title")[0].text != "Annonces : voirie & <b>" || strings.Contains(string(file), "<b>") || feed.attrs["lang"] != "fr" {
		t.Errorf("%s", file)
	}
}

func TestAnyTextIsReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.Just("\xff\x00\x1f]]>\ufffe")).Draw(t, "text")
		file, err := atom.Feed{ID: "urn:x", Title: typed, Self: "https://x.example/", Page: "https://x.example/", Author: typed,
			Entries: []atom.Entry{{ID: "urn:y", Title: typed, URL: "https://x.example/y", Summary: typed, Categories: []string{typed}}}}.Bytes()
		if err != nil {
			t.Fatalf("%v", err)
		}
		read(t, file)
	})
}
