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

// written makes a correction's text readable: the gazette gives a date limit as
// 2026-12-03T12:00 or with an offset, on the clocks of the buyer's place. Any other
// text is left as it is.
func written(text string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("02/01/2006 15:04")
		}
	}
	return day(text)
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
