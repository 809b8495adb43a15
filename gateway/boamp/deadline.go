package boamp

import (
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
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
	instant func(m moment, zone *time.Location) (at clock.Instant, sure bool)
}

// readTimes takes the deadline, the visit and the end of questions.
func (r *record) readTimes() {
	zone, certain := r.zone()
	r.readDeadline(zone, certain)
	for _, t := range []struct {
		field string
		into  *clock.Instant
	}{{"x_visite", &r.out.VisitAt}, {"x_questions", &r.out.QuestionsUntil}} {
		raw := r.field(t.field)
		if m, ok := readMoment(raw); ok {
			*t.into = m.in(zone)
		} else if raw != "" {
			r.unread(t.field)
		}
	}
	if r.forms != nil && r.out.QuestionsUntil.IsZero() {
		if raw, _ := r.forms.period("additionalinformationrequestperiod"); raw != "" {
			if m, ok := readMoment(raw); ok {
				r.out.QuestionsUntil, _ = writtenOffset(m, zone)
			}
		}
	}
}

// readDeadline takes the first possible deadline. The others make it doubtful
// only when they were impossible: they are copies of it with an hour more or less.
func (r *record) readDeadline(zone *time.Location, certain bool) {
	for _, place := range r.deadlines() {
		if token(place.raw) == "" {
			continue
		}
		if r.out.DeadlineRaw == "" {
			r.out.DeadlineRaw, r.out.DeadlineSource = token(place.raw), place.field
		}
		m, ok := readMoment(place.raw)
		if !ok || !r.possible(m) {
			r.out.DeadlineDoubtful = true
			continue
		}
		at, sure := place.instant(m, zone)
		r.out.Deadline, r.out.DeadlineRaw, r.out.DeadlineSource = at, token(place.raw), place.field
		midnight := m.wall.Hour() == 0 && m.wall.Minute() == 0
		if !sure || !certain || midnight {
			r.out.DeadlineDoubtful = true
		}
		break
	}
	if r.forms != nil && r.forms.deadlinesDiffer {
		r.out.DeadlineDoubtful = true
	}
}

// deadlines are the places of a deadline, the most telling first: the figures
// that the buyer typed, in the form or in the gazette's index, then what the
// platform converted.
func (r *record) deadlines() []deadlineAt {
	var places []deadlineAt
	index := deadlineAt{"gestion.INDEXATION.DATE_LIMITE_REPONSE", first(r.gestion, "indexation.datelimitereponse"), onTheWall}
	if r.forms != nil {
		raw, field := r.forms.deadline()
		index.instant = unsure(onTheWall)
		places = append(places, deadlineAt{"donnees." + field, raw, writtenOffset}, index)
	} else {
		places = append(places, index)
		for _, f := range formDeadlines {
			for _, v := range find(r.body(), key(f)) {
				places = append(places, deadlineAt{"donnees." + f, dateAndHour(v), onTheWall})
			}
		}
	}
	places = append(places,
		deadlineAt{"x_date_limite_locale", r.field("x_date_limite_locale"), onTheWall},
		deadlineAt{"datelimitereponse", r.field("datelimitereponse"), r.platformHour})
	if r.out.Kind == notice.Corrigendum {
		places = append(places, deadlineAt{"rectificatif", r.correctedDeadline(), onTheWall})
	}
	return places
}

// correctedDeadline is the new deadline that a corrigendum announces among its
// corrections. IV.2.2 and IV.3.4 are where the European forms of before 2024 have it.
func (r *record) correctedDeadline() string {
	for _, c := range r.out.Detail.Corrections {
		section := strings.ReplaceAll(plain(c.Section), ".", "")
		if c.New == "" || !strings.Contains(section, "datelimitedereception") && section != "iv22" && section != "iv34" {
			continue
		}
		if _, ok := readMoment(c.New); ok {
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
	date, hour := first(v, "date"), first(v, "heure")
	if date == "" {
		return text(v)
	}
	if hour == "" {
		return date
	}
	return date + " " + hour
}

// possible refuses deadlines before the publication or decades away from it. A
// record without a day of publication is only held to this century.
func (r *record) possible(m moment) bool {
	published, err := time.Parse(time.DateOnly, r.out.PublishedOn)
	if err != nil {
		return m.wall.Year() >= 2000 && m.wall.Year() < 2100
	}
	return !m.wall.Before(published) && m.wall.Year()-published.Year() <= maxYears
}

// onTheWall drops the offset: the gazette's own forms write wall time with a
// constant one.
func onTheWall(m moment, zone *time.Location) (clock.Instant, bool) {
	return m.in(zone), m.hasTime
}

// unsure is the same instant, to be checked.
func unsure(of func(moment, *time.Location) (clock.Instant, bool)) func(moment, *time.Location) (clock.Instant, bool) {
	return func(m moment, zone *time.Location) (clock.Instant, bool) {
		at, _ := of(m, zone)
		return at, false
	}
}

// writtenOffset honours the offset of an eForms field. One that the buyer's zone
// does not have on that day is either UTC, which is converted, or the gazette's
// constant +01:00, which is not: the wall time printed stands. Both must be checked.
func writtenOffset(m moment, zone *time.Location) (clock.Instant, bool) {
	wall := m.in(zone)
	if !m.hasOffset || !m.hasTime {
		return wall, m.hasTime
	}
	if _, usual := wall.In(zone).Zone(); usual == m.offset {
		return wall, true
	}
	if m.offset == 0 {
		return clock.At(m.utc()), false
	}
	return wall, false
}

// platformHour reads datelimitereponse, which the platform converted to UTC from
// what the gazette had sent. Until 2021 that was wall time stamped +01:00: one
// hour more gives it back. Since then it is at times wall time, at times right.
func (r *record) platformHour(m moment, zone *time.Location) (clock.Instant, bool) {
	if !m.hasTime {
		return m.in(zone), false
	}
	published, err := time.Parse(time.DateOnly, r.out.PublishedOn)
	if err == nil && published.Year() < constantOffsetUntil {
		if m.hasOffset {
			m.wall = m.utc().Add(time.Hour)
		}
		return m.in(zone), true
	}
	if !m.hasOffset {
		return m.in(zone), false
	}
	return clock.At(m.utc()), false
}
