package atom

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode"

	"parvis/kit/clock"
)

// Kind is the media type of a feed.
const Kind = "application/atom+xml; charset=utf-8"

// Feed is a list that grows at its head. Its identifier and its entries' are for ever:
// readers tell by them what they have already shown.
type Feed struct {
	ID       string // an absolute IRI
	Title    string
	Subtitle string
	Self     string // where the feed is; empty: its address is a key, which is not copied into what it opens
	Page     string // where people read the same
	Author   string
	Entries  []Entry
}

// Entry is one thing told.
type Entry struct {
	ID         string // an absolute IRI
	Title      string
	URL        string
	Author     string
	Summary    string // plain text
	Published  clock.Instant
	Updated    clock.Instant // when something worth telling last changed in it
	Categories []string
}

// Updated is when something last changed in the feed; one without entries has never
// changed, and the norm wants a date all the same.
func (f Feed) Updated() clock.Instant {
	var last clock.Instant
	for _, e := range f.Entries {
		last = max(last, e.Updated)
	}
	return last
}

// The elements, in the order of RFC 4287, 4.1.
type (
	feedElement struct {
		XMLName   xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Lang      string   `xml:"xml:lang,attr"`
		ID        string   `xml:"id"`
		Title     string   `xml:"title"`
		Subtitle  string   `xml:"subtitle,omitempty"`
		Updated   string   `xml:"updated"`
		Author    person   `xml:"author"`
		Links     []link   `xml:"link"`
		Generator string   `xml:"generator"`
		Entries   []entryElement
	}
	entryElement struct {
		XMLName    xml.Name   `xml:"entry"`
		ID         string     `xml:"id"`
		Title      string     `xml:"title"`
		Updated    string     `xml:"updated"`
		Published  string     `xml:"published"`
		Author     *person    `xml:"author"`
		Links      []link     `xml:"link"`
		Categories []category `xml:"category"`
		Summary    string     `xml:"summary,omitempty"`
	}
	person struct {
		Name string `xml:"name"`
	}
	link struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	category struct {
		Term string `xml:"term,attr"`
	}
)

// Bytes writes the feed.
func (f Feed) Bytes() ([]byte, error) {
	out := feedElement{
		Lang: "fr", ID: f.ID, Title: readable(f.Title), Subtitle: readable(f.Subtitle), Updated: moment(f.Updated()),
		Author: person{readable(f.Author)}, Generator: "Parvis",
		Links: []link{{"alternate", "text/html", f.Page}},
	}
	if f.Self != "" {
		out.Links = append([]link{{"self", "application/atom+xml", f.Self}}, out.Links...)
	}
	for _, e := range f.Entries {
		one := entryElement{
			ID: e.ID, Title: readable(e.Title), Updated: moment(e.Updated), Published: moment(e.Published),
			Links: []link{{"alternate", "text/html", e.URL}}, Summary: readable(e.Summary),
		}
		if e.Author != "" {
			one.Author = &person{readable(e.Author)}
		}
		for _, c := range e.Categories {
			one.Categories = append(one.Categories, category{readable(c)})
		}
		out.Entries = append(out.Entries, one)
	}
	var to bytes.Buffer
	to.WriteString(xml.Header)
	enc := xml.NewEncoder(&to)
	enc.Indent("", " ")
	err := enc.Encode(out)
	to.WriteByte('\n')
	return to.Bytes(), err
}

// moment writes an instant as RFC 3339 does, in universal time.
func moment(i clock.Instant) string {
	if i.IsZero() {
		return "1970-01-01T00:00:00Z"
	}
	return i.RFC3339()
}

// readable takes away what XML may not hold and nobody reads.
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
