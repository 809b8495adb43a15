package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	return b.String()
}

// nodes walks the elements of a document.
func nodes(t testing.TB, document string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words gives the text of a fragment, spaces put in order.
func words(t testing.TB, fragment string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(fragment))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPagesObeyThePolicyAndNameThings(t *testing.T) {
	for name, page := range map[string]string{
		"gallery": render(t, Gallery()), "visitor": render(t, GalleryVisitor()),
		"failure": render(t, ErrorPage(Page{}, Failure{Status: 500, Reference: "R1"})),
	} {
		ids := map[string]bool{}
		references := map[string]bool{}
		for _, n := range nodes(t, page) {
			if id := attribute(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q twice", name, id)
				}
				ids[id] = true
			}
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "popovertarget", "data-preview-target"} {
				for _, id := range strings.Fields(attribute(n, key)) {
					references[id] = true
				}
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=%q> breaks the policy", name, n.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || a.Key == "href" || a.Key == "action") && address.MatchString(a.Val) {
					t.Errorf("%s: <%s> leads to another site: %s", name, n.Data, a.Val)
				}
			}
			if (n.Data == "script" || n.Data == "style") && n.FirstChild != nil {
				t.Errorf("%s: an inline %s", name, n.Data)
			}
		}
		for id := range references {
			if !ids[id] {
				t.Errorf("%s: nothing has the id %q that is referred to", name, id)
			}
		}
	}
}

func TestTitlesSayTheFaultFirst(t *testing.T) {
	for want, p := range map[string]Page{
		"Parvis": {}, "Annonces · Parvis": {Title: "Annonces"}, "Erreur\u00a0: Annonces · Parvis": {Title: "Annonces", Refused: true},
	} {
		if got := p.fullTitle(); got != want {
			t.Errorf("title %q, want %q", got, want)
		}
	}
}

func TestBarShowsWhoIsThere(t *testing.T) {
	visitor := render(t, Layout(Page{Title: "X"}, templ.NopComponent))
	for _, want := range []string{`href="/connexion"`, `href="/inscription"`, `href="#contenu"`, `<html lang="fr">`} {
		if !strings.Contains(visitor, want) {
			t.Errorf("a visitor's page lacks %s", want)
		}
	}
	for _, refused := range []string{"/deconnexion", "/demo", "<nav"} {
		if strings.Contains(visitor, refused) {
			t.Errorf("a visitor's page has %s", refused)
		}
	}
	member := render(t, Layout(Page{Account: &Account{Name: "Jeanne", Company: "Muller", Unverified: true}, Demo: true}, templ.NopComponent))
	for _, want := range []string{`method="post" novalidate action="/deconnexion"`, `href="/entreprise"`, "Établissement déclaré, non vérifié", `href="/demo/courrier"`} {
		if !strings.Contains(member, want) {
			t.Errorf("a member's page lacks %s", want)
		}
	}
	if strings.Contains(member, "/connexion\"") {
		t.Error("a member is asked to sign in")
	}
}

// attack is what must come out of no component as markup.
const attack = `<script>alert("x")</script>"'><img onerror=x>`

