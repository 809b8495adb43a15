package ui

import "github.com/a-h/templ"

// Chip is a criterion in force, with the address of the same list without it.
type Chip struct {
	Label string // « Mot clé »
	Text  string // « voirie »
	URL   string
}

// Facet is a way to narrow a list: values with how many elements each would leave.
type Facet struct {
	ID     string
	Title  string
	Values []FacetValue
	More   []FacetValue // folded under the others
	Note   string       // what a figure here means, when it is not plain
}

// FacetValue is one value; its address adds it to the search, or takes it away when it
// is in force.
type FacetValue struct {
	Label string
	URL   string
	Count int
	On    bool
}

func (f Facet) open() bool {
	for _, v := range f.More {
		if v.On {
			return true
		}
	}
	return false
}

// inForce marks a value that narrows the list already.
func inForce(on bool) templ.Attributes {
	if on {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}
