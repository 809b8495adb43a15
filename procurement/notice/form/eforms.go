package form

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// EForms is a notice in the European form: UBL, in XML or written as JSON.
// Organisations stand in one list and are referred to by number, so that the
// first register number of the document is rarely the buyer's.
type EForms struct {
	root            any // the notice, under its own root key
	name            string
	orgs            map[string]Organisation
	companies       map[string]any // the same, as the form has them
	deadlinesDiffer bool
}

// Organisation is what the form says of a body or of a company.
type Organisation struct {
	Name, Register, Postcode, City, NUTS, Country string
}

// roots are the documents of eForms that are notices, as tree.Key writes them.
var roots = []string{"contractnotice", "contractawardnotice", "priorinformationnotice"}

// ReadEForms opens the notice in a document; nil when there is none.
func ReadEForms(v any) *EForms {
	for _, name := range roots {
		if found := tree.At(v, name); len(found) > 0 {
			e := &EForms{root: found[0], name: name, orgs: map[string]Organisation{}, companies: map[string]any{}}
			e.readOrganisations()
			return e
		}
	}
	return nil
}

// Root is the notice itself, for what only one source has in it.
func (e *EForms) Root() any { return e.root }

func (e *EForms) readOrganisations() {
	for _, o := range tree.Find(e.root, "organizations") {
		for _, v := range tree.At(o, "organization") {
			company := tree.FirstOf(tree.At(v, "company"))
			org := Organisation{
				Name:     scrub.Line(inFrench(company, "partyname", "name")),
				Register: scrub.Token(tree.First(company, "partylegalentity.companyid")),
				Postcode: scrub.Token(tree.First(company, "postaladdress.postalzone")),
				City:     scrub.Token(tree.First(company, "postaladdress.cityname")),
				NUTS:     scrub.Token(tree.First(company, "postaladdress.countrysubentitycode")),
				Country:  scrub.Token(tree.First(company, "postaladdress.country.identificationcode")),
			}
			if id := scrub.Token(tree.First(company, "partyidentification.id")); id != "" {
				e.companies[id], e.orgs[id] = company, org
			}
			// A service that answers for an organisation has a number of its own.
			for _, point := range tree.At(v, "touchpoint") {
				service := org
				if name := scrub.Line(inFrench(point, "partyname", "name")); name != "" {
					service.Name = name
				}
				id := scrub.Token(tree.First(point, "partyidentification.id"))
				e.companies[id], e.orgs[id] = point, service
			}
		}
	}
}

// inFrench is the text at the end of a path, in French when it is there in several
// languages.
func inFrench(v any, path ...string) string {
	found := tree.At(v, path...)
	for _, f := range found {
		if strings.EqualFold(tree.First(f, "@languageid"), "FRA") {
			return tree.Text(f)
		}
	}
	return tree.Text(found)
}

// Buyer is the organisation that the contracting party points to; of several, the
// first, which is the one that leads.
func (e *EForms) Buyer() Organisation {
	return e.orgs[scrub.Token(tree.First(e.root, "contractingparty.party.partyidentification.id"))]
}

// Country is that of the buyer: its own, or where that is not said, what its territory or
// the first of the other buyers that says it tells. It is "" when nothing does: the language
// of a notice, and the place of performance, prove nothing.
func (e *EForms) Country() string {
	for _, id := range tree.At(e.root, "contractingparty", "party", "partyidentification", "id") {
		org := e.orgs[scrub.Token(tree.Text(id))]
		if org.Country != "" {
			return org.Country
		}
		if country := CountryOfNUTS(org.NUTS); country != "" {
			return country
		}
	}
	return ""
}

// CountryOfNUTS is the country that a territory's code begins with, "" for none.
func CountryOfNUTS(nuts string) string {
	if len(nuts) < 2 || nuts[0] < 'A' || nuts[0] > 'Z' || nuts[1] < 'A' || nuts[1] > 'Z' {
		return ""
	}
	return nuts[:2]
}

// Title is the name of the contract, as it is written.
func (e *EForms) Title() string { return inFrench(e.root, "procurementproject", "name") }

// Description says what the contract is about.
func (e *EForms) Description() string { return inFrench(e.root, "procurementproject", "description") }

// Reference is the buyer's own number.
func (e *EForms) Reference() string { return tree.First(e.root, "procurementproject.id") }

// Category is a code of the list "contract-nature".
func (e *EForms) Category() string {
	return tree.First(e.root, "procurementproject.procurementtypecode", "procurementprojectlot.procurementproject.procurementtypecode")
}

// Procedure is a code of the list "procurement-procedure-type".
func (e *EForms) Procedure() string { return tree.First(e.root, "tenderingprocess.procedurecode") }

// Nature is a word that KindOfNature knows.
func (e *EForms) Nature() string {
	code := tree.First(e.root, "noticetypecode")
	switch {
	case e.cancels():
		return "annulation"
	case e.changed():
		return "rectificatif"
	case code == "can-modif":
		return "modification"
	case code == "veat":
		return "exante"
	case e.name == "contractawardnotice":
		return "attribution"
	case e.name == "priorinformationnotice":
		return "preinformation"
	}
	return "appeloffre"
}

