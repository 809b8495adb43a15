package company_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

const previewPath = watchesPage + "/apercu"

// season records calls of three months: one a week is a carpenter's, the others are not.
func (p *platform) season() {
	p.t.Helper()
	var calls []call
	for i := range 12 {
		published := dbtest.Start.AddDate(0, 0, -7*i-1)
		calls = append(calls,
			call{id: "m" + string(rune('a'+i)), title: "Menuiseries extérieures de l'école", published: published.Format(time.DateOnly), deadline: published.AddDate(0, 0, 20), departments: []string{"67"}},
			call{id: "v" + string(rune('a'+i)), title: "Travaux de voirie", published: published.Format(time.DateOnly), deadline: published.AddDate(0, 0, 20), buyer: "Commune de Barr"},
			call{id: "w" + string(rune('a'+i)), title: "Travaux d'assainissement", published: published.Format(time.DateOnly), deadline: published.AddDate(0, 0, 20), buyer: "Commune de Barr"})
	}
	p.record(calls...)
}

func TestTheRegionSaysWhatTheWatchWouldDo(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		odile := p.join(muller, "odile")
		page := odile.post(previewPath, url.Values{"mots_cles": {"menuiserie"}, "mode": {"any"}, "alerte": {"oui"}, "rythme": {"daily"}, "heure": {"7"}})
		page.says("3 marchés", "en ligne correspondent à ces critères", "Cette veille aurait envoyé 4 messages en 30 jours et 11 messages en 90 jours (tous les jours à 7 h).",
			"Messages par semaine, depuis 90 jours", "Par exemple", "Menuiseries extérieures de l'école", "Ville de Sélestat")
		page.silent("Créer une nouvelle veille", "Mes veilles", "Aucun avis")
		if !strings.Contains(page.source, "<mark>Menuiseries</mark>") || strings.Contains(page.source, "<html") {
			t.Error("the matched word is not marked, or a whole page came")
		}
		if len(odile.list()) != 0 {
			t.Error("looking has saved a watch")
		}
		// One mail a week is as many as one a day here; on Mondays, those of the last days wait.
		weekly := odile.post(previewPath, url.Values{"mots_cles": {"menuiserie voirie"}, "rythme": {"weekly"}, "jour": {"1"}, "heure": {"8"}, "alerte": {"oui"}})
		weekly.says("6 marchés", "(chaque lundi à 8 h)")
	})
}

func TestTheRegionIsThePagesListToTheCall(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Departments: []string{"67"}, Active: true})
		odile.get(watchesPage).says("3 éléments correspondent à vos critères de recherche")
		odile.post(previewPath, url.Values{"mots_cles": {"menuiserie"}, "departement": {"67"}}).says("3 marchés")
	})
}

func TestTheRegionWarns(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		odile := p.join(muller, "odile")
		region := func(pairs ...string) page {
			f := url.Values{"mode": {"any"}, "alerte": {"oui"}, "rythme": {"daily"}, "heure": {"7"}}
			for i := 0; i < len(pairs); i += 2 {
				f.Set(pairs[i], pairs[i+1])
			}
			return odile.post(previewPath, f)
		}
		region().says("Sans critère, cette veille retiendrait tout ce qui paraît : 1 message par semaine, pour environ 3 marchés.")
		region("mots_cles", "travaux").says("« travaux » est dans 66 % des avis")
		region("mots_cles", "travaux voirie", "mode", "all").silent("% des avis")
		region("mots_cles", "menuisserie").says("Aucun marché", "Aucun avis depuis un an ne contient « menuisserie ». Vouliez-vous dire :", "menuiseries à la place de « menuisserie »")
		region("mots_cles", "zzzzzz").says("Aucun avis depuis un an ne contient « zzzzzz » : vérifiez son orthographe.")
		region("mots_cles", "menuisier").says("Du même métier que « menuisier » :", "menuiserie aux mots clés")
		region("mots_cles", "menuisier menuiserie").silent("Du même métier")
		region("mots_cles", "45421000").says("« 45421000 » est un code CPV", "En faire le code 45421000")
		region("mots_cles", "45421000-5").says("La clé de « 45421000-5 » ne correspond pas au code : celle de 45421000 est 4.")
		region("mots_cles", "45421000-4").says("« 45421000-4 » est un code CPV")
		region("mots_cles", "voirie 67").says("« 67 » désigne aussi un département", "En faire le département (67) Bas-Rhin")
		region("mots_cles", "voirie 67", "departement", "67").silent("désigne aussi")
		region("cpv", "45233140").says("36 des 36 marchés parus depuis 90 jours n'ont pas de code CPV : une veille sans mot clé ne les trouve pas.")
		region("cpv", "45233140", "mots_cles", "voirie").silent("n'ont pas de code CPV")
		region("mots_cles", "voirie de la").says("Mots ignorés, trop courants : « de » et « la »")
		region("mots_cles", "voirie", "organisme-saisi", "Barr").says("Pas encore compté, car à choisir dans la liste : « Barr »")
		region("mots_cles", "voirie", "type_avis", "award").says("avec ces types d'avis, aucun ne partira")
		region("mots_cles", "voirie menuiserie", "exclus", "Voirie").says("À la fois recherché et exclu, donc jamais trouvé : « voirie ».")
		region("mots_cles", "voirie", "exclus", "toiture").silent("recherché et exclu")
		region("mots_cles", "travaux").says("Codes CPV de ces mots :", "45000000 — Travaux de construction")
	})
}

func TestTheRegionSaysWhatIsWrongAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		for name, c := range map[string]struct {
			form url.Values
			want string
		}{
			"a short word":              {url.Values{"mots_cles": {"bx menuiserie"}}, "Le mot « bx » compte moins de 3 caractères."},
			"only function words":       {url.Values{"mots_cles": {"de la"}}, "Les mots saisis sont trop courants"},
			"an unknown department":     {url.Values{"departement": {"999"}}, "Le département « 999 » n'existe pas."},
			"days that are none":        {url.Values{"jours_restants": {"dix"}}, "Écrivez le nombre de jours restants en chiffres"},
			"bytes that are no text":    {url.Values{"mots_cles": {"\xff"}}, "Ce texte contient des caractères illisibles"},
			"an organism that is none":  {url.Values{"organisme": {"\x00"}}, "Un organisme choisi n'est plus au répertoire"},
			"an excluded one is none":   {url.Values{"organisme_exclu": {"\x00' --"}}, "Un organisme choisi n'est plus au répertoire"},
			"an excluded code is none":  {url.Values{"cpv_exclu": {"99999999"}}, "« 99999999 » n'est pas un code CPV."},
			"a rhythm that is none":     {url.Values{"rythme": {"toujours"}}, "Choisissez un rythme"},
			"a code that is none":       {url.Values{"cpv": {"<b>"}}, "« <b> » n'est pas un code CPV."},
			"a name is not needed here": {url.Values{"mots_cles": {"menuiserie"}}, "Aucun marché"},
		} {
			t.Run(name, func(t *testing.T) {
				page := odile.post(previewPath, c.form)
				if page.status != 200 {
					t.Errorf("status %d", page.status)
				}
				page.says(c.want)
				page.silent("Donnez un nom")
			})
		}
	})
}

// Without scripts a button shows the region in the page, with everything that was typed,
// and saves nothing; so does each offer, which it fills in.
func TestTheOffersFillTheFormAndSaveNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		barr := p.buyer("commune de barr")
		typed := filled()
		typed.Set("mots_cles", "menuisserie 67 45421000")
		typed.Set("exclus", "amiante")
		for _, path := range []string{watchesPage, watchesPage + "/" + w.ID} {
			cases := []struct {
				name, value string
				changed     func(f url.Values)
			}{
				{"action", "apercu", func(url.Values) {}},
				{"ajouter-mot", "bardage", func(f url.Values) { f.Set("mots_cles", "menuisserie 67 45421000 bardage") }},
				{"remplacer-mot", "menuisserie=menuiserie", func(f url.Values) { f.Set("mots_cles", "menuiserie 67 45421000") }},
				{"mot-en-cpv", "45421000", func(f url.Values) { f.Set("mots_cles", "menuisserie 67"); f.Set("cpv", "45421000") }},
				{"mot-en-departement", "67", func(f url.Values) { f.Set("mots_cles", "menuisserie 45421000"); f.Set("departement", "67") }},
				{"proposer-cpv", "45000000", func(f url.Values) { f.Set("cpv", "45000000") }},
				{"exclure-organisme", barr, func(f url.Values) { f.Set("organisme_exclu", barr) }},
			}
			for _, c := range cases {
				form, want := clone(typed), clone(typed)
				form.Set(c.name, c.value)
				c.changed(want)
				page := odile.post(path, form)
				got := page.form()
				if page.status != 200 {
					t.Fatalf("%s: status %d", c.name, page.status)
				}
				for _, field := range []string{"nom", "mots_cles", "exclus", "cpv", "departement", "organisme_exclu"} {
					if strings.Join(got[field], "|") != strings.Join(want[field], "|") {
						t.Errorf("%s: %s is %q, want %q", c.name, field, got[field], want[field])
					}
				}
				page.says("Cette veille aujourd'hui")
			}
		}
		if all := odile.list(); len(all) != 1 || all[0].Criteria.Keywords[0] != "menuiserie" {
			t.Errorf("an offer was saved: %+v", all)
		}
	})
}

func clone(f url.Values) url.Values {
	out := url.Values{}
	for name, all := range f {
		out[name] = append([]string(nil), all...)
	}
	return out
}

