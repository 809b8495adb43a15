package alert_test

import (
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/watch"
)

// on moves to an hour of November or December 2026 and does what is due. The tests
// begin on Tuesday the 24th of November.
func (h *house) on(month time.Month, day, hour, minute int) {
	h.t.Helper()
	h.Set(time.Date(2026, month, day, hour, minute, 0, 0, clock.Paris))
	h.digests()
}

func weekly(name string, weekday, hour int) watch.Form {
	f := daily(name, hour)
	f.Frequency, f.Weekday = "weekly", weekday
	return f
}

func TestAWeeklyWatchIsMailedOnItsDayOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, weekly("Jeudi", 4, 7))
		h.create(by, weekly("Dimanche", 7, 18))
		h.digests()
		h.publish(call("1", "Menuiseries de l'école"))
		h.on(11, 25, 7, 0)
		h.told("on Wednesday")
		h.on(11, 26, 6, 59)
		h.told("on Thursday, a minute before")
		h.on(11, 26, 7, 0)
		h.told("on Thursday", odile+": Menuiseries de l'école (Jeudi, Dimanche)")
		h.publish(call("2", "Menuiseries du lycée"))
		h.on(11, 29, 18, 0)
		h.told("on Sunday", odile+": Menuiseries du lycée (Jeudi, Dimanche)")
		h.on(12, 3, 7, 0)
		h.told("the next Thursday")
	})
}

// A server that was off for days serves the weekly watches that it missed, once.
func TestAWeekMissedIsServedOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		back int // of November
		want []string
	}{
		{"off over Thursday", 28, []string{"jeudi@exemple.fr: Menuiseries de l'école (jeudi)"}},
		{"off over both", 30, []string{"dimanche@exemple.fr: Menuiseries de l'école (dimanche)", "jeudi@exemple.fr: Menuiseries de l'école (jeudi)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.plant("jeudi", watch.Daily, 7, "jeudi@exemple.fr")
				h.plant("dimanche", watch.Daily, 18, "dimanche@exemple.fr")
				h.Write(func(tx *db.Tx) error {
					_, err := tx.Exec("UPDATE watch SET frequency = 'weekly', weekday = CASE WHEN name = 'jeudi' THEN 4 ELSE 7 END")
					return err
				})
				h.digests()
				h.publish(call("1", "Menuiseries de l'école"))
				h.on(11, c.back, 9, 20)
				h.told("back", c.want...)
				h.on(11, c.back, 10, 0)
				h.told("an hour later")
			})
		})
	}
}

// What would be over before the day comes does not wait for it.
func TestAnUrgentNoticeDoesNotWaitForItsDay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), weekly("Jeudi", 4, 7))
		h.digests()
		soon, later := call("1", "Menuiseries de l'école"), call("2", "Menuiseries du lycée")
		soon.Deadline = clock.At(time.Date(2026, 11, 26, 6, 0, 0, 0, clock.Paris))
		h.publish(soon, later)
		h.told("at once", odile+": Menuiseries de l'école (Jeudi)")
		h.on(11, 26, 7, 0)
		h.told("on Thursday", odile+": Menuiseries du lycée (Jeudi)")
	})
}

// A pause is silence, not deafness: what was found meanwhile and can still be answered
// comes once it is over, whatever the rhythm, and once.
func TestWhatWasFoundDuringAPauseComesAfterIt(t *testing.T) {
	for _, c := range []struct {
		name string
		form watch.Form
		day  int // of November, of the first mail after the pause
		next int // and of the next
	}{
		{"at once", immediate("Bois"), 27, 28}, {"every day", daily("Bois", 7), 27, 28}, {"every Sunday", weekly("Bois", 7, 7), 29, 36},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				by := h.odile()
				id := h.create(by, c.form)
				h.digests()
				paused := c.form
				paused.Pause = "2026-11-26"
				h.edit(by, id, paused)
				over := call("1", "Menuiseries du gymnase")
				over.Deadline = clock.At(time.Date(2026, 11, 25, 12, 0, 0, 0, clock.Paris))
				h.publish(over, call("2", "Menuiseries de l'école"))
				h.on(11, 25, 7, 0)
				h.on(11, 26, 23, 59)
				h.told("during the pause")
				h.on(11, 27, 0, 30)
				h.on(11, c.day, 7, 0)
				h.told("after it", odile+": Menuiseries de l'école (Bois)")
				h.publish(call("3", "Menuiseries du lycée"))
				h.on(11, c.next, 7, 0)
				h.told("later", odile+": Menuiseries du lycée (Bois)")
			})
		})
	}
}

func TestAPauseThatIsEndedEarly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		paused := immediate("Bois")
		paused.Pause = "2026-12-24"
		h.edit(by, id, paused)
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("during the pause")
		h.on(11, 24, 15, 0)
		h.edit(by, id, immediate("Bois"))
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("at once, what is new", odile+": Menuiseries du lycée (Bois)")
		h.on(11, 24, 16, 0)
		h.told("within the hour, what was found", odile+": Menuiseries de l'école (Bois)")
		h.on(11, 24, 17, 0)
		h.told("later")
	})
}

// A pause asked for between a match and its mail holds the mail back, and loses nothing
// of it.
func TestAPauseBeforeTheMailLeavesOnlyDelaysIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.digests()
		h.publish(call("1", "Menuiseries de l'école"))
		paused := immediate("Bois")
		paused.Pause = "2026-11-26"
		h.edit(by, id, paused)
		h.told("at once")
		h.on(11, 26, 23, 0)
		h.told("during the pause")
		h.on(11, 27, 0, 5)
		h.told("after it", odile+": Menuiseries de l'école (Bois)")
		h.on(11, 28, 7, 0)
		h.told("later")
	})
}

// Another watch of the same reader speaks for itself.
func TestAPausedWatchIsNotNamedByAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.create(by, immediate("Ateliers"))
		h.digests()
		h.publish(call("1", "Menuiseries de l'école"))
		paused := immediate("Bois")
		paused.Pause = "2026-11-26"
		h.edit(by, id, paused)
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("at once", odile+": Menuiseries de l'école (Ateliers)", odile+": Menuiseries du lycée (Ateliers)")
		h.on(11, 27, 7, 0)
		h.told("after the pause")
	})
}
