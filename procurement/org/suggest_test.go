package org_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/text"
	"parvis/procurement/org"
)

func names(buyers []org.Buyer) (out []string) {
	for _, b := range buyers {
		out = append(out, b.Name)
	}
	return out
}

var alsace = []org.Sighting{
	{Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000", City: "Strasbourg"},
	{Name: "Eurométropole de Strasbourg", Postcode: "67076", City: "Strasbourg"},
	{Name: "Strasbourg Habitat", Postcode: "67000", City: "Strasbourg"},
	{Name: "Communauté de communes du Pays de Barr", Postcode: "67140", City: "Barr"},
	{Name: "École nationale d'administration", Postcode: "67000", City: "Strasbourg"},
	{Name: "S.I.V.U. des Œuvres de l'Ill", Postcode: "68000", City: "Colmar"},
	{Name: "Mairie de Saint-Denis", Postcode: "93200", City: "Saint-Denis"},
	{Name: "Mairie de Saint-Denis", Postcode: "97400", City: "Saint-Denis"},
	{Name: "Parc naturel régional", Postcode: "67000", City: "Aubure"},
	{Name: "Parc naturel régional", Postcode: "68000", City: "Aubure"},
}

func TestOrganismsAreSuggestedFromTheFirstLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		sight(t, d, alsace...)
		sight(t, d, org.Sighting{Name: "Mairie de Strasbourg", SIRET: strasbourg, Postcode: "67070"}) // another name of the first
		for typed, want := range map[string][]string{
			"":                   nil,
			"  ":                 nil,
			"'":                  nil,
			"%":                  nil,
			"_":                  nil,
			"b":                  {"Communauté de communes du Pays de Barr"},
			"stras":              {"Strasbourg Habitat", "Eurométropole de Strasbourg", "Ville de Strasbourg"},
			"STRAS ville":        {"Ville de Strasbourg"},
			"de strasbourg":      {"Eurométropole de Strasbourg", "Ville de Strasbourg"},
			"mairie de strasb":   {"Ville de Strasbourg"}, // by its other name
			"ecole":              {"École nationale d'administration"},
			"administration":     {"École nationale d'administration"},
			"d'admin":            {"École nationale d'administration"},
			"sivu oeuvres":       {"S.I.V.U. des Œuvres de l'Ill"},
			"S.I.V.U.":           {"S.I.V.U. des Œuvres de l'Ill"},
			"ill":                {"S.I.V.U. des Œuvres de l'Ill"},
			"saint denis":        {"Mairie de Saint-Denis", "Mairie de Saint-Denis"},
			"trasbourg":          nil, // the end of a word is not its beginning
			"strasbourg paris":   nil,
			"' OR 1=1--":         nil,
			"<script>":           nil,
			"eurometropole \x00": {"Eurométropole de Strasbourg"},
		} {
			got, err := r.org.Suggest(context.Background(), typed, 10)
			if diff := cmp.Diff(want, names(got)); err != nil || diff != "" {
				t.Errorf("%q (%v): %s", typed, err, diff)
			}
		}
		got, err := r.org.Suggest(context.Background(), "mairie saint", 10)
		if err != nil || len(got) != 2 || got[0].Label() != "Mairie de Saint-Denis — Saint-Denis (93)" ||
			got[1].Label() != "Mairie de Saint-Denis — Saint-Denis (974)" {
			t.Errorf("namesakes: %+v (%v)", got, err)
		}
		for limit, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2} {
			if got, err := r.org.Suggest(context.Background(), "s", limit); err != nil || len(got) != want {
				t.Errorf("limit %d: %v (%v)", limit, names(got), err)
			}
		}
		if _, err := r.org.Suggest(context.Background(), strings.Repeat("a b ", 100_000), 10); err != nil {
			t.Errorf("a megabyte: %v", err)
		}
	})
}

func TestANewOrganismIsSuggestedAtOnceToEveryReplica(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, here, there := context.Background(), open(t, d), open(t, d)
		found := func(r rooms, typed string) []string {
			got, err := r.org.Suggest(ctx, typed, 10)
			if err != nil {
				t.Fatal(err)
			}
			return names(got)
		}
		if got := found(there, "stras"); got != nil {
			t.Fatalf("%v", got)
		}
		sight(t, d, alsace[0])
		for _, r := range []rooms{here, there} {
			if got := found(r, "stras"); !slices.Equal(got, []string{"Ville de Strasbourg"}) {
				t.Errorf("%v", got)
			}
		}
		sight(t, d, org.Sighting{SIRET: lyon})
		if got := found(there, "siren 200"); !slices.Equal(got, []string{""}) {
			t.Errorf("without a name: %v", got)
		}
		sight(t, d, org.Sighting{Name: "Métropole de Lyon", SIRET: lyon, Postcode: "69000"})
		if got := found(there, "siren 200"); got != nil {
			t.Errorf("once named: %v", got)
		}
		if got := found(there, "lyon"); !slices.Equal(got, []string{"Métropole de Lyon"}) {
			t.Errorf("once named: %v", got)
		}
	})
}