// The links of mails fill the form in and change nothing.
func TestTheLinksOfMailsFillTheForm(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		odile := p.join(muller, "odile")
		selestat, barr := p.buyer("ville de selestat"), p.buyer("commune de barr")
		made := watch.Form{Name: "Bois", Keywords: `menuiserie "gros œuvre"`, Buyers: []string{selestat}, Active: true}
		made.Refine = notice.Refinement{CPV: []string{"45421000"}, Exclude: "amiante"}
		w := odile.watch(made)
		path := watchesPage + "/" + w.ID + "/modifier?"
		for _, c := range []struct {
			query, says string
			field       string
			want        string
		}{
			{"exclure-mot=Menuiseries", "Le mot « Menuiseries » est retiré des mots clés ci-dessous.", "mots_cles", `"gros œuvre"`},
			{"exclure-mot=gros+oeuvres", "Le mot « gros oeuvres » est retiré des mots clés ci-dessous.", "mots_cles", "menuiserie"},
			{"exclure-mot=plomb", "Le mot « plomb » est ajouté aux mots exclus ci-dessous.", "exclus", "amiante plomb"},
			{"exclure-mot=amiante", "Le mot « amiante » est ajouté aux mots exclus ci-dessous.", "exclus", "amiante"},
			{"exclure-cpv=45421000", "Le code CPV 45421000 est retiré des codes CPV ci-dessous.", "cpv", ""},
			{"exclure-cpv=45233140-2", "Le code CPV 45233140 est ajouté aux codes CPV exclus ci-dessous.", "cpv_exclu", "45233140"},
			{"exclure-organisme=" + selestat, "L'organisme « Ville de Sélestat » est retiré des organismes ci-dessous.", "organisme", ""},
			{"exclure-organisme=" + barr, "L'organisme « Commune de Barr » est ajouté aux organismes exclus ci-dessous.", "organisme_exclu", barr},
		} {
			page := odile.get(path + c.query)
			page.says(c.says, "Rien n'est changé tant que vous n'avez pas choisi « Enregistrer les modifications ».")
			if got := strings.Join(page.form()[c.field], "|"); got != c.want {
				t.Errorf("%s: %s is %q, want %q", c.query, c.field, got, c.want)
			}
		}
		for _, strange := range []string{"exclure-mot=%00", "exclure-mot=de", "exclure-cpv=abc", "exclure-organisme=%00", "exclure-organisme=00000000-0000-7000-8000-000000000000", ""} {
			if page := odile.get(path + strange); page.status != 200 || strings.Contains(page.source, "Rien n&#39;est changé") {
				t.Errorf("%q: status %d", strange, page.status)
			}
		}
		if now := odile.find(w.ID); now.Version != w.Version {
			t.Error("a link has changed the watch")
		}
		// Saved, the form leaves out what it says.
		form := odile.get(path + "exclure-organisme=" + barr).form()
		odile.follow(watchesPage+"/"+w.ID, form).says("enregistrées")
		if now := odile.find(w.ID); len(now.Criteria.ExcludeBuyers) != 1 || now.Criteria.ExcludeBuyers[0] != barr {
			t.Errorf("saved %+v", now.Criteria)
		}
	})
}

// The list says by which code a watch found a contract, and what a watch leaves out.
func TestTheListNamesCodesThatMatchAndThoseLeftOut(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.season()
		r := notice.Record{Source: "boamp", SourceID: "c1", Kind: notice.Contract, Title: "Marché 2026-04", CPV: []string{"45421000"}, PublishedOn: "2026-11-20",
			Deadline: clock.At(dbtest.Start.AddDate(0, 0, 9)), Buyer: notice.BuyerRecord{Name: "Ville de Sélestat"}}
		_, err := p.notices.Record(t.Context(), access.Platform("test"), []notice.Record{r}, true)
		p.must(err)
		p.must(p.notices.Load(t.Context()))
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true,
			Refine: notice.Refinement{CPV: []string{"45400000"}, ExcludeCPV: []string{"90000000"}, ExcludeBuyers: []string{p.buyer("commune de barr")}}})
		odile.get(watchesPage).says("veille « Bois », sur le code CPV 45421000 (Travaux de parachèvement de bâtiment)", "veille « Bois », sur « menuiseries »",
			"Organisme exclu : Commune de Barr", "Code CPV exclu : 90000000")
		odile.post(previewPath, url.Values{"cpv": {"45400000"}}).says("Trouvé par le code CPV 45421000 (Travaux de parachèvement de bâtiment)")
	})
}

func TestTheRegionIsForThoseWhoMayEdit(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		if page := p.visitor().post(previewPath, url.Values{"mots_cles": {"menuiserie"}}); page.status != 303 {
			t.Errorf("a visitor gets %d", page.status)
		}
	})
}
