package public

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"parvis/kit/fault"
	"parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/web/answer"
	"parvis/web/refine"
	"parvis/web/ui"
)

// searchPage is « Annonces ».
type searchPage struct {
	ask
	Errors     ui.Errors
	Chosen     []ui.Picked
	Candidates []ui.Picked
	Index      ui.IndexState
	Total      int
	Last       int
	Hits       []hit
	Counts     map[string]int // notices by department, whatever the departments asked
	Facets     []ui.Facet
	Unseen     []unseen // words that no notice has
	WrongKeys  []string // of words that look like codes: why they are none
	Wider      []wider
	Proposed   []ui.Link // codes that the words may mean
}

// hit is a result and why it is one, when its title does not show it.
type hit struct {
	ui.Found
	Lots  string
	Words string
	Codes string
}

// search answers a search, refuses what cannot be searched, and gives a form that
// was only sent to be changed the address of the search that it now means.
func (p Pages) search(v *answer.Visit) (answer.Answer, error) {
	a, faults := readAsk(v.Form)
	s := searchPage{ask: a}
	if err := p.readBuyers(v.Context(), &s, &faults); err != nil {
		return answer.Answer{}, err
	}
	if err := p.readRefined(v, &s, &faults); err != nil {
		return answer.Answer{}, err
	}
	if s.moved(faults) {
		return answer.SeeOther(s.url(1), ""), nil
	}
	page := ui.Page{Title: "Annonces", NoIndex: len(v.Form) > 0, Feed: ui.Link{Label: "Annonces de cette recherche", URL: s.feedURL()}}
	if len(faults) > 0 {
		s.Errors = shown(faults)
		return answer.Refused(page, searchView(s)), nil
	}
	if err := p.readHits(v, &s); err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(page, searchView(s)), nil
}

// moved tells whether the search has another address than the one that was asked: a form
// was sent, or changed by one of its buttons without leaving anything to be settled.
func (s searchPage) moved(faults fault.List) bool {
	unsettled := len(s.Candidates) > 0 || s.Refined.Asking() ||
		concerns(faults, notice.FieldBuyers, fieldBuyerText, refine.FieldCodeText, refine.FieldOutBuyerText, refine.FieldOutCodeText)
	return s.Sent && len(faults) == 0 || (s.Helped || s.Refined.Changed) && !unsettled
}

// concerns tells whether one of these fields is at fault.
func concerns(faults fault.List, fields ...string) bool {
	for _, f := range faults {
		for _, field := range fields {
			if f.Field == field {
				return true
			}
		}
	}
	return false
}

// mostFaults is how many faults are listed: ten thousand words may be wrong.
const mostFaults = 10

