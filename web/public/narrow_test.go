package public_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// various is notices that differ by everything a facet shows.
func various(h *house) []notice.Record {
	colmar := notice.BuyerRecord{Name: "Ville de Colmar", SIRET: "216800664", Postcode: "68000", City: "Colmar"}
	return []notice.Record{
		{SourceID: "26-1", Title: "Menuiseries de l'école", Departments: []string{"67"}, Category: refdata.Works, CPV: []string{"45421000"}, Deadline: h.in(5)},
		{SourceID: "26-2", Title: "Menuiseries du gymnase", Departments: []string{"68"}, Category: refdata.Works, CPV: []string{"45000000"}, Deadline: h.in(12), Buyer: colmar},
		{SourceID: "26-3", Title: "Achat de menuiseries", Departments: []string{"68"}, Category: refdata.Supplies, CPV: []string{"44220000"}, Deadline: h.in(40), Buyer: colmar},
		{SourceID: "26-4", Title: "Menuiseries sans lieu", Deadline: h.in(50), Description: "Avec du désamiantage."},
		{SourceID: "26-5", Title: "Menuiseries closes", Departments: []string{"67"}, Category: refdata.Services, Deadline: h.in(-2)},
		{SourceID: "26-6", Title: "Menuiseries attribuées", Departments: []string{"67"}, Kind: notice.Award},
		{Source: "ted", SourceID: "2026-7", Title: "Menuiseries européennes", Departments: []string{"57"}, Deadline: h.in(20)},
	}
}

// link finds where the link of these words leads.
func (p page) link(words string) string {
	for _, m := range regexp.MustCompile(`(?s)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`).FindAllStringSubmatch(p.body, -1) {
		if strings.Contains(strings.Join(strings.Fields(page{body: m[2]}.text()), " "), words) {
			return strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	return ""
}

func TestAFacetSaysHowManyAndLeadsThere(t *testing.T) {
	each(t, func(h *house) {
		all := various(h)
		h.record(false, all[:6]...)
		h.record(false, all[6])
		p := h.get("/annonces?mots_cles=menuiserie")
		h.says(p, 200, "5 avis ouverts", "Filtrer les résultats", "dans 7 jours au plus , 1 annonce", "dans 30 jours au plus , 3 annonces",
			"(68) Haut-Rhin , 2 annonces", "Travaux , 2 annonces", "Fournitures , 1 annonce", "JOUE (TED) , 1 annonce", "BOAMP , 4 annonces",
			"Ville de Colmar — Colmar (68) , 2 annonces", "2 avis sans code CPV ne sont pas comptés ici.", "!Type d'avis Résultat")
		for words, want := range map[string]string{
			"(68) Haut-Rhin":       "/annonces?departement=68&mots_cles=menuiserie",
			"Travaux , 2":          "/annonces?mots_cles=menuiserie&nature=works",
			"JOUE (TED)":           "/annonces?mots_cles=menuiserie&source=ted",
			"dans 15 jours":        "/annonces?cloture=15&mots_cles=menuiserie",
			"Travaux de construct": "/annonces?cpv=45000000&cpv_combine=and&mots_cles=menuiserie",
			"Ville de Colmar":      "/annonces?mots_cles=menuiserie&organisme=" + h.buyer("Ville de Colmar"),
		} {
			if got := p.link(words); got != want {
				h.t.Errorf("%s leads to %q, want %q", words, got, want)
			}
		}
		p = h.get("/annonces?departement=68&mots_cles=menuiserie")
		h.says(p, 200, "3 avis ouverts", "Retirer le filtre (68) Haut-Rhin , 2 annonces", "(67) Bas-Rhin , 1 annonce", "Et 1 sans lieu précisé, toujours compris.")
		if got := p.link("Retirer le filtre (68)"); got != "/annonces?mots_cles=menuiserie" {
			h.t.Errorf("the value in force leads to %q", got)
		}
		if got := p.link("(67) Bas-Rhin"); got != "/annonces?departement=67&departement=68&mots_cles=menuiserie" {
			h.t.Errorf("another value leads to %q", got)
		}
		h.says(h.get("/annonces?cloture=15&mots_cles=menuiserie"), 200, "2 avis ouverts", "Date limite : dans 15 jours au plus")
		h.says(h.get("/annonces?mots_cles=menuiserie&etat=toutes"), 200, "7 avis correspondent", "Résultat de marché , 1 annonce")
	})
}

func TestEachCriterionIsAChipThatTakesItAway(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		asked := "departement=67&departement=68&etat=toutes&exclus=d%C3%A9samiantage&mode=all&mots_cles=menuiserie+%22du+gymnase%22"
		p := h.get("/annonces?" + asked)
		for words, want := range map[string]string{
			"Mot clé : menuiserie":              `/annonces?departement=67&departement=68&etat=toutes&exclus=d%C3%A9samiantage&mots_cles=%22du+gymnase%22`,
			"Lieu : (67) Bas-Rhin":              `/annonces?departement=68&etat=toutes&exclus=d%C3%A9samiantage&mode=all&mots_cles=menuiserie+%22du+gymnase%22`,
			"Sans : désamiantage":               `/annonces?departement=67&departement=68&etat=toutes&mode=all&mots_cles=menuiserie+%22du+gymnase%22`,
			"Avis : clos et attribués compris":  `/annonces?departement=67&departement=68&exclus=d%C3%A9samiantage&mode=all&mots_cles=menuiserie+%22du+gymnase%22`,
			"Tout effacer":                      "/annonces",
			"Créer une veille avec cette reche": `/entreprise/veilles/nouvelle?departement=67&departement=68&exclus=d%C3%A9samiantage&mode=all&mots_cles=menuiserie+%22du+gymnase%22`,
		} {
			if got := p.link(words); got != want {
				h.t.Errorf("%s leads to %q, want %q", words, got, want)
			}
		}
		refined := "cpv=45421000&cpv_generaux=oui&france_entiere=non&jours_restants=3&nature=works&objet_et_lots=oui&services=oui&source=boamp&type_avis=contract"
		p = h.get("/annonces?" + refined)
		h.says(p, 200, "Affiner 8 critères")
		for _, words := range []string{"Code CPV : 45421000 — ", "Codes plus généraux : inclus", "Marchés France entière : exclus", "Jours restants : 3 au moins", "Nature : Travaux",
			"Mots cherchés dans : objet et lots seulement", "Services de l'organisme : inclus", "Source : BOAMP", "Type : Avis de marché"} {
			to := p.link(words)
			if n := strings.Count(to, "&") + 1; n != strings.Count(refined, "&") || !strings.HasPrefix(to, "/annonces?") {
				h.t.Errorf("%s leads to %q", words, to)
			}
		}
		many := url.Values{}
		for _, d := range refdata.Departments() {
			many.Add("departement", d.Code)
		}
		h.says(h.get("/annonces?"+many.Encode()), 200, "Lieu : 108 départements", "!Lieu : (67)")
	})
}

