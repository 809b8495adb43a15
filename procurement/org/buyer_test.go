package org_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/org"
)

const (
	strasbourg = "216704825" // SIREN
	denis93    = "219300662"
	lyon       = "200046977"
)

// buyerFor is an import of one sighting.
func buyerFor(tx *db.Tx, s org.Sighting) (string, error) {
	cache := org.NewBuyerCache(tx)
	id, err := cache.Sight(s)
	return id, errors.Join(err, cache.Close())
}

// sight records one sighting after the other and gives their buyers' ids.
func sight(t *testing.T, d *db.DB, seen ...org.Sighting) (ids []string) {
	t.Helper()
	for _, s := range seen {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			id, err := buyerFor(tx, s)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
	}
	return ids
}

// groups writes which sightings are one buyer: "aab" means that the first two are.
func groups(ids []string) string {
	letters, out := map[string]byte{}, []byte{}
	for _, id := range ids {
		if letters[id] == 0 {
			letters[id] = byte('a' + len(letters))
		}
		out = append(out, letters[id])
	}
	return string(out)
}

var mergeCases = map[string]struct {
	seen []org.Sighting
	want string
}{
	"the same name and postcode, written otherwise": {[]org.Sighting{
		{Name: "Ville de Saint-Étienne", Postcode: "42000"}, {Name: " VILLE  DE SAINT-ETIENNE", Postcode: "42 000"},
		{Name: "Ville de Saint‑E\u0301tienne", Postcode: "42000 CEDEX"}}, "aaa"},
	"the same name elsewhere": {[]org.Sighting{
		{Name: "Mairie de Saint-Denis", Postcode: "93200"}, {Name: "Mairie de Saint-Denis", Postcode: "97400"}}, "ab"},
	"the same name, one without a postcode": {[]org.Sighting{
		{Name: "Mairie de Saint-Denis", Postcode: "93200"}, {Name: "Mairie de Saint-Denis"}}, "ab"},
	"no postcode, told apart by the town": {[]org.Sighting{
		{Name: "Mairie", City: "Obernai"}, {Name: "Mairie", City: "OBERNAI"}, {Name: "Mairie", City: "Barr"}}, "aab"},
	"one SIREN under several names and places": {[]org.Sighting{
		{Name: "Ville de Strasbourg", SIRET: strasbourg + "00019", Postcode: "67000"},
		{Name: "Commune de Strasbourg", SIRET: "216 704 825 00027", Postcode: "67076"}, {SIRET: strasbourg}}, "aaa"},
	"known by name, then gains its SIREN": {[]org.Sighting{
		{Name: "Ville de Strasbourg", Postcode: "67000"}, {Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000"},
		{Name: "Strasbourg, ville de", SIRET: strasbourg + "00019", Postcode: "67100"}}, "aaa"},
	"a name that a SIREN has brought leads there later": {[]org.Sighting{
		{Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000"}, {Name: "Mairie de Strasbourg", SIRET: strasbourg, Postcode: "67076"},
		{Name: "MAIRIE DE STRASBOURG", Postcode: "67076"}}, "aaa"},
	"two SIREN under one name and postcode": {[]org.Sighting{
		{Name: "Office de l'habitat", SIRET: strasbourg, Postcode: "67000"}, {Name: "Office de l'habitat", SIRET: lyon, Postcode: "67000"},
		{Name: "Office de l'habitat", Postcode: "67000"}, {Name: "Autre nom", SIRET: lyon}}, "abab"},
	"two buyers known apart stay apart when a SIREN could join them": {[]org.Sighting{
		{Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000"}, {Name: "Commune de Strasbourg", Postcode: "67000"},
		{Name: "Commune de Strasbourg", SIRET: strasbourg, Postcode: "67000"}, {Name: "Commune de Strasbourg", Postcode: "67000"}}, "abab"},
	"a number whose check digits fail proves nothing": {[]org.Sighting{
		{Name: "Ville de Lyon", SIRET: "20004697700018", Postcode: "69000"}, {Name: "Ville de Lyon", Postcode: "69000"},
		{Name: "Ville de Vienne", SIRET: "20004697700018", Postcode: "38200"}}, "aab"},
	"words in the field of the SIRET": {[]org.Sighting{
		{Name: "Ville de Lyon", SIRET: "Groupement de commandes", Postcode: "69000"}, {Name: "Ville de Lyon", SIRET: "FR 54", Postcode: "69000"}}, "aa"},
	"a SIREN without a name, named later": {[]org.Sighting{
		{SIRET: strasbourg}, {Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000"}}, "aa"},
	"nothing at all": {[]org.Sighting{{}, {Name: " "}, {Name: "\x00"}}, "aaa"},
}

func TestTwoBuyersAreOneOnlyOnTheSameKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		for what, c := range mergeCases {
			t.Run(what, func(t *testing.T) {
				for _, table := range []string{"buyer_alias", "buyer_sighting", "buyer"} {
					if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM " + table); return err }); err != nil {
						t.Fatal(err)
					}
				}
				if got := groups(sight(t, d, c.seen...)); got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
			})
		}
	})
}

func TestOneImportFindsWhatTheSightingsWouldOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		for what, c := range mergeCases {
			for _, primed := range []bool{true, false} {
				rollback := errors.New("rollback")
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					cache := org.NewBuyerCache(tx)
					if primed {
						if err := cache.Prime(c.seen); err != nil {
							return err
						}
					}
					var ids []string
					for _, s := range c.seen {
						id, err := cache.Sight(s)
						if err != nil {
							return err
						}
						ids = append(ids, id)
					}
					if got := groups(ids); got != c.want {
						t.Errorf("%s, primed %v: %s, want %s", what, primed, got, c.want)
					}
					return errors.Join(cache.Close(), rollback)
				})
				if !errors.Is(err, rollback) {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestNoOrderMergesTwoSIREN draws sightings in any order, in imports of any size:
// a buyer never has sightings of two SIREN, a SIREN never has two buyers, and what
// shares a key with an earlier one of no other SIREN is the same buyer.
func TestNoOrderMergesTwoSIREN(t *testing.T) {
	url := dbtest.URL(t, db.SQLite)
	d, _ := dbtest.Open(t, url)
	rapid.Check(t, func(rt *rapid.T) {
		rollback := errors.New("rollback")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			cache := org.NewBuyerCache(tx)
			siren, buyer := map[string]string{}, map[string]string{}
			for range rapid.IntRange(1, 40).Draw(rt, "sightings") {
				if rapid.Bool().Draw(rt, "next import") {
					if err := cache.Close(); err != nil {
						return err
					}
					cache = org.NewBuyerCache(tx)
				}
				s := org.Sighting{
					Name:     rapid.SampledFrom([]string{"Mairie", "MAIRIE", "Ville", ""}).Draw(rt, "name"),
					SIRET:    rapid.SampledFrom([]string{"", strasbourg, lyon, denis93, "faux"}).Draw(rt, "siren"),
					Postcode: rapid.SampledFrom([]string{"67000", "69000", ""}).Draw(rt, "postcode"),
				}
				id, err := cache.Sight(s)
				if err != nil {
					return err
				}
				if len(s.SIRET) != 9 {
					continue
				}
				if was, ok := siren[id]; ok && was != s.SIRET {
					rt.Fatalf("buyer %s has the SIREN %s and %s", id, was, s.SIRET)
				}
				if was, ok := buyer[s.SIRET]; ok && was != id {
					rt.Fatalf("SIREN %s leads to %s and %s", s.SIRET, was, id)
				}
				siren[id], buyer[s.SIRET] = s.SIRET, id
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			rt.Fatal(err)
		}
	})
}

func TestABuyerGainsWhatWasBlank(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		show := func(id string) org.Buyer {
			got, err := r.org.BuyersByID(context.Background(), []string{id})
			if err != nil || len(got) != 1 {
				t.Fatalf("%+v (%v)", got, err)
			}
			return got[0]
		}
		id := sight(t, d, org.Sighting{SIRET: strasbourg})[0]
		if b := show(id); b.Title() != "SIREN 216\u00a0704\u00a0825" || b.Label() != b.Title() || b.Department() != "" {
			t.Errorf("%+v: %q", b, b.Label())
		}
		sight(t, d, org.Sighting{Name: "Ville de  Strasbourg", SIRET: strasbourg, Postcode: "67076 Cedex", City: "Strasbourg"})
		if b := show(id); b.Label() != "Ville de Strasbourg — Strasbourg (67)" {
			t.Errorf("%+v: %q", b, b.Label())
		}
		sight(t, d, org.Sighting{Name: "Commune de Strasbourg", SIRET: strasbourg, Postcode: "75001", City: "Paris"})
		if b := show(id); b.Label() != "Ville de Strasbourg — Strasbourg (67)" {
			t.Errorf("what was known has changed: %q", b.Label())
		}
		if b := (org.Buyer{}); b.Title() != "Acheteur non précisé" {
			t.Errorf("%q", b.Title())
		}
		again, err := r.org.BuyersByID(context.Background(), []string{"nothing", id, "' OR 1=1--"})
		if err != nil || len(again) != 1 {
			t.Errorf("%+v (%v)", again, err)
		}
	})
}

// What sources write may be anything: the register takes it or its beginning.
func TestTheRegisterTakesHostileSightings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		r := open(t, d)
		seen := []org.Sighting{
			{Name: strings.Repeat("é\u0301\U0001F600", 100_000), Postcode: strings.Repeat("9", 5000), City: strings.Repeat("x", 5000)},
			{Name: "Mairie\x00 de\r\nBarr\u2028", SIRET: "\x00", Postcode: "\xff67140", City: "\xc3\x28"},
			{Name: "'; DROP TABLE buyer;--", SIRET: "' OR 1=1--", Postcode: "%", City: "_"},
			{Name: "<script>alert(1)</script>", Postcode: "name:x|67000"},
			{Name: "a|67000", Postcode: ""}, {Name: "a", Postcode: "67000"},
		}
		ids := sight(t, d, seen...)
		if got := groups(ids); got != "abcdef" {
			t.Errorf("%s", got)
		}
		if again := sight(t, d, seen...); !slices.Equal(again, ids) {
			t.Errorf("seen again: %s", groups(append(ids, again...)))
		}
		found, exact, err := r.org.FindByName(context.Background(), "mairie de barr")
		if err != nil || !exact || found[0].Name != "Mairie de Barr" || found[0].Postcode != "67140" {
			t.Errorf("%+v, %v (%v)", found, exact, err)
		}
	})
}

