package ui

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is what every control of a form has.
type Field struct {
	Name     string
	ID       string // empty means Name
	Label    string
	Hint     string // under the label; how to fill it
	Error    string // between hint and control; what is wrong and what to do
	Required bool   // said in words beside the label
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) hintID() string  { return f.id() + "-aide" }
func (f Field) errorID() string { return f.id() + "-erreur" }

// class marks a field at fault in its whole height.
func (f Field) class() string {
	if f.Error != "" {
		return "field wrong"
	}
	return "field"
}

// describedBy lists the texts that a screen reader says after the label.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.hintID())
	}
	if f.Error != "" {
		ids = append(ids, f.errorID())
	}
	return strings.Join(ids, " ")
}

// described ties a control or a group to its hint and its error.
func (f Field) described() templ.Attributes {
	a := templ.Attributes{}
	if by := f.describedBy(); by != "" {
		a["aria-describedby"] = by
	}
	return a
}

// control are the attributes of the field's one control.
func (f Field) control() templ.Attributes {
	a := f.described()
	a["id"], a["name"] = f.id(), f.Name
	if f.Required {
		// Not "required": the browser's own messages are not ours, and the server says
		// everything at once.
		a["aria-required"] = "true"
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// The widths of an [Input]: as wide as its column, or as what is typed in it.
const (
	Full   = ""
	Medium = "medium"
	Short  = "short"
)

// Input is a field of one line.
type Input struct {
	Field
	Value        string
	Type         string // text (default), email, password, search, url, tel, number, date, time…
	Autocomplete string // what the browser may fill in: "email", "organization", "off"…
	InputMode    string // the keyboard of a phone: "numeric", "email"…
	Placeholder  string // an example; never the only explanation
	Width        string // Full, Medium or Short
	Exact        bool   // neither capitals nor corrections by the browser
}

func (i Input) attributes() templ.Attributes {
	a := i.control()
	a["type"] = i.Type
	if i.Type == "" {
		a["type"] = "text"
	}
	if i.Width != "" {
		a["class"] = i.Width
	}
	set := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	// A typed password is never sent back to the page.
	if i.Type != "password" {
		set("value", i.Value)
	}
	set("autocomplete", i.Autocomplete)
	set("inputmode", i.InputMode)
	set("placeholder", i.Placeholder)
	if i.Exact || i.Type == "email" || i.Type == "password" {
		a["spellcheck"], a["autocapitalize"] = "false", "none"
	}
	return a
}

// as is the same input of another type, with a word for the browser's memory unless the
// page gave one.
func (i Input) as(kind, autocomplete string) Input {
	i.Type = kind
	if i.Autocomplete == "" {
		i.Autocomplete = autocomplete
	}
	return i
}

// Area is a field of several lines.
type Area struct {
	Field
	Value string
	Rows  int // 0 means 5
}

func (a Area) rows() string {
	if a.Rows <= 0 {
		return "5"
	}
	return strconv.Itoa(a.Rows)
}

// Option is one of the answers to a [Choice].
type Option struct {
	Value, Label string
	Hint         string
	Tally        string // how many there are, in a facet
	Chosen       bool
	Off          bool // cannot be chosen now; its hint says why
}

// Choice is a question with given answers.
type Choice struct {
	Field
	Options []Option
	Inline  bool   // short answers, side by side
	Width   string // of a Select: Full, Medium or Short
}

// list is how the control of a Select is.
func (c Choice) list() templ.Attributes {
	a := c.control()
	if c.Width != "" {
		a["class"] = c.Width
	}
	return a
}

func (c Choice) class() string {
	if c.Inline {
		return "choices inline"
	}
	return "choices"
}

// optionID is the id of the option of that rank. The first one has the field's own, so
// that the summary of errors leads to it.
func (c Choice) optionID(rank int) string {
	if rank == 0 {
		return c.id()
	}
	return c.id() + "-" + strconv.Itoa(rank+1)
}

func (c Choice) optionAttributes(rank int, kind string) templ.Attributes {
	o := c.Options[rank]
	a := templ.Attributes{"type": kind, "id": c.optionID(rank), "name": c.Name, "value": o.Value}
	if o.Chosen {
		a["checked"] = true
	}
	if o.Off {
		a["disabled"] = true
	}
	if o.Hint != "" {
		a["aria-describedby"] = c.optionID(rank) + "-aide"
	}
	return a
}

// Check is one check-box: a consent, a switch.
type Check struct {
	Field
	Value   string // what is sent when ticked; empty means "oui"
	Checked bool
}

func (c Check) attributes() templ.Attributes {
	a := c.control()
	a["type"], a["value"] = "checkbox", "oui"
	if c.Value != "" {
		a["value"] = c.Value
	}
	if c.Checked {
		a["checked"] = true
	}
	return a
}

// FieldError is what is wrong with a field; Field is the id of its control, or the empty
// string for the form as a whole.
type FieldError struct{ Field, Text string }

// Errors are the faults of a form, in the order of its fields.
type Errors []FieldError

// On gives what is wrong with the field of that id, or nothing.
func (e Errors) On(field string) string {
	for _, one := range e {
		if one.Field == field {
			return one.Text
		}
	}
	return ""
}

func (e Errors) title() string {
	if len(e) == 1 {
		return "Une correction est nécessaire"
	}
	return Number(len(e)) + " corrections sont nécessaires"
}