func TestAFormThatIsSentGetsTheShortAddressOfItsSearch(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		const untouched = "envoi=1&mots_cles=&mode=any&etat=ouvertes&organisme-saisi=&exclus=&cpv-saisi=&organisme_exclu-saisi=&cpv_exclu-saisi=&cpv_combine=or&france_entiere=non&jours_restants="
		h.leadsTo(h.get("/annonces?"+untouched+"&france_entiere=oui"), "/annonces")
		h.leadsTo(h.get("/annonces?"+untouched), "/annonces?france_entiere=non")
		h.leadsTo(h.get("/annonces?"+strings.Replace(untouched, "mots_cles=", "mots_cles=voirie", 1)+"&nature=works&cpv=45421000-4&taille=50&tri=parution"),
			"/annonces?cpv=45421000&france_entiere=non&mots_cles=voirie&nature=works&taille=50&tri=parution")
		h.says(h.get("/annonces?envoi=1&exclus=bx&nature=works"), 422, "Le mot « bx » compte moins de 3 caractères")
		h.holds(h.get("/annonces?envoi=1&exclus=bx&nature=works"), `name="exclus" type="text" value="bx"`, `checked id="nature" name="nature" type="checkbox" value="works"`, `href="#exclus"`)
	})
}

func TestCodesAreFoundByTheirLabel(t *testing.T) {
	each(t, func(h *house) {
		vocabulary := []cpv.Entry{
			{Code: "45421000", CheckDigit: "4", Label: "Travaux de menuiserie"}, {Code: "44220000", CheckDigit: "8", Label: "Menuiserie pour la construction"},
			{Code: "45233000", CheckDigit: "9", Label: "Travaux <b>routiers</b>"},
		}
		if _, err := h.CPV.Import(t.Context(), access.Platform("essai"), vocabulary); err != nil {
			t.Fatal(err)
		}
		h.record(false, various(h)[:6]...)
		if p := h.get("/cpv?q=menui"); p.body != `[{"id":"44220000","label":"44220000 — Menuiserie pour la construction"},{"id":"45421000","label":"45421000 — Travaux de menuiserie"}]` {
			t.Errorf("%s", p.body)
		}
		for _, q := range []string{"%ff", "%00", "x", strings.Repeat("x", 100_000), ""} {
			if p := h.get("/cpv?q=" + q); p.StatusCode != 200 || p.body != "[]" {
				h.t.Errorf("%.20q: %d %.80q", q, p.StatusCode, p.body)
			}
		}
		// Without scripts: a step of the search.
		h.leadsTo(h.get("/annonces?cpv-saisi=routiers&action=ajouter-cpv&mots_cles=voirie"), "/annonces?cpv=45233000&mots_cles=voirie")
		h.leadsTo(h.get("/annonces?cpv-saisi=45421000-4"), "/annonces?cpv=45421000")
		p := h.get("/annonces?cpv-saisi=menuiserie&nature=works")
		h.says(p, 422, "Plusieurs codes CPV correspondent à « menuiserie »", "44220000 — Menuiserie pour la construction", "45421000 — Travaux de menuiserie")
		h.holds(p, `name="cpv" id="cpv-45421000"`, `name="cpv-propose" value="menuiserie"`, `checked id="nature" name="nature" type="checkbox" value="works"`)
		h.leadsTo(h.get("/annonces?cpv-saisi=menuiserie&cpv-propose=menuiserie&cpv=45421000&nature=works"), "/annonces?cpv=45421000&nature=works")
		h.leadsTo(h.get("/annonces?cpv=45421000&cpv=44220000&retirer-cpv=45421000"), "/annonces?cpv=44220000")
		h.says(h.get("/annonces?cpv-saisi=introuvable"), 422, "Aucun code CPV ne correspond à « introuvable »")
		// A code is a reason; a word proposes codes.
		h.says(h.get("/annonces?cpv=45421000"), 200, "1 avis ouvert", "Code CPV qui correspond : 45421000")
		h.says(h.get("/annonces?cpv=45421000&cpv_generaux=oui"), 200, "2 avis ouverts", "Code CPV qui correspond : 45000000")
		p = h.get("/annonces?mots_cles=menuiserie")
		h.says(p, 200, "Chercher aussi par code CPV")
		if got := p.link("45421000 — Travaux de menuiserie"); got != "/annonces?cpv=45421000&mots_cles=menuiserie" {
			h.t.Errorf("the proposal leads to %q", got)
		}
	})
}

