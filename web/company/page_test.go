package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parvis/web/ui"
)

// page is what came back.
type page struct {
	t        *testing.T
	status   int
	location string
	source   string
	root     *html.Node
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// all gives the elements of that tag for which keep holds.
func (p page) all(tag string, keep func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && (tag == "" || n.Data == tag) && (keep == nil || keep(n)) {
			out = append(out, n)
		}
	}
	return out
}

// words is the text of a node on one line, no-break spaces like others.
func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "template" && c.Parent.Data != "script" {
			b.WriteString(c.Data)
			b.WriteString(" ")
		}
	}
	line := strings.Join(strings.Fields(b.String()), " ")
	return strings.NewReplacer(" .", ".", " ,", ",").Replace(line)
}

func (p page) text() string { return words(p.root) }

func (p page) byID(id string) *html.Node {
	p.t.Helper()
	found := p.all("", func(n *html.Node) bool { return attribute(n, "id") == id })
	if len(found) != 1 {
		p.t.Fatalf("%d elements of id %q in %s", len(found), id, p.text())
	}
	return found[0]
}

// says fails unless the page has all these texts.
func (p page) says(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.t.Errorf("the page doesn't say %q: %s", text, p.text())
		}
	}
}

func (p page) silent(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text(), text) {
			p.t.Errorf("the page says %q", text)
		}
	}
}

// links gives the addresses that the page's content leads to.
func (p page) links() []string {
	var out []string
	for _, a := range p.all("a", nil) {
		out = append(out, attribute(a, "href"))
	}
	return out
}

// form gives what a browser would send of the page's main form, but for under which
// membership it was shown.
func (p page) form() url.Values {
	p.t.Helper()
	out := p.sent()
	out.Del(ui.ActingField)
	return out
}

// sent gives all that a browser would send of the page's main form.
func (p page) sent() url.Values {
	p.t.Helper()
	forms := p.all("form", func(n *html.Node) bool {
		return strings.HasPrefix(attribute(n, "action"), "/entreprise") && attribute(n, "method") == "post" && !inBar(n)
	})
	if len(forms) != 1 {
		p.t.Fatalf("%d forms", len(forms))
	}
	out := url.Values{}
	for n := range forms[0].Descendants() {
		switch {
		case n.Type != html.ElementNode || inTemplate(n) || attribute(n, "name") == "":
		case n.Data == "input" && (attribute(n, "type") == "radio" || attribute(n, "type") == "checkbox"):
			if has(n, "checked") {
				out.Add(attribute(n, "name"), attribute(n, "value"))
			}
		case n.Data == "input":
			out.Add(attribute(n, "name"), attribute(n, "value"))
		case n.Data == "textarea":
			out.Add(attribute(n, "name"), strings.TrimPrefix(words(n), " "))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					out.Add(attribute(n, "name"), attribute(o, "value"))
				}
			}
		}
	}
	return out
}

// inBar tells what is in the bar of every page from its content.
func inBar(n *html.Node) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == "header" {
			return true
		}
	}
	return false
}

func inTemplate(n *html.Node) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == "template" {
			return true
		}
	}
	return false
}

// table gives the rows of the table of that caption, cell by cell.
func (p page) table(caption string) [][]string {
	p.t.Helper()
	for _, table := range p.all("table", nil) {
		var rows [][]string
		matches := false
		for n := range table.Descendants() {
			switch {
			case n.Data == "caption":
				matches = words(n) == caption
			case n.Data == "tr":
				rows = append(rows, nil)
			case n.Type == html.ElementNode && (n.Data == "td" || n.Data == "th"):
				rows[len(rows)-1] = append(rows[len(rows)-1], words(n))
			}
		}
		if matches {
			return rows
		}
	}
	p.t.Fatalf("no table %q in %s", caption, p.text())
	return nil
}
