package company

import (
	"strconv"

	"github.com/a-h/templ"

	"parvis/kit/clock"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// hours are the hours that a digest may leave at, and the one that is chosen even when
// it is none of them.
func (f formPage) hours() ui.Choice {
	const first, last = 5, 21
	chosen := f.Typed.Hour
	if chosen < 0 || chosen > 23 {
		chosen = watch.DefaultHour
	}
	c := ui.Choice{Width: ui.Short, Field: ui.Field{Name: watch.FieldHour, Label: "Heure de l'envoi", Hint: "À Paris\u00a0; sans effet dès la publication.", Error: f.beside(watch.FieldHour)}}
	for h := range 24 {
		if h >= first && h <= last || h == chosen {
			c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(h), Label: hour(h), Chosen: h == chosen})
		}
	}
	return c
}

var weekdayNames = [...]string{1: "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}

func (f formPage) weekdays() []ui.Option {
	chosen := f.Typed.Weekday
	if chosen < 1 || chosen >= len(weekdayNames) {
		chosen = watch.DefaultWeekday
	}
	var out []ui.Option
	for d := 1; d < len(weekdayNames); d++ {
		out = append(out, ui.Option{Value: strconv.Itoa(d), Label: weekdayNames[d], Chosen: d == chosen})
	}
	return out
}

// weekdayFault ties the list of days to what is wrong with it, which the group says.
func (f formPage) weekdayFault() templ.Attributes {
	if f.beside(watch.FieldWeekday) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "rythme-erreur"}
}

func (f formPage) pause() ui.Input {
	return ui.Input{
		Field: ui.Field{Name: watch.FieldPause, Label: "En pause jusqu'au", Error: f.beside(watch.FieldPause),
			Hint: "Dernier jour sans message, facultatif. La veille reste active\u00a0: ce qu'elle trouve d'ici là vous est envoyé ensuite, s'il est encore temps d'y répondre."},
		Type: "date", Value: visible(f.Typed.Pause), Width: ui.Short,
	}
}

// pausedOn is the last day of a watch's pause, as a calendar's field wants it; empty when
// it speaks.
func pausedOn(w *watch.Watch, now clock.Instant) string {
	if !w.Paused(now) {
		return ""
	}
	return lastDay(w).Format("2006-01-02")
}
