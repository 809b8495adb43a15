package refine

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// Fields of what is looked for by a few letters: the text left in each.
const (
	FieldCodeText     = "cpv-saisi"
	FieldOutBuyerText = "organisme_exclu-saisi"
	FieldOutCodeText  = "cpv_exclu-saisi"

	// The same text again, when the form showed what it may mean.
	fieldCodeAsked     = "cpv-propose"
	fieldOutBuyerAsked = "organisme_exclu-propose"
	fieldOutCodeAsked  = "cpv_exclu-propose"
)

// Addresses that propose to the fields' scripts.
const (
	SuggestURL  = "/cpv"
	organismURL = "/organismes"
)

// mostCandidates is how many are offered to whoever has no script.
const mostCandidates = 30

// Looked is what is left of a field in which codes or organisms are looked for, and those
// that were chosen by it.
type Looked struct {
	Text       string // left in the field
	asked      string // that text, when the form showed its candidates
	Candidates []ui.Picked
	Chosen     []ui.Picked // named; see Form.Name
}

// Registers know what is looked for.
type Registers struct {
	CPV *cpv.Service
	Org *org.Service
}

// lookup is one such field: what the form sends of it, and the list that it fills.
type lookup struct {
	*Looked
	text, asked, add, drop string // names of what is sent
	chosen                 *[]string
	find                   func(context.Context, Registers, access.Actor, string) (found []ui.Picked, exact int, err error)
	name                   func(context.Context, Registers, access.Actor, []string) ([]ui.Picked, error)
	none, several          string                          // what is wrong, « %s » being what was typed
	wrong                  func(typed string) *fault.Error // what is wrong with the typed text itself
}

func (f *Form) lookups() []lookup {
	const noCode, codes = "Aucun code CPV ne correspond à %s\u00a0: essayez un seul mot, ou videz ce champ.",
		"Plusieurs codes CPV correspondent à %s\u00a0: cochez les vôtres, ou videz ce champ."
	return []lookup{
		{&f.Codes, FieldCodeText, fieldCodeAsked, "ajouter-cpv", "retirer-cpv", &f.CPV, findCodes, nameCodes, noCode, codes, refdata.CPVKeyFault},
		{&f.OutBuyers, FieldOutBuyerText, fieldOutBuyerAsked, "ajouter-organisme_exclu", "retirer-organisme_exclu", &f.ExcludeBuyers, findBuyers, nameBuyers,
			"Aucun organisme ne correspond à %s\u00a0: essayez un seul mot de son nom, ou videz ce champ.",
			"Plusieurs organismes correspondent à %s\u00a0: cochez ceux que vous écartez, ou videz ce champ.", nil},
		{&f.OutCodes, FieldOutCodeText, fieldOutCodeAsked, "ajouter-cpv_exclu", "retirer-cpv_exclu", &f.ExcludeCPV, findCodes, nameCodes, noCode,
			"Plusieurs codes CPV correspondent à %s\u00a0: cochez ceux que vous écartez, ou videz ce champ.", refdata.CPVKeyFault},
	}
}

// read takes from a form what was typed in the field, and one that its button takes away.
func (l lookup) read(f url.Values) {
	l.Text, l.Looked.asked = strings.TrimSpace(f.Get(l.text)), strings.TrimSpace(f.Get(l.asked))
	if dropped := f.Get(l.drop); dropped != "" {
		*l.chosen = slices.DeleteFunc(*l.chosen, func(id string) bool { return id == dropped })
	}
}

// Resolve turns the texts left in the fields into what they name, and names all that is
// chosen. Its faults say what keeps it from that: nothing is called so, or several are and
// somebody must choose. What was typed is never left out silently.
func (f *Form) Resolve(ctx context.Context, from Registers, by access.Actor) (fault.List, error) {
	var faults fault.List
	for _, l := range f.lookups() {
		if l.Text == "" {
			continue
		}
		changed, problem, err := l.resolve(ctx, from, by)
		if err != nil {
			return nil, err
		}
		if f.Changed = f.Changed || changed; problem != "" {
			faults = append(faults, fault.New(fault.Invalid, problem).On(l.text))
		}
	}
	return faults, f.Name(ctx, from, by)
}

// Name names what is chosen.
func (f *Form) Name(ctx context.Context, from Registers, by access.Actor) (err error) {
	for _, l := range f.lookups() {
		if l.Chosen, err = l.name(ctx, from, by, *l.chosen); err != nil {
			return err
		}
	}
	return nil
}

// Asking tells that a field shows what its text may mean.
func (f Form) Asking() bool {
	return slices.ContainsFunc(f.lookups(), func(l lookup) bool { return len(l.Candidates) > 0 })
}

