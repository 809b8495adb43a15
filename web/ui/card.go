package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// Head is the top of a [Card].
type Head struct {
	ID    string // of the heading, for links to it
	Title string // empty: the card has no heading
	Hint  string // a sentence under it
	Acts  templ.Component
	Level int  // of the heading; 0 means 2
	Grave bool // what is inside destroys
}

func (h Head) class() string {
	if h.Grave {
		return "card danger"
	}
	return "card"
}

// labelled ties the card to its heading, which makes it a landmark where it has an id.
func (h Head) labelled() templ.Attributes {
	if h.ID == "" || h.Title == "" {
		return nil
	}
	return templ.Attributes{"aria-labelledby": h.ID}
}

func (h Head) heading() templ.Attributes {
	if h.ID == "" {
		return nil
	}
	return templ.Attributes{"id": h.ID}
}

// Criterion is a line of [Crit]: what is asked, and of what value. Without values it
// reads « non renseigné ».
type Criterion struct {
	Label  string // agreed in number with the values: « Mots clés »
	Values []Value
}

// Value is a value of a criterion, with its state if it has one to tell.
type Value struct {
	Text  string
	State *Badge
}

// value writes a value. It is not a templ template because a comma follows it, and no
// space may come between.
func value(v Value) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, templ.EscapeString(v.Text)); err != nil || v.State == nil {
			return err
		}
		if _, err := io.WriteString(w, " "); err != nil {
			return err
		}
		return Tag(*v.State).Render(ctx, w)
	})
}

// Values makes plain values of texts.
func Values(texts ...string) []Value {
	values := make([]Value, len(texts))
	for i, text := range texts {
		values[i] = Value{Text: text}
	}
	return values
}

// Empty is what stands where nothing is yet: what is missing, and what to do next.
type Empty struct {
	Text string
	Next string
	Act  *Button
	Icon string // empty means an empty box
}

func (e Empty) icon() string {
	if e.Icon == "" {
		return "inbox"
	}
	return e.Icon
}

// Tile is an entry of [Tiles].
type Tile struct {
	Label, URL string
	Icon       string
	Hint       string
}

// Bar is a column of [Bars].
type Bar struct {
	Label string // in full: « semaine du 3 novembre »
	Value int
}

// BarChart is a small picture of numbers over time, with its table.
type BarChart struct {
	Title string // says what is counted
	Unit  string // heading of the numbers in the table: « messages »
	Bars  []Bar
}

// chartHeight and barWidth are in the drawing's own units: it is stretched to its place.
const (
	chartHeight = 100
	barWidth    = 10
)

func (c BarChart) top() int {
	top := 1 // a chart of zeros has bars of no height, not a division by zero
	for _, b := range c.Bars {
		top = max(top, b.Value)
	}
	return top
}

func (c BarChart) viewBox() string {
	return "0 0 " + strconv.Itoa(max(len(c.Bars), 1)*barWidth) + " " + strconv.Itoa(chartHeight)
}

// rectangle places the bar of that rank. A week without anything keeps a thin line, so
// that it is seen to be counted.
func (c BarChart) rectangle(rank int) templ.Attributes {
	value := max(c.Bars[rank].Value, 0)
	height := value * chartHeight / c.top()
	a := templ.Attributes{"width": strconv.Itoa(barWidth - 2)}
	if value == 0 {
		height, a["class"] = 2, "zero"
	}
	a["x"] = strconv.Itoa(rank*barWidth + 1)
	a["y"] = strconv.Itoa(chartHeight - height)
	a["height"] = strconv.Itoa(height)
	return a
}
