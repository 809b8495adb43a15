package demo

import (
	"net"
	"net/http"
	"time"

	"parvis/gateway/directory/rehearsal"
	"parvis/procurement/refdata"
	pages "parvis/web/demo"
)

// invented are the companies that the demonstration's directory knows: those of the
// cast, and others to sign up with, one of which has closed and one of which keeps its
// name from the public. Their numbers pass the arithmetic and are nobody's.
var invented = []rehearsal.Company{
	{SIREN: "123456782", Name: "Menuiserie Muller", Places: []rehearsal.Place{
		{SIRET: "12345678200002", Street: "12 rue des Tilleuls", Postcode: "67600", City: "Sélestat"},
		{SIRET: "12345678200010", Street: "3 rue de la Scierie", Postcode: "68000", City: "Colmar", Closed: true},
	}},
	{SIREN: "987654324", Name: "Propreté des Vosges", Places: []rehearsal.Place{{SIRET: "98765432400001", Street: "8 quai de la Moselle", Postcode: "88000", City: "Épinal"}}},
	{SIREN: "111111118", Name: "Charpentes du Ried", Places: []rehearsal.Place{{SIRET: "11111111800019", Street: "Zone artisanale, 4 rue du Bois", Postcode: "67150", City: "Erstein"}}},
	{SIREN: "222222226", Name: "Camille Durand", Person: true, Hidden: true, Places: []rehearsal.Place{{SIRET: "22222222600011", Street: "1 rue Haute", Postcode: "67000", City: "Strasbourg"}}},
}

// listedCompanies is what the first page says of them.
func listedCompanies() []pages.Company {
	var out []pages.Company
	for _, c := range invented {
		for _, p := range c.Places {
			said := c.Name + ", " + p.City
			switch {
			case p.Closed:
				said += " (fermé)"
			case c.Hidden:
				said = "un nom que l'annuaire ne publie pas"
			}
			out = append(out, pages.Company{Number: refdata.SIRET(p.SIRET).Pretty(), Said: said})
		}
	}
	return out
}

// companies is the directory's program, on this machine.
type companies struct {
	http.Server
	url string
}

// listCompanies starts it.
func listCompanies() (*companies, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &companies{url: "http://" + l.Addr().String()}
	c.Handler, c.ReadHeaderTimeout = rehearsal.New(invented...), 10*time.Second
	go func() { _ = c.Serve(l) }() // until Close; what it says then is no fault
	return c, nil
}
