package company_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/watch"
)

// Without scripts, an organism and a code are left out by what is typed, as they are
// looked for: the form comes back, and nothing is saved until it is.
func TestOrganismsAndCodesAreExcludedByHand(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat"}, call{id: "26-2", title: "Voirie", buyer: "Commune de Barr"},
			call{id: "26-3", title: "Voirie", buyer: "Syndicat des eaux de Sélestat"})
		selestat, barr := p.buyer("ville de selestat"), p.buyer("commune de barr")
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		base := func() url.Values {
			return filled("nom", "Bois brut", "organisme", selestat, "organisme_exclu", barr, "cpv", "45000000", "cpv_exclu", "90000000")
		}
		for name, c := range map[string]struct {
			sent, changes url.Values
			says          string
		}{
			"an organism by its name":       {url.Values{"action": {"ajouter-organisme_exclu"}, "organisme_exclu-saisi": {"VILLE DE SELESTAT"}}, url.Values{"organisme_exclu": {barr, selestat}}, "Organismes exclus"},
			"one that is excluded already":  {url.Values{"action": {"ajouter-organisme_exclu"}, "organisme_exclu-saisi": {"Commune de Barr"}}, nil, ""},
			"an organism that comes back":   {url.Values{"retirer-organisme_exclu": {barr}}, url.Values{"organisme_exclu": nil}, ""},
			"nothing typed":                 {url.Values{"action": {"ajouter-cpv_exclu"}}, nil, ""},
			"a code by itself":              {url.Values{"action": {"ajouter-cpv_exclu"}, "cpv_exclu-saisi": {"33000000"}}, url.Values{"cpv_exclu": {"90000000", "33000000"}}, ""},
			"a code that comes back":        {url.Values{"retirer-cpv_exclu": {"90000000"}}, url.Values{"cpv_exclu": nil}, ""},
			"several organisms to choose":   {url.Values{"action": {"ajouter-organisme_exclu"}, "organisme_exclu-saisi": {"sélestat"}}, url.Values{"organisme_exclu-saisi": {"sélestat"}, "organisme_exclu-propose": {"sélestat"}}, "Plusieurs organismes correspondent à « sélestat » : cochez les vôtres"},
			"several codes to choose":       {url.Values{"action": {"ajouter-cpv_exclu"}, "cpv_exclu-saisi": {"construction"}}, url.Values{"cpv_exclu-saisi": {"construction"}, "cpv_exclu-propose": {"construction"}}, "Plusieurs codes correspondent à « construction »"},
			"an organism that is none":      {url.Values{"action": {"ajouter-organisme_exclu"}, "organisme_exclu-saisi": {"Atlantide"}}, url.Values{"organisme_exclu-saisi": {"Atlantide"}}, "Aucun organisme ne correspond à « Atlantide »"},
			"the button of the wanted ones": {url.Values{"action": {"ajouter-cpv"}, "cpv_exclu-saisi": {"33000000"}}, url.Values{"cpv_exclu": {"90000000", "33000000"}}, ""},
		} {
			sent, want := base(), base()
			for field, values := range c.sent {
				sent[field] = values
			}
			for field, values := range c.changes {
				if want[field] = values; values == nil {
					delete(want, field)
				}
			}
			page := odile.post(watchesPage, sent)
			if diff := cmp.Diff(want, page.form()); diff != "" || page.status != 200 {
				t.Errorf("%s: %d %s", name, page.status, diff)
			}
			page.says(c.says)
			sent.Set("version", "1")
			if page = odile.post(watchesPage+"/"+w.ID, sent); page.status != 200 {
				t.Errorf("%s, editing: %d", name, page.status)
			}
		}
		if all := odile.list(); len(all) != 1 || all[0].Version != 1 {
			t.Error("a button saved something")
		}
	})
}