// shown are the faults beside the controls that can mend them.
func shown(faults fault.List) ui.Errors {
	var out ui.Errors
	for _, f := range faults {
		e := ui.FieldError{Field: f.Field, Text: printable(f.Text)}
		if e.Field = refine.Shown(e.Field); e.Field == notice.FieldBuyers {
			e.Field = fieldBuyerText
		}
		if len(out) < mostFaults && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// readBuyers finds the names of the organisms chosen, and what was typed in the
// field: one organism is chosen, several are offered.
func (p Pages) readBuyers(ctx context.Context, s *searchPage, faults *fault.List) error {
	if s.BuyerText != "" {
		if err := p.readBuyerText(ctx, s, faults); err != nil {
			return err
		}
	}
	var ids []string
	for _, id := range s.Criteria.Buyers {
		if isID(id) {
			ids = append(ids, id)
		}
	}
	named, err := p.Orgs.BuyersNamed(ctx, ids)
	if err != nil {
		return err
	}
	if len(named) < len(s.Criteria.Buyers) {
		*faults = append(*faults, fault.New(fault.Invalid,
			"Un organisme choisi n'est plus au répertoire"+nbsp+": il a été retiré de votre recherche. Choisissez-le à nouveau.").On(notice.FieldBuyers))
	}
	s.Criteria.Buyers = nil
	var found []org.Buyer
	for _, id := range ids {
		if b, ok := named[id]; ok && !slices.Contains(s.Criteria.Buyers, b.ID) {
			found, s.Criteria.Buyers = append(found, b), append(s.Criteria.Buyers, b.ID)
		}
	}
	s.Chosen = picked(found)
	return nil
}

// readBuyerText does by hand what the field's script does: without it, what was
// typed is sent. It is never left out silently, for the results would then be
// those of a wider search than was asked.
func (p Pages) readBuyerText(ctx context.Context, s *searchPage, faults *fault.List) error {
	found, exact, err := p.Orgs.FindByName(ctx, start(s.BuyerText))
	switch {
	case err != nil:
		return err
	case exact:
		s.Criteria.Buyers = buyers(append(s.Criteria.Buyers, found[0].ID), "")
		s.BuyerText, s.Helped = "", true
	case len(found) == 0:
		*faults = append(*faults, fault.New(fault.Invalid,
			fmt.Sprintf("Aucun organisme ne correspond à «\u00a0%s\u00a0»\u00a0: essayez avec un seul mot de son nom, ou videz le champ.", start(s.BuyerText))).On(fieldBuyerText))
	case s.Offered == s.BuyerText && slices.ContainsFunc(found, func(b org.Buyer) bool { return slices.Contains(s.Criteria.Buyers, b.ID) }):
		s.BuyerText, s.Helped = "", true // they ticked theirs among the candidates
	default:
		s.Candidates = picked(slices.DeleteFunc(found, func(b org.Buyer) bool { return slices.Contains(s.Criteria.Buyers, b.ID) }))
		*faults = append(*faults, fault.New(fault.Invalid,
			fmt.Sprintf("Plusieurs organismes correspondent à «\u00a0%s\u00a0»\u00a0: cochez les vôtres, ou videz le champ.", start(s.BuyerText))).On(fieldBuyerText))
	}
	return nil
}

// readRefined does the same for the fields of « Affiner », and reads all of it. An
// organism that is left out and is none of the register, is not.
func (p Pages) readRefined(v *answer.Visit, s *searchPage, faults *fault.List) error {
	problems, err := s.Refined.Resolve(v.Context(), refine.Registers{CPV: p.CPV, Org: p.Orgs}, v.Actor)
	if err != nil {
		return err
	}
	*faults = append(*faults, problems...)
	s.Refined.DropGone()
	ignored, err := s.Refined.Into(&s.Criteria)
	s.Ignored = append(s.Ignored, ignored...)
	return faults.Add(err)
}

// start is as much of a typed name as is worth looking for.
func start(typed string) string {
	const most = 100
	runes := []rune(typed)
	return string(runes[:min(len(runes), most)])
}

// picked are organisms as their field shows them.
func picked(buyers []org.Buyer) []ui.Picked {
	out := make([]ui.Picked, len(buyers))
	for i, b := range buyers {
		out[i] = ui.Picked{ID: b.ID, Label: b.Label()}
	}
	return out
}

// readHits reads the page asked, or the last one when there are not so many, and what
// stands around it.
func (p Pages) readHits(v *answer.Visit, s *searchPage) error {
	q, err := notice.Compile(s.Criteria)
	if err != nil {
		return err
	}
	page, err := p.read(v, s, true)
	if err != nil {
		return err
	}
	facets := page.Facets
	s.Index = ui.IndexState(page.Index)
	s.Total, s.Last = page.Total, max(1, (page.Total+s.Size-1)/s.Size)
	if s.Page > s.Last {
		s.Page = s.Last
		if page, err = p.read(v, s, false); err != nil {
			return err
		}
	}
	for _, n := range page.Notices {
		h := hit{Found: found(n, page.At, q)}
		if len(s.Criteria.Keywords) > 0 {
			if h.Lots, h.Words, err = why(n, s.Criteria, page.At, len(h.Marks) == 0); err != nil {
				return err
			}
		}
		h.Codes = codesFound(n, s.Criteria)
		s.Hits = append(s.Hits, h)
	}
	if err := p.facets(v.Context(), s, facets); err != nil {
		return err
	}
	p.missing(s)
	if err := p.propose(v, s); err != nil || s.Total > 0 {
		return err
	}
	return p.help(v, s)
}

// mostProposed is how many codes the words may suggest.
const mostProposed = 3

// propose offers the codes whose label has the words: who looks for « menuiserie » may
// want the calls that only a code names.
func (p Pages) propose(v *answer.Visit, s *searchPage) error {
	if len(s.Criteria.Keywords) == 0 || len(s.Criteria.CPV) > 0 {
		return nil
	}
	for _, word := range s.Criteria.Keywords[:min(len(s.Criteria.Keywords), mostProposed)] {
		found, err := p.CPV.Search(v.Context(), v.Actor, word, mostProposed)
		if err != nil {
			return err
		}
		for _, e := range found[:min(len(found), max(1, mostProposed/len(s.Criteria.Keywords)))] {
			l := ui.Link{Label: e.Name(), URL: s.less(func(a *ask) { a.Criteria.CPV = []string{e.Code} })}
			if len(s.Proposed) < mostProposed && !slices.Contains(s.Proposed, l) {
				s.Proposed = append(s.Proposed, l)
			}
		}
	}
	return nil
}

// read asks the room for the page of s.
func (p Pages) read(v *answer.Visit, s *searchPage, facets bool) (notice.Page, error) {
	return p.Notices.Search(v.Context(), v.Actor, notice.Search{
		Criteria: s.Criteria, Open: s.Open, Within: s.Within, Order: s.Order, From: (s.Page - 1) * s.Size, Size: s.Size, Facets: facets,
	})
}

// noted tells whether something is to be said before the results.
func (s searchPage) noted() bool {
	return len(s.Ignored)+len(s.Unseen)+len(s.WrongKeys)+len(s.Proposed)+len(s.areas()) > 0
}

// regions are the departments to tick.
func (s searchPage) regions() []ui.PickerRegion {
	ticked := map[string]bool{}
	for _, code := range s.Criteria.Departments {
		ticked[code] = true
	}
	var out []ui.PickerRegion
	for _, r := range refdata.Regions() {
		region := ui.PickerRegion{Code: r.Code, Name: r.Name}
		for _, d := range r.Departments {
			region.Departments = append(region.Departments, ui.PickerDepartment{Code: d.Code, Name: d.Name, Checked: ticked[d.Code], Count: s.Counts[d.Code]})
		}
		out = append(out, region)
	}
	return out
}

// departmentNote says, on the folded list, what is ticked inside.
func (s searchPage) departmentNote() string {
	switch n := len(s.Criteria.Departments); n {
	case 0:
		return "toute la France"
	case 1:
		return refdata.PlaceLabel(s.Criteria.Departments[0])
	default:
		return ui.Number(n) + nbsp + "départements"
	}
}

// buyerNote says the same of the folded field of organisms.
func (s searchPage) buyerNote() string {
	if n := len(s.Chosen); n > 0 {
		return ui.Number(n) + nbsp + ui.Plural(n, "organisme", "organismes")
	}
	return "tous"
}

// carried is what the form keeps of the address without showing it.
func (s searchPage) carried() []ui.Carried {
	q := s.query()
	out := carried(url.Values{fieldOrder: q[fieldOrder], fieldSize: q[fieldSize], fieldWithin: q[fieldWithin], fieldSent: {"1"}})
	if len(s.Candidates) > 0 {
		out = append(out, ui.Carried{Name: fieldOffered, Value: s.BuyerText})
	}
	return out
}

// sorted is what another order keeps of the address.
func (s searchPage) sorted() []ui.Carried {
	q := s.query()
	q.Del(fieldOrder)
	return carried(q)
}

// carried are parameters as hidden fields, in a steady order.
func carried(q url.Values) []ui.Carried {
	var out []ui.Carried
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[name] {
			out = append(out, ui.Carried{Name: name, Value: value})
		}
	}
	return out
}

// one is what the count line counts; its first words must be masculine.
func (s searchPage) one() string {
	if s.Open {
		return "avis ouvert correspond à votre recherche"
	}
	return "avis correspond à votre recherche"
}

// many is the same for several.
func (s searchPage) many() string {
	if s.Open {
		return "avis ouverts correspondent à votre recherche"
	}
	return "avis correspondent à votre recherche"
}

// nothing says what to do when nothing was found.
func (s searchPage) nothing() ui.Empty {
	e := ui.Empty{
		Icon: "search", Text: "Aucun avis ne correspond à votre recherche",
		Next: "Essayez avec moins de critères, ou créez une veille" + nbsp + ": vous serez prévenu du prochain.",
		Act:  &ui.Button{Label: "Effacer la recherche", URL: "/annonces", Kind: ui.Quiet, Icon: "x"},
	}
	if s.Open {
		e.Text = "Aucun avis ouvert ne correspond à votre recherche"
	}
	if len(s.chips()) == 0 {
		e.Text, e.Next, e.Act = "Aucun avis ouvert pour l'instant", "Créez une veille"+nbsp+": vous serez prévenu du prochain.",
			&ui.Button{Label: "Chercher aussi parmi les avis clos", URL: s.less(func(a *ask) { a.Open = false }), Kind: ui.Quiet, Icon: "history"}
	}
	return e
}

// areas offers the department that a searched word names: « 67 » is seldom a
// word of a notice.
func (s searchPage) areas() []ui.Link {
	var out []ui.Link
	for _, word := range s.Criteria.Keywords {
		d, ok := refdata.DepartmentByCode(strings.ToUpper(text.Fold(word)))
		if !ok {
			continue
		}
		instead := s.ask
		instead.Typed = strings.Join(without(s.Criteria.Keywords, word), " ")
		instead.Criteria.Departments = append(without(s.Criteria.Departments, d.Code), d.Code)
		out = append(out, ui.Link{Label: "Chercher plutôt dans le département " + d.Label(), URL: instead.url(1)})
	}
	return out
}
