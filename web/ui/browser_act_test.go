package ui_test

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
)

// value reads an expression of the page as text.
func value(p *browsertest.Page, expression string) string {
	return p.MustEval(`() => String(` + expression + `)`).Str()
}

func TestRefusedFormTakesFocusOnItsSummaryWithAndWithoutScripts(t *testing.T) {
	url, b := site(t), browsertest.New(t)
	p := b.Page(url + "/visiteur")
	p.Until(`document.activeElement.id === "erreurs"`)
	p.MustElement("#erreurs a").MustClick()
	if got := value(p, `document.activeElement.id`); got != "siret" {
		t.Errorf("the summary's link leads to %q, want the field siret", got)
	}
	bare := b.Page(url+"/visiteur", browsertest.Desktop.WithoutScript())
	if got := value(bare, `document.activeElement.id`); got != "erreurs" {
		t.Errorf("without scripts the focus is on %q, want the summary", got)
	}
}

func TestPasswordCanBeSeenAndHidesAgain(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/visiteur")
	p.Until(`document.querySelector(".reveal button")`)
	for _, want := range []string{"text", "password"} {
		p.MustElement(".reveal button").MustClick()
		if got := value(p, `document.getElementById("secret").type`); got != want {
			t.Errorf("the field is of type %q, want %q", got, want)
		}
	}
}

func TestMenuOfAPhoneOpensWithoutScripts(t *testing.T) {
	url, b := site(t), browsertest.New(t)
	p := b.Page(url+"/galerie", browsertest.Phone.WithoutScript())
	visible := func() string { return value(p, `document.querySelector("#menu nav").checkVisibility()`) }
	if visible() != "false" {
		t.Error("the menu is open before anybody opens it")
	}
	p.Focus(".menu-button")
	p.Keyboard.MustType(input.Enter)
	if visible() != "true" {
		t.Error("Enter on the button does not open the menu")
	}
	browsertest.Screenshot(t, p, "menu-375-light")
	p.Keyboard.MustType(input.Escape)
	if visible() != "false" {
		t.Error("Escape does not close the menu")
	}
	wide := b.Page(url + "/galerie")
	if value(wide, `document.querySelector("#menu nav").checkVisibility()`) != "true" {
		t.Error("on a desktop window the menu is hidden")
	}
}

func TestDepartmentsByMapByFilterAndByRegion(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/galerie")
	p.Until(`document.querySelectorAll(".map path").length > 96`)
	const ticked = `[...document.querySelectorAll("[name=departement]:checked")].map(i => i.value).sort().join(",")`
	check := func(act, want, summary string) {
		t.Helper()
		if got := value(p, ticked); got != want {
			t.Errorf("%s: ticked %s, want %s", act, got, want)
		}
		if got := value(p, `document.querySelector("[data-summary]").textContent`); got != summary {
			t.Errorf("%s: summary %q, want %q", act, got, summary)
		}
	}
	check("at first", "67,68,974", "(67) Bas-Rhin, (68) Haut-Rhin, (974) La Réunion")

	p.MustEval(`() => document.querySelector('.map path[data-code="88"]').dispatchEvent(new MouseEvent("click", {bubbles: true}))`)
	check("a click on the Vosges", "67,68,88,974", "(67) Bas-Rhin, (68) Haut-Rhin, (88) Vosges, (974) La Réunion")
	if got := value(p, `document.querySelector('.map path[data-code="88"]').classList.contains("on")`); got != "true" {
		t.Error("the Vosges do not light up")
	}

	p.MustElement("[data-clear]").MustClick()
	check("cleared", "", "Aucun département choisi")

	filter := p.MustElement("#departements-filtre")
	filter.MustInput("cote d or")
	if got := value(p, `[...document.querySelectorAll(".departments .choice:not([hidden]) input")].map(i => i.value).join(",")`); got != "21" {
		t.Errorf("« cote d or » leaves %q, want 21", got)
	}
	p.Keyboard.MustType(input.Enter)
	check("Enter on the only one left", "21", "(21) Côte-d'Or")
	if !strings.HasSuffix(p.MustInfo().URL, "/galerie") {
		t.Error("Enter in the filter sent the form")
	}

	p.MustEval(`() => document.getElementById("region-94").click()`)
	check("the whole of Corsica", "21,2A,2B", "(21) Côte-d'Or, (2A) Corse-du-Sud, (2B) Haute-Corse")
	p.MustEval(`() => document.getElementById("departement-2A").click()`)
	if got := value(p, `document.getElementById("region-94").indeterminate + " " + document.getElementById("region-94").checked`); got != "true false" {
		t.Errorf("half of Corsica: indeterminate and checked = %s, want true false", got)
	}
}

