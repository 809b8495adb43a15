package public

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/web/ui"
)

func TestAnAddressSaysOnlyWhatIsNotUsual(t *testing.T) {
	for said, want := range map[string]string{
		"": "/annonces",
		"mots_cles=&mode=any&etat=ouvertes&tri=echeance&taille=20&page=1&organisme-saisi=": "/annonces",
		"taille=10&page=3&tri=parution":                                "/annonces?page=3&taille=10&tri=parution",
		"mode=all&mots_cles=a+%C3%A9t%C3%A9":                           "/annonces?mode=all&mots_cles=a+%C3%A9t%C3%A9",
		"departement=68&departement=67&region=94&etat=toutes":          "/annonces?departement=2A&departement=2B&departement=67&departement=68&etat=toutes",
		"departement=69M&departement=2a&departement=1&departement=69D": "/annonces?departement=01&departement=2A&departement=69",
		"departement=20": "/annonces?departement=2A&departement=2B",
		"organisme=b&organisme=a&organisme=b&organisme=": "/annonces?organisme=b&organisme=a",
	} {
		q, err := url.ParseQuery(said)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := readAsk(q)
		if got := a.url(a.Page); got != want {
			t.Errorf("%s: %s, want %s", said, got, want)
		}
	}
}

func TestADepartmentThatIsNoneIsRefused(t *testing.T) {
	for _, code := range []string{"96", "99", "69X", "067", "67,68"} {
		if _, faults := readAsk(url.Values{notice.FieldDepartments: {"67", code}}); len(faults) != 1 || faults[0].Field != notice.FieldDepartments {
			t.Errorf("%q: %v", code, faults)
		}
	}
	if a, faults := readAsk(url.Values{notice.FieldDepartments: {"67", ""}}); len(faults) > 0 || !slices.Equal(a.Criteria.Departments, []string{"67"}) {
		t.Errorf("a field that is left empty asks for %q (%v)", a.Criteria.Departments, faults)
	}
}

// Whatever an address says, the search's own address says the same search, and
// the page asked can be computed with.
func FuzzReadAsk(f *testing.F) {
	f.Add("mots_cles=voirie+%22gros+%C5%93uvre%22&mode=all&departement=67&page=1000000000&taille=100")
	f.Add("mots_cles=%ff&mode=x&departement=%00&region=COM&organisme=1&organisme-saisi=%ff&page=-1&etat=toutes&tri=parution")
	f.Fuzz(func(t *testing.T, query string) {
		q, _ := url.ParseQuery(query) // what can be read of it
		a, faults := readAsk(q)
		own := a.query()
		again, faultsAgain := readAsk(own)
		if diff := cmp.Diff(own, again.query()); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
		if len(faultsAgain) > len(faults) {
			t.Errorf("%q: more is wrong the second time: %v, %v", query, faults, faultsAgain)
		}
		if from := (a.Page - 1) * a.Size; from < 0 || a.Size < 10 || a.Size > 100 {
			t.Errorf("%q: from %d, size %d", query, from, a.Size)
		}
		if len(a.Criteria.Buyers) > notice.MaxBuyers+1 {
			t.Errorf("%q: %d organisms", query, len(a.Criteria.Buyers))
		}
	})
}

func TestWhatIsShownAgainCanBeShown(t *testing.T) {
	for typed, want := range map[string]string{
		"été": "été", "a\x00b\x1b": "ab", "\xff": "\ufffd", "a\u202eb": "ab", "a\nb\tc": "a\nb\tc", "<b>": "<b>",
	} {
		if got := printable(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestAmountsAreWrittenInFrench(t *testing.T) {
	for want, a := range map[string]struct {
		cents    int64
		currency string
	}{
		"": {0, "EUR"}, "0,05 €": {5, "EUR"}, "1 €": {100, "EUR"}, "12 500,50 €": {1250050, "EUR"}, "1 234 567,00": {123456700, ""}, "12 000 XPF": {1200000, "XPF"},
	} {
		want = strings.TrimSuffix(strings.ReplaceAll(want, " €", nbsp+"€"), ",00")
		want = strings.ReplaceAll(want, " XPF", nbsp+"XPF")
		if got := strings.ReplaceAll(money(a.cents, a.currency), "\u202f", " "); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
	if got := money(-5, "EUR"); got != "" {
		t.Errorf("no amount is negative: %q", got)
	}
	if got := day("2026-07-09") + day("juillet") + day(""); got != "09/07/2026juillet" {
		t.Errorf("%q", got)
	}
}

func TestATextKeepsItsLinesButNotItsVoids(t *testing.T) {
	got := paragraphs("\n\n un \ndeux\r\n\n" + strings.Repeat("\n", 100_000) + "trois\n")
	if diff := cmp.Diff([][]string{{"un", "deux"}, {"trois"}}, got); diff != "" {
		t.Error(diff)
	}
	if got := paragraphs(" \n\t\n"); got != nil {
		t.Errorf("%q", got)
	}
}

func TestCountriesThatASignUpOffers(t *testing.T) {
	labels := map[string]string{}
	for i, o := range countries() {
		if i > 0 && len(o.Value) != 2 {
			t.Errorf("%+v is no country", o)
		}
		if labels[o.Value] != "" {
			t.Errorf("%s twice", o.Value)
		}
		labels[o.Value] = o.Label
	}
	for code, want := range map[string]string{
		"DE": "Allemagne", "BE": "Belgique", "CH": "Suisse", "GB": "Royaume-Uni", "NC": "Nouvelle-Calédonie", "MK": "Macédoine du Nord",
		account.France: "", "GP": "", "RE": "", "UN": "", "EU": "", "SU": "",
	} {
		if labels[code] != want {
			t.Errorf("%s: %q, want %q", code, labels[code], want)
		}
	}
	if len(labels) < 200 {
		t.Errorf("%d countries", len(labels))
	}
	if got := countryOptions("DE"); !got[indexOf(got, "DE")].Chosen || got[0].Chosen || countries()[indexOf(got, "DE")].Chosen {
		t.Error("a choice is one visitor's")
	}
}

func indexOf(all []ui.Option, code string) int {
	return slices.IndexFunc(all, func(o ui.Option) bool { return o.Value == code })
}
