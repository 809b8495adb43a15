package refine

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

const (
	fieldAction = "action"

	yes = "oui"
	no  = "non"
)

// Form is the section as it was sent, or as it is to be shown.
type Form struct {
	notice.Refinement
	Codes     Looked // « Codes CPV »
	OutBuyers Looked // « Organismes exclus »
	OutCodes  Looked // « Codes CPV exclus »
	Changed   bool   // it was sent to add or take away one of these
}

// Of is the section that makes these criteria.
func Of(c notice.Criteria) Form { return Form{Refinement: c.Refine()} }

// Read reads a form that was sent, or an address. A box that is ticked unless one says
// otherwise sends « non » before it: an address without it means that it is ticked.
func Read(f url.Values) Form {
	national := f[notice.FieldNational]
	r := Form{
		Refinement: notice.Refinement{
			Exclude: f.Get(notice.FieldExclude), TitleOnly: f.Get(notice.FieldTitleOnly) == yes, Services: f.Get(notice.FieldServices) == yes,
			NoNational: len(national) > 0 && !slices.Contains(national, yes), CPV: few(f[notice.FieldCPV]), Broader: f.Get(notice.FieldBroader) == yes,
			Combine: f.Get(notice.FieldCombine), Categories: few(f[notice.FieldCategories]), Kinds: few(f[notice.FieldKinds]), Sources: few(f[notice.FieldSources]),
			MinDays: strings.TrimSpace(f.Get(notice.FieldMinDays)), ExcludeBuyers: few(f[notice.FieldExcludeBuyers]), ExcludeCPV: few(f[notice.FieldExcludeCPV]),
		},
	}
	for _, codes := range [][]string{r.CPV, r.ExcludeCPV} {
		for i, typed := range codes {
			if code, ok := refdata.NormaliseCPV(typed); ok && refdata.CPVKeyFault(typed) == nil {
				codes[i] = code // without its check digit; one that is wrong stays, to be refused
			}
		}
	}
	for _, l := range r.lookups() {
		l.read(f)
		r.Changed = r.Changed || f.Get(fieldAction) == l.add || f.Has(l.drop)
	}
	return r
}

// mostListed bounds what is kept of a list: more than may be asked, so that too many are
// refused, and not all that a hostile form holds.
const mostListed = 2 * notice.MaxCPV

// few keeps the first of each, and not too many.
func few(all []string) []string {
	var out []string
	for _, one := range all {
		if len(out) < mostListed && one != "" && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// Address adds the criteria to an address; what is usual is not said.
func (f Form) Address(q url.Values) {
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	ticked := func(name string, is bool) {
		if is {
			q.Set(name, yes)
		}
	}
	set(notice.FieldExclude, f.Exclude)
	ticked(notice.FieldTitleOnly, f.TitleOnly)
	ticked(notice.FieldServices, f.Services)
	if f.NoNational {
		q.Set(notice.FieldNational, no)
	}
	ticked(notice.FieldBroader, f.Broader)
	if f.Combine == string(notice.And) {
		q.Set(notice.FieldCombine, f.Combine)
	}
	set(notice.FieldMinDays, f.MinDays)
	for name, all := range map[string][]string{
		notice.FieldCPV: f.CPV, notice.FieldCategories: f.Categories, notice.FieldKinds: f.Kinds, notice.FieldSources: f.Sources,
		notice.FieldExcludeBuyers: f.ExcludeBuyers, notice.FieldExcludeCPV: f.ExcludeCPV,
	} {
		if len(all) > 0 {
			q[name] = all
		}
	}
}

// Name gives codes as people read them; one that the vocabulary lacks is named by its
// division, which the program always knows.
func Name(ctx context.Context, codes *cpv.Service, by access.Actor, all []string) ([]ui.Picked, error) {
	all = all[:min(len(all), mostListed)]
	if len(all) == 0 {
		return nil, nil
	}
	labels, err := codes.Labels(ctx, by, all)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Picked, len(all))
	for i, code := range all {
		label := cmp.Or(labels[code], refdata.CPVFamily(code))
		out[i] = ui.Picked{ID: printable(code), Label: cpv.Entry{Code: printable(code), Label: label}.Name()}
	}
	return out, nil
}
