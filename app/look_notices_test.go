package app_test

import (
	"fmt"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// vocabulary is a few codes of the CPV under one division.
var vocabulary = []cpv.Entry{
	{Code: "45000000", CheckDigit: "7", Label: "Travaux de construction"},
	{Code: "45420000", CheckDigit: "7", Label: "Travaux de menuiserie et de charpenterie"},
	{Code: "45421000", CheckDigit: "4", Label: "Travaux de menuiserie"},
	{Code: "45421100", CheckDigit: "5", Label: "Pose de portes et de fenêtres et d'éléments accessoires"},
	{Code: "45421130", CheckDigit: "4", Label: "Poses de portes et de fenêtres"},
	{Code: "44220000", CheckDigit: "8", Label: "Menuiserie pour la construction"},
	{Code: "45233000", CheckDigit: "9", Label: "Travaux de construction, de fondation et de revêtement d'autoroutes, de routes"},
	{Code: "90500000", CheckDigit: "2", Label: "Services liés aux déchets et aux ordures"},
}

// country is calls from everywhere, of every nature and source.
func country() []notice.Record {
	titles := []string{"Remplacement des menuiseries extérieures du groupe scolaire", "Entretien de la voirie communale", "Fourniture de mobilier scolaire", "Collecte des déchets ménagers", "Réhabilitation du gymnase"}
	codes := []string{"45421130", "45233000", "39160000", "90500000", "45000000"}
	towns := []struct{ name, department, postcode string }{
		{"Sélestat", "67", "67600"}, {"Colmar", "68", "68000"}, {"Metz", "57", "57000"}, {"Nancy", "54", "54000"}, {"Épinal", "88", "88000"}, {"Paris", "75", "75004"},
		{"Lyon", "69", "69001"}, {"Rennes", "35", "35000"}, {"Saint-Denis", "974", "97400"}, {"Ajaccio", "2A", "20000"}, {"Fort-de-France", "972", "97200"},
	}
	natures := []refdata.Category{refdata.Works, refdata.Works, refdata.Supplies, refdata.Services, ""}
	var out []notice.Record
	for i := range 60 {
		town := towns[(i*i+i/7)%len(towns)]
		r := notice.Record{
			SourceID: fmt.Sprintf("26-%d", 4000+i), Title: titles[i%5], Reference: fmt.Sprintf("2026-%03d", i), CPV: codes[i%5 : i%5+1], Category: natures[i%5],
			Buyer: notice.BuyerRecord{Name: "Ville de " + town.name, Postcode: town.postcode, City: town.name}, Departments: []string{town.department},
			Procedure: refdata.Adapted, Deadline: inDays(1 + i*5/4),
		}
		if i%5 == 0 {
			r.Lots = []notice.Lot{{Number: "1", Title: "Menuiseries bois", CPV: []string{"45421130"}}, {Number: "2", Title: "Menuiseries aluminium"}}
		}
		out = append(out, r)
	}
	return out
}

// TestPagesOfASearchLookRight visits a search with everything: facets, chips, « Affiner »
// open, candidates, nothing found.
func TestPagesOfASearchLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	page := browsertest.New(t).Page(p.url + "/mentions")
	page.AllowErrors("422")
	if _, err := p.CPV.Import(t.Context(), access.Platform("test"), vocabulary); err != nil {
		t.Fatal(err)
	}
	p.take(t, append(every(), country()...)...)
	for _, c := range []struct{ name, query, says string }{
		{"toutes", "", "avis ouverts correspondent"},
		{"criteres", "mots_cles=menuiserie+voirie&departement=67&departement=68&nature=works&exclus=amiante&cloture=30&tri=pertinence&jours_restants=2&cpv=45421130&france_entiere=non", "Sans"},
		{"vide", "mots_cles=menuiserie+zzyzx&mode=all&departement=2B&source=boamp", "Élargir la recherche"},
		{"codes-a-choisir", "cpv-saisi=menuiserie&envoi=1", "Plusieurs codes correspondent"},
		{"affiner-refuse", "exclus=bx&jours_restants=dix&type_avis=zzz&cpv=1", "corrections sont nécessaires"},
	} {
		visit(page, p.url+"/annonces?"+c.query)
		must(t, page, c.says)
		if c.name == "affiner-refuse" || c.name == "codes-a-choisir" {
			page.Until(`document.querySelector(".autocomplete__input")`)
		}
		everywhere(t, page, "recherche-"+c.name)
	}
	visit(page, p.url+"/annonces?mots_cles=menuiserie")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	page.MustElementR("summary", "Départements").MustClick()
	everywhere(t, page, "recherche-carte")
	page.MustElementR("summary", "Départements").MustClick()
	page.MustElementR("summary", "Affiner").MustClick()
	everywhere(t, page, "recherche-affiner")
}

