package form

import (
	"strings"
	"testing"

	"parvis/procurement/notice"
)

func TestANewDeadlineInWords(t *testing.T) {
	for name, c := range map[string]struct {
		section, before, after string
		want                   string // as ReadMoment reads it; "?" for spoken of and not read
	}{
		"put off, in a vague section":        {"IV", "Date limite de réception des offres : 15/05/2026 à 12H00.", "Compte tenu des intempéries, la date limite de remise des offres est reportée au  02 Juin 2026 à 12h00. Les échantillons suivront.", "02/06/2026 12:00"},
		"no section":                         {"", "Date limite de remise des offres : Mercredi 15 Juillet 2026 : 12 heures", "Date limite de remise des offres : Jeudi 30 Juillet 2026 : 12 heures", "30/07/2026 12:00"},
		"no accents":                         {"IV.2.2", "", "Date limite de réception des offres ou des demandes de participation 14 aout 2026 - 12:00", "14/08/2026 12:00"},
		"a short section":                    {"IV.2.", "Date limite de réception des offres 12 janvier 2027-23:55", "Date limite de réception des offres 22 janvier 2027-23:55", "22/01/2027 23:55"},
		"added, for all lots":                {"IV", "", "La date limite de réception des offres pour l'ensemble des lots est différée au mardi 30 mars 2027 à 16h00 (art. R.2151-4).Les offres déjà déposées peuvent être remplacées.", "30/03/2027 16:00"},
		"a day, twice the same":              {"IV 2.2", "", "CCP page 1 : la date limite de remise des offres est fixée au 19 février 2027.RC page 1 : la date limite de remise des offres est fixée au 19 février 2027.", "19/02/2027"},
		"from one to another":                {"Divers", "", "La date limite de remise des plis est reportée du lundi 1er mars 2027 au lundi 8 mars 2027 à 17 h", "08/03/2027 17:00"},
		"in the place of another":            {"VI.3", "", "Date limite de réception des candidatures : au lieu du 01/03/2027 à 12h00, lire 08/03/2027 à 12h00", "08/03/2027 12:00"},
		"which was first":                    {"", "", "La date limite de dépôt des offres, initialement prévue le 01/03/2027, est reportée au 08/03/2027 à midi", "08/03/2027 12:00"},
		"a section of the deadline, two":     {"Remise des offres", "", "Au lieu du 16/07/2026 à 17h00. Lire 31/07/2026 à 12h00", "31/07/2026 12:00"},
		"the former text names it":           {"IV.2", "Date limite de réception des offres : 15/05/2026", "Vendredi 29 mai 2026 à 12h", "29/05/2026 12:00"},
		"the opening comes next":             {"", "", "Date et heure limites de réception des offres : 02/06/2026 à 12:00. Ouverture des plis le 03/06/2026 à 9:00", "02/06/2026 12:00"},
		"the opening comes before":           {"", "", "Ouverture des plis le 03/06/2026 à 9:00. Date limite de réception des offres : 02/06/2026 à 12:00", "02/06/2026 12:00"},
		"a section that is a date":           {"Date limite de réception des offres", "01/06/2026 12:00", "02/06/2026 12:00", "02/06/2026 12:00"},
		"put off, nobody says until when":    {"VI", "", "La date de remise des offres est reportée en raison d'une panne.", "?"},
		"a section alone":                    {"IV.2.2)", "", "", "?"},
		"one lot only":                       {"", "", "Lot n° 3 : la date limite de remise des offres est reportée au 02/06/2026", "?"},
		"one lot only, after":                {"", "", "La date limite de remise des offres du lot 3 est reportée au 02/06/2026", "?"},
		"two dates":                          {"", "", "La date limite de remise des offres est reportée au 02/06/2026 ou au 09/06/2026", "?"},
		"bids and applications":              {"", "", "Date limite de réception des candidatures : 02/06/2026. Date limite de réception des offres : 09/06/2026", "?"},
		"a former one only":                  {"", "", "La date limite de remise des offres initialement fixée au 02/06/2026 est prolongée", "?"},
		"the opening":                        {"IV.2.7", "Modalités d'ouverture des offres 4 août 2026 - 14:00", "Modalités d'ouverture des offres 14 août 2026 - 14:00", ""},
		"a visit":                            {"Renseignements", "", "Une visite a été fixée au 30 avril 2026, 10 heures. Aucune autre ne sera fixée avant la date de remise des offres", ""},
		"the end of questions":               {"VI.3", "", "Date limite de réception des questions : 02/06/2026", ""},
		"questions, counted from it":         {"VI.3", "", "Les questions sont reçues dix jours avant la date limite de remise des offres, soit le 02/06/2026", ""},
		"samples":                            {"", "", "La date limite de remise des échantillons est reportée au 02/06/2026", ""},
		"how long bids stand":                {"", "", "Les offres valent 120 jours à compter de la date limite de réception des offres", ""},
		"if it were put off":                 {"", "", "Si la date limite de remise des offres est reportée, ces délais le sont aussi", ""},
		"when it is published":               {"Publication", "", "Date d'envoi du présent avis : 02/06/2026", ""},
		"documents":                          {"", "", "Date limite d'obtention du dossier : 02/06/2026", ""},
		"how long the contract lasts":        {"II.2.7", "Fin : 01/12/2027", "Fin : 31/10/2027", ""},
		"the former text is about documents": {"", "Date limite d'obtention des dossiers : 01/06/2026", "02/06/2026", ""},
		"an impossible day":                  {"", "", "La date limite de remise des offres est reportée au 31/02/2027", "?"},
	} {
		raw, unread := CorrectedDeadline([]notice.Correction{{Section: c.section, Old: c.before, New: c.after}})
		got := raw
		if raw == "" && unread != "" {
			got = "?"
		}
		if got != c.want {
			t.Errorf("%s: %q (%q), want %q", name, raw, unread, c.want)
		}
	}
}

