package public

import (
	"slices"
	"sync"

	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// countries are those a company may come from. The first choice is France, where the
// SIRET says all.
var countries = sync.OnceValue(func() []ui.Option {
	out := []ui.Option{{Label: "France (l'entreprise a un SIRET)"}}
	for _, c := range refdata.Countries() {
		out = append(out, ui.Option{Value: c.Code, Label: c.Name})
	}
	return out
})

// countryOptions ticks the country that was chosen.
func countryOptions(chosen string) []ui.Option {
	out := slices.Clone(countries())
	for i := range out {
		out[i].Chosen = out[i].Value == chosen
	}
	return out
}
