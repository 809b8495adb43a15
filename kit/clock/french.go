package clock

import (
	"fmt"
	"strconv"
	"time"
)

var months = [...]string{"", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

var days = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}

// Short is the moment as lists show it: 29/07/2022 16:00.
func (i Instant) Short(zone *time.Location) string { return i.In(zone).Format("02/01/2006 15:04") }

// Day is the moment's day as lists show it: 29/07/2022.
func (i Instant) Day(zone *time.Location) string { return i.In(zone).Format("02/01/2006") }

// Long is the moment in full, where it decides: « mardi 29 juillet 2026 à 16 h 00 ».
func (i Instant) Long(zone *time.Location) string {
	t := i.In(zone)
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %s %d à %d\u00a0h\u00a0%02d", days[t.Weekday()], day, months[t.Month()], t.Year(), t.Hour(), t.Minute())
}

// DaysLeft counts the calendar days from now to the moment, on the clocks of
// zone: 0 is today, negative is past. Twenty-four hours are not a day when the
// hour changes.
func (i Instant) DaysLeft(now Instant, zone *time.Location) int {
	a, b := now.In(zone), i.In(zone)
	from := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	to := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(to.Sub(from).Hours() / 24)
}

// Left says how long remains: « aujourd'hui », « demain », « dans 3 jours », « close ».
func (i Instant) Left(now Instant, zone *time.Location) string {
	n := i.DaysLeft(now, zone)
	switch {
	case i < now:
		return "close"
	case n == 0:
		return "aujourd'hui"
	case n == 1:
		return "demain"
	}
	return fmt.Sprintf("dans\u00a0%d\u00a0jours", n)
}
