package intake

import (
	"time"

	"parvis/kit/clock"
)

// awake is how much time of which a gazette may be expected to bring something new lies
// between two instants: all of it but public holidays, on which it brings next to nothing
// or nothing at all. It comes out on Saturdays and Sundays like on any day.
func awake(from, to clock.Instant) time.Duration {
	const tooLong = 400 * 24 * time.Hour
	passed := to.Sub(from)
	if passed <= 0 || passed > tooLong {
		return passed
	}
	for t := from; t < to; {
		at := t.In(clock.Paris)
		midnight := min(clock.At(time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, clock.Paris)), to)
		if holiday(at) {
			passed -= midnight.Sub(t)
		}
		t = midnight
	}
	return passed
}

// patienceEnds is when a gazette that brought something new at an instant, and nothing
// since, is said to be silent.
func patienceEnds(from clock.Instant) clock.Instant {
	left := Patience
	for t := from; ; {
		at := t.In(clock.Paris)
		midnight := clock.At(time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, clock.Paris))
		if !holiday(at) {
			if today := midnight.Sub(t); today < left {
				left -= today
			} else {
				return t.Add(left)
			}
		}
		t = midnight
	}
}

// holiday tells whether a day is a public holiday of the whole of France (code du
// travail, article L. 3133-1).
func holiday(t time.Time) bool {
	switch [2]int{int(t.Month()), t.Day()} {
	case [2]int{1, 1}, [2]int{5, 1}, [2]int{5, 8}, [2]int{7, 14}, [2]int{8, 15}, [2]int{11, 1}, [2]int{11, 11}, [2]int{12, 25}:
		return true
	}
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	switch int(day.Sub(easter(t.Year())).Hours()) / 24 {
	case 1, 39, 50: // Easter Monday, Ascension Day, Whit Monday
		return true
	}
	return false
}

// easter is Easter Sunday of a year, by the rule of the Gregorian calendar as Oudin gives it.
func easter(year int) time.Time {
	g, c := year%19, year/100
	h := (c - c/4 - (8*c+13)/25 + 19*g + 15) % 30
	i := h - h/28*(1-29/(h+1)*((21-g)/11))
	j := (year + year/4 + i + 2 - c + c/4) % 7
	l := i - j
	month := 3 + (l+40)/44
	return time.Date(year, time.Month(month), l+28-31*(month/4), 0, 0, 0, 0, time.UTC)
}
