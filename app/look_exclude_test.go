package app_test

import (
	"fmt"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// listOf are those that a lookup of « Affiner » has chosen, as the form sends them.
func listOf(name string) string {
	return `[...document.querySelectorAll("#affiner [data-chosen] input[name=` + name + `]")].map(i => i.value).join(",")`
}

// exclusions is a platform with two calls of two organisms, and the page of a new watch
// in a telephone's window.
func exclusions(t *testing.T, view browsertest.View) (*platform, person, *browsertest.Page) {
	t.Helper()
	p := start(t, db.SQLite)
	if _, err := p.CPV.Import(t.Context(), access.Platform("test"), vocabulary); err != nil {
		t.Fatal(err)
	}
	p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiseries du gymnase", CPV: []string{"45421000"}, Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100", City: "Valmont"}, Departments: []string{"67"}})
	p.publish(t, notice.Record{SourceID: "26-2", Title: "Menuiseries de l'école", CPV: []string{"44220000"}, Buyer: notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "67200", City: "Hautval"}, Departments: []string{"67"}})
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := browsertest.New(t).Page(p.url+"/mentions", view)
	cookie := &proto.NetworkCookieParam{Name: "parvis-session", Value: who.session, URL: p.url}
	if err := page.SetCookies([]*proto.NetworkCookieParam{cookie}); err != nil {
		t.Fatal(err)
	}
	return p, who, page
}

// TestExclusionsAreChosenAtTheKeyboard unfolds « Affiner » on a telephone, leaves out an
// organism and a code by their suggestions, closes suggestions by Escape, gives one back,
// and sees the live region follow each.
func TestExclusionsAreChosenAtTheKeyboard(t *testing.T) {
	p, _, page := exclusions(t, browsertest.Phone)
	visit(page, p.url+"/entreprise/veilles/nouvelle")
	page.Until(`document.querySelector("#affiner .autocomplete__input")`)
	k := typist{t, page}
	k.reach("nom")
	keys(page, "Sans eux")
	k.reach("mots_cles")
	keys(page, "menuiserie")
	found := func(n string) {
		t.Helper()
		page.Until(`document.querySelector("#apercu .big").textContent.replace(/\s/g, " ") === "` + n + `"`)
	}
	found("2 marchés")
	page.Focus("#affiner summary")
	k.press(input.Enter)
	k.reach("exclus")
	k.step(false)
	k.is("the next stop unfolds what is left out", `document.activeElement.closest("#exclusions") !== null && document.activeElement.tagName`, "SUMMARY")
	k.press(input.Enter)

	k.reach("organisme_exclu-saisi")
	keys(page, "valm")
	proposed := func(n int) {
		t.Helper()
		page.Until(fmt.Sprintf(`document.querySelectorAll("#exclusions .autocomplete__menu--visible [role=option]").length === %d &&
			!document.querySelector("[aria-busy]") && !document.querySelector(".autocomplete__option--no-results")`, n))
	}
	proposed(1)
	browsertest.Axe(t, page)
	k.press(input.Escape)
	page.Until(`!document.querySelector("#exclusions .autocomplete__menu--visible")`)
	k.is("after Escape", `document.activeElement.id + " " + document.activeElement.value`, "organisme_exclu-saisi valm")
	keys(page, "o")
	proposed(1)
	k.press(input.ArrowDown, input.Enter)
	page.Until(listOf("organisme_exclu") + ` !== ""`)
	page.Until(`document.activeElement.id === "organisme_exclu-saisi" && document.activeElement.value === ""`)
	found("1 marché")
	// Enter takes the only one that is proposed, even before it is: it sends no form.
	keys(page, "hautv")
	k.press(input.Enter)
	page.Until(listOf("organisme_exclu") + `.includes(",")`)
	found("Aucun marché")
	page.Until(`document.activeElement.id === "organisme_exclu-saisi" && document.activeElement.value === ""`)
	k.reach("action=ajouter-organisme_exclu")
	k.step(false)
	k.step(false)
	k.press(input.Enter)
	found("1 marché")

	k.reach("cpv_exclu-saisi")
	keys(page, "menui")
	proposed(3)
	k.press(input.ArrowDown, input.Enter)
	page.Until(listOf("cpv_exclu") + ` === "44220000"`)
	found("Aucun marché")
	everywhere(t, page, "exclusions")

	// The code comes back: one Tab over the button that adds is the button that takes away.
	page.Focus("#cpv_exclu-saisi")
	k.reach("action=ajouter-cpv_exclu")
	k.reach("retirer-cpv_exclu=44220000")
	k.press(input.Space)
	page.Until(listOf("cpv_exclu") + ` === ""`)
	k.is("then the keyboard is on the field", `document.activeElement.id`, "cpv_exclu-saisi")
	found("1 marché")
	k.reach("alerte") // nothing holds the keyboard
	k.reach("Valider la création de ma veille")
	k.leads(input.Enter)
	must(t, page, "La veille « Sans eux » est créée", "Organisme exclu", "Ville de Valmont")
}

// TestExclusionsWorkWithoutScripts types the same where scripts are off: what can be meant
// is asked, what cannot is said beside the field.
func TestExclusionsWorkWithoutScripts(t *testing.T) {
	p, _, page := exclusions(t, browsertest.Phone.WithoutScript())
	page.AllowErrors("422")
	goes(t, page, func() { page.MustNavigate(p.url + "/entreprise/veilles/nouvelle") })
	fill(page, "#nom", "Sans eux")
	page.Focus("#affiner summary")
	page.Keyboard.MustType(input.Enter)
	page.Focus("#exclusions summary")
	page.Keyboard.MustType(input.Enter)
	fill(page, "#organisme_exclu-saisi", "ville de valmont")
	press(t, page, `[name=action][value=ajouter-organisme_exclu]`)
	fill(page, "#cpv_exclu-saisi", "menuiserie")
	press(t, page, `[name=action][value=ajouter-cpv_exclu]`)
	must(t, page, "Plusieurs codes correspondent à « menuiserie »", "Ville de Valmont")
	picture(t, page, "exclusions-sans-script")
	tick(page, "#cpv_exclu-44220000")
	fill(page, "#organisme_exclu-saisi", "Atlantide")
	page.Focus("#nom")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Aucun organisme ne correspond à « Atlantide »")
	picture(t, page, "exclusions-refusees")
	fill(page, "#organisme_exclu-saisi", "")
	page.Focus("#nom")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "La veille « Sans eux » est créée", "Code CPV exclu", "44220000 — Menuiserie pour la construction")
}