func TestAnImportTellsTheFollowersInFewLines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		if got, err := r.org.Suggest(context.Background(), "m", 50); err != nil || got != nil {
			t.Fatal(got, err)
		}
		importMany(t, d, 450)
		if n := number(t, d, "SELECT count(*) FROM change WHERE kind = 'buyer'"); n != 3 {
			t.Errorf("%d lines for 450 buyers, want 3", n)
		}
		for _, typed := range []string{"mairie 0", "mairie 449"} {
			if got, err := r.org.Suggest(context.Background(), typed, 50); err != nil || len(got) != 1 {
				t.Errorf("%s: %v (%v)", typed, names(got), err)
			}
		}
		importMany(t, d, 450)
		if n := number(t, d, "SELECT count(*) FROM change WHERE kind = 'buyer'"); n != 3 {
			t.Errorf("%d lines after an import that brings nothing new", n)
		}
	})
}

func importMany(t testing.TB, d *db.DB, n int) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		var seen []org.Sighting
		for i := range n {
			seen = append(seen, org.Sighting{Name: fmt.Sprintf("Mairie %d de la commune de Saint-Exemple", i), Postcode: fmt.Sprintf("%05d", 1000+i%94000), City: "Saint-Exemple"})
		}
		cache := org.NewBuyerCache(tx)
		if err := cache.Prime(seen); err != nil {
			return err
		}
		for _, s := range seen {
			if _, err := cache.Sight(s); err != nil {
				return err
			}
		}
		return cache.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestANameTypedWithoutJavaScript(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		sight(t, d, alsace...)
		sight(t, d, org.Sighting{Name: "Mairie de Strasbourg", SIRET: strasbourg, Postcode: "67070"})
		for typed, c := range map[string]struct {
			want  []string
			exact bool
		}{
			"":                      {nil, false},
			"ville de strasbourg":   {[]string{"Ville de Strasbourg"}, true},
			"MAIRIE DE STRASBOURG":  {[]string{"Ville de Strasbourg"}, true},
			"mairie de saint-denis": {[]string{"Mairie de Saint-Denis", "Mairie de Saint-Denis"}, false},
			"Mairie de Saint-Denis — Saint-Denis (974)": {[]string{"Mairie de Saint-Denis"}, true},
			"Parc naturel régional — Aubure (67)":       {[]string{"Parc naturel régional"}, true},
			"strasbourg h":                              {[]string{"Strasbourg Habitat"}, false}, // a candidate, even alone
			"inconnu":                                   {nil, false},
		} {
			got, exact, err := r.org.FindByName(context.Background(), typed)
			if diff := cmp.Diff(c.want, names(got)); err != nil || diff != "" || exact != c.exact {
				t.Errorf("%q: exact %v (%v) %s", typed, exact, err, diff)
			}
		}
	})
}

// TestSuggestAgreesWithANaiveScan takes words apart in another way and sorts
// everything: slow, and obviously right.
func TestSuggestAgreesWithANaiveScan(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	r := open(t, d)
	var all []string
	for _, a := range []string{"Ville", "Mairie", "Commune", "Syndicat", "Département"} {
		for _, b := range []string{"de Barr", "d'Obernai", "du Val-de-Ville", "des Vosges"} {
			all = append(all, a+" "+b)
			sight(t, d, org.Sighting{Name: a + " " + b, Postcode: "67000"})
		}
	}
	cut := func(s string) []string {
		return strings.FieldsFunc(text.Fold(s), func(r rune) bool { return strings.ContainsRune(" '-", r) })
	}
	rapid.Check(t, func(rt *rapid.T) {
		typed := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"v", "vil", "d", "de", "barr", "o", "s", "Va", "com", "é", "dép"}), 1, 3).Draw(rt, "typed"), " ")
		var first, rest []string
		for _, name := range all {
			matches := !slices.ContainsFunc(cut(typed), func(w string) bool {
				return !slices.ContainsFunc(cut(name), func(n string) bool { return strings.HasPrefix(n, w) })
			})
			switch {
			case matches && strings.HasPrefix(strings.Join(cut(name), " "), strings.Join(cut(typed), " ")):
				first = append(first, name)
			case matches:
				rest = append(rest, name)
			}
		}
		byWords := func(a, b string) int { return strings.Compare(strings.Join(cut(a), " "), strings.Join(cut(b), " ")) }
		slices.SortFunc(first, byWords)
		slices.SortFunc(rest, byWords)
		want := append(first, rest...)
		limit := rapid.IntRange(1, 25).Draw(rt, "limit")
		want = want[:min(limit, len(want))]
		got, err := r.org.Suggest(context.Background(), typed, limit)
		if err != nil || !slices.Equal(names(got), want) {
			rt.Fatalf("%q: %v (%v), want %v", typed, names(got), err, want)
		}
	})
}

// BenchmarkSuggest measures the worst questions on a national register: below
// twenty milliseconds is the promise.
func BenchmarkSuggest(b *testing.B) {
	d, _ := dbtest.Open(b, dbtest.URL(b, db.SQLite))
	importMany(b, d, 15_000)
	s := org.New(d, nil)
	for _, typed := range []string{"m", "s", "commune saint", "zz"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Suggest(context.Background(), typed, 20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
