package refdata_test

import (
	"strings"
	"testing"

	"parvis/procurement/refdata"
)

func TestWhoIsARegion(t *testing.T) {
	const (
		grandEst  = "08 10 51 52 54 55 57 67 68 88"
		aquitaine = "16 17 19 23 24 33 40 47 64 79 86 87"
	)
	for _, c := range []struct {
		register, name, want string
	}{
		// by number
		{"20005226400013", "whoever", grandEst}, {"200 052 264 00013", "", grandEst}, {"200052264", "", grandEst},
		{"20007695800012", "COLLECTIVITE DE CORSE", "2A 2B"}, {"22985000300018", "", "976"},
		{"20009433200018", "CEA", "67 68"}, {"200 094 332", "", "67 68"},
		{"21670482500019", "Ville de Strasbourg", ""}, {"2000522640001", "", ""}, {"FR 20 200 052 264", "", ""}, {"200052264x", "", ""},
		// by name, as notices write it
		{"", "REGION GRAND EST", grandEst}, {"", "Région Grand-Est", grandEst}, {"", "Région Nouvelle Aquitaine", aquitaine},
		{"", "RÉGION NOUVELLE-AQUITAINE - DIRECTION DES ACHATS", aquitaine}, {"", "Région Nouvelle-Aquitaine (site de Limoges)", aquitaine},
		{"", "Conseil Régional d'Ile-de-France", "75 77 78 91 92 93 94 95"}, {"", "Conseil Régional de la Réunion", "974"},
		{"", "Conseil régional des Pays de la Loire", "44 49 53 72 85"}, {"", "Conseil Rég Provence-Alpes-Côte d'Azur", "04 05 06 13 83 84"},
		{"", "Région Provence Alpes Côte d'Azur", "04 05 06 13 83 84"}, {"", "Région Bourgogne - Franche-Comté", "21 25 39 58 70 71 89 90"},
		{"", "Région Bourgogne - Franche-Comté - Service des lycées", "21 25 39 58 70 71 89 90"}, {"", "REGION CENTRE VAL DE LOIRE", "18 28 36 37 41 45"},
		{"", "Région Hauts-de-France", "02 59 60 62 80"}, {"", "Région Guadeloupe", "971"}, {"", "COLLECTIVITE TERRITORIALE MARTINIQUE", "972"},
		{"", "Région Normandie", "14 27 50 61 76"}, {"", "Re\u0301gion Bretagne", "22 29 35 56"},
		{"", "REGION AUVERGNE-RHONE-ALPES DIRECTION DES ACHATS", "01 03 07 15 26 38 42 43 63 69 73 74"}, {"", "Région Bourgogne-Franche-Comté Direction des mobilités", "21 25 39 58 70 71 89 90"},
		{"", "Région Bourgogne - Franche-Comté Service des lycées", "21 25 39 58 70 71 89 90"}, {"", "Région Bretagne-Pôle achats", "22 29 35 56"}, {"", "Conseil régional de Bretagne Direction de l'immobilier", "22 29 35 56"},
		{"", "RÉGION NOUVELLE-AQUITAINE- DIRECTION DES ACHATS", aquitaine}, {"", "Région Nouvelle-Aquitaine – Département des lycées", aquitaine}, {"", "Région Sud Direction des lycées", "04 05 06 13 83 84"},
		{"", "Région Pays de Loire", "44 49 53 72 85"}, {"", "La Région Grand Est", grandEst}, {"", "LA REGION REUNION", "974"}, {"", "Région BFC", "21 25 39 58 70 71 89 90"}, {"", "Région ALPC", aquitaine},
		// before 2016
		{"", "Conseil Régional d'Alsace", "67 68"}, {"", "Conseil Régional du Limousin", "19 23 87"}, {"", "Région Rhône-Alpes", "01 07 26 38 42 69 73 74"},
		// the Collectivité européenne d'Alsace
		{"", "Collectivité européenne d'Alsace", "67 68"}, {"", "COLLECTIVITE EUROPEENNE D ALSACE", "67 68"}, {"", "Collectivité Européenne d\u2019Alsace - Direction des routes", "67 68"},
		// called after one
		{"", "CEA", ""}, {"", "CEA/DAM — Île-de-France", ""}, {"", "HABITATS DE HAUTE ALSACE, OFFICE PUBLIC DE L'HABITAT DE LA COLLECTIVITE EUROPEENNE D'ALSACE", ""},
		{"", "Préfecture de région Alsace - SGARE", ""}, {"", "préfet de la région Pays de la Loire", ""}, {"", "CCI de région Bretagne", ""},
		{"", "Région de Guebwiller", ""}, {"", "Région Bretagne Tourisme", ""}, {"", "Région Bretagne Tourisme Direction des achats", ""}, {"", "Région Sud-Est", ""}, {"", "Région Sud-Est Direction des achats", ""},
		{"", "Région Centre-Est", ""}, {"", "Région Centre-Est - Direction des achats", ""}, {"", "Région Direction des achats", ""}, {"", "Région Direction", ""}, {"", "La Rochelle Agglomération", ""}, {"", "La Con", ""}, {"", "La conseil", ""},
		{"", "Région académique Grand Est", ""}, {"", "Conseil régional de l'ordre des médecins", ""},
		{"", "Collectivité de Saint Martin", ""}, {"", "Conseil départemental du Bas-Rhin", ""}, {"", "Commune de Bretagne", ""}, {"", "Régie des eaux", ""}, {"", "", ""}, {"", "r", ""},
		{"", "Région", ""}, {"", "Région -", ""}, {"", "\xff\xfe---", ""}, {"", strings.Repeat("Région - ", 50), ""},
	} {
		body, ok := refdata.BodyOf(c.register, c.name)
		if got := strings.Join(body.Departments, " "); got != c.want || ok != (c.want != "") {
			t.Errorf("%q %q: %q, %v, want %q", c.register, c.name, got, ok, c.want)
		}
		isAlsace := strings.Contains(c.register, "332") || strings.HasPrefix(strings.ToUpper(c.name), "COLLECTIVITÉ EURO") || strings.HasPrefix(c.name, "COLLECTIVITE EURO")
		if body.Whole != (ok && isAlsace || ok && strings.HasPrefix(c.name, "Collectivité ") && strings.Contains(c.name, "uropéenne")) {
			t.Errorf("%q %q: whole is %v", c.register, c.name, body.Whole)
		}
	}
}

