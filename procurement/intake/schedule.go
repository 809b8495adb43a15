package intake

import (
	"math/rand/v2"
	"time"

	"parvis/kit/clock"
)

// When a gazette is fetched, on the clocks of Paris: before the first digests leave, and
// after its second edition.
var slots = []struct{ hour, minute int }{{5, 30}, {13, 30}}

// spreadMinutes is how far after the hour platforms spread themselves.
const spreadMinutes = 25

// farthest is how long ahead something can be due: the longest night, and the hour that
// the clocks go back. What is due later was written by a clock that was wrong.
const farthest = 17*time.Hour + spreadMinutes*time.Minute

// nextSlot is the first slot after now.
func nextSlot(now clock.Instant, spread time.Duration) clock.Instant {
	t := now.In(clock.Paris)
	for day := 0; ; day++ {
		for _, s := range slots {
			at := clock.At(time.Date(t.Year(), t.Month(), t.Day()+day, s.hour, s.minute, 0, 0, clock.Paris).Add(spread))
			if at > now {
				return at
			}
		}
	}
}

// How long a fetch that failed waits: twice as long each time.
const (
	shortestWait = 5 * time.Minute
	longestWait  = 2 * time.Hour
	// mostAsked is the longest that a gazette may ask for itself: who asks for more is
	// asked again all the same, or a year written in the place of a minute would be one.
	mostAsked = 12 * time.Hour
)

// waitAfter is how long to wait after so many failures in a row. No two platforms that
// failed together come back together.
func waitAfter(failures int, asked time.Duration) time.Duration {
	wait := longestWait
	if doublings := failures - 1; doublings < 8 {
		wait = min(shortestWait<<max(doublings, 0), longestWait)
	}
	wait = max(wait, min(asked, mostAsked))
	return wait + rand.N(wait/5)
}

// Days of the window.
const (
	again    = 7  // days that are read again each time: late notices, and corrected ones
	furthest = 60 // days: hardly a call is open longer; what is older is imported by hand
)

// day is the day of an instant in Paris.
func day(at clock.Instant) string { return at.In(clock.Paris).Format(time.DateOnly) }

// shift moves a day.
func shift(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day) // in UTC, where every day has 24 hours
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// window says from which day to read, when all up to a day (« » for none) was read
// whole once; anew is that it begins, or begins again after too long an absence.
func window(today, whole string) (from string, anew bool) {
	switch {
	case whole == "":
		return shift(today, -again), true
	case whole < shift(today, -furthest):
		return shift(today, -furthest), true
	}
	return max(shift(min(whole, today), -again), shift(today, -furthest)), false
}
