package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

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

// reader reads lines.
type reader struct {
	lines []string
	at    int
	ids   map[string]bool
}

// Parse reads a page. The error says which line it does not understand.
func Parse(source string) ([]Block, error) {
	r := &reader{lines: strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n"), ids: map[string]bool{}}
	var out []Block
	for r.at < len(r.lines) {
		if strings.TrimSpace(r.lines[r.at]) == "" {
			r.at++
			continue
		}
		from := r.at
		b, err := r.block()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", from+1, err)
		}
		out = append(out, b)
	}
	return out, nil
}

var (
	headingShape = regexp.MustCompile(`^(#{1,4}) (\S.*)$`)
	pictureShape = regexp.MustCompile(`^!\[([^\]]*)\]\(([^()\s]+)\)$`)
	numberShape  = regexp.MustCompile(`^\d+\. `)
	unknownShape = regexp.MustCompile("^(>|\t|    |<|={3,}|-{3,}|\\*{3,}|\\* |\\+ |~~~|\\[[^\\]]+\\]:)")
)

func (r *reader) block() (Block, error) {
	line := r.lines[r.at]
	switch {
	case strings.HasPrefix(line, "```"):
		return r.code()
	case strings.HasPrefix(line, "#"):
		return r.heading(line)
	case strings.HasPrefix(line, "!["):
		m := pictureShape.FindStringSubmatch(line)
		if m == nil || m[1] == "" {
			return Block{}, fmt.Errorf("a picture without words, or an address that is none: %q", line)
		}
		r.at++
		return Block{Kind: Picture, Alt: m[1], Src: m[2]}, nil
	case strings.HasPrefix(line, "|"):
		return r.table()
	case strings.HasPrefix(line, "- "):
		return r.list(List, func(s string) (string, bool) { return strings.CutPrefix(s, "- ") })
	case numberShape.MatchString(line):
		return r.list(Numbered, func(s string) (string, bool) {
			mark := numberShape.FindString(s)
			return strings.TrimPrefix(s, mark), mark != ""
		})
	case unknownShape.MatchString(line):
		return Block{}, fmt.Errorf("not in our part of Markdown: %q", line)
	}
	return r.paragraph()
}

func (r *reader) heading(line string) (Block, error) {
	m := headingShape.FindStringSubmatch(line)
	if m == nil {
		return Block{}, fmt.Errorf("no heading: %q", line)
	}
	spans, err := inline(m[2])
	r.at++
	return Block{Kind: Heading, Level: len(m[1]), Line: spans, ID: r.id(Plain(spans))}, err
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

func (r *reader) code() (Block, error) {
	var text []string
	for r.at++; r.at < len(r.lines); r.at++ {
		if r.lines[r.at] == "```" {
			r.at++
			return Block{Kind: Code, Text: strings.Join(text, "\n")}, nil
		}
		text = append(text, r.lines[r.at])
	}
	return Block{}, fmt.Errorf("code that does not end")
}

// list reads items; a line that begins with spaces goes on with the one before.
func (r *reader) list(kind Kind, begins func(string) (string, bool)) (Block, error) {
	var items []string
	for ; r.at < len(r.lines) && strings.TrimSpace(r.lines[r.at]) != ""; r.at++ {
		line := r.lines[r.at]
		if item, ok := begins(line); ok {
			items = append(items, item)
			continue
		}
		if !strings.HasPrefix(line, "  ") || strings.HasPrefix(strings.TrimSpace(line), "- ") {
			return Block{}, fmt.Errorf("a list that goes on with %q", line)
		}
		items[len(items)-1] += " " + strings.TrimSpace(line)
	}
	b := Block{Kind: kind}
	for _, item := range items {
		spans, err := inline(item)
		if err != nil {
			return b, err
		}
		b.Items = append(b.Items, spans)
	}
	return b, nil
}

func (r *reader) table() (Block, error) {
	b := Block{Kind: Table}
	for n := 0; r.at < len(r.lines) && strings.HasPrefix(r.lines[r.at], "|"); n++ {
		line := strings.TrimSpace(r.lines[r.at])
		r.at++
		if n == 1 {
			if strings.Trim(line, "|- ") != "" {
				return b, fmt.Errorf("no line under the heads of a table: %q", line)
			}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		row := make([][]Span, len(cells))
		for i, c := range cells {
			spans, err := inline(strings.TrimSpace(c))
			if err != nil {
				return b, err
			}
			row[i] = spans
		}
		switch {
		case n == 0:
			b.Head = row
		case len(row) != len(b.Head):
			return b, fmt.Errorf("a row of %d cells under %d heads: %q", len(row), len(b.Head), line)
		default:
			b.Rows = append(b.Rows, row)
		}
	}
	if b.Rows == nil {
		return b, fmt.Errorf("a table without rows")
	}
	return b, nil
}

func (r *reader) paragraph() (Block, error) {
	var text []string
	for ; r.at < len(r.lines); r.at++ {
		line := strings.TrimSpace(r.lines[r.at])
		if line == "" || len(text) > 0 && (strings.HasPrefix(line, "#") || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "```")) {
			break
		}
		text = append(text, line)
	}
	spans, err := inline(strings.Join(text, " "))
	return Block{Kind: Paragraph, Line: spans}, err
}

// inline reads strong, code and links. Only addresses of this site and of the web are
// led to.
func inline(line string) (out []Span, err error) {
	plain := ""
	flush := func() {
		if plain != "" {
			out = append(out, Span{Text: plain})
			plain = ""
		}
	}
	for line != "" {
		switch {
		case strings.HasPrefix(line, "**"):
			text, rest, ok := strings.Cut(line[2:], "**")
			if !ok || text == "" {
				return nil, fmt.Errorf("strong that does not end: %q", line)
			}
			flush()
			out, line = append(out, Span{Text: text, Strong: true}), rest
		case line[0] == '*':
			return nil, fmt.Errorf("a star that is no strong: %q", line)
		case line[0] == '`':
			text, rest, ok := strings.Cut(line[1:], "`")
			if !ok || text == "" {
				return nil, fmt.Errorf("code that does not end: %q", line)
			}
			flush()
			out, line = append(out, Span{Text: text, Code: true}), rest
		case line[0] == '[':
			text, rest, ok := strings.Cut(line[1:], "](")
			address, rest, closed := strings.Cut(rest, ")")
			if !ok || !closed || text == "" || !strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "#") && !strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "//") {
				return nil, fmt.Errorf("a link that leads nowhere: %q", line)
			}
			flush()
			out, line = append(out, Span{Text: text, URL: address}), rest
		default:
			n := strings.IndexAny(line[1:], "*`[")
			if n < 0 {
				n = len(line) - 1
			}
			plain, line = plain+line[:n+1], line[n+1:]
		}
	}
	flush()
	return out, nil
}