func TestWholeAreasAreNamed(t *testing.T) {
	for codes, want := range map[string]string{
		"":                              "",
		"67":                            "(67) Bas-Rhin",
		"2A 2B":                         "(2A) Corse-du-Sud|(2B) Haute-Corse",
		"22 29 35":                      "(22) Côtes-d'Armor|(29) Finistère|(35) Ille-et-Vilaine",
		"22 29 35 56":                   "Bretagne",
		"75 56 35 29 22 99":             "Bretagne|(75) Paris|(99) Étranger",
		"59 02 60 62 80 22 29 35 56":    "Bretagne|Hauts-de-France",
		"971 972 973 974 976":           "(971) Guadeloupe|(972) Martinique|(973) Guyane|(974) La Réunion|(976) Mayotte",
		"975 977 978 984 986 987 988":   "(975) Saint-Pierre-et-Miquelon|(977) Saint-Barthélemy|(978) Saint-Martin|(984) Terres australes et antarctiques françaises|(986) Wallis et Futuna|(987) Polynésie française|(988) Nouvelle-Calédonie",
		strings.Join(everywhere(), " "): "France entière",
		strings.Join(everywhere()[:96], " ") + " 974": "France métropolitaine|(974) La Réunion",
		strings.Join(everywhere(), " ") + " 988":      "France entière|(988) Nouvelle-Calédonie",
	} {
		if got := strings.Join(refdata.PlaceLabels(strings.Fields(codes)), "|"); got != want {
			t.Errorf("%s: %s, want %s", codes, got, want)
		}
	}
}

func everywhere() []string { return refdata.DepartmentsOfNUTS("FR") }

func TestDepartmentsThatPeopleAskFor(t *testing.T) {
	for raw, want := range map[string]string{"67": "67", "1": "01", "2a": "2A", "69M": "69", "69d": "69", "20": "2A 2B", "988": "988", "99": "", "": "", "96": "", "67,68": ""} {
		if got := strings.Join(refdata.DepartmentsAsked(raw), " "); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func BenchmarkBodyOf(b *testing.B) {
	for b.Loop() {
		refdata.BodyOf("21670482500019", "Communauté de communes du Pays de Sainte-Odile")
		refdata.BodyOf("", "Conseil départemental de la Charente-Maritime")
	}
}
