package public

import (
	"strconv"
	"time"

	"parvis/web/ui"
)

// money writes an amount in French form, « 12 500,50 € »; "" when there is none.
func money(cents int64, currency string) string {
	if cents <= 0 {
		return ""
	}
	euros, rest := cents/100, cents%100
	text := ui.Number(int(euros))
	if rest > 0 {
		text += "," + strconv.FormatInt(100+rest, 10)[1:]
	}
	switch currency {
	case "":
		return text
	case "EUR":
		return text + nbsp + "€"
	}
	return text + nbsp + currency
}

// day writes a date of the gazette, 2026-07-29, as people read it; what is no date
// is left as it is.
func day(written string) string {
	t, err := time.Parse(time.DateOnly, written)
	if err != nil {
		return written
	}
	return t.Format("02/01/2006")
}
