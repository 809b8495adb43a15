package company

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parvis/kit/clock"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// quoted puts a text between French quotation marks.
func quoted(s string) string { return "«\u00a0" + s + "\u00a0»" }

// unbroken keeps quotation marks with what they enclose.
func unbroken(s string) string {
	return strings.NewReplacer("« ", "«\u00a0", " »", "\u00a0»").Replace(s)
}

// enumerated writes a list in a sentence, cut after most: « a, b et 3 autres ».
func enumerated(all []string, most int) string {
	switch n := len(all); {
	case n > most+1:
		return strings.Join(all[:most], ", ") + " et " + ui.Number(n-most) + " autres"
	case n > 1:
		return strings.Join(all[:n-1], ", ") + " et " + all[n-1]
	}
	return strings.Join(all, "")
}

// visible makes a hostile text safe to show again in a field of one line: what cannot be
// read becomes the replacement character, what cannot be seen goes. A browser would join
// what a line break parts, so that one becomes a space.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == '\u202e' || r == '\u202d':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// rhythm says when a watch's mails leave.
func rhythm(w *watch.Watch) string {
	if w.Frequency == watch.Immediate {
		return "dès la publication"
	}
	if w.Frequency == watch.Weekly {
		return "chaque " + weekdayNames[w.Weekday] + " à " + hour(w.Hour)
	}
	return "tous les jours à " + hour(w.Hour)
}

// lastDay is the last day of a pause, which ends at midnight.
func lastDay(w *watch.Watch) time.Time { return w.PausedUntil.In(clock.Paris).AddDate(0, 0, -1) }

func hour(h int) string { return strconv.Itoa(h) + "\u00a0h" }

// frenchDay writes a day of the form 2026-11-24 as 24/11/2026, and anything else as it is.
func frenchDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// countWords agrees what CountLine says, none included.
func countWords(n int) (one, many string) {
	if n == 0 {
		return "élément ne correspond à vos critères de recherche", ""
	}
	return "élément correspond à vos critères de recherche", "éléments correspondent à vos critères de recherche"
}

// perWeek says how many notices a week that makes.
func perWeek(n int) string {
	if n == 0 {
		return "aucun avis par semaine d'après les quatre dernières"
	}
	return fmt.Sprintf("environ %s\u00a0avis par semaine d'après les quatre dernières", ui.Number(n))
}
