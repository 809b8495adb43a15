package refdata

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is one that a company may come from.
type Country struct {
	Code string // ISO 3166, two letters
	Name string // in French
}

// withSIRET are France and the parts of it that have an ISO code of their own and whose
// companies have a SIRET all the same. New Caledonia, Polynesia and Wallis keep
// registers of their own.
var withSIRET = []string{"FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"}

// noCompany are codes that no company's register goes by: empty land, military
// bases, unions of states.
var noCompany = []string{"AC", "AQ", "BV", "CP", "DG", "EA", "EU", "EZ", "GS", "HM", "IC", "IO", "QO", "TA", "TF", "UM", "UN"}

// renamed are countries that took another name after the tables were made.
var renamed = map[string]string{"MK": "Macédoine du Nord", "SZ": "Eswatini"}

// Countries are those whose companies have no SIRET, named and sorted in French.
func Countries() []Country { return slices.Clone(countries()) }

var countries = sync.OnceValue(func() []Country {
	names := display.Regions(language.French)
	var out []Country
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || region.String() != code || !region.IsCountry() || region.Canonicalize() != region ||
				slices.Contains(withSIRET, code) || slices.Contains(noCompany, code) {
				continue
			}
			name := renamed[code]
			if name == "" {
				name = names.Name(region)
			}
			if name != "" {
				out = append(out, Country{Code: code, Name: name})
			}
		}
	}
	order := collate.New(language.French)
	slices.SortFunc(out, func(a, b Country) int { return order.CompareString(a.Name, b.Name) })
	return out
})

// CountryName is the French name of a country by its ISO 3166 code of two letters; the
// code itself when it names none.
func CountryName(code string) string {
	if name := renamed[code]; name != "" {
		return name
	}
	region, err := language.ParseRegion(code)
	if err != nil || len(code) != 2 {
		return code
	}
	if name := display.Regions(language.French).Name(region); name != "" {
		return name
	}
	return code
}
