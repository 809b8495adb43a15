package ui

import "github.com/a-h/templ"

// The looks of a [Button]: the main act of a form or page, any other, one that destroys,
// a small one in a row, and one that looks like a link.
const (
	Primary = ""
	Quiet   = "quiet"
	Danger  = "danger"
	Small   = "quiet small"
	Plain   = "plain"
)

// Button is an act: with a URL a link, else a button that sends its form.
type Button struct {
	Label   string // a verb: « Publier la consultation »
	Context string // ends the label for screen readers: « la veille Voirie »
	URL     string
	Kind    string // Primary, Quiet, Danger, Small or Plain
	Icon    string // beside the label, see Icon

	Name, Value string // what the button adds to the form that it sends
	Action      string // another address for the form (formaction)
	NoCheck     bool   // the browser must not check the fields first
	Form        string // id of the form that it sends, when it stands outside
}

// sent are the attributes that only a button has.
func (b Button) sent() templ.Attributes {
	a := templ.Attributes{}
	if b.Name != "" {
		a["name"], a["value"] = b.Name, b.Value
	}
	if b.Action != "" {
		a["formaction"] = string(templ.URL(b.Action))
	}
	if b.Form != "" {
		a["form"] = b.Form
	}
	if b.NoCheck {
		a["formnovalidate"] = true
	}
	return a
}

// current marks the entry of a menu or of a list of pages that one is in.
func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

func idAttribute(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}
