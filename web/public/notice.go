package public

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/tag"
	"parvis/web/ui"
)

// noticePage is one notice, whole.
type noticePage struct {
	notice.Story
	Buyer  org.Buyer
	Labels map[string]string // of its CPV codes, those of its lots included
	Told   told              // what it says
	Ways   ways
	Tag    *tag.Contract // what the reader's company says of it; nil for who has none

	Readers string // who sees that
	Follow  *followAct
}

// notice shows a notice to anybody, of whatever kind it is.
func (p Pages) notice(v *answer.Visit) (answer.Answer, error) {
	story, err := p.storyOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	if err := p.Notices.TakeFacts(v.Context(), v.Actor, story.Notice); err != nil {
		return answer.Answer{}, err
	}
	found, err := p.Orgs.BuyersByID(v.Context(), []string{story.BuyerID})
	if err != nil {
		return answer.Answer{}, err
	}
	page := noticePage{Story: story, Buyer: org.Buyer{ID: story.BuyerID, Name: story.Notice.Buyer.Name},
		Told: tell(story.Facts), Ways: waysOf(story.Facts, len(story.Lots))}
	if len(found) > 0 {
		page.Buyer = found[0]
	}
	if page.Labels, err = p.CPV.Labels(v.Context(), v.Actor, page.Subject(page.At).CPV); err != nil {
		return answer.Answer{}, err
	}
	page.Readers = tag.Readers(v.Actor)
	if page.Tag, err = p.tagOf(v, story.Notice); err != nil {
		return answer.Answer{}, err
	}
	if page.Follow, err = p.followOf(v, story.Notice); err != nil {
		return answer.Answer{}, err
	}
	if page.Follow != nil && page.Tag != nil {
		page.Follow.Pass = page.Tag.Said.Choice == watch.Pass
	}
	return answer.Show(ui.Page{Title: title(story.Notice)}, noticeView(page)), nil
}

// storyOf reads the notice of the address and what it is part of.
func (p Pages) storyOf(v *answer.Visit) (notice.Story, error) {
	id := v.PathValue("id")
	if !isID(id) {
		return notice.Story{}, fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")
	}
	return p.Notices.Find(v.Context(), v.Actor, id)
}

// due is the deadline as a list shows it: its words say how long is left.
func (p noticePage) due() ui.Due { return due(p.Notice, p.At) }

// call tells whether companies were ever to answer: the others have no deadline
// to be missing.
func (p noticePage) call() bool {
	return p.Kind == notice.Contract || !p.Deadline.IsZero()
}

// facts are what is known in a word each; what is not known is not listed.
func (p noticePage) facts() []ui.Criterion {
	var out []ui.Criterion
	add := func(label string, values ...string) {
		var known []string
		for _, v := range values {
			if v != "" {
				known = append(known, v)
			}
		}
		if len(known) > 0 {
			out = append(out, ui.Criterion{Label: label, Values: ui.Values(known...)})
		}
	}
	if !p.Deadline.IsZero() {
		add("Date limite", p.Deadline.Long(p.Zone())+" ("+p.due().Badge().Text+")")
	}
	// The one who publishes may have another name than the register's.
	add("Organisme", p.Buyer.Label())
	if p.Buyer.SIREN != "" {
		add("SIREN", refdata.SIREN(p.Buyer.SIREN).Pretty())
	}
	if n := p.Notice.Buyer.Name; n != "" && n != p.Buyer.Name {
		add("Nom dans l'avis", n)
	}
	add("Référence", reference(p.Notice))
	add(ui.Plural(len(places(p.Notice)), "Lieu", "Lieux"), places(p.Notice)...)
	add("Nature de l'avis", p.Kind.Label())
	add("Résultat", p.outcome())
	for _, line := range p.lines("", notice.Subnature) {
		add(line.Label, line.Said[0].Text)
	}
	add("Procédure", p.Procedure.Label())
	add("Nature du marché", p.Category.Label())
	add("Lots", lotCount(p.Notice))
	add("Rubrique de la source", family(p.Detail.Family))
	add(ui.Plural(len(p.Descriptors), "Descripteur", "Descripteurs"), p.Descriptors...)
	add("Critères et clauses", p.Detail.Criteria...)
	add("Parution", day(p.PublishedOn))
	return out
}

// outcome is what became of the contract: what its results say of a call, and what a
// result says itself.
func (p noticePage) outcome() string {
	switch {
	case p.Kind != notice.Award:
	case len(p.Detail.Awards)+len(p.Detail.Unawarded) == 0:
		return "" // it says so elsewhere, in words
	default:
		return p.Detail.Result().Label()
	}
	return p.Result.Label()
}

// resultTitle heads what a result says.
func resultTitle(d notice.Detail) string {
	if len(d.Awards) > 0 {
		return "Attribution"
	}
	return "Résultat"
}

// unawardedWhole says that nobody was given the contract, where a result does not say it
// of lots.
func unawardedWhole(d notice.Detail) string {
	for _, u := range d.Unawarded {
		switch {
		case u.Lot != "":
		case u.Why == notice.Undecided:
			return "La mise en concurrence continue" + nbsp + ": aucun titulaire n'est encore choisi."
		case len(d.Awards) > 0:
			return "Une partie du marché n'est pas attribuée" + nbsp + ": " + strings.ToLower(u.Why.Label()) + "."
		default:
			return failures[u.Why] + nbsp + ": aucun marché n'est attribué."
		}
	}
	return ""
}

