package boamp

import (
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// maxYears is how far from its publication a deadline can be. Dynamic purchasing
// systems stay open for more than ten years; 2924 and 7017 are slips.
const maxYears = 20

// constantOffsetUntil is the first year from which datelimitereponse is no longer
// wall time stamped with a constant +01:00, summer included. What came after mixes
// regimes.
const constantOffsetUntil = 2022

// deadlineAt is a place where a deadline may stand, and how its hour is meant.
type deadlineAt struct {
	field   string
	raw     string
	instant func(m form.Moment, zone *time.Location) (at clock.Instant, sure bool)
}

// readTimes takes the deadline, the visit and the end of questions.
func (r *record) readTimes() {
	zone, certain := form.Zone(r.out.Buyer.Postcode, r.out.Departments)
	r.readDeadline(zone, certain)
	for _, t := range []struct {
		field string
		into  *clock.Instant
	}{{"x_visite", &r.out.VisitAt}, {"x_questions", &r.out.QuestionsUntil}} {
		raw := r.field(t.field)
		if m, ok := form.ReadMoment(raw); ok {
			*t.into = m.In(zone)
		} else if raw != "" {
			r.unread(t.field)
		}
	}
	if r.forms != nil && r.out.QuestionsUntil.IsZero() {
		if raw, _ := r.forms.Period("additionalinformationrequestperiod"); raw != "" {
			if m, ok := form.ReadMoment(raw); ok {
				r.out.QuestionsUntil, _ = form.WrittenOffset(m, zone)
			}
		}
	}
}

// readDeadline takes the first possible deadline. The others make it doubtful
// only when they were impossible: they are copies of it with an hour more or less.
func (r *record) readDeadline(zone *time.Location, certain bool) {
	for _, place := range r.deadlines() {
		if scrub.Token(place.raw) == "" {
			continue
		}
		if r.out.DeadlineRaw == "" {
			r.out.DeadlineRaw, r.out.DeadlineSource = scrub.Token(place.raw), place.field
		}
		m, ok := form.ReadMoment(place.raw)
		if !ok || !r.possible(m) {
			r.out.DeadlineDoubtful = true
			continue
		}
		at, sure := place.instant(m, zone)
		r.out.Deadline, r.out.DeadlineRaw, r.out.DeadlineSource = at, scrub.Token(place.raw), place.field
		midnight := m.Wall.Hour() == 0 && m.Wall.Minute() == 0
		if !sure || !certain || midnight {
			r.out.DeadlineDoubtful = true
		}
		break
	}
	if r.forms != nil && r.forms.DeadlinesDiffer() {
		r.out.DeadlineDoubtful = true
	}
}

// deadlines are the places of a deadline, the most telling first: the figures
// that the buyer typed, in the form or in the gazette's index, then what the
// platform converted.
func (r *record) deadlines() []deadlineAt {
	var places []deadlineAt
	index := deadlineAt{"gestion.INDEXATION.DATE_LIMITE_REPONSE", tree.First(r.gestion, "indexation.datelimitereponse"), form.OnTheWall}
	if r.forms != nil {
		raw, field := r.forms.Deadline()
		index.instant = unsure(form.OnTheWall)
		places = append(places, deadlineAt{"donnees." + field, raw, form.WrittenOffset}, index)
	} else {
		places = append(places, index)
		for _, f := range formDeadlines {
			for _, v := range tree.Find(r.body(), tree.Key(f)) {
				places = append(places, deadlineAt{"donnees." + f, dateAndHour(v), form.OnTheWall})
			}
		}
	}
	places = append(places,
		deadlineAt{"x_date_limite_locale", r.field("x_date_limite_locale"), form.OnTheWall},
		deadlineAt{"datelimitereponse", r.field("datelimitereponse"), r.platformHour})
	if r.out.Kind == notice.Corrigendum {
		places = append(places, deadlineAt{"rectificatif", r.correctedDeadline(), form.OnTheWall})
	}
	return places
}

// correctedDeadline is the new deadline that a corrigendum announces among its
// corrections. IV.2.2 and IV.3.4 are where the European forms of before 2024 have it.
func (r *record) correctedDeadline() string {
	for _, c := range r.out.Detail.Corrections {
		section := strings.ReplaceAll(form.Plain(c.Section), ".", "")
		if c.New == "" || !strings.Contains(section, "datelimitedereception") && section != "iv22" && section != "iv34" {
			continue
		}
		if _, ok := form.ReadMoment(c.New); ok {
			return c.New
		}
	}
	return ""
}

// formDeadlines are the fields of the national forms. The day for applications
// comes before the one for bids when a procedure has both: it is the one by which
// a company must have moved.
var formDeadlines = []string{
	"RECEPT_CANDIDAT", "RECEPT_OFFRES", "dateReceptionCandidatures", "dateReceptionOffres", "receptionCandidatures", "receptionOffres",
}

// dateAndHour reads a form's field that may hold the date and the hour apart.
func dateAndHour(v any) string {
	date, hour := tree.First(v, "date"), tree.First(v, "heure")
	if date == "" {
		return tree.Text(v)
	}
	if hour == "" {
		return date
	}
	return date + " " + hour
}

// possible refuses deadlines before the publication or decades away from it. A
// record without a day of publication is only held to this century.
func (r *record) possible(m form.Moment) bool {
	published, err := time.Parse(time.DateOnly, r.out.PublishedOn)
	if err != nil {
		return m.Wall.Year() >= 2000 && m.Wall.Year() < 2100
	}
	return !m.Wall.Before(published) && m.Wall.Year()-published.Year() <= maxYears
}

// unsure is the same instant, to be checked.
func unsure(of func(form.Moment, *time.Location) (clock.Instant, bool)) func(form.Moment, *time.Location) (clock.Instant, bool) {
	return func(m form.Moment, zone *time.Location) (clock.Instant, bool) {
		at, _ := of(m, zone)
		return at, false
	}
}

// platformHour reads datelimitereponse, which the platform converted to UTC from
// what the gazette had sent. Until 2021 that was wall time stamped +01:00: one
// hour more gives it back. Since then it is at times wall time, at times right.
func (r *record) platformHour(m form.Moment, zone *time.Location) (clock.Instant, bool) {
	if !m.HasTime {
		return m.In(zone), false
	}
	published, err := time.Parse(time.DateOnly, r.out.PublishedOn)
	if err == nil && published.Year() < constantOffsetUntil {
		if m.HasOffset {
			m.Wall = m.UTC().Add(time.Hour)
		}
		return m.In(zone), true
	}
	if !m.HasOffset {
		return m.In(zone), false
	}
	return clock.At(m.UTC()), false
}
