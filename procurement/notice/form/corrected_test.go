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
		"from one to another":                {"Divers", "", "La date limite de remise des plis est reportée du lundi 1er mars 2027 au lundi 8 mars 2027 à 17 h", "?"},
		"in the place of another":            {"VI.3", "", "Date limite de réception des candidatures : au lieu du 01/03/2027 à 12h00, lire 08/03/2027 à 12h00", "08/03/2027 12:00"},
		"which was first":                    {"", "", "La date limite de dépôt des offres, initialement prévue le 01/03/2027, est reportée au 08/03/2027 à midi", "?"},
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

// On real pages a wrong reading shows a later deadline than the true one: whoever believes
// it comes late.
func TestWhatIsNotSaidInSoManyWordsIsNotApplied(t *testing.T) {
	const name = "La date limite de remise des offres "
	for text, want := range map[string]string{ // "?": to be checked
		name + "est inchangée. Début des travaux : 01/09/2026.":                                         "",
		name + "reste inchangée. Le marché sera exécuté à compter du 1er septembre 2026.":               "",
		name + ": inchangée. Offres maintenues jusqu'au 02/10/2026":                                     "",
		name + "demeure fixée au 02/06/2026":                                                            "",
		name + "n'est pas modifiée":                                                                     "",
		name + "est sans changement":                                                                    "",
		name + "est prolongée. Le DCE modifié est en ligne depuis le 20/05/2026":                        "?",
		name + "n'est plus le 09/06/2026":                                                               "?",
		name + "est reportée au 09/06/2026 à 12h00 pour le lot 3":                                       "?",
		name + "du lot n°3 est reportée au 09/06/2026":                                                  "?",
		name + "est reportée au 09/06/2026. Cela ne vaut que pour les lots 1 et 2.":                     "?",
		name + "est reportée au 09/06/2026 pour tous les lots":                                          "09/06/2026",
		name + "pour l'ensemble des lots est reportée au 09/06/2026":                                    "09/06/2026",
		name + "fixée au 02/06/2026 est reportée d'une semaine":                                         "?",
		name + ": 02/06/2026. Elle est reportée d'une semaine.":                                         "?",
		name + "du 02/06/2026 à 12h est reportée à une date ultérieure":                                 "?",
		name + "est reportée à une date ultérieure":                                                     "?",
		name + "est suspendue":                                                                          "?",
		name + "est annulée":                                                                            "?",
		name + "est prolongée de huit jours":                                                            "?",
		name + "est fixée au 02/06/2026 au lieu du 09/06/2026":                                          "?",
		name + "initialement fixée au 02/06/2026":                                                       "?",
		name + "est fixée au 02/06/2026, sauf prolongation":                                             "?",
		name + "est fixée au 09/06/2026 à minuit":                                                       "?",
		name + "passe du 2 au 9 juin 2026":                                                              "?",
		name + "pour la seconde phase est fixée au 09/06/2026":                                          "?",
		name + "finales : 09/06/2026":                                                                   "?",
		name + "est reportée au 09.06.2026 à 12h00":                                                     "?",
		name + "est reportée au 09/06/26 à 12h00":                                                       "?",
		name + "est reportée au 9 juin à 12h00":                                                         "?",
		name + "est reportée au 09/06/20261":                                                            "?",
		"Au plus tard 10 jours avant la date limite de remise des offres, soit le 30/05/2026":           "?",
		"L'ancienne date limite de remise des offres : 02/06/2026":                                      "?",
		"Si la date limite de remise des offres est reportée au 09/06/2026":                             "?",
		"Les délais de remise des offres sont prolongés jusqu'au 09/06/2026":                            "?",
		"L'heure de remise des offres est modifiée : 10h00 au lieu de 17h00":                            "?",
		"La remise des offres est reportée au 09/06/2026":                                               "?",
		"Délai de réponse prolongé jusqu'au 09/06/2026":                                                 "?",
		"Date limite de réception : 09/06/2026":                                                         "?",
		"LA DATE LIMITE DE REMISE DES OFFRES EST REPORTÉE AU 09/06/2026 À 12H00":                        "09/06/2026 12:00",
		"DELAI DE REMISE DES OFFRES PROLONGE AU 09/06/2026":                                             "09/06/2026",
		"DELAI DE REMISE : 09/06/2026":                                                                  "?",
		"La\u00a0date limite de\u00a0remise des\u00a0offres est reportée au\u00a09\u00a0juin\u00a02026": "09/06/2026",
		name + "est reportée au 09/06/2026 (12h00)":                                                     "09/06/2026 12:00",
		name + "est reportée au 09/06/2026, au plus tard à 10h00":                                       "09/06/2026 10:00",
		name + "est reportée au 09/06/2026 à 12h 15 juin 2026":                                          "?",
		name + "est avancée au mardi 2 juin 2026, 12 heures (heure de Paris).":                          "02/06/2026 12:00",
		"Date et heure limites de dépôt des candidatures : le 02/06/2026 à 12h":                         "02/06/2026 12:00",
		"Date limite de remise de vos plis : 02/06/2026":                                                "02/06/2026",
		"Date de réception des travaux : 31/12/2026":                                                    "",
		"Le délai de réception des travaux est fixé au 31 mars 2027":                                    "",
		"Date de dépôt du permis de construire : 15/09/2026":                                            "",
		"Date limite de réception des réponses aux questions : 15/09/2026":                              "",
		"La date limite de retrait des dossiers est reportée au 15/09/2026":                             "",
		"Les plis sont ouverts après la date limite de remise des offres":                               "",
	} {
		raw, unread := CorrectedDeadline([]notice.Correction{{New: text}})
		got := raw
		if raw == "" && unread != "" {
			got = "?"
		}
		if got != want {
			t.Errorf("%s: %q (%q), want %q", text, raw, unread, want)
		}
	}
}