// families are the gazette's headings, with what their initials mean.
var families = map[string]string{
	"JOUE":   "JOUE (marchés publiés aussi au Journal officiel de l'Union européenne)",
	"FNS":    "FNS (marchés nationaux, formulaire standard)",
	"MAPA":   "MAPA (marchés à procédure adaptée)",
	"DSP":    "DSP (délégations de service public)",
	"DIVERS": "Divers",
}

// family is the heading in words; one that we do not know is shown as it came.
func family(code string) string {
	if label, ok := families[code]; ok {
		return label
	}
	return code
}

// code is a CPV code as the page shows it: what it buys, and where to find more of it.
type code struct {
	Code, Label, URL string
}

// codes names codes by the vocabulary; where that lacks them and broadly is wanted, by
// what the group buys, which the program always knows.
func (p noticePage) codes(all []string, broadly bool) []code {
	out := make([]code, len(all))
	for i, c := range all {
		out[i] = code{Code: c, Label: p.Labels[c], URL: at("/annonces", url.Values{notice.FieldCPV: {c}})}
		if broadly && out[i].Label == "" {
			out[i].Label = refdata.CPVFamily(c)
		}
	}
	return out
}

// paragraphs is a text as it was laid out: paragraphs of lines. A run of blank
// lines, however long, parts two paragraphs once.
func paragraphs(text string) [][]string {
	var out [][]string
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			open = false
		case open:
			out[len(out)-1] = append(out[len(out)-1], line)
		default:
			out, open = append(out, []string{line}), true
		}
	}
	return out
}

// lotTitle names a lot: « Lot 1 : Couverture ».
func lotTitle(l notice.Lot) string {
	switch {
	case l.Number == "":
		return either(l.Title, "Lot sans titre")
	case l.Title == "":
		return "Lot " + l.Number
	}
	return "Lot " + l.Number + nbsp + ": " + l.Title
}

// dashed is a label after what it names, "" for none.
func dashed(label string) string {
	if label == "" {
		return ""
	}
	return nbsp + "— " + label
}

// lotsTitle heads the lots: « 12 lots ».
func lotsTitle(n int) string { return ui.Number(n) + nbsp + ui.Plural(n, "lot", "lots") }

// here marks the step of a story that the page shows.
func here(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// moment is a date that matters, beside the deadline.
type moment struct {
	Label, Text, Note string
}

// moments are the dates before the deadline that a company must not miss.
func (p noticePage) moments() []moment {
	var out []moment
	add := func(label string, at clock.Instant) {
		if at.IsZero() {
			return
		}
		note := at.Left(p.At, p.Zone())
		if at < p.At {
			note = "passée"
		}
		out = append(out, moment{label, long(p.Notice, at), note})
	}
	add("Visite obligatoire", p.VisitAt)
	add("Questions jusqu'au", p.QuestionsUntil)
	return out
}

// source is the address of the notice where it comes from, "" when what the
// source gave is no address of the web.
func (p noticePage) source() string { return followable(p.URL) }

// buyerURL leads to what else this buyer publishes.
func (p noticePage) buyerURL() string {
	return at("/annonces", url.Values{notice.FieldBuyers: {p.Buyer.ID}})
}

// dated tells whether there is a date still to come to put in a diary.
func (p noticePage) dated() bool {
	return p.CancelledAt.IsZero() && max(p.Deadline, p.VisitAt, p.QuestionsUntil) > p.At
}

// calendarURL is where a diary finds the dates.
func (p noticePage) calendarURL() string { return noticeURL(p.Notice) + "/calendrier.ics" }

// licence says under what terms a source gives its notices.
type licence struct{ Text, Name, URL string }

var licences = map[string]licence{
	"boamp": {"Données du Bulletin officiel des annonces des marchés publics (DILA)", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"},
	"ted":   {"Données de TED, Office des publications de l'Union européenne", "réutilisation libre, source mentionnée", "https://ted.europa.eu/fr/legal-notice"},
}

// elsewhere are the notices that this one names and that the platform does not have.
func (p noticePage) elsewhere() []string {
	known := map[string]bool{}
	for _, n := range p.Before {
		for _, name := range append(n.Aliases, n.SourceID) {
			known[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Linked), func(name string) bool { return known[name] })
}

// recorded says when the platform had the notice, and whether it changed since.
func (p noticePage) recorded() string {
	text := "Reçu sur Parvis le " + p.RecordedAt.Long(clock.Paris) + " (heure de Paris)"
	if p.TouchedAt > p.RecordedAt {
		text += ", modifié le " + p.TouchedAt.Long(clock.Paris)
	}
	return text + "."
}

// kin is a notice of the same story in one line.
func kin(n *notice.Notice) string {
	line := kindLabel(n)
	if n.PublishedOn != "" {
		line += " du " + day(n.PublishedOn)
	}
	return fmt.Sprintf("%s, %s", line, n.SourceLabel())
}
