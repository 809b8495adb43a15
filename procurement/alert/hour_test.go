package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/procurement/watch"
)

// A server that was off from 06:50 to 09:20 serves at once, and once, the hours
// that it missed.
func TestTheHoursMissedAreServedOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, w := range []struct {
			name string
			hour int
		}{{"six", 6}, {"sept", 7}, {"huit", 8}, {"neuf", 9}, {"dix", 10}} {
			h.plant(w.name, watch.Daily, w.hour, w.name+"@exemple.fr")
		}
		h.publish(call("1", "Menuiseries de l'école"))
		h.tomorrow(6, 50)
		h.told("at six", "six@exemple.fr: Menuiseries de l'école (six)")
		h.tomorrow(9, 20)
		h.told("at twenty past nine", "sept@exemple.fr: Menuiseries de l'école (sept)",
			"huit@exemple.fr: Menuiseries de l'école (huit)", "neuf@exemple.fr: Menuiseries de l'école (neuf)")
		h.tomorrow(9, 21)
		h.told("a minute later")
		h.tomorrow(10, 0)
		h.told("at ten", "dix@exemple.fr: Menuiseries de l'école (dix)")
		h.tomorrow(24+24*3, 5) // three days off: every hour was missed
		h.told("nothing is new")
	})
}

func TestThreeDaysOffAreServedOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.plant("sept", watch.Daily, 7, "sept@exemple.fr")
		h.plant("seize", watch.Daily, 16, "seize@exemple.fr")
		h.digests()
		h.publish(call("1", "Menuiseries de l'école"))
		h.tomorrow(72, 5)
		h.told("three days later", "sept@exemple.fr: Menuiseries de l'école (sept)", "seize@exemple.fr: Menuiseries de l'école (seize)")
		h.tomorrow(72+7, 0)
		h.tomorrow(72+16, 0)
		h.told("on their hours")
	})
}

// F11, F12: on 29/03/2026 the clocks of Paris skip two o'clock; on 25/10/2026 they show it
// twice. Each hour's watches get one digest each day all the same.
func TestTheChangeOfHourMakesOneDigest(t *testing.T) {
	days := []struct {
		name string
		noon time.Time // the day before
	}{
		{"the hour that is missing", time.Date(2026, 3, 28, 12, 0, 0, 0, clock.Paris)},
		{"the hour that comes twice", time.Date(2026, 10, 24, 12, 0, 0, 0, clock.Paris)},
		{"an ordinary night", time.Date(2026, 6, 10, 12, 0, 0, 0, clock.Paris)},
	}
	for _, day := range days {
		t.Run(day.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.Set(day.noon)
				h.digests()
				names := []string{"un", "deux", "trois", "quatre"}
				for i, name := range names {
					h.plant(name, watch.Daily, i+1, name+"@exemple.fr")
				}
				first := call("1", "Menuiseries de l'école")
				first.Deadline = clock.At(day.noon.AddDate(0, 0, 20))
				h.publish(first)
				// Every half hour of real time from midnight to six.
				midnight := clock.At(time.Date(day.noon.Year(), day.noon.Month(), day.noon.Day()+1, 0, 0, 0, 0, clock.Paris))
				for half := range 12 {
					h.Set(midnight.Add(time.Duration(half) * 30 * time.Minute).Time())
					h.digests()
					if half == 5 { // in the middle of the repeated hour
						second := call("2", "Menuiseries de la nuit")
						second.Deadline = first.Deadline
						h.publish(second)
					}
				}
				got := map[string]int{}
				for _, m := range h.mails() {
					if slices.Contains(titles(m), fmt.Sprintf("Menuiseries de l'école (%s)", strings.TrimSuffix(m.To[0], "@exemple.fr"))) {
						got[m.To[0]] += 10 // the first notice
					}
					got[m.To[0]]++
				}
				want := map[string]int{"un@exemple.fr": 11, "deux@exemple.fr": 11, "trois@exemple.fr": 11, "quatre@exemple.fr": 11}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("of the first notice (tens) and in all (-want +got):\n%s", diff)
				}
			})
		})
	}
}
