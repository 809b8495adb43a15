package company_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// everything is what a search may ask of « Affiner », as its address says it.
const everything = "exclus=amiante+%22gros+œuvre%22&objet_et_lots=oui&cpv=45421000&cpv=45261000-4&cpv_generaux=oui&cpv_combine=and" +
	"&nature=works&nature=services&type_avis=contract&type_avis=award&source=boamp&services=oui&france_entiere=non&jours_restants=10"

func TestNothingOfASearchIsLostWhenItBecomesAWatch(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		page := odile.get("/entreprise/veilles/nouvelle?mots_cles=menuiserie+charpente&mode=all&departement=67&" + everything)
		page.says("45421000 — Travaux de parachèvement de bâtiment", "45261000 — Travaux de construction complète ou partielle et travaux de génie civil", "Mots exclus", "Inclure les marchés France entière")
		form := page.form()
		form.Set("nom", "Bois")
		odile.follow(watchesPage, form).says("La veille « Bois » est créée.")
		w := odile.list()[0]
		want := notice.Criteria{
			Mode: notice.All, Keywords: []string{"menuiserie", "charpente"}, Exclude: []string{"amiante", `"gros œuvre"`}, TitleOnly: true, Services: true,
			Departments: []string{"67"}, NoNational: true, CPV: []string{"45421000", "45261000"}, Broader: true, Combine: notice.And,
			Categories: []refdata.Category{refdata.Works, refdata.Services}, Kinds: []notice.Kind{notice.Contract, notice.Award}, Sources: []string{"boamp"}, MinDays: 10,
		}
		if diff := cmp.Diff(want, w.Criteria); diff != "" {
			t.Error(diff)
		}
		odile.get(watchesPage).says("Mots exclus : amiante \"gros œuvre\"", "Recherche : dans l'objet et les lots seulement", "Codes CPV : 45421000 — Travaux de parachèvement de bâtiment 45261000 — Travaux de construction complète ou partielle et travaux de génie civil",
			"Mots clés et codes : les deux", "Codes plus généraux : inclus", "Natures : Travaux Services", "Types d'avis : Avis de marché Résultat de marché", "Source : BOAMP",
			"Services de l'organisme : inclus", "Marchés France entière : exclus", "Jours restants : 10 au moins")
		edited := odile.get(watchesPage + "/" + w.ID + "/modifier").form()
		odile.follow(watchesPage+"/"+w.ID, edited)
		if diff := cmp.Diff(want, odile.find(w.ID).Criteria); diff != "" {
			t.Errorf("saved again as it was shown: %s", diff)
		}
		// What is unticked is off again.
		for _, name := range []string{"objet_et_lots", "cpv", "cpv_generaux", "nature", "type_avis", "source", "services"} {
			edited.Del(name)
		}
		edited["france_entiere"], edited["exclus"], edited["jours_restants"], edited["version"] = []string{"non", "oui"}, []string{""}, []string{""}, []string{"2"}
		odile.follow(watchesPage+"/"+w.ID, edited)
		if diff := cmp.Diff(notice.Criteria{Mode: notice.All, Keywords: []string{"menuiserie", "charpente"}, Departments: []string{"67"}}, odile.find(w.ID).Criteria); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAWatchOfNoWordButACodeIsNotEmpty(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.follow(watchesPage, filled("mots_cles", "", "cpv", "45421000")).says("est créée")
		if got := odile.list()[0].Criteria; !slices.Equal(got.CPV, []string{"45421000"}) || got.Combine != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAWrongKeyIsSaidBesideItsFieldAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		for _, field := range []string{"cpv-saisi", "cpv", "cpv_exclu"} {
			page := odile.post(watchesPage, filled(field, "45210000-3", "exclus", "amiante"))
			page.says("La clé de « 45210000-3 » ne correspond pas au code : celle de 45210000 est 2.")
			form := page.form()
			if got := form[field]; !slices.Contains(got, "45210000-3") || form.Get("exclus") != "amiante" || len(odile.list()) != 0 {
				t.Errorf("%s: %q is left of what was typed, %q of the rest, %d watches", field, got, form.Get("exclus"), len(odile.list()))
			}
		}
		odile.follow(watchesPage, filled("cpv-saisi", "45210000-2")).says("est créée")
		if got := odile.list()[0].Criteria.CPV; !slices.Equal(got, []string{"45210000"}) {
			t.Errorf("%v", got)
		}
	})
}

