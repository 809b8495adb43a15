package boamp

import (
	"testing"
	"time"
)

// TestDeadlinesAsRealNoticesWriteThem holds the reading of deadlines to the forms
// and the dates of real notices of 2015 to 2026: what is printed is what the
// buyer's clock shows, and what cannot be settled says so.
func TestDeadlinesAsRealNoticesWriteThem(t *testing.T) {
	index := func(limit string) m { return m{"INDEXATION": m{"DATE_LIMITE_REPONSE": limit}} }
	old := func(limit string) m { return m{"IDENTITE": m{}, "CONDITION_DELAI": m{"RECEPT_OFFRES": limit}} }
	european := func(period, date, hour string) m {
		return m{"EFORMS": m{"ContractNotice": m{"cac:ProcurementProjectLot": m{"cbc:ID": "LOT-0001", "cac:TenderingProcess": m{
			"cac:" + period: m{"cbc:EndDate": date, "cbc:EndTime": hour}}}}}}
	}
	const bids, applications = "TenderSubmissionDeadlinePeriod", "ParticipationRequestReceptionPeriod"
	change := func(section, before, after string) m {
		return m{"rubrique": section, "au_lieu_de": before, "lire": after}
	}
	moved := func(section, after string) m { return m{"rubrique": section, "date_init": "x", "date_lire": after} }
	corrigendum := func(published string, lines ...m) m {
		return m{"etat": "RECTIFICATIF", "dateparution": published, "x_rectificatif": lines}
	}
	wrapped := func(day string) string {
		return "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<LIRE xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">" + day + "</LIRE>"
	}
	for _, c := range []struct {
		name     string
		fields   m
		shown    string // on the buyer's wall; "" for none
		zone     string
		doubtful bool
	}{
		// The gazette's index, wall time with a constant offset.
		{"index, March before the change", m{"dateparution": "2015-03-03", "gestion": index("2015-03-28T12:00:00+01:00")}, "2015-03-28 12:00", "", false},
		{"index, April", m{"dateparution": "2015-03-03", "gestion": index("2015-04-13T12:00:00+01:00"), "datelimitereponse": "2015-04-13T11:00:00+00:00"}, "2015-04-13 12:00", "", false},
		{"index, another April", m{"dateparution": "2015-03-03", "gestion": index("2015-04-20T12:00:00+01:00")}, "2015-04-20 12:00", "", false},
		{"index, afternoon in January", m{"dateparution": "2016-01-05", "gestion": index("2016-01-25T16:00:00+01:00"), "donnees": old("2016-01-25T16:00:00+01:00")}, "2016-01-25 16:00", "", false},
		// The old form alone.
		{"old form, January", m{"dateparution": "2017-01-01", "donnees": old("2017-01-30T16:00:00+01:00")}, "2017-01-30 16:00", "", false},
		{"old form, February", m{"dateparution": "2017-01-01", "donnees": old("2017-02-10T15:00:00+01:00")}, "2017-02-10 15:00", "", false},
		{"old form, concession", m{"dateparution": "2017-02-15", "donnees": old("2017-03-15T16:00:00+01:00")}, "2017-03-15 16:00", "", false},
		{"old form, summer time", m{"dateparution": "2017-03-27", "donnees": old("2017-04-26T12:00:00+01:00")}, "2017-04-26 12:00", "", false},
		{"old form, the hour that clocks skip", m{"dateparution": "2017-03-01", "donnees": old("2017-03-26T02:30:00+01:00")}, "2017-03-26 03:30", "", true},
		{"old form, the hour that clocks show twice", m{"dateparution": "2017-10-01", "donnees": old("2017-10-29T02:30:00+01:00")}, "2017-10-29 02:30", "", true},
		// The local column of the quarterly files.
		{"local, noon", m{"dateparution": "2020-07-06", "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "", false},
		{"local, winter", m{"dateparution": "2020-01-06", "x_date_limite_locale": "2020-01-27T12:00"}, "2020-01-27 12:00", "", false},
		{"local, end of the day", m{"dateparution": "2020-09-01", "x_date_limite_locale": "2020-09-25T23:59"}, "2020-09-25 23:59", "", false},
		{"local, five to midnight", m{"dateparution": "2020-09-01", "x_date_limite_locale": "2020-09-25T23:55"}, "2020-09-25 23:55", "", false},
		{"local, midnight", m{"dateparution": "2020-09-01", "x_date_limite_locale": "2020-09-25T00:00"}, "2020-09-25 00:00", "", true},
		{"local, the day before publication", m{"dateparution": "2020-09-02", "x_date_limite_locale": "2020-09-01T12:00"}, "", "", true},
		{"local, ten years on", m{"dateparution": "2020-07-01", "x_date_limite_locale": "2030-06-30T12:00"}, "2030-06-30 12:00", "", false},
		{"local, a purchasing system", m{"dateparution": "2021-05-01", "x_date_limite_locale": "2040-12-31T12:00"}, "2040-12-31 12:00", "", false},
		// Impossible years.
		{"year 7017", m{"dateparution": "2017-06-24", "gestion": index("7017-07-24T12:00:00+01:00")}, "", "", true},
		{"year 2924", m{"dateparution": "2024-03-01", "x_date_limite_locale": "2924-04-02T12:00"}, "", "", true},
		{"year 2099", m{"dateparution": "2020-03-01", "x_date_limite_locale": "2099-12-31T12:00"}, "", "", true},
		{"year 7017 in the index, the form is right", m{"dateparution": "2017-06-24", "gestion": index("7017-07-24T12:00:00+01:00"), "donnees": old("2017-07-24T12:00:00+01:00")}, "2017-07-24 12:00", "", true},
		// The platform's column.
		{"platform, summer 2020", m{"dateparution": "2020-06-20", "datelimitereponse": "2020-07-06T11:00:00+00:00"}, "2020-07-06 12:00", "", false},
		{"platform, winter 2021", m{"dateparution": "2021-01-20", "datelimitereponse": "2021-02-08T13:00:00+00:00"}, "2021-02-08 14:00", "", false},
		{"platform, 2026, nothing to compare: the earlier reading", m{"dateparution": "2026-07-13", "datelimitereponse": "2026-09-07T12:00:00+00:00"}, "2026-09-07 12:00", "", true},
		{"platform, 2026, the text says noon: converted", m{"dateparution": "2026-07-11", "datelimitereponse": "2026-07-31T10:00:00+00:00",
			"x_description": "Remise des offres:  Au lieu du 16/07/2026 à 17h00 au plus tard. Lire 31/07/2026 à 12h00 au plus tard.\nDate d'ouverture des offres:  Lire 31/07/2026 à 14h00 au plus tard."}, "2026-07-31 12:00", "", false},
		{"platform, 2026, the text says two o'clock: converted", m{"dateparution": "2026-07-22", "datelimitereponse": "2026-08-28T12:00:00+00:00",
			"x_description": "Lire 28/08/2026 à 14h00"}, "2026-08-28 14:00", "", false},
		{"platform, 2026, the text says the figures", m{"dateparution": "2026-07-22", "datelimitereponse": "2026-08-28T12:00:00+00:00",
			"x_description": "Les plis sont attendus le 28 août 2026 à 12 heures."}, "2026-08-28 12:00", "", false},
		{"platform, 2026, the text says both", m{"dateparution": "2026-07-22", "datelimitereponse": "2026-08-28T12:00:00+00:00",
			"x_description": "Plis avant le 28/08/2026 à 12h00, ouverture le 28/08/2026 à 14h00"}, "2026-08-28 12:00", "", true},
		{"platform, 2026, half past two", m{"dateparution": "2026-07-17", "datelimitereponse": "2026-09-02T14:30:00+00:00"}, "2026-09-02 14:30", "", true},
		{"no date", m{"dateparution": "2026-07-14", "datelimitereponse": nil, "datefindiffusion": "2026-08-14"}, "", "", false},
		// European forms.
		{"eForms, the zone's own offset", m{"dateparution": "2026-05-11", "donnees": european(bids, "2026-06-05+02:00", "12:00:00+02:00")}, "2026-06-05 12:00", "", false},
		{"eForms, constant offset in June", m{"dateparution": "2020-05-05", "donnees": european(applications, "2020-06-05+01:00", "12:00:00+01:00")}, "2020-06-05 12:00", "", true},
		{"eForms, winter", m{"dateparution": "2020-12-01", "donnees": european(bids, "2020-12-31+01:00", "12:00:00+01:00")}, "2020-12-31 12:00", "", false},
		{"eForms, UTC", m{"dateparution": "2019-05-20", "donnees": european(bids, "2019-06-24Z", "16:00:00Z")}, "2019-06-24 18:00", "", true},
		{"eForms, UTC, the index says six o'clock", m{"dateparution": "2019-05-20", "gestion": index("2019-06-24T18:00:00+01:00"), "donnees": european(bids, "2019-06-24Z", "16:00:00Z")}, "2019-06-24 18:00", "", false},
		{"eForms, date alone", m{"dateparution": "2023-05-02", "donnees": european(bids, "2023-05-22+01:00", "")}, "2023-05-22 23:59", "", true},
		// Corrigenda.
		{"corrected deadline", corrigendum("2020-01-10", change("Date limite de réception des offres", "2020-01-16T12:00:00+01:00", "2020-01-23T12:00:00+01:00")), "2020-01-23 12:00", "", false},
		{"corrected in summer", corrigendum("2021-06-09", change("Date limite de réception des offres", "2021-06-15T12:00:00+01:00", "2021-06-18T12:00:00+01:00")), "2021-06-18 12:00", "", false},
		{"brought forward", corrigendum("2021-01-27", change("Date limite de réception des offres", "2021-02-19T14:00:00+01:00", "2021-02-15T14:00:00+01:00")), "2021-02-15 14:00", "", false},
		{"of applications", corrigendum("2021-01-13", change("Date limite de remise des candidatures", "2021-01-25T14:00:00+01:00", "2021-02-08T14:00:00+01:00")), "2021-02-08 14:00", "", false},
		{"European section, within a document", corrigendum("2020-06-24", moved("IV.2.2)", wrapped("2020-06-25"))), "2020-06-25 23:59", "", true},
		{"European section, in words", corrigendum("2020-05-15", change("IV.2.2 Date limite ", "", wrapped("Date limite de réception des offres ou des demandes de participation : 04/09/2020 à 16 H 00"))), "2020-09-04 16:00", "", false},
		{"European section with hyphens", corrigendum("2020-05-15", moved("IV-2-2", "2020-06-04")), "2020-06-04 23:59", "", true},
		{"in words, on a day that was over", corrigendum("2026-06-10", change("VI", "", "La date limite de remise des offres est reportée au 09/06/2026 à 12h00")), "", "", true},
		{"in words, of a lot", corrigendum("2026-05-10", change("VI", "", "La date limite de remise des offres est reportée au 09/06/2026 à 12h00 pour le lot 3")), "", "", true},
		{"in words, when a field has it", m{"etat": "RECTIFICATIF", "dateparution": "2026-05-10", "gestion": index("2026-06-02T12:00:00+02:00"),
			"x_rectificatif": []m{change("VI", "", "La date limite de remise des offres est reportée au 09/06/2026 à 12h00 pour le lot 3")}}, "2026-06-02 12:00", "", false},
		{"opening of bids is no deadline", corrigendum("2020-06-24", moved("IV.2.7)", "2020-06-25")), "", "", false},
		// Overseas.
		{"Guadeloupe, buyer's postcode", m{"dateparution": "2020-01-06", "x_acheteur": m{"cp": "97100"}, "x_date_limite_locale": "2020-01-27T12:00"}, "2020-01-27 12:00", "America/Guadeloupe", false},
		{"Martinique CEDEX", m{"dateparution": "2020-01-06", "x_acheteur": m{"cp": "97262 CEDEX"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "America/Martinique", false},
		{"Guyane", m{"dateparution": "2020-01-06", "code_departement": []string{"973"}, "x_date_limite_locale": "2020-01-27T12:00"}, "2020-01-27 12:00", "America/Cayenne", false},
		{"La Réunion, works paid in Paris", m{"dateparution": "2020-01-06", "x_acheteur": m{"cp": "97400"}, "code_departement": []string{"75", "974"}, "x_date_limite_locale": "2020-01-27T16:00"}, "2020-01-27 16:00", "Indian/Reunion", false},
		{"Paris buys for La Réunion", m{"dateparution": "2020-01-06", "x_acheteur": m{"cp": "75007"}, "code_departement": []string{"974"}, "x_date_limite_locale": "2020-01-27T16:00"}, "2020-01-27 16:00", "", false},
		{"La Réunion or Paris: where it strikes first", m{"dateparution": "2020-01-06", "code_departement": []string{"75", "974"}, "x_date_limite_locale": "2020-01-27T16:00"}, "2020-01-27 16:00", "Indian/Reunion", true},
		{"Guyane or Paris: where it strikes first", m{"dateparution": "2020-01-06", "code_departement": []string{"973", "75"}, "x_date_limite_locale": "2020-01-27T16:00"}, "2020-01-27 16:00", "", true},
		{"two departments of one clock", m{"dateparution": "2020-01-06", "code_departement": []string{"67", "75"}, "x_date_limite_locale": "2020-01-27T16:00"}, "2020-01-27 16:00", "", false},
		{"Saint-Pierre, summer time of its own", m{"dateparution": "2020-06-06", "code_departement": []string{"975"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "America/Miquelon", false},
		{"Mayotte", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "97600"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "Indian/Mayotte", false},
		{"Saint-Barthélemy", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "97133"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "America/St_Barthelemy", false},
		{"Saint-Martin", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "97150"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "America/Marigot", false},
		{"southern lands", m{"dateparution": "2020-06-06", "code_departement": []string{"984"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "Indian/Kerguelen", false},
		{"Wallis", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "98600"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "Pacific/Wallis", false},
		{"Papeete, the platform's hour", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "98713"}, "datelimitereponse": "2020-07-27T11:00:00+00:00"}, "2020-07-27 12:00", "Pacific/Tahiti", false},
		{"Nouméa", m{"dateparution": "2020-06-06", "x_acheteur": m{"cp": "98845"}, "x_date_limite_locale": "2020-07-27T12:00"}, "2020-07-27 12:00", "Pacific/Noumea", false},
		{"Guadeloupe by its territory", m{"dateparution": "2017-06-06", "donnees": m{"IDENTITE": m{"ADJUDICATEUR_NUTS": "FRY10"}, "CONDITION_DELAI": m{"RECEPT_OFFRES": "2017-07-10T10:00:00+01:00"}}}, "2017-07-10 10:00", "America/Guadeloupe", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := parse(t, c.fields)
			zone := c.zone
			if zone == "" {
				zone = "Europe/Paris"
			}
			if n.TimeZone != zone {
				t.Errorf("on the clock of %s, want %s", n.TimeZone, zone)
			}
			wall, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			shown := ""
			if !n.Deadline.IsZero() {
				shown = n.Deadline.In(wall).Format("2006-01-02 15:04")
			}
			if shown != c.shown || n.DeadlineDoubtful != c.doubtful {
				t.Errorf("%q, doubtful %t, from %s (%s), want %q, %t", shown, n.DeadlineDoubtful, n.DeadlineSource, n.DeadlineRaw, c.shown, c.doubtful)
			}
			if (c.shown != "" || c.doubtful) && n.DeadlineRaw == "" {
				t.Error("what was written is lost")
			}
		})
	}
}