func TestSeveralLinesOfACorrigendum(t *testing.T) {
	line := func(section, after string) notice.Correction { return notice.Correction{Section: section, New: after} }
	for name, c := range map[string]struct {
		lines []notice.Correction
		want  string
	}{
		"the section goes before words":   {[]notice.Correction{line("VI", "La date limite de remise des offres est reportée au 02/06/2026"), line("IV.2.2", "09/06/2026 12:00")}, "09/06/2026 12:00"},
		"words that say the same":         {[]notice.Correction{line("", "La date limite de remise des offres est reportée au 02/06/2026"), line("", "Date limite de remise des plis : 2 juin 2026")}, "02/06/2026"},
		"words that say otherwise":        {[]notice.Correction{line("", "La date limite de remise des offres est reportée au 02/06/2026"), line("", "Date limite de remise des plis : 3 juin 2026")}, ""},
		"a section without a date, words": {[]notice.Correction{line("IV.2.2", ""), line("VI", "La date limite de remise des offres est reportée au 02/06/2026")}, "02/06/2026"},
	} {
		if raw, _ := CorrectedDeadline(c.lines); raw != c.want {
			t.Errorf("%s: %q, want %q", name, raw, c.want)
		}
	}
}

func FuzzCorrectedDeadline(f *testing.F) {
	f.Add("IV", "Date limite de réception des offres : 15/05/2026", "la date limite de remise des offres est reportée au 02 Juin 2026 à 12h00.")
	f.Add("", "", "au lieu du 01/03/2027, date limite de remise des plis lire 8 mars 2027, lot n°3 \xff date limite de réception des offres")
	f.Add("IV.2.2", "", "Au lieu du 16/07/2026 à 17h00. Lire 31/07/2026 à 12h00")
	f.Fuzz(func(t *testing.T, section, before, after string) {
		raw, unread := CorrectedDeadline([]notice.Correction{{Section: section, Old: before, New: after}})
		if raw != "" {
			if _, ok := ReadMoment(raw); !ok || unread != "" {
				t.Fatalf("%q is no moment, or %q", raw, unread)
			}
		}
		if raw != "" && !strings.ContainsAny(after, "0123456789") {
			t.Fatalf("%q from %q", raw, after)
		}
	})
}
