package refine_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/refine"
	"parvis/web/ui"
)

// What an address says is what was asked: shared, it is the same search.
func TestAnAddressSaysAllThatIsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zé<"& ]{0,12}`)
		some := func(name string, of ...string) []string {
			var out []string
			for _, one := range of {
				if rapid.Bool().Draw(t, name+one) {
					out = append(out, one)
				}
			}
			return out
		}
		yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
		asked := notice.Refinement{
			Exclude: word.Draw(t, "exclude"), TitleOnly: yes("title"), Services: yes("services"), NoNational: yes("national"), CPV: some("cpv", "45421000", "90000000", "x"),
			Broader: yes("broader"), Categories: some("nature", "works", "x"), Kinds: some("kind", "award", "vea"), Sources: some("source", "boamp"),
			MinDays: rapid.SampledFrom([]string{"", "0", "10", "x"}).Draw(t, "days"), ExcludeBuyers: some("without", "a", "b"), ExcludeCPV: some("without code", "45421000", "x"),
		}
		if yes("and") {
			asked.Combine = "and"
		}
		q := url.Values{}
		refine.Form{Refinement: asked}.Address(q)
		back, err := url.ParseQuery(q.Encode())
		if err != nil {
			t.Fatalf("%v", err)
		}
		if diff := cmp.Diff(asked, refine.Read(back).Refinement, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestABoxTickedUnlessOneSaysOtherwise(t *testing.T) {
	for query, out := range map[string]bool{
		"": false, "france_entiere=non&france_entiere=oui": false, "france_entiere=oui": false, "france_entiere=non": true, "france_entiere=%ff": true,
	} {
		f, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := refine.Read(f).NoNational; got != out {
			t.Errorf("%q: left out %v, want %v", query, got, out)
		}
	}
}

func TestACodeIsTakenAwayByItsButton(t *testing.T) {
	f := refine.Read(url.Values{"cpv": {"45421000-4", "90000000", "90000000"}, "retirer-cpv": {"90000000"}, "cpv_exclu": {"90000000"}})
	if diff := cmp.Diff([]string{"45421000"}, f.CPV); diff != "" || !f.Changed {
		t.Errorf("changed %v: %s", f.Changed, diff)
	}
	f = refine.Read(url.Values{"cpv": {"45421000"}, "cpv_exclu": {"45421000-4", "90000000"}, "organisme_exclu": {"a", "b"}, "retirer-cpv_exclu": {"45421000"}, "retirer-organisme_exclu": {"a"}})
	if diff := cmp.Diff([][]string{{"45421000"}, {"90000000"}, {"b"}}, [][]string{f.CPV, f.ExcludeCPV, f.ExcludeBuyers}); diff != "" || !f.Changed {
		t.Errorf("changed %v: %s", f.Changed, diff)
	}
}

func TestALongListIsCut(t *testing.T) {
	var all []string
	for i := range 5000 {
		all = append(all, strings.Repeat("x", i%300))
	}
	f := refine.Read(url.Values{"cpv": all, "nature": all, "type_avis": all, "source": all, "organisme_exclu": all, "cpv_exclu": all})
	for _, list := range [][]string{f.CPV, f.Categories, f.Kinds, f.Sources, f.ExcludeBuyers, f.ExcludeCPV} {
		if len(list) > 100 {
			t.Errorf("%d kept", len(list))
		}
	}
}

func TestCriteriaAreToldInWords(t *testing.T) {
	if got := refine.Told(notice.Criteria{Keywords: []string{"voirie"}}, nil); got != nil {
		t.Errorf("nothing asked, told %v", got)
	}
	told := refine.Told(notice.Criteria{
		Keywords: []string{"voirie"}, Exclude: []string{"amiante"}, CPV: []string{"45"}, Combine: notice.And, Categories: []refdata.Category{refdata.Works, refdata.Supplies}, MinDays: 3,
	}, []ui.Picked{{ID: "45", Label: "45 — Travaux"}})
	want := []ui.Criterion{
		{Label: "Mot exclu", Values: ui.Values("amiante")}, {Label: "Code CPV", Values: ui.Values("45 — Travaux")}, {Label: "Mots clés et codes", Values: ui.Values("les deux")},
		{Label: "Natures", Values: ui.Values("Travaux", "Fournitures")}, {Label: "Jours restants", Values: ui.Values("3 au moins")},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

func TestAHostileSectionIsShownAsText(t *testing.T) {
	const attack = "\"><script>alert(1)</script>\xff\x00\u202e"
	f := refine.Read(url.Values{"exclus": {attack}, "cpv": {attack}, "cpv-saisi": {attack}, "cpv-propose": {attack}, "jours_restants": {attack}, "nature": {attack},
		"organisme_exclu": {attack}, "organisme_exclu-saisi": {attack}, "organisme_exclu-propose": {attack}, "cpv_exclu": {attack}, "cpv_exclu-saisi": {attack}, "cpv_exclu-propose": {attack}})
	for _, l := range []*refine.Looked{&f.Codes, &f.OutBuyers, &f.OutCodes} {
		l.Chosen, l.Candidates = []ui.Picked{{ID: "1", Label: "<b>"}}, []ui.Picked{{ID: "2", Label: "<i>"}}
	}
	var page strings.Builder
	if err := refine.Section(f, ui.Errors{{Field: "exclus", Text: "<u>"}}, true).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	if html := page.String(); strings.Contains(html, "<script") || strings.Contains(html, "<b>") || strings.Contains(html, "<i>") || strings.Contains(html, "<u>") ||
		strings.ContainsAny(html, "\x00\u202e") || !utf8.ValidString(html) || !strings.Contains(html, "<details class=\"fold\" open>") {
		t.Errorf("%s", html)
	}
}
