package cmd_test

import (
	"regexp"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/notice"
)

var buyerID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

const threeBuyers = `{"idweb":"26-1","objet":"Voirie","nomacheteur":"VILLE DE BARR","dateparution":"2026-01-05","code_departement":["67"],"nature":"APPEL_OFFRE","x_acheteur":{"cp":"67140","ville":"Barr"}}
{"idweb":"26-2","objet":"Papier","nomacheteur":"Ville de Barr","dateparution":"2026-02-05","code_departement":["67"],"nature":"APPEL_OFFRE","x_acheteur":{"cp":"67140","ville":"Barr"}}
{"idweb":"26-3","objet":"Ordures","nomacheteur":"Mairie de Barr","dateparution":"2026-03-05","code_departement":["67"],"nature":"APPEL_OFFRE","x_acheteur":{"cp":"67141","ville":"Barr"}}
{"idweb":"26-4","objet":"Menuiserie","nomacheteur":"Ville de Strasbourg","dateparution":"2026-03-06","code_departement":["67"],"nature":"APPEL_OFFRE","x_acheteur":{"cp":"67000","ville":"Strasbourg","siret":"21670482500019"}}
`

func TestTheOperatorMakesOneBuyerOfTwoAndTakesItBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		if _, errOut, status := run(t, threeBuyers, append([]string{"import", "boamp", "-"}, place...)...); status != 0 {
			t.Fatal(errOut)
		}
		say := func(words ...string) (string, string, int) {
			return run(t, "", append(append([]string{"buyer"}, words...), place...)...)
		}
		want := func(status int, contains string, words ...string) string {
			t.Helper()
			out, errOut, got := say(words...)
			if got != status || !strings.Contains(strings.ReplaceAll(out+errOut, "\u00a0", " "), contains) {
				t.Errorf("buyer %s: status %d, %s%s; want %d, %q", strings.Join(words, " "), got, out, errOut, status, contains)
			}
			return out
		}
		found := want(0, "Ville de Barr — Barr (67)", "search", "ville", "barr")
		ville := buyerID.FindString(found)
		mairie := buyerID.FindString(want(0, "Mairie de Barr — Barr (67)", "search", "mairie", "67"))
		if ville == "" || mairie == "" || ville == mairie {
			t.Fatalf("%q and %q", ville, mairie)
		}
		want(0, "Aucun acheteur du répertoire ne correspond", "search", "zanzibar")
		want(0, "Ville de Strasbourg — Strasbourg (67), SIREN 216 704 825", "search", "216704825")
		want(0, "Noms proches, même département\n  "+ville, "duplicates", "--department", "67")
		want(0, "Aucun acheteur ne ressemble", "duplicates", "--department", "974")
		want(1, "Le département « 999 » n'existe pas", "duplicates", "--department", "999")
		want(1, "Aucun acheteur du répertoire n'a cet identifiant", "show", "barr")
		want(1, "C'est deux fois le même acheteur", "merge", mairie, "--into", mairie)
		want(0, "Les deux n'en font plus qu'un :\n"+ville, "merge", mairie, "--into", ville, "--reason", "L'hôtel de ville", "--by", "Odile")
		want(1, "déjà réunis", "merge", ville, "--into", mairie)
		shown := want(0, mairie+" réuni à "+ville, "show", mairie)
		for _, part := range []string{"VILLE DE BARR : 1 avis, le 05/01/2026", "par exploitant (Odile). Motif : L'hôtel de ville", "Réuni : " + mairie} {
			if !strings.Contains(strings.ReplaceAll(shown, "\u00a0", " "), part) {
				t.Errorf("shown without %q:\n%s", part, shown)
			}
		}
		if want(0, ville, "search", "mairie", "barr"); t.Failed() {
			return
		}
		a := open(t, place)
		if err := a.Notices.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		count := func(buyer string) int {
			page, err := a.Notices.Search(t.Context(), access.Anybody(), notice.Search{Criteria: notice.Criteria{Buyers: []string{buyer}}, Size: 9})
			if err != nil {
				t.Fatal(err)
			}
			return page.Total
		}
		if one, other := count(ville), count(mairie); one != 3 || other != 3 {
			t.Errorf("%d and %d notices of the merged buyer, want 3", one, other)
		}
		want(0, "Il est de nouveau lui-même :\n"+mairie, "unmerge", mairie)
		want(1, "il n'y a rien à défaire", "unmerge", mairie)
		want(0, "Défait le", "show", ville)
		if one, other := count(ville), count(mairie); one != 2 || other != 1 {
			t.Errorf("%d and %d notices once apart, want 2 and 1", one, other)
		}
	})
}
