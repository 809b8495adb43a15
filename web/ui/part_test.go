package ui

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDeadlineWords(t *testing.T) {
	for _, c := range []struct {
		due  Due
		tone Tone
		want string
	}{
		{Due{}, "", "non communiquée"},
		{Due{Text: "29/07/2022 16:00", Days: 3}, ToneLate, "29/07/2022 16:00 dans 3 jours"},
		{Due{Text: "29/07/2022 16:00", Days: 4}, ToneSoon, "29/07/2022 16:00 dans 4 jours"},
		{Due{Text: "29/07/2022 16:00", Days: 10}, ToneSoon, "29/07/2022 16:00 dans 10 jours"},
		{Due{Text: "29/07/2022 16:00", Days: 11}, ToneOff, "29/07/2022 16:00 dans 11 jours"},
		{Due{Text: "29/07/2022 16:00", Days: 1}, ToneLate, "29/07/2022 16:00 demain"},
		{Due{Text: "29/07/2022 16:00"}, ToneLate, "29/07/2022 16:00 aujourd'hui"},
		{Due{Text: "29/07/2022 16:00", Days: 2, Closed: true}, ToneOff, "29/07/2022 16:00 close"},
		{Due{Text: "29/07/2022 16:00", Days: 1, Doubtful: true}, ToneLate, "29/07/2022 16:00 demain heure à vérifier dans l'avis"},
	} {
		written := render(t, Deadline(c.due))
		if got := words(t, written); got != c.want {
			t.Errorf("%+v reads %q, want %q", c.due, got, c.want)
		}
		if c.tone != "" && !strings.Contains(written, `class="tag `+string(c.tone)+`"`) {
			t.Errorf("%+v has not the tone %s", c.due, c.tone)
		}
	}
}

func TestMarkKeepsTheTextWhateverTheSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aé<&œ \"日"))).Draw(t, "text")
		var spans []Span
		for range rapid.IntRange(0, 4).Draw(t, "spans") {
			spans = append(spans, Span{rapid.IntRange(-2, 40).Draw(t, "start"), rapid.IntRange(-2, 40).Draw(t, "end")})
		}
		var whole strings.Builder
		before := false
		for i, p := range pieces(text, spans) {
			if strings.ToValidUTF8(p.text, "") != p.text {
				t.Fatalf("a letter of %q is cut by %v", text, spans)
			}
			if i > 0 && p.marked == before {
				t.Fatalf("two neighbours are both marked or both not: %v", pieces(text, spans))
			}
			before = p.marked
			whole.WriteString(p.text)
		}
		if whole.String() != text {
			t.Fatalf("%q became %q", text, whole.String())
		}
	})
}

func TestMarkExamples(t *testing.T) {
	for _, c := range []struct {
		text  string
		spans []Span
		want  string
	}{
		{"voirie", nil, "voirie"},
		{"de la voirie", []Span{{6, 12}}, "de la <mark>voirie</mark>"},
		{"école et école", []Span{{10, 16}, {0, 6}}, "<mark>école</mark> et <mark>école</mark>"},
		{"a<b", []Span{{0, 2}}, "<mark>a&lt;</mark>b"},
		{"été", []Span{{1, 2}}, "<mark>é</mark>té"},
		{"voirie", []Span{{0, 3}, {2, 6}}, "<mark>voirie</mark>"},
	} {
		if got := render(t, Mark(c.text, c.spans)); got != c.want {
			t.Errorf("%q %v: %s, want %s", c.text, c.spans, got, c.want)
		}
	}
}

func TestPageNumbers(t *testing.T) {
	for _, c := range []struct {
		page, last int
		want       []int
		next       string
	}{
		{1, 2, []int{1, 2}, "suivante"},
		{3, 12, []int{1, 2, 3, 4, 5, 0, 12}, "suivante"},
		{5, 9, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "suivante"},
		{6, 12, []int{1, 0, 4, 5, 6, 7, 8, 0, 12}, "suivante"},
		{50, 400, []int{1, 0, 48, 49, 50, 51, 52, 0, 100}, "suivante"},
		{100, 400, []int{1, 0, 98, 99, 100}, "suivants"},
		{137, 400, []int{1, 0, 100, 0, 137}, "suivants"},
	} {
		p := Paging{Page: c.page, Last: c.last}
		if diff := cmp.Diff(c.want, p.numbers()); diff != "" {
			t.Errorf("page %d of %d: %s", c.page, c.last, diff)
		}
		if got := p.nextLabel(); got != c.next {
			t.Errorf("page %d of %d: next is %q, want %q", c.page, c.last, got, c.next)
		}
	}
	if got := render(t, Pages(Paging{Page: 1, Last: 1})); got != "" {
		t.Errorf("a single page shows %q", got)
	}
}