func TestTextsAreNeverMarkup(t *testing.T) {
	field := Field{Name: "n", Label: attack, Hint: attack, Error: attack, Required: true}
	badge := Late(attack)
	pages := map[string]templ.Component{
		"layout": Layout(Page{Title: attack, Nav: []NavItem{{Label: attack, URL: attack}}, Account: &Account{Name: attack, Company: attack},
			Flash: &Flash{FlashDone, attack}, Footer: []Link{{attack, attack}}}, templ.NopComponent),
		"input": TextInput(Input{Field: field, Value: attack, Placeholder: attack}), "area": TextArea(Area{Field: field, Value: attack}),
		"radios":     Radios(Choice{Field: field, Options: []Option{{Value: attack, Label: attack, Hint: attack, Tally: attack}}}),
		"select":     Select(Choice{Field: field, Options: []Option{{Value: attack, Label: attack}}}),
		"check":      CheckBox(Check{Field: field, Value: attack}),
		"summary":    ErrorSummary(Errors{{attack, attack}, {"", attack}}),
		"mark":       Mark(attack, []Span{{0, 9}, {20, 30}}),
		"criteria":   Crit([]Criterion{{attack, []Value{{attack, &badge}, {attack, nil}}}}),
		"deadline":   Deadline(Due{Text: attack, Machine: attack}),
		"empty":      EmptyState(Empty{Text: attack, Next: attack}),
		"result":     Result(Found{ID: attack, Title: attack, URL: attack, Buyer: attack, Facts: []string{attack}, Tags: []Badge{badge}}),
		"bars":       Bars(BarChart{Title: attack, Unit: attack, Bars: []Bar{{attack, 1}, {attack, 2}}}),
		"sizes":      PageSize(Sizes{Action: attack, Query: map[string][]string{attack: {attack}}}),
		"buyers":     BuyerPicker(BuyerPickerModel{Text: attack, SuggestURL: attack, Chosen: []Picked{{attack, attack}}, Candidates: []Picked{{attack, attack}}}),
		"addresses":  AddressList(AddressListModel{Main: attack, Rows: []AddressRow{{attack, AddressState(attack), attack}}}),
		"department": DepartmentPicker(PickerModel{Field: field, NothingPicked: attack, Regions: []PickerRegion{{attack, attack, []PickerDepartment{{attack, attack, true, 3}, {attack, attack, false, 0}}}}}),
		"confirm":    ConfirmDelete(Confirm{Title: attack, Losses: []string{attack}, Kept: []string{attack}, Undo: attack, Action: attack, Label: attack, Cancel: Link{attack, attack}, Carried: []Carried{{attack, attack}}}),
		"failure":    ErrorPage(Page{}, Failure{Status: 404, Text: attack, Reference: attack, Back: Link{attack, attack}}),
		"other hat":  OtherHat(Hat{attack, attack, attack, attack}, attack, attack),
		"letter":     Letter(attack), "button": Act(Button{Label: attack, Context: attack, Name: attack, Value: attack, Action: attack}),
		"tiles": Tiles([]Tile{{attack, attack, "", attack}}), "table": Table(Columns{attack, []Column{{attack, attack, attack}}}),
		"cells": Cell(attack), "head": PageHead(attack, attack), "card": Card(Head{ID: attack, Title: attack, Hint: attack}),
		"chips": Chips([]Chip{{attack, attack, attack}}, attack), "facets": Facets(attack, []Facet{{attack, attack, []FacetValue{{attack, attack, 2, true}}, []FacetValue{{attack, attack, 1, false}}, attack}}, attack, attack),
		"codes": Lookup(CodePicker(BuyerPickerModel{Text: attack, SuggestURL: attack, Chosen: []Picked{{attack, attack}}})),
		"fold":  Fold(attack, attack, true), "live": LiveCard(attack, attack), "action": ActionLink(attack, attack, attack),
	}
	for name, c := range pages {
		written := render(t, c)
		if !strings.Contains(written, "&lt;script&gt;") && !strings.Contains(written, "&lt;") {
			t.Errorf("%s does not show its text", name)
		}
		for _, n := range nodes(t, written) {
			inline := n.Data == "script" && attribute(n, "src") == ""
			if inline || n.Data == "img" || attribute(n, "onerror") != "" {
				t.Errorf("%s: a text became <%s>", name, n.Data)
			}
		}
	}
	if got := render(t, ActionLink("Voir", "javascript:alert(1)", "")); strings.Contains(got, "javascript:") {
		t.Errorf("a script as an address came through: %s", got)
	}
}

func TestFieldTiesItsWords(t *testing.T) {
	got := render(t, TextInput(Input{Field: Field{Name: "mots", Label: "Mots clés", Hint: "H", Error: "E", Required: true}, Value: "voirie"}))
	order := []string{`<label for="mots"`, "(obligatoire)", `id="mots-aide"`, `id="mots-erreur"`, "<input"}
	at := -1
	for _, want := range order {
		i := strings.Index(got, want)
		if i <= at {
			t.Errorf("%s is missing or out of order in %s", want, got)
		}
		at = i
	}
	for _, want := range []string{`aria-describedby="mots-aide mots-erreur"`, `aria-invalid="true"`, `aria-required="true"`, `value="voirie"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the control lacks %s", want)
		}
	}
	sound := render(t, TextInput(Input{Field: Field{Name: "nom", Label: "Nom"}}))
	for _, refused := range []string{"aria-describedby", "aria-invalid", "obligatoire", "wrong"} {
		if strings.Contains(sound, refused) {
			t.Errorf("a sound optional field says %s", refused)
		}
	}
}

func TestPasswordsNeverComeBack(t *testing.T) {
	got := render(t, PasswordInput(Input{Field: Field{Name: "p", Label: "Mot de passe"}, Value: "s3cret", Autocomplete: "new-password"}))
	if strings.Contains(got, "s3cret") || !strings.Contains(got, `autocomplete="new-password"`) || !strings.Contains(got, `type="password"`) {
		t.Errorf("password field: %s", got)
	}
}

func TestErrorsLeadToTheirFields(t *testing.T) {
	e := Errors{{"mode", "Choisissez."}, {"", "Trop de critères."}}
	if e.On("mode") != "Choisissez." || e.On("autre") != "" {
		t.Errorf("On: %q and %q", e.On("mode"), e.On("autre"))
	}
	summary := render(t, ErrorSummary(e))
	if !strings.Contains(summary, `href="#mode"`) || !strings.Contains(summary, "autofocus") || !strings.Contains(summary, "2 corrections") {
		t.Errorf("summary: %s", summary)
	}
	group := render(t, Radios(Choice{Field: Field{Name: "mode", Label: "Mode"}, Options: []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B", Chosen: true}}}))
	if !strings.Contains(group, `id="mode"`) || strings.Count(group, `name="mode"`) != 2 || strings.Count(group, "checked") != 1 {
		t.Errorf("radios: %s", group)
	}
	if got := render(t, ErrorSummary(nil)); got != "" {
		t.Errorf("a sound form shows %q", got)
	}
}
