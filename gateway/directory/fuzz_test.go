package directory

import (
	"errors"
	"strings"
	"testing"

	"parvis/procurement/account"
	"parvis/procurement/org"
)

// Whatever the answer is, reading it ends, and what it gives can be shown.
func FuzzRead(f *testing.F) {
	f.Add(`{"results":[{"siren":"732829320","nom_complet":"A (B)","nom_raison_sociale":"A","siege":{"siret":"73282932000074","adresse":"1 RUE X 67000 STRASBOURG","code_postal":"67000","libelle_commune":"STRASBOURG","etat_administratif":"A"},"matching_etablissements":[]}],"total_results":1}`)
	f.Add(`{"results":[{"siren":"732829320","nom_raison_sociale":"[ND]","matching_etablissements":[{"siret":"73282932000074","adresse":"[NON-DIFFUSIBLE]"}]}],"total_results":1}`)
	f.Add(`{"results":null,"total_results":null}`)
	f.Add(`{"erreur":"x"}`)
	f.Fuzz(func(t *testing.T, body string) {
		e, err := read(strings.NewReader(body), "73282932000074")
		if err != nil && e != (org.Entry{}) || err == nil && !strings.Contains(body, "results") {
			t.Errorf("%q: %+v, %v", body, e, err)
		}
		if errors.Is(err, org.ErrUnlisted) && !strings.Contains(body, "total_results") {
			// A key may differ by its case only: encoding/json takes it all the same.
			if !strings.Contains(strings.ToLower(body), "total_") {
				t.Errorf("%q is taken for an answer", body)
			}
		}
		if masked(e.Name) || masked(e.Postal.Street) || masked(e.Postal.City) {
			t.Errorf("%q: a mask is shown: %+v", body, e)
		}
		if !e.Postal.IsZero() && (len(e.Postal.Postcode) == 0 || e.Postal.City == "" && e.Postal.Street == "") {
			t.Errorf("%q: half an address: %+v", body, e)
		}
	})
}

func TestAnAddressIsTakenApart(t *testing.T) {
	for _, c := range []struct {
		line, postcode, city string
		want                 account.PostalAddress
	}{
		{"12 RUE DES TILLEULS 67600 SELESTAT", "67600", "SELESTAT", account.PostalAddress{Street: "12 RUE DES TILLEULS", Postcode: "67600", City: "SELESTAT"}},
		{"8 RUE DU PORT 67012 STRASBOURG CEDEX 1", "67000", "STRASBOURG", account.PostalAddress{Street: "8 RUE DU PORT", Postcode: "67012", City: "STRASBOURG CEDEX 1"}},
		{"BP 12345 97400 SAINT-DENIS", "", "", account.PostalAddress{Street: "BP 12345", Postcode: "97400", City: "SAINT-DENIS"}},
		{"67600 SELESTAT", "67600", "SELESTAT", account.PostalAddress{Postcode: "67600", City: "SELESTAT"}},
		{"LE BOURG", "48000", "MENDE", account.PostalAddress{Street: "LE BOURG", Postcode: "48000", City: "MENDE"}},
		{"HAUPTSTRASSE 4 KEHL", "", "", account.PostalAddress{}},
		{"", "67600", "", account.PostalAddress{}},
		{"", "", "", account.PostalAddress{}},
	} {
		if got := postal(c.line, c.postcode, c.city); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.line, got, c.want)
		}
	}
}