func TestPageSizeKeepsTheSearch(t *testing.T) {
	got := render(t, PageSize(Sizes{Action: "/annonces", Current: 50, Query: galleryQuery()}))
	for _, want := range []string{`name="departement" value="67"`, `name="departement" value="68"`, `name="mots" value="voirie"`, `value="50" selected`} {
		if !strings.Contains(got, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	if strings.Contains(got, `type="hidden" name="taille"`) {
		t.Error("the former size is sent too")
	}
}

func TestPickerGroupsAndSummary(t *testing.T) {
	m := PickerModel{Regions: galleryRegions("68", "67", "974")}
	if got, want := m.summary(), "(67) Bas-Rhin, (68) Haut-Rhin, (974) La Réunion"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	n, alone := 0, 0
	for _, g := range m.groups() {
		n += len(g.Departments)
		if len(g.Departments) == 1 {
			alone++
		}
	}
	if n != 108 || alone != 0 {
		t.Errorf("%d departments in groups, %d groups of one; want 108 and none", n, alone)
	}
	written := render(t, DepartmentPicker(PickerModel{Field: Field{ID: "d", Label: "Départements"}, Regions: m.Regions}))
	if strings.Count(written, `name="region"`) != 13 {
		t.Errorf("%d whole regions offered, want the 13 of several departments", strings.Count(written, `name="region"`))
	}
	if got := len(regexp.MustCompile(`<input checked [^>]*name="departement"`).FindAllString(written, -1)); got != 3 {
		t.Errorf("%d departments are ticked, want 3", got)
	}
	if !strings.Contains(words(t, written), "2 sur 10") {
		t.Error("Grand Est does not say that 2 of its 10 departments are chosen")
	}
	if got := (PickerModel{NothingPicked: "Toute la France"}).summary(); got != "Toute la France" {
		t.Errorf("empty summary %q", got)
	}
}

func TestEveryDepartmentOfTheMapIsOne(t *testing.T) {
	known := map[string]bool{}
	for _, r := range galleryRegions() {
		for _, d := range r.Departments {
			known[d.Code] = true
		}
	}
	codes := regexp.MustCompile(`data-code="([^"]+)"`).FindAllStringSubmatch(string(assets.files["map/departements.svg"]), -1)
	if len(codes) != 96 {
		t.Errorf("%d areas on the map, want 96", len(codes))
	}
	for _, c := range codes {
		if !known[c[1]] {
			t.Errorf("the map has %s, which is no department", c[1])
		}
	}
}

func TestFailuresExplainThemselves(t *testing.T) {
	for status, want := range map[int]string{
		403: "Vous ne pouvez pas faire cela", 404: "Cette page n'existe pas", 422: "Cette demande ne peut pas être traitée",
		429: "Trop d'essais", 500: "Une erreur est survenue de notre fait", 503: "momentanément indisponible",
		418: "Cette demande ne peut pas être traitée", 502: "Une erreur est survenue de notre fait",
	} {
		got := words(t, render(t, ErrorPage(Page{}, Failure{Status: status, Reference: "REF-1"})))
		if !strings.Contains(got, want) || !strings.Contains(got, "REF-1") {
			t.Errorf("%d: %s", status, got)
		}
	}
	if got := render(t, ErrorPage(Page{}, Failure{Status: 422, Text: "La date limite est passée."})); !strings.Contains(got, "La date limite est passée.") {
		t.Error("the rule's sentence is not said")
	}
}

func TestConfirmationAsksByPostAndOffersAWayOut(t *testing.T) {
	got := render(t, ConfirmDelete(galleryConfirm()))
	for _, want := range []string{`method="post"`, "Supprimer la veille", `href="/entreprise/veilles"`, "douze mois", "définitive"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestWordsAgree(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{
		{0, "Aucun élément correspond"}, {1, "1 élément correspond"}, {4, "4 éléments correspondent"}, {12345, "12 345 éléments correspondent"},
	} {
		if got := words(t, render(t, CountLine(c.n, "élément correspond", "éléments correspondent"))); got != c.want {
			t.Errorf("%d: %q, want %q", c.n, got, c.want)
		}
	}
	if got := Number(-1234567); got != "-1\u202f234\u202f567" {
		t.Errorf("Number: %q", got)
	}
}

func TestCriteriaSayWhatIsMissingAndPutNoSpaceBeforeCommas(t *testing.T) {
	got := words(t, render(t, Crit([]Criterion{{"Mot clé", nil}, {"Organisme", Values("CeA")}})))
	if got != "Mot clé :non renseignéOrganisme :CeA" {
		t.Errorf("criteria read %q", got)
	}
	if list := render(t, Crit([]Criterion{{"Mots clés", Values("a", "b")}})); !strings.Contains(list, "<li>a</li><li>b</li>") {
		t.Errorf("values are not side by side: %s", list)
	}
}

func TestUnknownIconIsAnError(t *testing.T) {
	if err := Icon("absente").Render(context.Background(), &strings.Builder{}); err == nil {
		t.Error("an icon that does not exist was drawn")
	}
	if got := render(t, Icon("check")); !strings.Contains(got, `aria-hidden="true"`) || !strings.Contains(got, "<path") {
		t.Errorf("icon: %s", got)
	}
}

func TestEveryIconNamedInTheSourcesExists(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:Icon\(|Icon: )"([a-z0-9-]+)"`)
	seen := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".templ") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			seen++
			if _, ok := iconDrawings[m[1]]; !ok {
				t.Errorf("%s names the icon %s, which does not exist", f.Name(), m[1])
			}
		}
	}
	if seen == 0 {
		t.Error("no icon is named anywhere: the test looks at nothing")
	}
}