// Asks tells it of one field.
func (f Form) Asks(field string) bool {
	return slices.ContainsFunc(f.lookups(), func(l lookup) bool { return l.text == field && len(l.Candidates) > 0 })
}

// Left are the texts left in the fields, which count for nothing yet.
func (f Form) Left() []string {
	var out []string
	for _, l := range f.lookups() {
		if l.Text != "" {
			out = append(out, l.Text)
		}
	}
	return out
}

// resolve chooses what was typed, when it is one thing.
func (l lookup) resolve(ctx context.Context, from Registers, by access.Actor) (changed bool, problem string, err error) {
	typed := start(l.Text)
	if notice.Clean(l.text, typed) != nil {
		return false, "Ce texte contient des caractères illisibles\u00a0: saisissez-le à nouveau.", nil
	}
	found, exact, err := l.find(ctx, from, by, typed)
	if err != nil {
		return false, "", err
	}
	chosen := func(one ui.Picked) bool { return slices.Contains(*l.chosen, one.ID) }
	said := func(text string) string { return strings.Replace(text, "%s", quoted(typed), 1) }
	switch {
	case exact >= 0:
		if !chosen(found[exact]) {
			*l.chosen = append(*l.chosen, found[exact].ID)
		}
	case len(found) == 0 && l.wrong != nil && l.wrong(typed) != nil:
		return false, l.wrong(typed).Text, nil
	case len(found) == 0:
		return false, said(l.none), nil
	case l.Looked.asked == l.Text && slices.ContainsFunc(found, chosen):
		// They ticked theirs among the candidates.
	default:
		l.Candidates = slices.DeleteFunc(found, chosen)
		return false, said(l.several), nil
	}
	l.Text = ""
	return true, "", nil
}

// findCodes finds the codes that a text may mean; exact is the rank of the one that it
// names, -1 when none.
func findCodes(ctx context.Context, from Registers, by access.Actor, typed string) (found []ui.Picked, exact int, err error) {
	entries, err := from.CPV.Suggest(ctx, by, typed, mostCandidates)
	if len(entries) != 1 {
		exact = slices.IndexFunc(entries, func(e cpv.Entry) bool { return strings.EqualFold(e.Label, typed) || strings.HasPrefix(typed, e.Code) })
	}
	for _, e := range entries {
		found = append(found, ui.Picked{ID: e.Code, Label: e.Name()})
	}
	return found, exact, err
}

func nameCodes(ctx context.Context, from Registers, by access.Actor, codes []string) ([]ui.Picked, error) {
	return Name(ctx, from.CPV, by, codes)
}

// findBuyers does the same for organisms.
func findBuyers(ctx context.Context, from Registers, _ access.Actor, typed string) (found []ui.Picked, exact int, err error) {
	buyers, one, err := from.Org.FindByName(ctx, typed)
	if exact = -1; one {
		exact = 0
	}
	for _, b := range buyers {
		found = append(found, ui.Picked{ID: b.ID, Label: b.Label()})
	}
	return found, exact, err
}

// nameBuyers names organisms. One that the register does not have stays, so that whoever
// chose it sees it and takes it away.
func nameBuyers(ctx context.Context, from Registers, _ access.Actor, ids []string) ([]ui.Picked, error) {
	ids = ids[:min(len(ids), mostListed)]
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := from.Org.BuyersNamed(ctx, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !watch.IsID(id) }))
	if err != nil {
		return nil, err
	}
	var out []ui.Picked
	for _, id := range ids {
		one := ui.Picked{ID: printable(id), Label: gone}
		if b, ok := known[id]; ok { // the one that it was merged into, once
			one = ui.Picked{ID: b.ID, Label: b.Label()}
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// gone names an organism that the register does not have.
const gone = "Organisme retiré du répertoire"

// DropGone forgets the organisms, already named, that the register does not have: an
// address goes on being read when one is.
func (f *Form) DropGone() {
	f.OutBuyers.Chosen = slices.DeleteFunc(f.OutBuyers.Chosen, func(one ui.Picked) bool { return one.Label == gone })
	f.ExcludeBuyers = nil
	for _, one := range f.OutBuyers.Chosen {
		f.ExcludeBuyers = append(f.ExcludeBuyers, one.ID)
	}
}

func quoted(s string) string { return "«\u00a0" + s + "\u00a0»" }

// start is as much of a typed text as is worth looking for.
func start(typed string) string {
	const most = 100
	runes := []rune(typed)
	return string(runes[:min(len(runes), most)])
}
