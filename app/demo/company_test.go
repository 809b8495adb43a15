package demo

import (
	"testing"

	"parvis/procurement/refdata"
)

// Somebody who types these numbers must not be told that they are wrong.
func TestInventedCompaniesHaveNumbersThatPass(t *testing.T) {
	known := map[string]bool{}
	for _, c := range invented {
		for _, p := range c.Places {
			siret, err := refdata.ParseSIRET(p.SIRET)
			if err != nil || siret.SIREN().String() != c.SIREN {
				t.Errorf("%s: %v", p.SIRET, err)
			}
			known[p.SIRET] = true
		}
	}
	for _, one := range cast {
		if !known[one.siret] {
			t.Errorf("%s is not in the directory", one.Company)
		}
	}
}