// TestAWatchMadeOfASearchLooksRight goes from a search to the form of a watch, through
// the sign-in page, and to the list of watches.
func TestAWatchMadeOfASearchLooksRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	if _, err := p.CPV.Import(t.Context(), access.Platform("test"), vocabulary); err != nil {
		t.Fatal(err)
	}
	p.take(t, country()...)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := b.Page(p.url + "/annonces?mots_cles=menuiserie&departement=67&cpv=45421000&cpv_generaux=oui&exclus=amiante&nature=works&type_avis=contract&source=boamp&france_entiere=non&services=oui&objet_et_lots=oui&jours_restants=5")
	click(page, "a", "Créer une veille avec cette recherche")
	page.MustElement("#identifiant").MustInput(who.Address)
	page.MustElement("#mot_de_passe").MustInput(everybodysPassword)
	submit(page)
	must(t, page, "Créer une nouvelle veille")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	everywhere(t, page, "veille-de-recherche")
	page.MustElement("#nom").MustInput("Menuiseries du Bas-Rhin")
	submit(page)
	must(t, page, "La veille « Menuiseries du Bas-Rhin » est créée", "Mot exclu", "45421000 — Travaux de menuiserie", "Jours restants")
	everywhere(t, page, "veilles-affinees")
}

// TestACodeIsChosenByItsLabelAtTheKeyboard types a few letters, goes down the list and
// chooses; the form then sends the code.
func TestACodeIsChosenByItsLabelAtTheKeyboard(t *testing.T) {
	p := start(t, db.SQLite)
	if _, err := p.CPV.Import(t.Context(), access.Platform("test"), vocabulary); err != nil {
		t.Fatal(err)
	}
	p.take(t, country()...)
	page := browsertest.New(t).Page(p.url + "/annonces?mots_cles=gymnase")
	page.Until(`document.querySelector("#affiner .autocomplete__input")`)
	page.Focus("#affiner summary")
	page.Keyboard.MustType(input.Enter)
	page.Focus("#cpv-saisi")
	page.MustInsertText("menui")
	page.Until(`document.querySelectorAll("#affiner .autocomplete__option").length === 3`)
	browsertest.Axe(t, page)
	browsertest.Screenshot(t, page, "recherche-codes-proposes")
	page.Keyboard.MustType(input.ArrowDown, input.ArrowDown, input.Enter)
	page.Until(`document.querySelector("#affiner input[name=cpv]")`)
	if got := page.MustEval(`() => [...document.querySelectorAll("#affiner [data-chosen] input")].map(i => i.value).join(",")`).Str(); got != "45420000" {
		t.Errorf("chosen %q", got)
	}
	click(page, ".again button", "Rechercher")
	if got, want := page.MustInfo().URL, p.url+"/annonces?cpv=45420000&mots_cles=gymnase"; got != want {
		t.Errorf("at %s, want %s", got, want)
	}
	must(t, page, "45420000 — Travaux de menuiserie et de charpenterie")
}

// TestAffinerWorksWithoutScripts finds a code by its label in a browser whose scripts are
// off, narrows by a facet, and makes a watch that has lost nothing.
func TestAffinerWorksWithoutScripts(t *testing.T) {
	p := start(t, db.SQLite)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	if _, err := p.CPV.Import(t.Context(), access.Platform("test"), vocabulary); err != nil {
		t.Fatal(err)
	}
	p.take(t, country()...)
	b := browsertest.New(t)
	page := b.Page(p.url+"/mentions", browsertest.Desktop.WithoutScript())
	page.AllowErrors("422")
	cookie := &proto.NetworkCookieParam{Name: "parvis-session", Value: who.session, URL: p.url}
	if err := page.SetCookies([]*proto.NetworkCookieParam{cookie}); err != nil {
		t.Fatal(err)
	}
	goes(t, page, func() { page.MustNavigate(p.url + "/annonces") })
	page.Focus("#affiner summary")
	page.Keyboard.MustType(input.Enter)
	fill(page, "#exclus", "voirie")
	tick(page, "#nature")
	fill(page, "#cpv-saisi", "menuiserie")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Plusieurs codes correspondent à « menuiserie » : cochez les vôtres")
	picture(t, page, "sans-script-codes")
	tick(page, "#cpv-45420000")
	page.Focus("#mots_cles")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	if got, want := page.MustInfo().URL, p.url+"/annonces?cpv=45420000&exclus=voirie&nature=works"; got != want {
		t.Errorf("at %s, want %s", got, want)
	}
	must(t, page, "Sans : voirie", "Code CPV : 45420000 — Travaux de menuiserie et de charpenterie", "Nature : Travaux")
	press(t, page, `.facet a[href*="departement=35"]`)
	must(t, page, "Lieu : (35) Ille-et-Vilaine")
	picture(t, page, "sans-script-facettes")
	press(t, page, `main a[href^="/entreprise/veilles/nouvelle?"]`)
	if got, want := sent(page, "departement", "exclus", "cpv", "nature", "france_entiere"), "departement=35 exclus=voirie cpv=45420000 nature=works france_entiere=non,oui"; got != want {
		t.Errorf("the search became %s, want %s", got, want)
	}
}