// A code whose check digit is not its own is mistyped: the page says so wherever it is
// typed, and keeps it. Nothing was imported here: whole codes are believed.
func TestAWrongKeyIsSaidBesideItsField(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		const wrong = "La clé de « 45210000-3 » ne correspond pas au code : celle de 45210000 est 2. Vérifiez chaque chiffre, ou écrivez le code sans sa clé."
		h.leadsTo(h.get("/annonces?cpv-saisi=45210000-2"), "/annonces?cpv=45210000")
		for typed, kept := range map[string]string{
			"cpv-saisi=45210000-3": `value="45210000-3"`, "cpv=45210000-3": `value="45210000-3"`, "mots_cles=voirie&cpv=45210000-3": `value="voirie"`,
		} {
			p := h.get("/annonces?envoi=1&" + typed)
			h.says(p, 422, wrong)
			h.holds(p, kept, `href="#cpv-saisi"`)
		}
		h.says(h.get("/annonces?mots_cles=45210000-3"), 200, wrong, "!n'est dans aucun avis")
		h.says(h.get("/annonces?mots_cles=%2245210000-3%22"), 200, "!La clé de") // quoted, it is searched as it is
		h.says(h.get("/annonces?mots_cles=45210000-2"), 200, "!La clé de", "45210000 — Travaux de construction complète ou partielle et travaux de génie civil")
	})
}

func TestWhereNothingIsFoundThePageSaysWhatWouldBe(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		p := h.get("/annonces?mots_cles=menuiserie+zzyzx&mode=all&departement=67")
		h.says(p, 200, "Aucun avis ouvert ne correspond à votre recherche", "Ce mot n'est dans aucun avis : « zzyzx »", "avec n'importe lequel de vos mots : 2 avis", "!de tous les organismes")
		if got := p.link("avec n'importe lequel"); got != "/annonces?departement=67&mots_cles=menuiserie+zzyzx" {
			h.t.Errorf("%q", got)
		}
		p = h.get("/annonces?mots_cles=gymnase&departement=67")
		h.says(p, 200, "dans toute la France : 1 avis", "!n'est dans aucun avis")
		h.says(h.get("/annonces?mots_cles=closes"), 200, "parmi les avis clos et attribués aussi : 1 avis")
		h.says(h.get("/annonces?mots_cles=zzyzx+qwrtz"), 200, "Ce mot n'est dans aucun avis : « zzyzx ». Vérifiez son orthographe, ou essayez un mot voisin. Ce mot n'est dans aucun avis : « qwrtz ».", "!Élargir la recherche")
	})
}