func TestCodesAreChosenByTheirLabelWithoutScripts(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		// The divisions and groups that the program carries: « construction » is in several.
		page := odile.post(watchesPage, filled("cpv-saisi", "construction", "action", "ajouter-cpv"))
		page.says("Plusieurs codes correspondent à « construction » : cochez les vôtres", "45000000 — Travaux de construction")
		form := page.form()
		if !slices.Contains(form["cpv-propose"], "construction") || len(form["cpv"]) != 0 {
			t.Fatalf("%v", form)
		}
		form["cpv"] = []string{"45000000"}
		page = odile.follow(watchesPage, form)
		page.says("est créée")
		if got := odile.list()[0].Criteria.CPV; !slices.Equal(got, []string{"45000000"}) {
			t.Errorf("%v", got)
		}
		page = odile.post(watchesPage, filled("cpv", "45000000", "retirer-cpv", "45000000", "mots_cles", "bardage"))
		if form := page.form(); len(form["cpv"]) != 0 || form.Get("mots_cles") != "bardage" {
			t.Errorf("%v", form)
		}
	})
}

func TestABadRefinementComesBackBesideItsField(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		codes := []string{}
		for i := range 60 {
			codes = append(codes, "cpv", "45"+string(rune('0'+i/10))+string(rune('0'+i%10))+"0000")
		}
		for _, c := range []struct {
			change   []string
			id, says string
		}{
			{[]string{"exclus", "bx"}, "exclus", "Le mot « bx » compte moins de 3 caractères"},
			{[]string{"jours_restants", "dix"}, "jours_restants", "Écrivez le nombre de jours restants en chiffres"},
			{[]string{"jours_restants", "-1"}, "jours_restants", "Le nombre de jours restants va de 0 à 365."},
			{[]string{"jours_restants", "1e309"}, "jours_restants", "Écrivez le nombre"},
			{[]string{"nature", "x"}, "nature", "La nature « x » n'existe pas."},
			{[]string{"type_avis", "<b>"}, "type_avis", "Le type d'avis « <b> » n'existe pas."},
			{[]string{"source", "ailleurs"}, "source", "La source « ailleurs » n'existe pas."},
			{[]string{"cpv", "x"}, "cpv-saisi", "« x » n'est pas un code CPV."},
			{codes, "cpv-saisi", "codes CPV : 50 au plus"},
			{[]string{"cpv-saisi", "zzzz"}, "cpv-saisi", "Aucun code CPV ne correspond à « zzzz »"},
			{[]string{"cpv-saisi", "construction"}, "cpv-saisi", "Plusieurs codes CPV correspondent à « construction »"},
			{[]string{"cpv-saisi", "\xff\x00"}, "cpv-saisi", "Ce texte contient des caractères illisibles"},
			{[]string{"cpv", "45000000", "cpv_combine", "xor"}, "cpv-saisi", "se combinent aux mots clés"},
		} {
			page := odile.post(watchesPage, filled(append([]string{"mots_cles", "bardage"}, c.change...)...))
			page.refused(c.id, c.says)
			if form := page.form(); form.Get("mots_cles") != "bardage" {
				t.Errorf("%v: lost %v", c.change, form)
			}
		}
		if len(odile.list()) != 0 {
			t.Error("a refused form made a watch")
		}
		odile.post(watchesPage, url.Values{"cpv": slices.Repeat([]string{"x"}, 20_000), "type_avis": slices.Repeat([]string{"y"}, 20_000)})
	})
}
