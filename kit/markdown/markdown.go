package markdown

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/text/unicode/norm"
)

// Kind is what a block is.
type Kind string

// Kinds of blocks.
const (
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	List      Kind = "list"
	Numbered  Kind = "numbered"
	Code      Kind = "code"
	Picture   Kind = "picture"
	Table     Kind = "table"
)

// Block is a part of a page.
type Block struct {
	Kind  Kind
	Level int      // of a heading, from 1
	ID    string   // of a heading, for links to it: unique in the page
	Line  []Span   // of a heading or paragraph
	Items [][]Span // of a list
	Head  [][]Span // of a table
	Rows  [][][]Span
	Text  string // of code
	Src   string // of a picture
	Alt   string
}

// Span is a part of a line: text, and how it is meant.
type Span struct {
	Text   string
	Strong bool
	Code   bool
	URL    string // of a link
}

// Plain is a line without what it means: for tables of contents and titles.
func Plain(line []Span) string {
	var b strings.Builder
	for _, s := range line {
		b.WriteString(s.Text)
	}
	return b.String()
}

// reader reads one page.
type reader struct {
	source []byte
	ids    map[string]bool
}

var parser = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// Parse reads a page. The error says which line it does not understand.
func Parse(source string) ([]Block, error) {
	r := &reader{source: []byte(strings.ReplaceAll(source, "\r\n", "\n")), ids: map[string]bool{}}
	var out []Block
	page := parser.Parse(text.NewReader(r.source))
	for n := page.FirstChild(); n != nil; n = n.NextSibling() {
		b, err := r.block(n)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line(n), err)
		}
		out = append(out, b)
	}
	return out, nil
}

// line is where a block begins.
func (r *reader) line(n ast.Node) int {
	return 1 + strings.Count(string(r.source[:max(n.Pos(), 0)]), "\n")
}

func (r *reader) block(n ast.Node) (b Block, err error) {
	switch n := n.(type) {
	case *ast.Heading:
		b = Block{Kind: Heading, Level: n.Level}
		if b.Line, err = r.spans(n); err == nil {
			b.ID = r.id(Plain(b.Line))
		}
		if n.Level > deepest {
			return b, fmt.Errorf("a heading of level %d", n.Level)
		}
		return b, err
	case *ast.Paragraph:
		if picture, ok := n.FirstChild().(*ast.Image); ok {
			return r.picture(n, picture)
		}
		b = Block{Kind: Paragraph}
		b.Line, err = r.spans(n)
		return b, err
	case *ast.FencedCodeBlock:
		return Block{Kind: Code, Text: strings.TrimSuffix(string(n.Lines().Value(r.source)), "\n")}, nil
	case *ast.List:
		return r.list(n)
	case *tables.Table:
		return r.table(n)
	}
	return Block{}, fmt.Errorf("not in our part of Markdown: %s", n.Kind())
}

// deepest is the level of the smallest headings.
const deepest = 4

func (r *reader) picture(n, picture ast.Node) (Block, error) {
	b := Block{Kind: Picture, Src: string(picture.(*ast.Image).Destination)}
	words, err := r.spans(picture)
	if b.Alt = Plain(words); err == nil && (b.Alt == "" || b.Src == "" || n.ChildCount() > 1) {
		err = fmt.Errorf("a picture without words, or beside some")
	}
	return b, err
}

func (r *reader) list(n *ast.List) (Block, error) {
	b := Block{Kind: List}
	if n.IsOrdered() {
		b.Kind = Numbered
	}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if item.ChildCount() != 1 || item.FirstChild().Kind() != ast.KindTextBlock {
			return b, fmt.Errorf("an item that is not one line")
		}
		spans, err := r.spans(item.FirstChild())
		if err != nil {
			return b, err
		}
		b.Items = append(b.Items, spans)
	}
	return b, nil
}

func (r *reader) table(n *tables.Table) (Block, error) {
	b := Block{Kind: Table}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]Span
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			spans, err := r.spans(cell)
			if err != nil {
				return b, err
			}
			cells = append(cells, spans)
		}
		if row.Kind() == tables.KindTableHeader {
			b.Head = cells
		} else {
			b.Rows = append(b.Rows, cells)
		}
	}
	if b.Rows == nil {
		return b, fmt.Errorf("a table without rows")
	}
	return b, nil
}

// spans reads strong, code and links. Only addresses of this site and of the web are
// led to.
func (r *reader) spans(line ast.Node) (out []Span, err error) {
	for n := line.FirstChild(); n != nil; n = n.NextSibling() {
		var s Span
		switch n := n.(type) {
		case *ast.Text:
			if s.Text = string(n.Value(r.source)); n.SoftLineBreak() {
				s.Text += " "
			}
			if left := strings.IndexAny(s.Text, "*`|["); left >= 0 {
				return nil, fmt.Errorf("a mark that marks nothing: %q", s.Text[left:])
			}
		case *ast.String:
			s.Text = string(n.Value)
		case *ast.Emphasis:
			if s.Text, err = r.inside(n); err == nil && n.Level != 2 {
				err = fmt.Errorf("a star that is no strong: %q", s.Text)
			}
			s.Strong = true
		case *ast.CodeSpan:
			s.Text, err = r.inside(n)
			s.Code = true
		case *ast.Link:
			s.URL = string(n.Destination)
			if s.Text, err = r.inside(n); err == nil && !leads(s.URL) {
				err = fmt.Errorf("a link that leads nowhere: %q", s.URL)
			}
		default:
			err = fmt.Errorf("not in our part of Markdown: %s", n.Kind())
		}
		if err != nil {
			return nil, err
		}
		if last := len(out) - 1; last >= 0 && out[last] == (Span{Text: out[last].Text}) && s == (Span{Text: s.Text}) {
			out[last].Text += s.Text // the parser cuts at marks that could have been
		} else if s.Text != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

// inside is the text in a mark, which has no other mark in it.
func (r *reader) inside(n ast.Node) (string, error) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		if !ok {
			return "", fmt.Errorf("a mark in another: %s", c.Kind())
		}
		b.Write(t.Value(r.source))
		if t.SoftLineBreak() {
			b.WriteByte(' ')
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return "", fmt.Errorf("a mark around nothing")
	}
	return b.String(), nil
}

func leads(address string) bool {
	return strings.HasPrefix(address, "#") || strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
}

// id makes an anchor of a heading: its letters and figures, without accents.
func (r *reader) id(text string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(strings.NewReplacer("œ", "oe", "æ", "ae").Replace(strings.ToLower(text)))) {
		switch {
		case c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)):
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	base := strings.Trim(b.String(), "-")
	if base == "" {
		base = "section"
	}
	id := base
	for n := 2; r.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	r.ids[id] = true
	return id
}
