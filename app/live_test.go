package app_test

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/db"
)

// region is what the region says, on one line.
const region = `document.querySelector("#apercu").textContent.replace(/\s+/g, " ")`

// TestTheRegionFollowsTheForm fills the form of a watch by the keyboard: what the watch
// would do is said while one types, in one sentence to whoever listens, and an offer goes
// into its field without leaving the page.
func TestTheRegionFollowsTheForm(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.take(t, season()...)
	page := p.signedIn(t, b, who, "/entreprise/veilles/nouvelle")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	page.MustEval(`() => { window.stayed = true }`)
	page.Focus("#mots_cles")
	page.MustInsertText("peinntre")
	page.Until(region + `.includes("Aucun avis depuis un an ne contient « peinntre »")`)
	if at := page.MustEval(focused).Str(); at != "mots_cles" {
		t.Errorf("the region has taken the keyboard: it is on %q", at)
	}
	const voice = `document.querySelector("[data-said-of=apercu]").textContent`
	page.Until(voice + `.startsWith("Aucun marché en ligne correspond")`)
	fill(page, "#mots_cles", "menuisier")
	page.Until(region + `.includes("Du même métier")`)
	page.Focus(`#apercu button[data-word="menuiserie"]`)
	page.Keyboard.MustType(input.Enter)
	page.Until(`document.querySelector("#mots_cles").value === "menuisier menuiserie"`)
	page.Until(region + `.includes("Menuiseries extérieures")`)
	page.Until(voice + `.includes("en 90 jours")`)
	tick(page, "#departement-67")
	page.Until(`document.querySelector("[data-sum-of=apercu]").textContent !== ""`)
	// What cannot be searched is said, and the figures go: they would be of something else.
	fill(page, "#mots_cles", "bx")
	page.Until(region + `.includes("compte moins de 3 caractères") && !` + region + `.includes("en 90")`)
	if !page.MustEval(`() => window.stayed === true`).Bool() {
		t.Error("the page was left")
	}
}

// TestTheRegionNeedsNoScript asks for the region by its button: it comes with everything
// that was typed, nothing is saved, and an offer fills the form in.
func TestTheRegionNeedsNoScript(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.take(t, season()...)
	page := b.Page(p.url+"/entreprise/veilles/nouvelle", browsertest.Phone.WithoutScript())
	fill(page, "#identifiant", "odile.muller")
	keys(page, input.Tab, everybodysPassword)
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	fill(page, "#nom", "Bois")
	fill(page, "#mots_cles", "menuisserie 67")
	press(t, page, `button[value="apercu"]`)
	must(t, page, "Vouliez-vous dire", "désigne aussi un département")
	if got := sent(page, "nom", "mots_cles", "departement"); got != "nom=Bois mots_cles=menuisserie 67 departement=" {
		t.Errorf("the form came back with %q", got)
	}
	if at := page.MustInfo().URL; at != p.url+"/entreprise/veilles#apercu" {
		t.Errorf("the page begins at %s, not at the region", at)
	}
	picture(t, page, "apercu-sans-script")
	press(t, page, `#apercu button[name="mot-en-departement"]`)
	press(t, page, `#apercu button[name="remplacer-mot"]`)
	if got := sent(page, "nom", "mots_cles", "departement"); got != "nom=Bois mots_cles=menuiseries departement=67" && got != "nom=Bois mots_cles=menuiserie departement=67" {
		t.Errorf("the offers gave %q", got)
	}
	must(t, page, "Par exemple")
	press(t, page, "form.card .acts.end .btn:first-child")
	must(t, page, "La veille « Bois » est créée.")
}
