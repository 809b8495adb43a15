package notice

import (
	"slices"
	"strconv"
	"strings"

	"parvis/kit/fault"
	"parvis/procurement/refdata"
)

// Refinement is the section « Affiner » of a search or a watch, as a person typed it.
type Refinement struct {
	Exclude    string // words, as in « Mots clés »
	TitleOnly  bool
	Services   bool
	NoNational bool
	CPV        []string
	Broader    bool
	Combine    string
	Categories []string
	Kinds      []string
	Sources    []string
	MinDays    string // a whole number; "" for none

	ExcludeBuyers []string
	ExcludeCPV    []string
}

// mostListed bounds what is kept of a list of a forged form.
const mostListed = 100

// Refine is what was typed that makes these criteria.
func (c Criteria) Refine() Refinement {
	r := Refinement{
		Exclude: strings.Join(c.Exclude, " "), TitleOnly: c.TitleOnly, Services: c.Services, NoNational: c.NoNational,
		CPV: c.CPV, Broader: c.Broader, Combine: string(c.Combine), Categories: texts(c.Categories), Kinds: texts(c.Kinds), Sources: c.Sources,
		ExcludeBuyers: c.ExcludeBuyers, ExcludeCPV: c.ExcludeCPV,
	}
	if c.MinDays > 0 {
		r.MinDays = strconv.Itoa(c.MinDays)
	}
	return r
}

// Empty tells that nothing is asked beyond the first sections of the form.
func (r Refinement) Empty() bool {
	return r.Exclude == "" && !r.TitleOnly && !r.Services && !r.NoNational && len(r.CPV) == 0 && len(r.Categories) == 0 && len(r.Kinds) == 0 && len(r.Sources) == 0 && r.MinDays == "" &&
		len(r.ExcludeBuyers)+len(r.ExcludeCPV) == 0
}

// Into adds what was typed to criteria and says which function words it leaves out of the
// words excluded. It says everything that is wrong.
func (r Refinement) Into(c *Criteria) (ignored []string, err error) {
	var faults fault.List
	if c.Exclude, ignored, err = ReadKeywords(FieldExclude, r.Exclude); err != nil {
		_ = faults.Add(err) // every refusal of words is a fault
	}
	c.TitleOnly, c.Services, c.NoNational, c.Broader = r.TitleOnly, r.Services, r.NoNational, r.Broader
	c.CPV, c.Sources = once[string](codesOf(r.CPV)), once[string](r.Sources)
	c.ExcludeBuyers, c.ExcludeCPV = once[string](r.ExcludeBuyers), once[string](codesOf(r.ExcludeCPV))
	faults = append(faults, wrongKeys(FieldCPV, c.CPV)...)
	faults = append(faults, wrongKeys(FieldExcludeCPV, c.ExcludeCPV)...)
	c.Categories, c.Kinds = once[refdata.Category](r.Categories), once[Kind](r.Kinds)
	if c.Combine = Combine(r.Combine); len(c.CPV) == 0 || c.Combine == Or {
		c.Combine = "" // what is usual is not stored
	}
	if typed := strings.TrimSpace(r.MinDays); typed != "" {
		if c.MinDays, err = strconv.Atoi(typed); err != nil {
			c.MinDays = 0
			faults = append(faults, fault.New(fault.Invalid, "Écrivez le nombre de jours restants en chiffres, par exemple 10.").On(FieldMinDays))
		}
	}
	rest := *c
	rest.Keywords, rest.Exclude, rest.Mode, rest.Buyers, rest.Departments = nil, nil, "", nil, nil // refused by their own fields
	if r.Combine != "" && r.Combine != string(Or) && r.Combine != string(And) {
		rest.Combine = Combine(r.Combine)
	}
	_ = faults.Add(rest.Check())
	return ignored, faults.Err()
}

// codesOf writes codes without their check digit; what is no code, or has a digit that is
// not its own, stays, to be refused.
func codesOf(typed []string) []string {
	out := slices.Clone(typed)
	for i, t := range out[:min(len(out), mostListed)] {
		if code, ok := refdata.NormaliseCPV(t); ok && refdata.CPVKeyFault(t) == nil {
			out[i] = code
		}
	}
	return out
}

// wrongKeys refuses the codes whose check digit is not their own.
func wrongKeys(field string, codes []string) (faults fault.List) {
	for _, code := range codes {
		if wrong := refdata.CPVKeyFault(code); wrong != nil {
			faults = append(faults, wrong.On(field))
		}
	}
	return faults
}

// once keeps the first of each, and not too many.
func once[T ~string](typed []string) []T {
	var out []T
	for _, t := range typed {
		if t != "" && !slices.Contains(out, T(t)) {
			out = append(out, T(t))
		}
		if len(out) > mostListed {
			break // more than is allowed: refused
		}
	}
	return out
}

func texts[T ~string](all []T) []string {
	var out []string
	for _, t := range all {
		out = append(out, string(t))
	}
	return out
}