// changed tells whether the notice is the new version of one that it names.
func (e *EForms) changed() bool {
	return len(e.changes()) > 0 || tree.FirstDeep(e.root, "changednoticeidentifier") != ""
}

// cancels tells whether the change is that the notice named is void.
func (e *EForms) cancels() bool {
	for _, reason := range tree.Find(e.root, "changereason") {
		if tree.First(reason, "reasoncode") == "cancel" {
			return true
		}
	}
	return false
}

// ChangeReason says why the notice was changed, in words.
func (e *EForms) ChangeReason() string {
	for _, reason := range tree.Find(e.root, "changereason") {
		if text := scrub.Paragraphs(inFrench(reason, "reasondescription")); text != "" {
			return text
		}
	}
	return ""
}

func (e *EForms) changes() []any {
	var found []any
	for _, c := range tree.Find(e.root, "changes") {
		found = append(found, tree.At(c, "change")...)
	}
	return found
}

// Corrections are the changes of a change notice: each says which part, and what
// of it, but not what it was before.
func (e *EForms) Corrections() []notice.Correction {
	var lines []notice.Correction
	for _, c := range e.changes() {
		line := notice.Correction{
			Section: scrub.Line(tree.FirstDeep(c, "changedsectionidentifier")),
			New:     scrub.Paragraphs(inFrench(c, "changedescription")),
		}
		if line.New != "" || line.Section != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Changes gives the identifiers of the notice that this one is a new version of,
// then those of the notices of the same procedure that came before it.
func (e *EForms) Changes() (ids []string) {
	add := func(found []any) {
		for _, v := range found {
			if id := scrub.Token(tree.Text(v)); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	add(tree.Find(e.root, "changednoticeidentifier"))
	for _, reference := range tree.At(e.root, "tenderingprocess", "noticedocumentreference") {
		add(tree.At(reference, "id"))
	}
	return ids
}

// Lots gives the lots. A form has at least one even when the contract has none:
// number 0000 stands for the whole, and so does a single lot with its name.
func (e *EForms) Lots(whole string) []notice.Lot {
	var lots []notice.Lot
	for _, v := range tree.At(e.root, "procurementprojectlot") {
		id := scrub.Token(tree.First(v, "id"))
		kind, number, _ := strings.Cut(id, "-")
		number = strings.TrimLeft(number, "0")
		if kind == "GLO" || number == "" {
			continue
		}
		project := tree.FirstOf(tree.At(v, "procurementproject"))
		lot, ok := Entitle(notice.Lot{
			Number:      number,
			Title:       scrub.Short(inFrench(project, "name")),
			Description: scrub.Paragraphs(inFrench(project, "description")),
			CPV:         CPV(project),
		})
		if ok {
			lots = append(lots, lot)
		}
	}
	if len(lots) == 1 && (strings.EqualFold(lots[0].Title, whole) || strings.EqualFold(lots[0].Title, scrub.Line(e.Title()))) {
		return nil
	}
	return lots
}

// Deadline is the earliest of the lots' deadlines, for applications where there
// is one, else for bids, and the field it was read in.
func (e *EForms) Deadline() (raw, field string) {
	for _, name := range []string{"ParticipationRequestReceptionPeriod", "TenderSubmissionDeadlinePeriod"} {
		found, differ := e.Period(strings.ToLower(name))
		if found != "" {
			e.deadlinesDiffer = differ
			return found, name
		}
	}
	return "", "TenderSubmissionDeadlinePeriod"
}

// DeadlinesDiffer tells, once Deadline was asked, that lots have others.
func (e *EForms) DeadlinesDiffer() bool { return e.deadlinesDiffer }

// Period is the earliest end of a period among the notice and its lots, written
// « 2026-06-05T12:00:00+02:00 », and whether they differ.
func (e *EForms) Period(name string) (earliest string, differ bool) {
	for _, p := range tree.Find(e.root, name) {
		raw := JoinEnd(scrub.Token(tree.First(p, "enddate")), scrub.Token(tree.First(p, "endtime")))
		if raw == "" || raw == earliest {
			continue
		}
		if earliest == "" {
			earliest = raw
			continue
		}
		differ = true
		a, aOK := ReadMoment(raw)
		b, bOK := ReadMoment(earliest)
		if aOK && (!bOK || a.UTC().Before(b.UTC())) {
			earliest = raw
		}
	}
	return earliest, differ
}

// JoinEnd makes one moment of EndDate (2026-06-05+02:00) and EndTime
// (12:00:00+02:00): the time's own offset counts.
func JoinEnd(date, hour string) string {
	if hour == "" {
		return date
	}
	const day = len("2026-06-05")
	if len(date) > day {
		if !strings.ContainsAny(hour[min(1, len(hour)):], "Z+-") {
			hour += date[day:]
		}
		date = date[:day]
	}
	if date == "" {
		return ""
	}
	return date + "T" + hour
}
