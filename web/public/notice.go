package public

import (
	"fmt"
	"net/url"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/web/answer"
	"parvis/web/ui"
)

// noticePage is one notice, whole.
type noticePage struct {
	notice.Story
	Buyer org.Buyer
}

// notice shows a notice to anybody, of whatever kind it is.
func (p Pages) notice(v *answer.Visit) (answer.Answer, error) {
	id := v.PathValue("id")
	if !isID(id) {
		return answer.Answer{}, fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")
	}
	story, err := p.Notices.Find(v.Context(), v.Actor, id)
	if err != nil {
		return answer.Answer{}, err
	}
	found, err := p.Orgs.BuyersByID(v.Context(), []string{story.BuyerID})
	if err != nil {
		return answer.Answer{}, err
	}
	page := noticePage{Story: story, Buyer: org.Buyer{ID: story.BuyerID, Name: story.Notice.Buyer.Name}}
	if len(found) > 0 {
		page.Buyer = found[0]
	}
	return answer.Show(ui.Page{Title: title(story.Notice)}, noticeView(page)), nil
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
	if n := p.Notice.Buyer.Name; n != "" && n != p.Buyer.Name {
		add("Nom dans l'avis", n)
	}
	add("Référence", reference(p.Notice))
	add(ui.Plural(len(p.Departments), "Lieu", "Lieux"), places(p.Notice)...)
	add("Nature de l'avis", p.Kind.Label())
	add("Procédure", p.Procedure.Label())
	add("Nature du marché", p.Category.Label())
	add("Lots", lotCount(p.Notice))
	add("Rubrique de la source", family(p.Detail.Family))
	add(ui.Plural(len(p.Descriptors), "Descripteur", "Descripteurs"), p.Descriptors...)
	add("Critères et clauses", p.Detail.Criteria...)
	add("Parution", day(p.PublishedOn))
	return out
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

// codes are the CPV codes of the notice with what their division buys.
func (p noticePage) codes() []string {
	out := make([]string, len(p.CPV))
	for i, code := range p.CPV {
		out[i] = cpvLine(code)
	}
	return out
}

// cpvLine is a code with its division: the 45 divisions are the part of the
// nomenclature that the platform knows by name.
func cpvLine(code string) string {
	if d, ok := refdata.DivisionOfCPV(code); ok {
		return code + nbsp + "— " + d.Label
	}
	return code
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
func (p noticePage) source() string {
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

// buyerURL leads to what else this buyer publishes.
func (p noticePage) buyerURL() string {
	return at("/annonces", url.Values{notice.FieldBuyers: {p.Buyer.ID}})
}

// recorded says when the platform had the notice, and whether it changed since.
func (p noticePage) recorded() string {
	text := "Reçu sur Parvis le " + p.RecordedAt.Long(clock.Paris) + " (heure de Paris)"
	if p.ChangedAt > p.RecordedAt {
		text += ", modifié le " + p.ChangedAt.Long(clock.Paris)
	}
	return text + "."
}

// kin is a notice of the same story in one line.
func kin(n *notice.Notice) string {
	line := n.Kind.Label()
	if n.PublishedOn != "" {
		line += " du " + day(n.PublishedOn)
	}
	return fmt.Sprintf("%s, %s", line, n.SourceLabel())
}
