package public

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"parvis/procurement/account"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// withSIRET are the parts of France that have an ISO code of their own and whose
// companies have a SIRET all the same. New Caledonia, Polynesia and Wallis keep
// registers of their own.
var withSIRET = []string{account.France, "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"}

// noCompany are codes that no company's register goes by: empty land, military
// bases, unions of states.
var noCompany = []string{"AC", "AQ", "BV", "CP", "DG", "EA", "EU", "EZ", "GS", "HM", "IC", "IO", "QO", "TA", "TF", "UM", "UN"}

// countries are those a company may come from, named and sorted in French. The
// first choice is France, where the SIRET says all.
var countries = sync.OnceValue(func() []ui.Option {
	var out []ui.Option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || region.String() != code || !region.IsCountry() || region.Canonicalize() != region ||
				slices.Contains(withSIRET, code) || slices.Contains(noCompany, code) {
				continue
			}
			if name := refdata.CountryName(code); name != code {
				out = append(out, ui.Option{Value: code, Label: name})
			}
		}
	}
	order := collate.New(language.French)
	slices.SortFunc(out, func(a, b ui.Option) int { return order.CompareString(a.Label, b.Label) })
	return append([]ui.Option{{Label: "France (l'entreprise a un SIRET)"}}, out...)
})

// countryOptions ticks the country that was chosen.
func countryOptions(chosen string) []ui.Option {
	out := slices.Clone(countries())
	for i := range out {
		out[i].Chosen = out[i].Value == chosen
	}
	return out
}
