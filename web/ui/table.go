package ui

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// Columns heads a [Table].
type Columns struct {
	Caption string // what the table lists, for screen readers
	Heads   []Column
}

// Column is the head of a column. With SortURL it sorts; Sorted is "ascending",
// "descending" or empty.
type Column struct {
	Label   string
	SortURL string
	Sorted  string
}

// Heads makes plain columns of their labels.
func Heads(labels ...string) []Column {
	columns := make([]Column, len(labels))
	for i, label := range labels {
		columns[i] = Column{Label: label}
	}
	return columns
}

func (c Column) sorted() templ.Attributes {
	if c.Sorted == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sorted}
}

// lastNumberedPage is where page numbers end: beyond, one goes on by « suivants » only.
const lastNumberedPage = 100

// Paging says which page of a list is shown.
type Paging struct {
	Page, Last int // from 1
	URL        func(page int) string
	Label      string // names the list where a page has several; empty means « Pages »
}

// numbers lists the pages to offer, 0 standing for a gap: the first, the last that may be
// numbered, and those around the current one.
func (p Paging) numbers() []int {
	last := min(p.Last, lastNumberedPage)
	var numbers []int
	before := 0
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < p.Page-2 || n > p.Page+2) {
			continue
		}
		switch {
		case n == before+2:
			numbers = append(numbers, n-1) // a gap of one page is that page
		case n > before+2:
			numbers = append(numbers, 0)
		}
		numbers = append(numbers, n)
		before = n
	}
	if p.Page > lastNumberedPage {
		numbers = append(numbers, 0, p.Page)
	}
	return numbers
}

// nextLabel is « suivante » where pages have numbers, « suivants » beyond.
func (p Paging) nextLabel() string {
	if p.Page >= lastNumberedPage {
		return "suivants"
	}
	return "suivante"
}

// nextPrefix ends the sense of the label for whoever hears it alone.
func (p Paging) nextPrefix() string {
	if p.Page >= lastNumberedPage {
		return "Éléments "
	}
	return "Page "
}

func (p Paging) label() string {
	if p.Label == "" {
		return "Pages"
	}
	return p.Label
}

// pageSizes are what a reader may choose, as the incumbents offer.
var pageSizes = []int{10, 20, 50, 100}

// Sizes lets a reader choose how many elements a page shows.
type Sizes struct {
	ID      string // of the list; needed where a page has several selectors
	Action  string // the page's own address, without query
	Name    string // of the parameter; empty means "taille"
	Current int
	Query   url.Values // what else the address says; the page's number must not be in it
}

func (s Sizes) name() string {
	if s.Name == "" {
		return "taille"
	}
	return s.Name
}

func (s Sizes) id() string {
	if s.ID == "" {
		return s.name()
	}
	return s.ID
}

// kept lists the other parameters in a steady order.
func (s Sizes) kept() []parameter {
	var kept []parameter
	for _, name := range sortedKeys(s.Query) {
		if name == s.name() {
			continue
		}
		for _, value := range s.Query[name] {
			kept = append(kept, parameter{name, value})
		}
	}
	return kept
}

func (s Sizes) options() []Option {
	options := make([]Option, len(pageSizes))
	for i, size := range pageSizes {
		text := strconv.Itoa(size)
		options[i] = Option{Value: text, Label: text, Chosen: size == s.Current}
	}
	return options
}

// Found is a call in a list of results, with what decides at first sight.
type Found struct {
	ID    string // of the element, for links to it
	Title string
	Marks []Span // the matched words of the title
	URL   string
	Buyer string
	Facts []string // reference, place, procedure, number of lots: in that order
	Tags  []Badge  // source, nature, state
	Due   Due
}

// parameter is a part of a query.
type parameter struct{ name, value string }

func sortedKeys(query url.Values) []string {
	return slices.Sorted(maps.Keys(query))
}
