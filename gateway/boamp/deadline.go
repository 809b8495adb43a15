package boamp

import (
	"time"

	"parvis/kit/clock"
	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

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

// readTimes takes the deadline, the visit and the end of questions, all of them on
// the clock of the buyer's place.
func (r *record) readTimes() {
	zone, certain := form.Zone(r.place, r.out.Buyer.Postcode, r.listed)
	r.out.TimeZone = zone.String()
	if !form.Awaits(r.out.Kind) {
		return
	}
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
	found := r.firstPossible(r.deadlines(), zone, certain)
	if !found && r.out.Kind == notice.Corrigendum { // what it says in words is read for want of anything better
		r.firstPossible([]deadlineAt{{"rectificatif", r.correctedDeadline(), form.OnTheWall}}, zone, certain)
	}
	if r.forms != nil && r.forms.DeadlinesDiffer() {
		r.out.DeadlineDoubtful = true
	}
}

// firstPossible takes the first possible deadline among these places, if there is one.
func (r *record) firstPossible(places []deadlineAt, zone *time.Location, certain bool) bool {
	for i, place := range places {
		if scrub.Token(place.raw) == "" {
			continue
		}
		if r.out.DeadlineRaw == "" {
			r.out.DeadlineRaw, r.out.DeadlineSource = scrub.Token(place.raw), place.field
		}
		m, ok := form.ReadMoment(place.raw)
		if !ok || !form.Possible(m, r.out.PublishedOn) {
			r.out.DeadlineDoubtful = true
			continue
		}
		at, sure := place.instant(m, zone)
		if !sure && m.HasTime {
			at, sure = r.settle(at, m, zone, places[i+1:])
		}
		r.out.Deadline, r.out.DeadlineRaw, r.out.DeadlineSource = at, scrub.Token(place.raw), place.field
		if !sure || !certain || m.Midnight() || !m.Plain(zone) {
			r.out.DeadlineDoubtful = true
		}
		return true
	}
	return false
}

// settle looks for what decides between the two ways to read an hour stamped UTC:
// converted, or as figures on the wall that somebody stamped. The figures that the
// gazette's index or the notice's own text print for that day decide when they
// agree with one of the two only. It gives the deadline back unsure otherwise.
func (r *record) settle(at clock.Instant, m form.Moment, zone *time.Location, others []deadlineAt) (clock.Instant, bool) {
	if !m.HasOffset || m.Offset != 0 {
		return at, false
	}
	converted, figures := clock.At(m.UTC()), m.In(zone)
	var printed []form.Moment
	for _, o := range others {
		if read, ok := form.ReadMoment(o.raw); ok && o.field != platformField {
			printed = append(printed, read)
		}
	}
	for _, text := range append(r.correctedTexts(), r.out.Description, scrub.Paragraphs(r.field("x_description"))) {
		printed = append(printed, form.FindMoments(text)...)
	}
	asConverted, asFigures := false, false
	for _, p := range printed {
		if p.HasTime && !(p.HasOffset && p.Offset == 0) {
			asConverted = asConverted || p.In(zone) == converted
			asFigures = asFigures || p.In(zone) == figures
		}
	}
	switch {
	case asConverted && !asFigures:
		return converted, true
	case asFigures && !asConverted:
		return figures, true
	}
	return at, false
}

// correctedTexts are the new texts of a corrigendum.
func (r *record) correctedTexts() (texts []string) {
	for _, c := range r.out.Detail.Corrections {
		texts = append(texts, c.New)
	}
	return texts
}

// platformField is where the open-data platform writes the deadline.
const platformField = "datelimitereponse"

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
		deadlineAt{platformField, r.field(platformField), r.platformHour})
	return places
}

// correctedDeadline is the new deadline that a corrigendum announces among its
// corrections, or what it says of it that cannot be read.
func (r *record) correctedDeadline() string {
	raw, unread := form.CorrectedDeadline(r.out.Detail.Corrections)
	if raw == "" {
		return unread
	}
	return raw
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

// unsure is the same instant, to be checked.
func unsure(of func(form.Moment, *time.Location) (clock.Instant, bool)) func(form.Moment, *time.Location) (clock.Instant, bool) {
	return func(m form.Moment, zone *time.Location) (clock.Instant, bool) {
		at, _ := of(m, zone)
		return at, false
	}
}

// platformHour reads datelimitereponse, which the platform converted to UTC from
// what the gazette had sent. Until 2021 that was wall time stamped +01:00: one
// hour more gives it back. Since then it is at times wall time, at times right:
// until settle knows, the earlier of the two stands, so that nobody comes late.
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
	return min(clock.At(m.UTC()), m.In(zone)), false
}
