package notice_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

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
