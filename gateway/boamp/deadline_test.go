package boamp

import (
	"encoding/json"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// parse reads a record made of these fields besides a number and a title.
func parse(t *testing.T, fields map[string]any) notice.Record {
	t.Helper()
	all := map[string]any{"idweb": "20-1", "objet": "Toiture", "nature": "APPEL_OFFRE"}
	for k, v := range fields {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type m = map[string]any

func TestDeadlines(t *testing.T) {
	gestion := func(limit string) m { return m{"INDEXATION": m{"DATE_LIMITE_REPONSE": limit}} }
	delay := func(fields m) m { return m{"IDENTITE": m{}, "CONDITION_DELAI": fields} }
	for name, c := range map[string]struct {
		fields   m
		want     string // in UTC, "" for none
		doubtful bool
		source   string
	}{
		"winter, constant offset dropped": {
			m{"dateparution": "2017-01-03", "gestion": gestion("2017-01-30T12:00:00+01:00")},
			"2017-01-30 11:00", false, "gestion.INDEXATION.DATE_LIMITE_REPONSE"},
		"summer, constant offset dropped": {
			m{"dateparution": "2015-06-03", "gestion": gestion("2015-07-20T12:00:00+01:00")},
			"2015-07-20 10:00", false, "gestion.INDEXATION.DATE_LIMITE_REPONSE"},
		"only the platform's hour, summer 2020": {
			m{"dateparution": "2020-06-03", "datelimitereponse": "2020-07-20T11:00:00+00:00"},
			"2020-07-20 10:00", false, "datelimitereponse"},
		"only the platform's hour, winter 2020": {
			m{"dateparution": "2020-01-03", "datelimitereponse": "2020-01-20T11:00:00+00:00"},
			"2020-01-20 11:00", false, "datelimitereponse"},
		"an export in Paris time": {
			m{"dateparution": "2020-06-03", "datelimitereponse": "2020-07-20T13:00:00+02:00"},
			"2020-07-20 10:00", false, "datelimitereponse"},
		"only the platform's hour, 2026": {
			m{"dateparution": "2026-07-03", "datelimitereponse": "2026-07-20T10:00:00+00:00"},
			"2026-07-20 08:00", true, "datelimitereponse"},
		"the platform's day without hour": {
			m{"dateparution": "2026-07-03", "datelimitereponse": "2026-07-20"}, "2026-07-20 21:59", true, "datelimitereponse"},
		"the form's hour goes before the platform's": {
			m{"dateparution": "2020-06-03", "datelimitereponse": "2020-07-20T09:00:00+00:00", "donnees": delay(m{"RECEPT_OFFRES": "2020-07-20T12:00:00+01:00"})},
			"2020-07-20 10:00", false, "donnees.RECEPT_OFFRES"},
		"applications go before bids": {
			m{"dateparution": "2020-01-03", "donnees": delay(m{"RECEPT_OFFRES": "2020-04-20T12:00:00", "RECEPT_CANDIDAT": "2020-02-20T12:00:00"})},
			"2020-02-20 11:00", false, "donnees.RECEPT_CANDIDAT"},
		"date and hour apart": {
			m{"dateparution": "2020-01-03", "donnees": delay(m{"RECEPT_OFFRES": m{"DATE": "20/02/2020", "HEURE": "16h30"}})},
			"2020-02-20 15:30", false, "donnees.RECEPT_OFFRES"},
		"La Réunion by the buyer's postcode": {
			m{"dateparution": "2020-01-03", "x_acheteur": m{"cp": "97400"}, "code_departement": []string{"75", "974"}, "x_date_limite_locale": "2020-02-03T12:00"},
			"2020-02-03 08:00", false, "x_date_limite_locale"},
		"Guadeloupe by its department": {
			m{"dateparution": "2020-01-03", "code_departement": []string{"971"}, "x_date_limite_locale": "2020-02-03T12:00"},
			"2020-02-03 16:00", false, "x_date_limite_locale"},
		"Guadeloupe or Paris": {
			m{"dateparution": "2020-01-03", "code_departement": []string{"75", "971"}, "x_date_limite_locale": "2020-02-03T12:00"},
			"2020-02-03 11:00", true, "x_date_limite_locale"},
		"Martinique, only the platform's hour": {
			m{"dateparution": "2020-01-03", "code_departement": []string{"972"}, "datelimitereponse": "2020-02-03T11:00:00+00:00"},
			"2020-02-03 16:00", false, "datelimitereponse"},
		"midnight says that the hour is missing": {
			m{"dateparution": "2020-01-03", "x_date_limite_locale": "2020-02-21T00:00"}, "2020-02-20 23:00", true, "x_date_limite_locale"},
		"impossible year":            {m{"dateparution": "2017-06-10", "datelimitereponse": "7017-07-24T10:00:00+00:00"}, "", true, "datelimitereponse"},
		"more than twenty years":     {m{"dateparution": "2020-06-10", "x_date_limite_locale": "2041-07-24T10:00"}, "", true, "x_date_limite_locale"},
		"a purchasing system, 2040":  {m{"dateparution": "2020-06-10", "x_date_limite_locale": "2040-07-24T10:00"}, "2040-07-24 08:00", false, "x_date_limite_locale"},
		"the day before publication": {m{"dateparution": "2020-06-10", "x_date_limite_locale": "2020-06-09T10:00"}, "", true, "x_date_limite_locale"},
		"the day of publication":     {m{"dateparution": "2020-06-10", "x_date_limite_locale": "2020-06-10T10:00"}, "2020-06-10 08:00", false, "x_date_limite_locale"},
		"no such day":                {m{"dateparution": "2020-01-10", "x_date_limite_locale": "2020-02-30T10:00"}, "", true, "x_date_limite_locale"},
		"words":                      {m{"dateparution": "2020-01-10", "x_date_limite_locale": "fin février"}, "", true, "x_date_limite_locale"},
		"an impossible one, then a good one": {
			m{"dateparution": "2017-06-10", "gestion": gestion("7017-07-24T12:00:00+01:00"), "datelimitereponse": "2017-07-24T11:00:00+00:00"},
			"2017-07-24 10:00", true, "datelimitereponse"},
		"none":                            {m{"dateparution": "2020-06-10", "datelimitereponse": nil}, "", false, ""},
		"the end of display is none":      {m{"dateparution": "2020-06-10", "datefindiffusion": "2020-07-10"}, "", false, ""},
		"not published: this century":     {m{"x_date_limite_locale": "2031-07-24T10:00"}, "2031-07-24 08:00", false, "x_date_limite_locale"},
		"not published: not the next one": {m{"x_date_limite_locale": "2131-07-24T10:00"}, "", true, "x_date_limite_locale"},
	} {
		t.Run(name, func(t *testing.T) {
			n := parse(t, c.fields)
			got := ""
			if !n.Deadline.IsZero() {
				got = n.Deadline.Time().Format("2006-01-02 15:04")
			}
			if got != c.want || n.DeadlineDoubtful != c.doubtful || n.DeadlineSource != c.source {
				t.Errorf("got %q doubtful %t from %q, want %q %t %q", got, n.DeadlineDoubtful, n.DeadlineSource, c.want, c.doubtful, c.source)
			}
			if (n.DeadlineRaw == "") != (c.source == "") {
				t.Errorf("raw %q of %q", n.DeadlineRaw, n.DeadlineSource)
			}
		})
	}
}

func TestDatesAsSourcesWriteThem(t *testing.T) {
	for raw, want := range map[string]string{
		"2020-01-23T12:00:00+01:00": "23/01/2020 12:00", "2020-01-23T12:00:00.000Z": "23/01/2020 12:00",
		"2020-01-23 09:05": "23/01/2020 09:05", "2020-01-23": "23/01/2020", "2026-07-13+01:00": "13/07/2026",
		"23/01/2020": "23/01/2020", "23/01/2020 à 12h00": "23/01/2020 12:00", "23/01/2020 9h": "23/01/2020 09:00",
		"23/01/2020 12:30": "23/01/2020 12:30", " 2020-01-23 ": "23/01/2020",
		"2020-13-01": "", "2020-02-30": "", "2020-01-23T25:00": "", "0000-01-01": "", "31/02/2020": "", "": "",
		"23-01-2020": "", "bientôt": "", "2020-01-23T12:00:00+01:00 environ": "",
	} {
		got, ok := form.ReadMoment(raw)
		if ok != (want != "") || ok && got.Show() != want {
			t.Errorf("readMoment(%q) shows %q (%t), want %q", raw, got.Show(), ok, want)
		}
	}
}

func TestOffsetsOfEuropeanForms(t *testing.T) {
	for name, c := range map[string]struct {
		raw, want string
		sure      bool
	}{
		"the zone's own, summer":       {"2026-06-20T12:00:00+02:00", "12:00", true},
		"the zone's own, winter":       {"2026-12-20T12:00:00+01:00", "12:00", true},
		"constant +01:00 in summer":    {"2026-06-20T12:00:00+01:00", "12:00", false},
		"UTC is converted":             {"2026-06-20T10:00:00Z", "12:00", false},
		"no offset is wall time":       {"2026-06-20T12:00:00", "12:00", true},
		"no hour: the end of the day":  {"2026-06-20+02:00", "23:59", false},
		"another continent's: printed": {"2026-06-20T12:00:00-05:00", "12:00", false},
	} {
		read, ok := form.ReadMoment(c.raw)
		at, sure := form.WrittenOffset(read, clock.Paris)
		if got := at.In(clock.Paris).Format("15:04"); !ok || got != c.want || sure != c.sure {
			t.Errorf("%s: %s sure %t, want %s %t", name, got, sure, c.want, c.sure)
		}
	}
	for _, c := range [][3]string{
		{"2026-06-20+02:00", "12:00:00+01:00", "2026-06-20T12:00:00+01:00"},
		{"2026-06-20+02:00", "12:00:00", "2026-06-20T12:00:00+02:00"},
		{"2026-06-20Z", "12:00:00Z", "2026-06-20T12:00:00Z"},
		{"2026-06-20", "", "2026-06-20"}, {"", "12:00:00", ""},
	} {
		if got := form.JoinEnd(c[0], c[1]); got != c[2] {
			t.Errorf("form.JoinEnd(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestVisitsAndQuestionsAreOnTheBuyersClock(t *testing.T) {
	n := parse(t, m{"x_acheteur": m{"cp": "97100"}, "x_visite": "2026-03-10T10:00", "x_questions": "2026-03-20T12:00"})
	if got := n.VisitAt.Time().Format(time.RFC3339); got != "2026-03-10T14:00:00Z" {
		t.Errorf("visit at %s", got)
	}
	if got := n.QuestionsUntil.Time().Format(time.RFC3339); got != "2026-03-20T16:00:00Z" {
		t.Errorf("questions until %s", got)
	}
	n = parse(t, m{"x_visite": "mardi"})
	if !n.VisitAt.IsZero() || len(n.Detail.Unread) != 1 || n.Detail.Unread[0] != "x_visite" {
		t.Errorf("an unreadable visit: %v %v", n.VisitAt, n.Detail.Unread)
	}
}