func TestOrganismsAreSuggestedChosenAndRemoved(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/galerie")
	p.Until(`document.querySelector("[role=combobox]")`)
	const chosen = `[...document.querySelectorAll("[data-chosen] input")].map(i => i.value).join(",")`
	field := p.MustElement("#organisme-saisi")
	field.MustSelectAllText().MustInput("sé")
	p.Until(`document.querySelectorAll("[role=option]").length === 2`)
	browsertest.Axe(t, p)
	if got := value(p, `document.querySelectorAll("[role=option] img").length + document.title`); !strings.HasPrefix(got, "0Ma veille") {
		t.Errorf("a suggestion was read as HTML: %s", got)
	}
	p.Keyboard.MustType(input.ArrowDown, input.Enter)
	p.Until(chosen + ` === "cea,ems,s1"`)
	p.Until(`document.getElementById("organisme-saisi").value === ""`)
	if got := value(p, `document.querySelector("#organisme-saisi-choix > [role=status]").textContent`); got != "Ville de Sélestat est ajouté à la liste." {
		t.Errorf("said %q", got)
	}
	p.MustElement("[data-chosen] li:last-child button").MustClick()
	if got := value(p, chosen); got != "cea,ems" {
		t.Errorf("after removal: %s, want cea,ems", got)
	}
	if got := value(p, `document.activeElement.value`); got != "ems" {
		t.Errorf("after removal the focus is on %q, want the neighbour's button", got)
	}
}

func TestRecipientsAreAddedAndRemovedInPlace(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/galerie")
	p.Until(`document.querySelector("[role=combobox]")`)
	const sent = `new FormData(document.querySelector("form.card")).getAll("destinataire").length`
	p.MustElement(`[value="ajouter-destinataire"]`).MustClick()
	p.Until(sent + ` === 6`)
	if got := value(p, `document.activeElement.labels[0].textContent.trim()`); got != "Autre destinataire" {
		t.Errorf("the new row does not take the focus, or has no label: %q", got)
	}
	browsertest.Axe(t, p)
	p.MustElement(`.address-row:first-child button`).MustClick()
	p.Until(sent + ` === 5`)
	if got := value(p, `document.activeElement.value`); got != "atelier@menuiserie-muller.example" {
		t.Errorf("after removal the focus is on %q, want the next row", got)
	}
}

func TestPreviewFollowsTheForm(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/galerie")
	p.Until(`document.querySelectorAll(".map path").length > 96`)
	p.MustElement("#nom").MustSelectAllText().MustInput("<b>Voirie</b>")
	p.Until(`document.getElementById("apercu").textContent.includes("nom=<b>Voirie</b> départements=67,68,974")`)
	p.MustEval(`() => document.querySelector('.map [data-code="971"]').click()`)
	p.Until(`document.getElementById("apercu").textContent.includes("971")`)
}

func TestWithoutScriptsEverythingIsThere(t *testing.T) {
	p := browsertest.New(t).Page(site(t)+"/galerie", browsertest.Phone.WithoutScript())
	for _, c := range []struct{ what, selector, want string }{
		{"the button that adds an organism", `[value="ajouter-organisme"]`, "true"},
		{"the button of the page size", `.sizes button`, "true"},
		{"the list of departments", `#departement-67`, "true"},
		{"the map", `.map`, "false"},
		{"the filter, which needs a script", `#departements-filtre`, "false"},
	} {
		if got := value(p, `document.querySelector('`+c.selector+`').checkVisibility()`); got != c.want {
			t.Errorf("%s is visible: %s, want %s", c.what, got, c.want)
		}
	}
	fits(t, p)
	browsertest.Screenshot(t, p, "sans-script-375")
}

func TestForcedColoursKeepStatesVisible(t *testing.T) {
	p := browsertest.New(t).Page(site(t)+"/galerie", browsertest.View{Width: 1280, Height: 900, ForcedColors: true})
	p.Until(`document.querySelectorAll(".map path").length > 96`)
	browsertest.Screenshot(t, p, "galerie-forced")
	if got := value(p, `getComputedStyle(document.querySelector(".tag")).borderTopStyle`); got != "solid" {
		t.Errorf("tags have no border in forced colours: %s", got)
	}
}
