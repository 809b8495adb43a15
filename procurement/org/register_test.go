package org_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/org"
)

// registerOf is all that the register says, without the identifiers, which are drawn.
func registerOf(t interface{ Fatal(...any) }, d *db.DB) string {
	var all []string
	for _, query := range []string{
		"SELECT 'buyer ' || name || '|' || coalesce(siren, '') || '|' || postcode || '|' || city FROM buyer",
		"SELECT 'alias ' || a.key || '|' || b.name || '|' || coalesce(b.siren, '') FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id",
		"SELECT 'seen ' || b.name || '|' || coalesce(b.siren, '') || '|' || s.kind || '|' || s.value || '|' || s.seen || '|' || s.first_on || '|' || s.last_on FROM buyer_sighting s JOIN buyer b ON b.id = s.buyer_id",
	} {
		var part []string
		if err := d.Read(context.Background(), func(tx *db.Tx) error { return tx.All(&part, query) }); err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
	}
	sort.Strings(all)
	return strings.Join(all, "\n")
}

// TestWhatIsKeptOfTheRegisterIsTheRegister has two processes record sightings in turn,
// some of them in vain, while others change the register, and compares with a platform
// that reads everything again each time.
func TestWhatIsKeptOfTheRegisterIsTheRegister(t *testing.T) {
	var kept, fresh *db.DB
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		kept = d
		fresh, _ = dbtest.Open(t, dbtest.URL(t, d.Dialect()))
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			processes := []*org.Register{{}, {}}
			turn := int64(0)
			for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
				process := rapid.SampledFrom(processes).Draw(rt, "process")
				fails, between := rapid.IntRange(0, 5).Draw(rt, "fails") == 0, rapid.IntRange(0, 3).Draw(rt, "between") == 0
				sightings := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) org.Sighting {
					return org.Sighting{
						Name:     fmt.Sprintf("%s %d", rapid.SampledFrom([]string{"Mairie", "MAIRIE", "Ville", "Métropole"}).Draw(rt, "name"), run),
						SIRET:    rapid.SampledFrom([]string{"", "", strasbourg, lyon, denis93, "faux"}).Draw(rt, "siren"),
						Postcode: rapid.SampledFrom([]string{"67000", "69000", ""}).Draw(rt, "postcode"),
						On:       rapid.SampledFrom([]string{"", "2024-05-01", "2025-05-01", "2026-05-01"}).Draw(rt, "day"),
					}
				}), 0, 6).Draw(rt, "sightings")
				if turn++; between { // somebody else records, and changes the register
					turn++
					someone := []org.Sighting{{Name: fmt.Sprintf("Mairie %d", run), Postcode: "67000", SIRET: rapid.SampledFrom([]string{"", lyon}).Draw(rt, "other")}}
					record(rt, kept, someone, false, org.NewBuyerCache)
					record(rt, fresh, someone, false, org.NewBuyerCache)
				}
				if fails {
					turn-- // its turn did not happen either
				}
				record(rt, kept, sightings, fails, func(tx *db.Tx) *org.BuyerCache {
					c, err := process.Cache(tx, turn)
					if err != nil {
						rt.Fatal(err)
					}
					return c
				})
				record(rt, fresh, sightings, fails, org.NewBuyerCache)
			}
			if got, want := registerOf(rt, kept), registerOf(rt, fresh); got != want {
				rt.Fatalf("kept:\n%s\nread again each time:\n%s", got, want)
			}
		})
	})
}

// record resolves sightings in one transaction, which fails at its end if it must.
func record(rt *rapid.T, d *db.DB, sightings []org.Sighting, fails bool, begin func(*db.Tx) *org.BuyerCache) {
	rollback := errors.New("rollback")
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		c := begin(tx)
		if err := c.Prime(sightings); err != nil {
			return err
		}
		for _, s := range sightings {
			if _, err := c.Sight(s); err != nil {
				return err
			}
		}
		if err := c.Close(); err != nil || !fails {
			return err
		}
		return rollback
	})
	if err != nil && !errors.Is(err, rollback) {
		rt.Fatal(err)
	}
}
