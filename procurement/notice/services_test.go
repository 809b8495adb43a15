package notice_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// A body named after another, at the same place and without a number of its own, is a
// service of it, in the search as in the scan, however late either was first seen.
func TestServicesOfAnOrganism(t *testing.T) {
	buyer := func(id, name, siret, postcode string) notice.Record {
		r := noticetest.Call(id, "Entretien")
		r.Buyer = notice.BuyerRecord{Name: name, SIRET: siret, Postcode: postcode}
		return r
	}
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		h.Record(false,
			buyer("service", "Ville de Sélestat - Service des sports", "", "67600"),
			buyer("elsewhere", "Ville de Sélestat - Service des sports", "", "67000"),
			buyer("number", "Ville de Sélestat (régie)", "73282932000074", "67600"),
			buyer("namesake", "Ville de Sélestat-sur-Mer", "", "67600"),
			buyer("mairie annex", "Mairie annexe", "", "67600"))
		h.Record(false, buyer("city", "VILLE DE SELESTAT", "21670462500014", "67600"), buyer("mairie", "Mairie", "", "67600"))
		of := func(sourceID string) (id string) {
			h.Read(func(tx *db.Tx) error {
				return tx.One(&id, "SELECT buyer_id FROM notice WHERE source_id = $1", sourceID)
			})
			return id
		}
		cases := []struct {
			chosen   string
			services bool
			want     []string
		}{
			{"city", false, []string{"city"}},
			{"city", true, []string{"city", "service"}},
			{"service", true, []string{"service"}},
			{"mairie", true, []string{"mairie"}},
		}
		var all []*notice.Notice
		h.Read(func(tx *db.Tx) (err error) {
			var ids []string
			if err := tx.All(&ids, "SELECT id FROM notice"); err != nil {
				return err
			}
			all, err = notice.ByIDs(tx, ids)
			return err
		})
		for _, c := range cases {
			criteria := notice.Criteria{Buyers: []string{of(c.chosen)}, Services: c.services}
			page, err := h.Notices.Search(context.Background(), access.Anybody(), notice.Search{Criteria: criteria, Size: 9})
			if err != nil {
				t.Fatal(err)
			}
			q, err := notice.Compile(criteria)
			if err != nil {
				t.Fatal(err)
			}
			var searched, scanned []string
			for _, n := range page.Notices {
				searched = append(searched, n.SourceID)
			}
			for _, n := range all {
				if q.Matches(n.Subject(h.Clock.Now())) {
					scanned = append(scanned, n.SourceID)
				}
			}
			slices.Sort(searched)
			slices.Sort(scanned)
			if diff := cmp.Diff(c.want, searched); diff != "" {
				t.Errorf("%+v, search (-want +got):\n%s", c, diff)
			}
			if diff := cmp.Diff(c.want, scanned); diff != "" {
				t.Errorf("%+v, scan (-want +got):\n%s", c, diff)
			}
		}
	})
}

// TestServicesAreFollowedAsTheyWouldBeRead has a register grow, learn numbers and gain
// names, bit by bit: the index knows the services that one which reads them all knows.
func TestServicesAreFollowedAsTheyWouldBeRead(t *testing.T) {
	names := []string{"Ville de Rive", "Ville de Rive - Sports", "Ville de Rive - Sports (piscine)", "VILLE DE RIVE", "Ville de Rive-Haute", "Rive"}
	sirets := []string{"", "", "", "21670462500014", "73282932000074"}
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		number, most := 0, 0
		rapid.Check(t, func(t *rapid.T) {
			var batch []notice.Record
			for range rapid.IntRange(1, 4).Draw(t, "size") {
				buyer := notice.BuyerRecord{Name: rapid.SampledFrom(names).Draw(t, "name"), SIRET: rapid.SampledFrom(sirets).Draw(t, "siret"),
					Postcode: rapid.SampledFrom([]string{"", "67600", "67601", "67602", "67603", "67604"}).Draw(t, "postcode")}
				for range rapid.SampledFrom([]int{1, 1, 1, min(number+1, 60)}).Draw(t, "times") { // so often that its name becomes another
					number++
					r := noticetest.Call(fmt.Sprint("n", number), "Entretien")
					r.Buyer = buyer
					batch = append(batch, r)
				}
			}
			h.Record(false, batch...)
			if err := h.Notices.Load(context.Background()); err != nil {
				t.Fatal(err)
			}
			fresh := notice.NewService(h.DB, nil)
			if err := fresh.Load(context.Background()); err != nil {
				t.Fatal(err)
			}
			want := fresh.Index().Services()
			most = max(most, len(want))
			if diff := cmp.Diff(want, h.Notices.Index().Services()); diff != "" {
				t.Fatalf("after %+v (-read +followed):\n%s", batch, diff)
			}
		})
		if most < 4 {
			t.Errorf("only %d bodies ever had services", most)
		}
	})
}
