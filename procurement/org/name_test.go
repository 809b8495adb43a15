package org_test

import (
	"context"
	"strings"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/org"
)

func TestABuyerIsCalledByItsBestName(t *testing.T) {
	const siret = strasbourg + "00019"
	type seen struct {
		name, on string
		times    int
	}
	for what, c := range map[string]struct {
		seen []seen
		want string
	}{
		"the most frequent":                    {[]seen{{"Ville de Strasbourg", "2026-01-05", 1}, {"Commune de Strasbourg", "2026-01-06", 2}}, "Commune de Strasbourg"},
		"as often, the most recent":            {[]seen{{"Commune de Strasbourg", "2026-01-06", 1}, {"Ville de Strasbourg", "2026-01-05", 1}}, "Commune de Strasbourg"},
		"nothing tells: the first":             {[]seen{{"Ville de Strasbourg", "", 1}, {"Commune de Strasbourg", "", 1}}, "Ville de Strasbourg"},
		"a name of years ago is a former one":  {[]seen{{"Communauté urbaine de Strasbourg", "2014-06-01", 9}, {"Eurométropole de Strasbourg", "2026-01-06", 1}}, "Eurométropole de Strasbourg"},
		"no capitals when it was ever written": {[]seen{{"VILLE DE STRASBOURG", "2026-01-06", 20}, {"Ville de Strasbourg", "2025-01-06", 1}}, "Ville de Strasbourg"},
		"capitals three times as often":        {[]seen{{"VILLE DE STRASBOURG", "2026-01-06", 3}, {"Commune de Strasbourg", "2026-01-06", 1}}, "Commune de Strasbourg"},
		"capitals five times as often":         {[]seen{{"VILLE DE STRASBOURG", "2026-01-06", 5}, {"Commune de Strasbourg", "2026-01-06", 1}}, "VILLE DE STRASBOURG"},
		"nothing but capitals":                 {[]seen{{"VILLE DE STRASBOURG", "2026-01-06", 3}}, "VILLE DE STRASBOURG"},
		"the accents that it has":              {[]seen{{"Ville de Sélestat", "2025-01-05", 1}, {"Ville de Selestat", "2026-01-05", 4}}, "Ville de Sélestat"},
		"no whisper":                           {[]seen{{"ville de strasbourg", "2026-01-05", 4}, {"Ville de Strasbourg", "2025-01-05", 1}}, "Ville de Strasbourg"},
		"an acronym is no shout":               {[]seen{{"SIVOM", "2026-01-05", 2}, {"Syndicat du Ried", "2026-01-05", 1}}, "SIVOM"},
		"a number alone, then a name":          {[]seen{{"", "2026-01-05", 3}, {"Ville de Strasbourg", "2025-01-05", 1}}, "Ville de Strasbourg"},
	} {
		t.Run(what, func(t *testing.T) {
			d, _ := dbtest.Open(t, dbtest.URL(t, db.SQLite))
			s := org.New(d, nil)
			var id string
			for _, one := range c.seen {
				for range one.times {
					id = sight2(t, d, org.Sighting{Name: one.name, SIRET: siret, Postcode: "67000", On: one.on})
				}
			}
			found, err := s.BuyersByID(context.Background(), []string{id})
			if err != nil || len(found) != 1 || found[0].Name != c.want {
				t.Errorf("%+v (%v), want %s", found, err, c.want)
			}
			if got, err := s.Suggest(context.Background(), c.want, 1); err != nil || len(got) != 1 || got[0].Name != c.want {
				t.Errorf("suggested %+v (%v)", got, err)
			}
		})
	}
}

// sight2 is sight with the day of publication.
func sight2(t *testing.T, d *db.DB, s org.Sighting) (id string) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
		c := org.NewBuyerCache(tx)
		if id, err = c.Sight(s); err != nil {
			return err
		}
		return c.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestWhatABuyerWasSeenUnderIsCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r, j := openWithJournal(t, d)
		_ = r
		var id string
		for _, s := range []org.Sighting{
			{Name: "Ville de Strasbourg", SIRET: strasbourg + "00019", On: "2026-03-02"}, {Name: "Ville de Strasbourg", SIRET: strasbourg, On: "2025-03-02"},
			{Name: "VILLE DE STRASBOURG", SIRET: strasbourg + "00019", On: ""}, {Name: "Ville de Strasbourg", SIRET: strasbourg + "00019", On: "2026-04-02"},
		} {
			id = sight2(t, d, s)
		}
		f, err := org.NewBuyers(d, j).Show(context.Background(), operator, strasbourg+"00027")
		if err != nil || f.ID != id || len(f.Members) != 1 {
			t.Fatalf("%+v (%v)", f, err)
		}
		var got []string
		for _, s := range append(f.Members[0].Names, f.Members[0].Numbers...) {
			got = append(got, strings.Join([]string{s.Value, string(rune('0' + s.Seen)), s.FirstOn, s.LastOn}, " "))
		}
		want := "Ville de Strasbourg 3 2025-03-02 2026-04-02|VILLE DE STRASBOURG 1  |21670482500019 3 2026-03-02 2026-04-02|216704825 1 2025-03-02 2025-03-02"
		if text := strings.Join(got, "|"); text != want || f.Members[0].Notices() != 4 {
			t.Errorf("%s, %d notices", text, f.Members[0].Notices())
		}
	})
}