func TestTwoImportsAtOnceMakeEachBuyerOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ids := make([][]string, 4)
		var all sync.WaitGroup
		for w := range ids {
			all.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					var seen []org.Sighting
					for i := range 60 {
						n := (i*7 + w*13) % 60 // each in its own order
						seen = append(seen, org.Sighting{Name: fmt.Sprintf("Mairie %d", n), Postcode: "67000"})
					}
					cache := org.NewBuyerCache(tx)
					if err := cache.Prime(seen); err != nil {
						return err
					}
					for _, s := range seen {
						id, err := cache.Sight(s)
						if err != nil {
							return err
						}
						ids[w] = append(ids[w], id)
					}
					return cache.Close()
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for w := range ids {
			slices.Sort(ids[w])
			if !slices.Equal(ids[w], ids[0]) {
				t.Errorf("import %d found other buyers", w)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM buyer"); n != 60 {
			t.Errorf("%d buyers, want 60", n)
		}
	})
}

func FuzzSighting(f *testing.F) {
	d, _ := dbtest.Open(f, dbtest.URL(f, db.SQLite))
	f.Add("Ville de Strasbourg", "21670482500019", "67000", "Strasbourg")
	f.Add("\x00|", "siren:1", "~", "\xff")
	f.Fuzz(func(t *testing.T, name, siret, postcode, city string) {
		rollback, seen := errors.New("rollback"), org.Sighting{Name: name, SIRET: siret, Postcode: postcode, City: city}
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			first, err := buyerFor(tx, seen)
			if err != nil {
				return err
			}
			again, err := buyerFor(tx, seen)
			if err == nil && again != first {
				t.Errorf("seen twice, two buyers: %q %q %q %q", name, siret, postcode, city)
			}
			return errors.Join(err, rollback)
		})
		if !errors.Is(err, rollback) || strings.Contains(err.Error(), "constraint") {
			t.Fatalf("%q %q %q %q: %v", name, siret, postcode, city, err)
		}
	})
}