// What is typed and never « added » counts when the form is sent; one of several is asked
// for and then ticked.
func TestAnExclusionLeftInItsFieldIsNotForgotten(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat"}, call{id: "26-2", title: "Voirie", buyer: "Syndicat des eaux de Sélestat"})
		selestat := p.buyer("ville de selestat")
		odile := p.join(muller, "odile")
		odile.follow(watchesPage, filled("nom", "A", "organisme_exclu-saisi", "Ville de Selestat", "cpv_exclu-saisi", "90000000")).
			says("Organisme exclu : Ville de Sélestat", "Code CPV exclu : 90000000")
		got := odile.list()[0].Criteria
		if !slices.Equal(got.ExcludeBuyers, []string{selestat}) || !slices.Equal(got.ExcludeCPV, []string{"90000000"}) {
			t.Errorf("saved %+v", got)
		}
		page := odile.post(watchesPage, filled("nom", "B", "organisme_exclu-saisi", "selestat"))
		page.refused("organisme_exclu-saisi", "Plusieurs organismes correspondent à « selestat » : cochez ceux que vous écartez, ou videz ce champ.")
		form := page.form()
		form.Add("organisme_exclu", selestat)
		odile.follow(watchesPage, form)
		if got := odile.list()[1].Criteria.ExcludeBuyers; !slices.Equal(got, []string{selestat}) {
			t.Errorf("ticked among the candidates, saved %q", got)
		}
		// The whole is said, whatever is wrong elsewhere too.
		page = odile.post(watchesPage, filled("nom", "", "organisme_exclu-saisi", "Atlantide", "cpv_exclu-saisi", "zzzz"))
		page.refused("nom", "Donnez un nom à la veille")
		page.refused("organisme_exclu-saisi", "Aucun organisme ne correspond à « Atlantide » : essayez un seul mot de son nom, ou videz ce champ.")
		page.refused("cpv_exclu-saisi", "Aucun code CPV ne correspond à « zzzz »")
	})
}

func TestBadExclusionsComeBackBesideTheirField(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		var codes, organisms []string
		for i := range 51 {
			codes = append(codes, "cpv_exclu", fmt.Sprintf("45%02d0000", 10+i))
			organisms = append(organisms, "organisme_exclu", fmt.Sprintf("0198c0de-0000-7000-8000-0000000000%02d", i))
		}
		for _, c := range []struct {
			change   []string
			id, says string
		}{
			{[]string{"cpv_exclu", "x"}, "cpv_exclu-saisi", "« x » n'est pas un code CPV."},
			{codes, "cpv_exclu-saisi", "Vous avez exclu 51 codes CPV : 50 au plus."},
			{organisms, "organisme_exclu-saisi", "Vous avez exclu 51 organismes : 50 au plus."},
			{[]string{"organisme_exclu-saisi", "\xff\x00"}, "organisme_exclu-saisi", "Ce texte contient des caractères illisibles"},
			{[]string{"cpv_exclu-saisi", "\xff\x00"}, "cpv_exclu-saisi", "Ce texte contient des caractères illisibles"},
		} {
			page := odile.post(watchesPage, filled(append([]string{"mots_cles", "bardage"}, c.change...)...))
			page.refused(c.id, c.says)
			if form := page.form(); form.Get("mots_cles") != "bardage" {
				t.Errorf("%v: lost %v", c.change, form)
			}
			// In its fold, which is open then.
			for n := page.byID(c.id).Parent; n != nil; n = n.Parent {
				if n.Data == "details" && !has(n, "open") {
					t.Errorf("%s is folded away", c.id)
				}
			}
		}
	})
}

func TestTheRegionFollowsExclusions(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie", buyer: "Ville de Sélestat"}, call{id: "26-2", title: "Menuiserie", buyer: "Commune de Barr"})
		odile := p.join(muller, "odile")
		odile.post(previewPath, filled()).says("2 marchés")
		odile.post(previewPath, filled("organisme_exclu", p.buyer("commune de barr"))).says("1 marché en ligne")
		odile.post(previewPath, filled("organisme_exclu-saisi", "Barr", "cpv_exclu-saisi", "menuiserie")).says("2 marchés", "Pas encore compté, car à choisir dans la liste : « Barr » et « menuiserie »")
	})
}