// TestLotsAreNotTheWhole: what is said of a lot moves nothing for the others, wherever the
// lot is named.
func TestLotsAreNotTheWhole(t *testing.T) {
	for _, c := range []notice.Correction{
		{Section: "Date limite de réception des offres - lot 3", Old: "02/06/2026", New: "09/06/2026 12:00"},
		{Section: "IV.2.2 Lot 3", New: "09/06/2026 12:00"},
		{Section: "IV.2.2", Old: "Lot 3 : 02/06/2026", New: "09/06/2026 12:00"},
		{Section: "IV.2.2", New: "Lots 1 et 2 : 09/06/2026 12:00"},
		{Old: "Lot3 : date limite de remise des offres : 02/06/2026", New: "Date limite de remise des offres : 09/06/2026"},
	} {
		raw, unread := CorrectedDeadline([]notice.Correction{c})
		if _, date := ReadMoment(unread); raw != "" || unread == "" || date {
			t.Errorf("%+v: %q, %q", c, raw, unread)
		}
	}
}

// TestSectionsOfOtherDatesAreNotTheDeadline: the documents, the samples and the works have dates of
// their own.
func TestSectionsOfOtherDatesAreNotTheDeadline(t *testing.T) {
	for section, want := range map[string]bool{
		"Date limite de réception des offres": true, "IV.2.2)": true, "IV 3.4": true, "DATE ET HEURE LIMITES DE DEPOT DES PLIS": true, "Remise des offres": true,
		"Date limite de retrait des dossiers": false, "Date limite d'obtention du dossier": false, "Date limite de remise des maquettes": false,
		"Date limite de réception des questions": false, "Ouverture des plis": false, "IV.2.7": false, "Date limite de réception des travaux": false,
	} {
		if got := OfDeadline(section); got != want {
			t.Errorf("%s: %v, want %v", section, got, want)
		}
	}
}

// hostile are texts that a careless reading never ends: it is bounded by their length.
var hostile = []string{"date de remise x ", "date limite de remise des offres ", "date limite de remise des offres est reportee au 09/06/2026 ", "lot ", "au lieu du ", "est est est ",
	"09/06/2026 a 12h 15 juin 2026 ", ".", "date et heure "}

// TestHostileTextsEnd reads a megabyte of each, in every place: it is enough that it ends.
func TestHostileTextsEnd(t *testing.T) {
	for _, words := range hostile {
		text := strings.Repeat(words, 1<<20/len(words))
		for _, c := range []notice.Correction{{New: text}, {Section: "IV.2.2", New: text}, {Old: text, New: "09/06/2026"}, {Section: text, New: text}} {
			if raw, unread := CorrectedDeadline([]notice.Correction{c}); raw != "" && len(c.New) > 100 {
				t.Errorf("%.40q: %q %.40q", words, raw, unread)
			}
		}
		FindMoments(text)
	}
}

func TestSeveralLinesOfACorrigendum(t *testing.T) {
	line := func(section, after string) notice.Correction { return notice.Correction{Section: section, New: after} }
	for name, c := range map[string]struct {
		lines []notice.Correction
		want  string
	}{
		"a section and words that differ":  {[]notice.Correction{line("VI", "La date limite de remise des offres est reportée au 02/06/2026"), line("IV.2.2", "09/06/2026 12:00")}, ""},
		"a section, and prose on its lots": {[]notice.Correction{line("IV.2.2", "09/06/2026 12:00"), line("IV.2.2", "Des visites ont été ajoutées pour les lots 1 et 2")}, "09/06/2026 12:00"},
		"a section, and prose on why":      {[]notice.Correction{line("IV.2.2", "09/06/2026 12:00"), line("IV.2.2", "La date de remise des offres de cette consultation est repoussée au 9 juin")}, "09/06/2026 12:00"},
		"a section for each lot":           {[]notice.Correction{line("IV.2.2 Lot 1", "09/06/2026 12:00"), line("IV.2.2", "10/06/2026 12:00")}, ""},
		"words that say the same":          {[]notice.Correction{line("", "La date limite de remise des offres est reportée au 02/06/2026"), line("", "Date limite de remise des plis : 2 juin 2026")}, "02/06/2026"},
		"words that say otherwise":         {[]notice.Correction{line("", "La date limite de remise des offres est reportée au 02/06/2026"), line("", "Date limite de remise des plis : 3 juin 2026")}, ""},
		"a section without a date, words":  {[]notice.Correction{line("IV.2.2", ""), line("VI", "La date limite de remise des offres est reportée au 02/06/2026")}, "02/06/2026"},
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
	for _, words := range hostile {
		f.Add("", words, strings.Repeat(words, 50))
	}
	f.Fuzz(func(t *testing.T, section, before, after string) {
		raw, unread := CorrectedDeadline([]notice.Correction{{Section: section, Old: before, New: after}})
		if raw != "" {
			if _, ok := ReadMoment(raw); !ok || unread != "" {
				t.Fatalf("%q is no moment, or %q", raw, unread)
			}
		}
		if _, date := ReadMoment(unread); date {
			t.Fatalf("%q is told as unread, and is a date", unread)
		}
		if raw != "" && !strings.ContainsAny(after, "0123456789") {
			t.Fatalf("%q from %q", raw, after)
		}
	})
}
