package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// focused describes the element that has the keyboard: its id, or its name and
// value, or its text.
const focused = `() => { const e = document.activeElement;
	if (!e || e === document.body) return "";
	return e.id || (e.name ? e.name + "=" + e.value : "") || e.textContent.replace(/\s+/g, " ").trim() }`

// seen tells whether who looks at the page can tell where the keyboard is: an
// outline that is drawn, on an element within the window that nothing covers.
const seen = `() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
	if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "no outline";
	if (r.width < 1 || r.height < 1) return "no size";
	if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) return "outside of the window";
	const top = document.elementFromPoint(Math.min(Math.max(r.left + r.width / 2, 0), innerWidth - 1), Math.min(Math.max(r.top + Math.min(r.height / 2, 20), 0), innerHeight - 1));
	if (top && !e.contains(top) && !top.contains(e) && !(e.labels && [...e.labels].some(l => l.contains(top)))) return "covered by " + top.tagName + "." + top.className;
	return "" }`

// typist uses a page by the keyboard alone.
type typist struct {
	t *testing.T
	*browsertest.Page
}

func (k typist) at() string { return k.MustEval(focused).Str() }

func (k typist) press(keys ...input.Key) { k.Keyboard.MustType(keys...) }

// step presses Tab, or Shift+Tab, and checks that one sees where that leads.
func (k typist) step(back bool) string {
	k.t.Helper()
	if back {
		k.KeyActions().Press(input.ShiftLeft).Type(input.Tab).Release(input.ShiftLeft).MustDo()
	} else {
		k.press(input.Tab)
	}
	at := k.at()
	if at != "" {
		if fault := k.MustEval(seen).Str(); fault != "" {
			k.t.Errorf("the keyboard is on %q, which one doesn't see: %s", at, fault)
		}
	}
	return at
}

// reach presses Tab until the keyboard is on the element of this description.
func (k typist) reach(want string) {
	k.t.Helper()
	k.walk(want, false)
}

// back does the same with Shift+Tab.
func (k typist) back(want string) {
	k.t.Helper()
	k.walk(want, true)
}

func (k typist) walk(want string, back bool) {
	k.t.Helper()
	var passed []string
	for range 150 {
		at := k.step(back)
		if at == want {
			return
		}
		passed = append(passed, at)
	}
	k.t.Fatalf("Tab never reaches %q; it passes %q", want, passed)
}

// leads presses a key that leads to another page.
func (k typist) leads(key input.Key) { k.Leads(func() { k.press(key) }) }

func (k typist) is(what, expression, want string) {
	k.t.Helper()
	if got := k.MustEval(`() => String(` + expression + `)`).Str(); got != want {
		k.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

const (
	chosenBuyers = `[...document.querySelectorAll("[data-chosen] li > span")].map(e => e.textContent).join("; ")`
	ticked       = `[...document.querySelectorAll("[name=departement]:checked")].map(e => e.value).join(",")`
)

// TestTheKeyboardAloneIsEnough fills the form of a watch from its first control to
// its last with Tab, Shift+Tab, Space, the arrows, Enter and letters.
func TestTheKeyboardAloneIsEnough(t *testing.T) {
	p := start(t, db.SQLite)
	p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiseries du gymnase", Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100", City: "Valmont"}, Departments: []string{"67"}})
	p.publish(t, notice.Record{SourceID: "26-2", Title: "Voirie", Buyer: notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "67200", City: "Hautval"}, Departments: []string{"67"}})
	k := typist{t, browsertest.New(t).Page(p.url + "/")}
	k.Until(`document.querySelector("main")`)
	skips(k)
	signsInByKeyboard(k)
	refusedByKeyboard(k)
	fillsByKeyboard(k)
	k.leads(input.Enter)
	must(t, k.Page, "La veille « Clavier » est créée", "menuiserie", "gymnase", "(tous les termes)", "Ville de Valmont", "Bas-Rhin (67)", "dès la publication",
		"devis@menuiserie-muller.example", "à confirmer", "1 élément correspond à vos critères de recherche", "Menuiseries du gymnase")
	deletesByKeyboard(k)
}

