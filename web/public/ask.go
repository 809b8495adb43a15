package public

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/refine"
)

// Parameters of the address of « Annonces », beside the criteria's own.
const (
	fieldRegion    = "region" // « Toute la région »: stands for its departments
	fieldBuyerText = "organisme-saisi"
	fieldOffered   = "organisme-propose" // the text whose candidates the form showed
	fieldDropBuyer = "retirer-organisme"
	fieldAction    = "action"
	fieldState     = "etat"
	fieldOrder     = "tri"
	fieldSize      = "taille"
	fieldPage      = "page"
	fieldWithin    = "cloture" // days: only calls that close within so many
	fieldSent      = "envoi"   // sent with the form, whose address says more than the search

	stateOpen = "ouvertes"
	stateAll  = "toutes"
)

// orders are how results may be sorted.
var orders = []notice.Order{notice.ByDeadline, notice.ByPublication, notice.ByRelevance}

// sizes are how many results a page may show; the second is the usual one.
var sizes = []int{10, 20, 50, 100}

// furthest is a page number that no list reaches: the address may say anything,
// and what is multiplied must not overflow.
const furthest = 10_000_000

// ask is what the address of « Annonces » says.
type ask struct {
	Typed     string // the words, as they were typed
	Criteria  notice.Criteria
	Ignored   []string // words too common to be searched
	Refined   refine.Form
	Open      bool
	Within    int // days, 0 for any
	Order     notice.Order
	Size      int
	Page      int    // from 1
	BuyerText string // left in the field « Organisme »
	Offered   string // that text, when the form showed its candidates
	// Helped tells that the form was sent to be changed (an organism added or taken
	// away, a whole region ticked): the search has an address of its own.
	Helped bool
	// Sent tells that this is what a form sends, with all that is usual or was left
	// empty: the search has a shorter address.
	Sent bool
}

// readAsk reads the address; what has no sense is the usual, what was typed and
// cannot be searched is refused.
func readAsk(form url.Values) (ask, fault.List) {
	a := ask{
		Typed: form.Get(notice.FieldKeywords), Open: form.Get(fieldState) != stateAll, Order: notice.ByDeadline,
		Size: sizes[1], Page: 1, BuyerText: printable(strings.TrimSpace(form.Get(fieldBuyerText))),
		Offered: form.Get(fieldOffered), Refined: refine.Read(form),
		Sent:   form.Has(fieldSent),
		Helped: form.Has(fieldAction) || form.Has(fieldDropBuyer) || form.Has(fieldRegion),
	}
	if o := notice.Order(form.Get(fieldOrder)); slices.Contains(orders, o) {
		a.Order = o
	}
	if n, err := strconv.Atoi(form.Get(fieldWithin)); err == nil && slices.Contains(notice.ClosingDays[:], n) {
		a.Within = n
	}
	if n, err := strconv.Atoi(form.Get(fieldSize)); err == nil && slices.Contains(sizes, n) {
		a.Size = n
	}
	if n, err := strconv.Atoi(form.Get(fieldPage)); err == nil {
		a.Page = min(max(n, 1), furthest)
	}
	var faults fault.List
	var err error
	if a.Criteria.Keywords, a.Ignored, err = notice.ReadKeywords(notice.FieldKeywords, a.Typed); err != nil {
		_ = faults.Add(err) // every refusal of words is a fault
	}
	a.Criteria.Mode = notice.Mode(form.Get(notice.FieldMode))
	a.Criteria.Departments, err = departments(form[notice.FieldDepartments], form[fieldRegion])
	_ = faults.Add(err)
	a.Criteria.Buyers = buyers(form[notice.FieldBuyers], form.Get(fieldDropBuyer))
	_ = faults.Add(notice.Criteria{Mode: a.Criteria.Mode, Buyers: a.Criteria.Buyers}.Check())
	if len(a.Criteria.Keywords) == 0 && a.Order == notice.ByRelevance {
		a.Order = notice.ByDeadline // to what would it answer?
	}
	return a, faults
}

// departments gives each department asked once, however its code is written, those of
// whole regions included, in the order of their numbers. The first one that does not
// exist is refused: an address may hold thousands.
func departments(codes, regions []string) ([]string, error) {
	wanted := map[string]bool{}
	unknown := ""
	for _, code := range codes {
		found := refdata.DepartmentsAsked(code)
		if len(found) == 0 && unknown == "" {
			unknown = code
		}
		for _, code := range found {
			wanted[code] = true
		}
	}
	for _, r := range refdata.Regions() {
		if slices.Contains(regions, r.Code) {
			for _, d := range r.Departments {
				wanted[d.Code] = true
			}
		}
	}
	var out []string
	for _, d := range refdata.Departments() {
		if wanted[d.Code] {
			out = append(out, d.Code)
		}
	}
	if unknown == "" {
		return out, nil
	}
	return out, notice.Criteria{Departments: []string{printable(unknown)}}.Check()
}

// buyers gives each organism asked once, without the one that is taken away.
func buyers(ids []string, dropped string) []string {
	var out []string
	for _, id := range ids {
		if id != "" && id != dropped && !slices.Contains(out, id) {
			out = append(out, id)
		}
		if len(out) > notice.MaxBuyers {
			break // one too many is enough to refuse
		}
	}
	return out
}

// criteria are the parameters that a watch's form understands too.
func (a ask) criteria() url.Values {
	q := url.Values{}
	if a.Typed != "" {
		q.Set(notice.FieldKeywords, a.Typed)
	}
	if a.Criteria.Mode == notice.All {
		q.Set(notice.FieldMode, string(notice.All))
	}
	if len(a.Criteria.Buyers) > 0 {
		q[notice.FieldBuyers] = a.Criteria.Buyers
	}
	if len(a.Criteria.Departments) > 0 {
		q[notice.FieldDepartments] = a.Criteria.Departments
	}
	a.Refined.Address(q)
	return q
}

// query is the shortest address of this search: what is usual is not said.
func (a ask) query() url.Values {
	q := a.criteria()
	if !a.Open {
		q.Set(fieldState, stateAll)
	}
	if a.Within > 0 {
		q.Set(fieldWithin, strconv.Itoa(a.Within))
	}
	if a.Order != notice.ByDeadline {
		q.Set(fieldOrder, string(a.Order))
	}
	if a.Size != sizes[1] {
		q.Set(fieldSize, strconv.Itoa(a.Size))
	}
	return q
}

// url is the address of one page of this search.
func (a ask) url(page int) string {
	q := a.query()
	if page > 1 {
		q.Set(fieldPage, strconv.Itoa(page))
	}
	return at("/annonces", q)
}

// watchURL leads to a new watch that asks the same.
func (a ask) watchURL() string { return at("/entreprise/veilles/nouvelle", a.criteria()) }

// at is an address with its parameters, if any.
func at(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// printable is a text that may be shown again: what was typed, without what no
// page may hold: control characters, and those that turn what follows around.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\u202d' || r == '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// maxID is the length of our identifiers.
const maxID = 36

// isID tells whether a text can be an identifier of ours. What cannot is not
// asked of the database, which refuses some texts with an error.
func isID(s string) bool {
	return len(s) == maxID && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f') && r != '-'
	})
}
