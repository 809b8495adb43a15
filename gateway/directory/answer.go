package directory

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// maxAnswer is the most that is read of an answer, in bytes, once inflated. One company
// with its seat and one establishment takes about 5 kB.
const maxAnswer = 256 << 10

// answer is the part of the service's JSON that we read. Its fields may be null.
type answer struct {
	Results      []unit `json:"results"`
	TotalResults *int   `json:"total_results"` // absent: this is not the service
}

// unit is a legal unit (« unité légale »).
type unit struct {
	SIREN    string  `json:"siren"`
	FullName string  `json:"nom_complet"` // with its initials and trade names between brackets
	Name     string  `json:"nom_raison_sociale"`
	State    string  `json:"etat_administratif"` // A active, C ceased
	Seat     *place  `json:"siege"`
	Matching []place `json:"matching_etablissements"` // the one whose SIRET was asked
}

// place is an establishment.
type place struct {
	SIRET    string `json:"siret"`
	Address  string `json:"adresse"` // in one line: street, postcode, city
	Postcode string `json:"code_postal"`
	City     string `json:"libelle_commune"`
	State    string `json:"etat_administratif"` // A active, F closed
}

// read understands an answer about one SIRET. It is org.ErrUnlisted when the answer
// holds no such establishment; an answer of another form is an error.
func read(from io.Reader, siret refdata.SIRET) (org.Entry, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	if err != nil {
		return org.Entry{}, fmt.Errorf("directory: answer cut: %w", err)
	}
	if len(text) > maxAnswer {
		return org.Entry{}, fmt.Errorf("directory: answer over %d bytes", maxAnswer)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return org.Entry{}, fmt.Errorf("directory: answer not understood: %w", err)
	}
	if a.TotalResults == nil {
		return org.Entry{}, fmt.Errorf("directory: answer without total_results")
	}
	for _, u := range a.Results {
		places := u.Matching
		if u.Seat != nil {
			places = append(places, *u.Seat)
		}
		for _, p := range places {
			// The service searches words too: only the very establishment counts.
			if p.SIRET == siret.String() && u.SIREN == siret.SIREN().String() {
				return entry(u, p), nil
			}
		}
	}
	return org.Entry{}, org.ErrUnlisted
}

func entry(u unit, p place) org.Entry {
	e := org.Entry{Name: shown(u.Name), Closed: p.State == "F" || u.State == "C"}
	if e.Name == "" && !masked(u.Name) {
		e.Name = shown(u.FullName)
	}
	e.Postal = postal(shown(p.Address), shown(p.Postcode), shown(p.City))
	return e
}

// masked tells a text that stands in the place of what its owner keeps.
func masked(s string) bool {
	s = strings.ToUpper(s)
	return strings.Contains(s, "[ND]") || strings.Contains(s, "NON-DIFFUSIBLE") || strings.TrimSpace(s) == "ND"
}

func shown(s string) string {
	if masked(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

// lastPostcode finds what ends a French address: five digits and a town. A street may
// hold five digits too (a post-office box): the last ones count.
var lastPostcode = regexp.MustCompile(`^(.*?)[\s,]*\b(\d{5})\s+(\D.*)$`)

// postal takes apart the line of an address. Postcode and city come from their own
// fields too, but the line has the ones of the post (« CEDEX »). Without a postcode,
// as abroad, no address is taken: half of one would be wrong.
func postal(line, postcode, city string) account.PostalAddress {
	if at := strings.LastIndex(line, postcode+" "); postcode != "" && at >= 0 {
		return account.PostalAddress{Street: strings.Trim(line[:at], " ,"), Postcode: postcode, City: strings.TrimSpace(line[at+len(postcode):])}
	}
	if m := lastPostcode.FindStringSubmatch(line); m != nil {
		return account.PostalAddress{Street: strings.Trim(m[1], " ,"), Postcode: m[2], City: strings.TrimSpace(m[3])}
	}
	if postcode != "" && city != "" {
		return account.PostalAddress{Street: line, Postcode: postcode, City: city}
	}
	return account.PostalAddress{}
}
