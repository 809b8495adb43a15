package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// goes does what leads to another page where scripts are off, and waits for it.
// Nothing there settles later: fonts and promises are not waited for.
func goes(t *testing.T, p *browsertest.Page, act func()) {
	t.Helper()
	p.MustEval(`() => { window.leaving = true }`)
	act()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		there, err := p.Eval(`() => !window.leaving && document.readyState === "complete"`)
		if err == nil && there.Value.Bool() {
			return
		}
	}
	t.Fatal("no other page came")
}

// press puts the keyboard on an element and presses a key that leads to another page.
func press(t *testing.T, p *browsertest.Page, selector string) {
	t.Helper()
	p.Focus(selector)
	goes(t, p, func() { p.Keyboard.MustType(input.Enter) })
}

// fill replaces what a field holds.
func fill(p *browsertest.Page, selector, text string) {
	p.Focus(selector)
	p.MustEval(`s => document.querySelector(s).select()`, selector)
	if text == "" {
		p.Keyboard.MustType(input.Delete)
		return
	}
	p.MustInsertText(text)
}

// tick presses Space on a check-box or a radio button.
func tick(p *browsertest.Page, selector string) {
	p.Focus(selector)
	p.Keyboard.MustType(input.Space)
}

// picture is look without axe, which waits for promises that are never kept here.
func picture(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	for width, suffix := range map[int]string{1280: "-1280", 375: "-375"} {
		p.Viewport(width, 900)
		browsertest.Screenshot(t, p, name+suffix)
		if wide := p.MustEval("() => document.documentElement.scrollWidth").Int(); wide > width {
			t.Errorf("%s is %d px wide in a window of %d", name, wide, width)
		}
	}
	p.Viewport(0, 0)
}

// sent reads what the watch form would send under these names, without a script of ours.
func sent(p *browsertest.Page, names ...string) string {
	const read = `(names) => { const f = new FormData(document.querySelector("form.card"));
		return names.map(n => n + "=" + f.getAll(n).join(",")).join(" ") }`
	return p.MustEval(read, names).Str()
}

// TestEveryActWorksWithoutScripts lives a company's day in a browser whose scripts
// are off, with the keyboard.
func TestEveryActWorksWithoutScripts(t *testing.T) {
	p := start(t, db.SQLite)
	p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiseries du gymnase", Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100", City: "Valmont"}, Departments: []string{"67"}})
	p.publish(t, notice.Record{SourceID: "26-2", Title: "Menuiseries de l'école", Buyer: notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "68200", City: "Hautval"}, Departments: []string{"68"}})
	p.publish(t, notice.Record{SourceID: "26-3", Title: "Fourniture de repas", Buyer: notice.BuyerRecord{Name: "Commune de Hautbois", Postcode: "20000", City: "Hautbois"}, Departments: []string{"2A"}})
	b := browsertest.New(t)
	page := b.Page(p.url+"/entreprise/veilles", browsertest.Desktop.WithoutScript())
	must(t, page, "Se connecter", "Connectez-vous")
	fill(page, "#identifiant", "odile.muller")
	keys(page, input.Tab, everybodysPassword)
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Mes veilles des marchés", "Vous n'avez pas encore paramétré de veille de marché")
	press(t, page, `main a[href="/entreprise/veilles/nouvelle"]`)
	watchWithoutScripts(t, page)
	changeAndDelete(t, page)
	searchWithoutScripts(t, p, page)
	press(t, page, `form[action="/deconnexion"] button`)
	must(t, page, "Vous êtes déconnecté", "Créer un compte")
	goes(t, page, func() { page.MustNavigate(p.url + "/entreprise") })
	must(t, page, "Se connecter")
}

