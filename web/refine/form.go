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

// What the section sends beside the criteria's own fields: the text left in the field of
// codes, the text whose candidates were shown, and the buttons that change the list.
const (
	FieldCodeText  = "cpv-saisi"
	fieldCodeAsked = "cpv-propose"
	fieldDropCode  = "retirer-cpv"
	fieldAction    = "action"
	addCode        = "ajouter-cpv"

	yes = "oui"
	no  = "non"
)

// SuggestURL proposes codes to the field's script.
const SuggestURL = "/cpv"

// mostCandidates is how many codes are offered to whoever has no script.
const mostCandidates = 30

// Form is the section as it was sent, or as it is to be shown.
type Form struct {
	notice.Refinement
	CodeText   string // left in the field « Codes CPV »
	codeAsked  string // that text, when the form showed its candidates
	Candidates []ui.Picked
	Chosen     []ui.Picked // the codes of the criteria, named
	OutCodes   []ui.Picked // those left out
	OutBuyers  []ui.Picked // the organisms left out, named by whoever has the register
	Changed    bool        // it was sent to add or take away a code
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
		CodeText: strings.TrimSpace(f.Get(FieldCodeText)), codeAsked: strings.TrimSpace(f.Get(fieldCodeAsked)),
		Changed: f.Get(fieldAction) == addCode || f.Has(fieldDropCode),
	}
	for i, typed := range r.CPV {
		if code, ok := refdata.NormaliseCPV(typed); ok && refdata.CPVKeyFault(typed) == nil {
			r.CPV[i] = code // without its check digit; one that is wrong stays, to be refused
		}
	}
	if dropped := f.Get(fieldDropCode); dropped != "" {
		r.CPV = slices.DeleteFunc(r.CPV, func(code string) bool { return code == dropped })
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

// Resolve turns the text left in the field of codes into a code, and names those chosen.
// It says what keeps it from that: no code is called so, or several are and somebody must
// choose. What was typed is never left out silently.
func (f *Form) Resolve(ctx context.Context, codes *cpv.Service, by access.Actor) (problem string, err error) {
	if f.CodeText != "" {
		if problem, err = f.resolve(ctx, codes, by); err != nil {
			return "", err
		}
	}
	return problem, f.Name(ctx, codes, by)
}

// Name names the codes that are chosen and those that are left out.
func (f *Form) Name(ctx context.Context, codes *cpv.Service, by access.Actor) (err error) {
	if f.Chosen, err = Name(ctx, codes, by, f.CPV); err == nil {
		f.OutCodes, err = Name(ctx, codes, by, f.ExcludeCPV)
	}
	return err
}

func (f *Form) resolve(ctx context.Context, codes *cpv.Service, by access.Actor) (problem string, err error) {
	typed := start(f.CodeText)
	if notice.Clean(FieldCodeText, typed) != nil {
		return "Ce texte contient des caractères illisibles\u00a0: saisissez-le à nouveau.", nil
	}
	found, err := codes.Suggest(ctx, by, typed, mostCandidates)
	if err != nil {
		return "", err
	}
	chosen := func(e cpv.Entry) bool { return slices.Contains(f.CPV, e.Code) }
	exact := slices.IndexFunc(found, func(e cpv.Entry) bool { return strings.EqualFold(e.Label, typed) || strings.HasPrefix(typed, e.Code) })
	switch {
	case len(found) == 1:
		exact = 0
		fallthrough
	case exact >= 0:
		if !chosen(found[exact]) {
			f.CPV = append(f.CPV, found[exact].Code)
		}
		f.Changed = true
	case len(found) == 0 && refdata.CPVKeyFault(typed) != nil:
		return refdata.CPVKeyFault(typed).Text, nil
	case len(found) == 0:
		return "Aucun code CPV ne correspond à " + quoted(typed) + "\u00a0: essayez un seul mot, ou videz ce champ.", nil
	case f.codeAsked == f.CodeText && slices.ContainsFunc(found, chosen):
		f.Changed = true // they ticked theirs among the candidates
	default:
		for _, e := range found {
			if !chosen(e) {
				f.Candidates = append(f.Candidates, ui.Picked{ID: e.Code, Label: e.Name()})
			}
		}
		return "Plusieurs codes CPV correspondent à " + quoted(typed) + "\u00a0: cochez les vôtres, ou videz ce champ.", nil
	}
	f.CodeText = ""
	return "", nil
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

func quoted(s string) string { return "«\u00a0" + s + "\u00a0»" }

// start is as much of a typed text as is worth looking for.
func start(typed string) string {
	const most = 100
	runes := []rune(typed)
	return string(runes[:min(len(runes), most)])
}
