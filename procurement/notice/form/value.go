package form

import (
	"math"
	"strconv"
	"strings"
	"time"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// LotLabel joins a lot's number and title as people read them.
func LotLabel(number, name string) string {
	number, name = scrub.Token(number), scrub.Line(name)
	switch {
	case number == "":
		return name
	case name == "":
		return "Lot " + number
	}
	return "Lot " + number + " - " + name
}

// AmountIn reads an amount of a form: {"@DEVISE":"EUR","#text":"38820"} or {"valeur":"38820"}.
func AmountIn(v any) (cents int64, currency string) {
	value := tree.First(v, "valeur")
	if value == "" {
		value = tree.Text(v)
	}
	return Amount(value, tree.First(v, "@devise", "@currencyid", "devise"))
}

// Amount reads a sum of money in cents. Zero, negative and absurd ones say
// nothing: they are how forms are filled in when the amount is withheld.
func Amount(value, currency string) (cents int64, code string) {
	const absurd = 1e12 // euros
	value = strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f', '€':
			return -1
		case ',':
			return '.'
		}
		return c
	}, value)
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f > absurd {
		return 0, ""
	}
	if currency = strings.ToUpper(scrub.Token(currency)); currency == "" {
		currency = "EUR"
	}
	return int64(math.Round(f * 100)), currency
}

// Day is a date as YYYY-MM-DD. The first of January 2000 is what eForms writes
// for a date withheld.
func Day(raw string) string {
	const withheld = "2000-01-01"
	if _, err := time.Parse(time.DateOnly, raw); err == nil && raw != withheld { // as most are written
		return raw
	}
	m, ok := ReadMoment(raw)
	if !ok {
		return ""
	}
	if d := m.Wall.Format(time.DateOnly); d != withheld {
		return d
	}
	return ""
}

// Entitle gives a lot without a title the beginning of its description: FNS forms
// have no title of lots. A lot without either is none.
func Entitle(lot notice.Lot) (notice.Lot, bool) {
	if lot.Title == "" {
		lot.Title = scrub.Short(lot.Description)
	}
	if strings.EqualFold(lot.Title, scrub.Line(lot.Description)) {
		lot.Description = ""
	}
	return lot, lot.Title != ""
}