// watchWithoutScripts makes a watch: each button that changes the form keeps the rest.
func watchWithoutScripts(t *testing.T, page *browsertest.Page) {
	fill(page, "#nom", "Menuiseries")
	fill(page, "#mots_cles", "menuiserie bx")
	page.Focus(`details:has(#departement-67) summary`)
	page.Keyboard.MustType(input.Enter)
	tick(page, "#departement-67")
	tick(page, "#departement-68")
	page.Focus(`details:has(#region-94) summary`)
	page.Keyboard.MustType(input.Enter)
	tick(page, "#region-94")
	tick(page, `[name=rythme][value=immediate]`)
	fill(page, "#organisme", "ville de valmont")
	press(t, page, `[name=action][value=ajouter-organisme]`)
	const valmont = "Ville de Valmont — Valmont (67)"
	kept := func(buyers, recipients string) {
		t.Helper()
		want := "nom=Menuiseries mots_cles=menuiserie bx mode=any departement=67,68,2A,2B rythme=immediate alerte=oui destinataire=" + recipients
		if got := inOrder(sent(page, "nom", "mots_cles", "mode", "departement", "rythme", "alerte", "destinataire")); got != inOrder(want) {
			t.Errorf("the form keeps %s\nwant %s", got, want)
		}
		var names []string
		for _, e := range page.MustElements("[data-chosen] li > span[data-label]") {
			names = append(names, e.MustText())
		}
		if got := strings.Join(names, "; "); got != buyers {
			t.Errorf("organisms chosen: %q, want %q", got, buyers)
		}
	}
	kept(valmont, "")

	fill(page, "#organisme", "commune de haut")
	press(t, page, `[name=action][value=ajouter-organisme]`)
	must(t, page, "Plusieurs organismes correspondent à « commune de haut » : cochez les vôtres", "Commune de Hautval", "Commune de Hautbois")
	kept(valmont, "")
	tick(page, `.candidates .choice:nth-of-type(2) input`)
	press(t, page, `[name=action][value=ajouter-organisme]`)
	kept("Commune de Hautval — Hautval (68); "+valmont, "")
	press(t, page, `[data-chosen] li:nth-child(1) button`)
	kept(valmont, "")
	press(t, page, `[data-chosen] li:nth-child(1) button`)
	kept("", "")

	press(t, page, `[name=action][value=ajouter-destinataire]`)
	fill(page, `[name=destinataire]`, "devis@menuiserie-muller.example")
	press(t, page, `[name=action][value=ajouter-destinataire]`)
	kept("", "devis@menuiserie-muller.example,")
	press(t, page, `.address-row:nth-child(2) button`)
	kept("", "devis@menuiserie-muller.example")

	page.AllowErrors("422")
	page.Focus("#nom")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Une correction est nécessaire", "Le mot « bx » compte moins de 3 caractères")
	kept("", "devis@menuiserie-muller.example")
	if on := page.MustEval(`() => document.activeElement.id`).Str(); on != "erreurs" {
		t.Errorf("after a refusal the keyboard is on %q, want the summary of errors", on)
	}
	picture(t, page, "sans-script-refusee")
	fill(page, "#mots_cles", "menuiserie")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "La veille « Menuiseries » est créée.", "Une demande de confirmation est adressée à devis@menuiserie-muller.example",
		"Bas-Rhin (67)", "Haut-Rhin (68)", "Corse-du-Sud (2A)", "Haute-Corse (2B)", "dès la publication", "à confirmer",
		"2 éléments correspondent à vos critères de recherche", "Menuiseries du gymnase", "Menuiseries de l'école")
}

// inOrder makes one of the two orders of departments that a form may send.
func inOrder(s string) string { return strings.Replace(s, "2A,2B,67,68", "67,68,2A,2B", 1) }

// changeAndDelete edits the watch, sorts its list by its button, and deletes it
// after the page that asks.
func changeAndDelete(t *testing.T, page *browsertest.Page) {
	press(t, page, `main a[href$="/modifier"]`)
	must(t, page, "Modifier la veille « Menuiseries »")
	// The address of a form that was refused leads back to the form.
	at := page.MustEval(`() => location.origin + document.querySelector("form.card").getAttribute("action")`).Str()
	goes(t, page, func() { page.MustNavigate(at) })
	must(t, page, "Modifier la veille « Menuiseries »")
	tick(page, "#departement-68")
	tick(page, "#alerte")
	page.Focus("#nom")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Les modifications de la veille « Menuiseries » sont enregistrées", "Inactive", "Toutes vos veilles sont inactives")
	press(t, page, `main a[href$="/supprimer"]`)
	must(t, page, "Supprimer la veille « Menuiseries » ?", "Cette suppression est définitive", "Garder la veille")
	picture(t, page, "sans-script-supprimer")
	press(t, page, "main form button")
	must(t, page, "La veille « Menuiseries » est supprimée", "Vous n'avez pas encore paramétré de veille de marché")
}

// searchWithoutScripts searches by a word and a department, sorts by the button, and
// makes a watch of the search.
func searchWithoutScripts(t *testing.T, p *platform, page *browsertest.Page) {
	goes(t, page, func() { page.MustNavigate(p.url + "/annonces") })
	fill(page, "#mots_cles", "menuiserie")
	page.Focus(`.fold:has(#departement) > summary`)
	page.Keyboard.MustType(input.Enter)
	page.Focus(`details:has(#departement-68):not(:has(#departement)) summary`)
	page.Keyboard.MustType(input.Enter)
	tick(page, "#departement-68")
	page.Focus("#mots_cles")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "1 avis ouvert correspond à votre recherche", "Menuiseries de l'école", "(68) Haut-Rhin")
	if strings.Contains(text(page), "gymnase") {
		t.Error("a notice of another department is found")
	}
	press(t, page, `main a[href^="/entreprise/veilles/nouvelle?"]`)
	if got := sent(page, "mots_cles", "departement"); got != "mots_cles=menuiserie departement=68" {
		t.Errorf("the search became the watch %s", got)
	}
}