// A word that no notice has is told its neighbours, found or not by what else is asked.
func TestAMisspeltWordIsToldItsNeighbours(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		for _, query := range []string{"mots_cles=menuisserie", "mots_cles=menuisserie+gymnase"} {
			p := h.get("/annonces?" + query)
			h.says(p, 200, "Ce mot n'est dans aucun avis : « menuisserie ». Vouliez-vous dire : ")
			if got := p.link("menuiserie"); !strings.Contains(got, "menuiserie") || strings.Contains(got, "menuisserie") {
				h.t.Errorf("%s: the neighbour leads to %q", query, got)
			}
		}
	})
}

func TestASearchLeavesOutOrganismsAndCodes(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		p := h.get("/annonces?cpv_exclu=45421000&organisme_exclu=%00&organisme_exclu=00000000-0000-7000-8000-000000000000")
		h.says(p, 200, "Sans le code CPV", "Codes CPV exclus", "!Organisme retiré")
		// Without scripts: a step of the search.
		colmar := h.buyer("Ville de Colmar")
		h.leadsTo(h.get("/annonces?organisme_exclu-saisi=ville+de+colmar&action=ajouter-organisme_exclu&mots_cles=voirie"), "/annonces?mots_cles=voirie&organisme_exclu="+colmar)
		h.leadsTo(h.get("/annonces?organisme_exclu="+colmar+"&retirer-organisme_exclu="+colmar), "/annonces")
		h.leadsTo(h.get("/annonces?cpv_exclu-saisi=45000000"), "/annonces?cpv_exclu=45000000")
		h.says(h.get("/annonces?organisme_exclu="+colmar), 200, "Sans l'organisme : ")
		p = h.get("/annonces?organisme_exclu-saisi=ville")
		h.says(p, 422, "Plusieurs organismes correspondent à « ville » : cochez ceux que vous écartez, ou videz ce champ.")
		h.holds(p, `name="organisme_exclu" id="organisme_exclu-`+colmar+`"`, `href="#organisme_exclu-saisi"`)
		h.says(h.get("/annonces?organisme_exclu-saisi=nulle+part"), 422, "Aucun organisme ne correspond à « nulle part »")
		h.says(h.get("/annonces?cpv_exclu-saisi=introuvable"), 422, "Aucun code CPV ne correspond à « introuvable »")
	})
}

func TestHostileRefinements(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, various(h)[:6]...)
		for query, status := range map[string]int{
			"exclus=%ff%00":                                       422,
			"exclus=" + strings.Repeat("mot+", 9999):              422,
			"cpv=%ff":                                             422,
			"cpv=99999999":                                        422,
			strings.Repeat("cpv=45421000&", 9_000):                200,
			"cpv-saisi=%ff%00":                                    422,
			"cpv-saisi=" + strings.Repeat("a", 200_000):           422,
			"cpv-saisi=%25":                                       422,
			"cpv_exclu-saisi=%ff%00":                              422,
			"organisme_exclu-saisi=%ff%00":                        422,
			"organisme_exclu-saisi=" + strings.Repeat("a", 9_000): 422,
			strings.Repeat("organisme_exclu=x&", 9_000):           200,
			"cpv_combine=%00":                                     422,
			"nature=' OR 1=1--":                                   422,
			"type_avis=%E2%80%AE":                                 422,
			"source=" + strings.Repeat("x", 100_000):              422,
			"jours_restants=99999999999999999999":                 422,
			"jours_restants=NaN":                                  422,
			"jours_restants=-0":                                   200,
			"cloture=-1&cloture=1e9":                              200,
			"tri=pertinence":                                      200,
			"france_entiere=%ff":                                  200,
			"page=1000000000&mots_cles=menuiserie&tri=pertinence": 200,
			"page=-1&mots_cles=menuiserie":                        200,
			"mots_cles=menuiserie&tri=%00&envoi=%00":              303,
			"nature=works&nature=works&nature=works&type_avis=award&source=boamp": 200,
		} {
			p := h.get("/annonces?" + strings.ReplaceAll(query, " ", "+"))
			if p.StatusCode != status {
				h.t.Errorf("%.80q: %d, want %d", query, p.StatusCode, status)
			}
			if strings.ContainsAny(p.body, "\x00\u202e") || len(p.body) > 600_000 {
				h.t.Errorf("%.80q: a page of %d bytes, or with what no page may hold", query, len(p.body))
			}
			if f := h.get("/annonces.atom?" + strings.ReplaceAll(query, " ", "+")); f.StatusCode >= 500 {
				h.t.Errorf("%.80q: %d as a feed", query, f.StatusCode)
			}
		}
	})
}