func TestBuyersThatLookAlikeAreShownAndLeftApart(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		for _, s := range []org.Sighting{
			{Name: "Commune de Barr", Postcode: "67140", City: "Barr"}, {Name: "VILLE DE BARR", Postcode: "67141", City: "Barr"},
			{Name: "Commune d'Obernai", Postcode: "67210", City: "Obernai"}, {Name: "Commune d'Obernay", Postcode: "67210", City: "Obernai"},
			{Name: "Collège 2", Postcode: "68000", City: "Colmar"}, {Name: "Collège 3", Postcode: "68000", City: "Colmar"},
			{Name: "Mairie de Saint-Denis", Postcode: "93200"}, {Name: "Mairie de Saint-Denis", Postcode: "97400"}, {Name: "Mairie de Saint-Denis"},
			{Name: "Office de l'habitat", SIRET: denis93, Postcode: "93200"}, {Name: "Office de l'habitat", SIRET: "217500016", Postcode: "93200"},
			{Name: "Commune de Strasbourg", Postcode: "67000", City: "Strasbourg"}, {Name: "Commune de Strasbourg", SIRET: strasbourg, Postcode: "67000"},
		} {
			sight(t, k.DB, s)
		}
		before := k.Count("SELECT count(*) FROM buyer WHERE merged_into IS NULL")
		list := func(department string) map[string]org.Likeness {
			found, err := k.Duplicates(context.Background(), operator, department)
			k.must(err)
			out := map[string]org.Likeness{}
			for _, p := range found {
				names := []string{p.A.Name + " " + p.A.Postcode, p.B.Name + " " + p.B.Postcode}
				if names[0] > names[1] {
					names[0], names[1] = names[1], names[0]
				}
				out[strings.Join(names, " = ")] = p.Why
			}
			return out
		}
		got := list("")
		for pair, why := range map[string]org.Likeness{
			"Commune de Barr 67140 = VILLE DE BARR 67141":             org.NearNameHere,
			"Commune d'Obernai 67210 = Commune d'Obernay 67210":       org.NearNameHere,
			"Commune de Strasbourg 67000 = Ville de Strasbourg 67000": org.SeenWithNumber,
			"Mairie de Strasbourg 67076 = Ville de Strasbourg 67000":  org.NearNameHere,
			"Mairie de Saint-Denis  = Mairie de Saint-Denis 93200":    org.SameNameAway,
			"Office de l'habitat 93200 = Office de l'habitat 93200":   org.TwoNumbers,
		} {
			if has, ok := got[pair]; !ok || has != why {
				t.Errorf("%s: %v %v, want %v; all: %v", pair, ok, has, why, got)
			}
		}
		for _, pair := range []string{"Collège 2 68000 = Collège 3 68000", "Mairie de Saint-Denis 93200 = Mairie de Saint-Denis 97400"} {
			if why, ok := got[pair]; ok {
				t.Errorf("%s: %v", pair, why)
			}
		}
		if there := list("93"); len(there) == 0 || len(there) >= len(got) {
			t.Errorf("in 93: %v", there)
		}
		k.must(k.merge("Mairie", "Ville"))
		if _, still := list("67")["Mairie de Strasbourg 67076 = Ville de Strasbourg 67000"]; still {
			t.Error("what was merged is listed again")
		}
		if after := k.Count("SELECT count(*) FROM buyer WHERE merged_into IS NULL"); after != before-1 {
			t.Errorf("%d buyers stand, want %d", after, before-1)
		}
	})
}

func TestSuggestionsAreRankedAndTwinsToldApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		for range 4 {
			sight(t, d, org.Sighting{Name: "Ville de Colmar", Postcode: "68000", City: "Colmar"})
		}
		sight(t, d, org.Sighting{Name: "Mairie", Postcode: "67140", City: "Barr"}, org.Sighting{Name: "Mairie", Postcode: "68000", City: "Colmar"},
			org.Sighting{Name: "Habitats de Colmar", Postcode: "68000", City: "Colmar"},
			org.Sighting{Name: "Collège Foch", SIRET: strasbourg, Postcode: "67000", City: "Strasbourg"}, org.Sighting{Name: "Collège Foch", SIRET: lyon, Postcode: "67000", City: "Strasbourg"},
			org.Sighting{Name: "Colmar Agglomération", Postcode: "68000", City: "Colmar"})
		for typed, want := range map[string]string{
			"colmar":        "Colmar Agglomération — Colmar (68)|Ville de Colmar — Colmar (68)|Habitats de Colmar — Colmar (68)", // prefix, then the most frequent
			"mairie colmar": "Mairie — Colmar (68)",
			"mairie 67":     "Mairie — Barr (67)",
			"mairie 6":      "",
			"67":            "",
			"foch":          "Collège Foch — Strasbourg (67) — SIREN 216\u00a0704\u00a0825|Collège Foch — Strasbourg (67) — SIREN 200\u00a0046\u00a0977",
			strasbourg:      "Collège Foch — Strasbourg (67) — SIREN 216\u00a0704\u00a0825",
		} {
			found, err := r.org.Suggest(context.Background(), typed, 9)
			var got []string
			for _, b := range found {
				got = append(got, b.Label())
			}
			if text := strings.Join(got, "|"); err != nil || text != want {
				t.Errorf("%q: %s (%v), want %s", typed, text, err, want)
			}
		}
		found, exact, err := r.org.FindByName(context.Background(), "Collège Foch — Strasbourg (67) — SIREN 200 046 977")
		if err != nil || !exact || found[0].SIREN != lyon {
			t.Errorf("%+v %v (%v)", found, exact, err)
		}
		byID, err := r.org.BuyersByID(context.Background(), []string{found[0].ID})
		if err != nil || byID[0].Label() != "Collège Foch — Strasbourg (67) — SIREN 200\u00a0046\u00a0977" {
			t.Errorf("%q (%v)", byID[0].Label(), err)
		}
	})
}