// skips takes the link that leads over the menu: the next stop is in the content.
func skips(k typist) {
	k.t.Helper()
	if at := k.step(false); at != "Aller au contenu" {
		k.t.Errorf("the first stop is %q, want the link that leads to the content", at)
	}
	k.press(input.Enter)
	k.Until(`location.hash === "#contenu"`)
	k.step(false)
	k.is("after the skip link, the next stop is in the content", `document.getElementById("contenu").contains(document.activeElement)`, "true")
	k.back("Se connecter")
}

func signsInByKeyboard(k typist) {
	k.t.Helper()
	k.leads(input.Enter)
	k.reach("identifiant")
	keys(k.Page, "odile.muller")
	k.reach("mot_de_passe")
	keys(k.Page, everybodysPassword)
	if at := k.step(false); at != "Afficher" {
		k.t.Errorf("after the password comes %q, want the button that shows it", at)
	}
	k.press(input.Space)
	k.is("the password is shown", `document.getElementById("mot_de_passe").type`, "text")
	k.back("mot_de_passe")
	k.leads(input.Enter)
	must(k.t, k.Page, "Mon espace de dématérialisation")
	k.reach("Ma veille")
	k.leads(input.Enter)
	k.reach("Créer une nouvelle veille")
	k.leads(input.Enter)
}

// refusedByKeyboard sends an empty form: the summary takes the focus and its links
// lead to the fields.
func refusedByKeyboard(k typist) {
	k.t.Helper()
	k.AllowErrors("422")
	k.reach("mots_cles")
	keys(k.Page, "bx")
	k.leads(input.Enter)
	k.Until(`document.activeElement.id === "erreurs"`)
	must(k.t, k.Page, "2 corrections sont nécessaires")
	k.step(false)
	k.press(input.Enter)
	k.Until(`document.activeElement.id === "nom"`)
	k.is("the field at fault is seen", `(`+seen+`)()`, "")
	k.reach("mots_cles")
	k.press(input.Backspace, input.Backspace)
	k.back("Donnez un nom à la veille, pour la retrouver dans votre espace.")
}

func fillsByKeyboard(k typist) {
	k.t.Helper()
	k.reach("nom")
	keys(k.Page, "Clavier")
	k.reach("mots_cles")
	keys(k.Page, "menuiserie gymnase")
	k.reach("mode-2")
	k.press(input.ArrowUp)
	k.is("the arrow chooses", `document.querySelector("[name=mode]:checked").value`, "all")
	k.Until(`document.querySelector("[role=combobox]")`)
	choosesBuyersByKeyboard(k)
	choosesDepartmentsByKeyboard(k)
	k.reach("alerte")
	k.press(input.Space)
	k.is("Space unticks the alert", `document.getElementById("alerte").checked`, "false")
	k.press(input.Space)
	k.reach("rythme")
	k.press(input.ArrowDown)
	k.is("the arrow chooses the rhythm", `document.querySelector("[name=rythme]:checked").value`, "weekly")
	k.press(input.ArrowDown)
	k.is("the arrow chooses the rhythm", `document.querySelector("[name=rythme]:checked").value`, "immediate")
	recipientsByKeyboard(k)
	k.reach("Valider la création de ma veille")
}

// choosesBuyersByKeyboard takes two organisms by the combobox and gives one back.
func choosesBuyersByKeyboard(k typist) {
	k.t.Helper()
	k.reach("organisme")
	for i, typed := range []string{"haut", "valm"} {
		keys(k.Page, typed)
		k.Until(`document.querySelector("[role=option]:only-child")?.textContent.includes(" — ")`)
		k.press(input.ArrowDown, input.Enter)
		k.Until(fmt.Sprintf(`document.querySelectorAll("[data-chosen] li").length === %d`, i+1))
		k.Until(`document.activeElement.id === "organisme" && document.activeElement.value === ""`)
	}
	k.is("two are chosen", chosenBuyers, "Commune de Hautval — Hautval (67); Ville de Valmont — Valmont (67)")
	k.reach("action=ajouter-organisme")
	k.step(false)
	k.press(input.Enter)
	k.is("one is left", chosenBuyers, "Ville de Valmont — Valmont (67)")
	k.is("the keyboard is on the other's button", `document.activeElement.name`, "retirer-organisme")
}

