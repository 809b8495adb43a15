package boamp

import (
	"strings"

	"parvis/procurement/notice"
)

// eforms is a notice in the European form: UBL written as JSON. Organisations
// stand in one list and are referred to by number, so that the first register
// number of the document is rarely the buyer's.
type eforms struct {
	root            any // the notice, under its own root key
	name            string
	orgs            map[string]organisation
	deadlinesDiffer bool
}

type organisation struct {
	name, register, postcode, city string
}

// readEForms opens the notice; nil for a kind of document that is not one.
func readEForms(v any) *eforms {
	for _, name := range []string{"contractnotice", "contractawardnotice", "priorinformationnotice"} {
		if found := at(v, name); len(found) > 0 {
			e := &eforms{root: found[0], name: name, orgs: map[string]organisation{}}
			e.readOrganisations()
			return e
		}
	}
	return nil
}

func (e *eforms) readOrganisations() {
	for _, o := range find(e.root, "organizations") {
		for _, company := range at(o, "organization", "company") {
			id := token(first(company, "partyidentification.id"))
			if id == "" {
				continue
			}
			e.orgs[id] = organisation{
				name:     title(first(company, "partyname.name")),
				register: token(first(company, "partylegalentity.companyid")),
				postcode: token(first(company, "postaladdress.postalzone")),
				city:     token(first(company, "postaladdress.cityname")),
			}
		}
	}
}

// buyer is the organisation that the contracting party points to; of several, the
// first, which is the one that leads.
func (e *eforms) buyer() organisation {
	return e.orgs[token(first(e.root, "contractingparty.party.partyidentification.id"))]
}

func (e *eforms) title() string { return first(e.root, "procurementproject.name") }

func (e *eforms) description() string { return first(e.root, "procurementproject.description") }

func (e *eforms) reference() string {
	return first(e.root, "procurementproject.id")
}

func (e *eforms) category() string {
	return first(e.root, "procurementproject.procurementtypecode", "procurementprojectlot.procurementproject.procurementtypecode")
}

func (e *eforms) procedure() string { return first(e.root, "tenderingprocess.procedurecode") }

// nature is a word that kindOfNature knows.
func (e *eforms) nature() string {
	code := first(e.root, "noticetypecode")
	switch {
	case len(e.changes()) > 0:
		return "rectificatif"
	case code == "can-modif":
		return "modification"
	case code == "veat":
		return "ex ante"
	case e.name == "contractawardnotice":
		return "attribution"
	case e.name == "priorinformationnotice":
		return "préinformation"
	}
	return "appel_offre"
}

// changes are the corrections of a change notice.
func (e *eforms) changes() []any {
	var found []any
	for _, c := range find(e.root, "changes") {
		found = append(found, at(c, "change")...)
	}
	return found
}

// lots gives the lots. A form has at least one even when the contract has none:
// number 0000 stands for the whole, and so does a single lot with its name.
func (e *eforms) lots(whole string) []notice.Lot {
	var lots []notice.Lot
	for _, v := range at(e.root, "procurementprojectlot") {
		id := token(first(v, "id"))
		kind, number, _ := strings.Cut(id, "-")
		number = strings.TrimLeft(number, "0")
		if kind == "GLO" || number == "" {
			continue
		}
		project := firstOf(at(v, "procurementproject"))
		lot, ok := entitle(notice.Lot{
			Number:      number,
			Title:       shortTitle(first(project, "name")),
			Description: paragraphs(first(project, "description")),
			CPV:         ranked(cpvIn(project)),
		})
		if ok {
			lots = append(lots, lot)
		}
	}
	if len(lots) == 1 && (strings.EqualFold(lots[0].Title, whole) || strings.EqualFold(lots[0].Title, title(e.title()))) {
		return nil
	}
	return lots
}

// deadline is the earliest of the lots' deadlines, for applications where there
// is one, else for bids, and the field it was read in.
func (e *eforms) deadline() (raw, field string) {
	for _, name := range []string{"ParticipationRequestReceptionPeriod", "TenderSubmissionDeadlinePeriod"} {
		found, differ := e.period(strings.ToLower(name))
		if found != "" {
			e.deadlinesDiffer = differ
			return found, name
		}
	}
	return "", "TenderSubmissionDeadlinePeriod"
}

// period is the earliest end of a period among the notice and its lots, written
// « 2026-06-05T12:00:00+02:00 », and whether they differ.
func (e *eforms) period(name string) (earliest string, differ bool) {
	for _, p := range find(e.root, name) {
		raw := joinEnd(token(first(p, "enddate")), token(first(p, "endtime")))
		if raw == "" || raw == earliest {
			continue
		}
		if earliest == "" {
			earliest = raw
			continue
		}
		differ = true
		a, aOK := readMoment(raw)
		b, bOK := readMoment(earliest)
		if aOK && (!bOK || a.utc().Before(b.utc())) {
			earliest = raw
		}
	}
	return earliest, differ
}

// joinEnd makes one moment of EndDate (2026-06-05+02:00) and EndTime
// (12:00:00+02:00): the time's own offset counts.
func joinEnd(date, hour string) string {
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
