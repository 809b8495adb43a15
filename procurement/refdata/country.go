package refdata

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// renamed are countries that took another name after the tables were made.
var renamed = map[string]string{"MK": "Macédoine du Nord", "SZ": "Eswatini"}

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