// choosesDepartmentsByKeyboard types a number, then a part of a name, then unticks
// by the check-box and clears.
func choosesDepartmentsByKeyboard(k typist) {
	k.t.Helper()
	k.Until(`document.querySelectorAll(".map path").length > 96`)
	k.reach("departement-filtre")
	keys(k.Page, "67")
	k.press(input.Enter)
	k.is("« 67 » Enter", ticked, "67")
	keys(k.Page, "bas-r")
	k.is("« bas-r » leaves one", `[...document.querySelectorAll(".departments .choice:not([hidden]) input")].map(i => i.value).join()`, "67")
	k.press(input.Enter)
	k.is("Enter again unticks it", ticked, "")
	keys(k.Page, "88")
	k.press(input.Enter)
	keys(k.Page, "rhin")
	k.reach("departement-67")
	k.press(input.Space)
	k.is("by its check-box", ticked, "67,88")
	k.back("departement-filtre")
	for range len("rhin") {
		k.press(input.Backspace)
	}
	k.back("Effacer la sélection")
	k.press(input.Enter)
	k.is("cleared", ticked, "")
	if at := k.at(); at != "departement-filtre" {
		k.t.Errorf("after clearing, the keyboard is on %q, want the filter", at)
	}
	keys(k.Page, "67")
	k.press(input.Enter)
}

func recipientsByKeyboard(k typist) {
	k.t.Helper()
	k.reach("action=ajouter-destinataire")
	k.press(input.Enter)
	keys(k.Page, "devis@menuiserie-muller.example")
	k.reach("action=ajouter-destinataire")
	k.press(input.Enter)
	keys(k.Page, "erreur@menuiserie-muller.example")
	k.step(false) // its button « Retirer »
	k.press(input.Enter)
	k.is("who remains", `[...document.querySelectorAll("[data-rows] input")].map(i => i.value).join()`, "devis@menuiserie-muller.example")
}

// deletesByKeyboard asks to delete, goes back by the safe way, and deletes.
func deletesByKeyboard(k typist) {
	k.t.Helper()
	for _, act := range []string{"Garder la veille", "Supprimer la veille"} {
		k.reach("Supprimer la veille Clavier")
		k.leads(input.Enter)
		k.reach(act)
		k.leads(input.Enter)
	}
	must(k.t, k.Page, "La veille « Clavier » est supprimée")
}

// sorted is a list of codes in one order: the page's is that of regions.
func sorted(codes string) string {
	list := strings.Split(codes, ",")
	slices.Sort(list)
	return strings.Join(list, ",")
}

// TestTheMapTicksDepartments is for the mouse: an area of the map is a check-box of
// the list.
func TestTheMapTicksDepartments(t *testing.T) {
	p := start(t, db.SQLite)
	page := browsertest.New(t).Page(p.url + "/annonces")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	page.MustElementR("summary", "Départements").MustClick()
	for _, c := range []struct{ selector, want string }{
		{`.map-land > svg [data-code="67"]`, "67"},
		{`.map-zoom [data-code="75"]`, "67,75"},
		{`.map-tile[data-code="974"]`, "67,75,974"},
		{`.map-land > svg [data-code="67"]`, "75,974"},
	} {
		area := page.MustElement(c.selector)
		area.MustScrollIntoView()
		// The middle of an area's frame may be outside of the area: the point is asked of the map.
		at := page.MustEval(`(s) => { const e = document.querySelector(s), r = e.getBoundingClientRect();
			for (let i = 1; i < 20; i++) for (let j = 1; j < 20; j++) {
				const x = r.left + r.width * i / 20, y = r.top + r.height * j / 20;
				if (document.elementFromPoint(x, y) === e) return [x, y];
			}
			return null }`, c.selector).Arr()
		if len(at) != 2 {
			t.Fatalf("no point of %s can be clicked", c.selector)
		}
		page.Mouse.MustMoveTo(at[0].Num(), at[1].Num()).MustClick("left")
		got := page.MustEval(`() => { return ` + ticked + ` }`).Str()
		if sorted(got) != sorted(c.want) {
			t.Errorf("a click on %s: ticked %s, want %s", c.selector, got, c.want)
		}
	}
	browsertest.Axe(t, page)
	browsertest.Screenshot(t, page, "annonces-carte-1280")
	click(page, "button", "Rechercher")
	must(t, page, "Lieu : (75) Paris", "Lieu : (974) La Réunion")
}
