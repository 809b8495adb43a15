package form

import (
	"regexp"
	"strconv"
	"time"

	"parvis/kit/clock"
	"parvis/kit/scrub"
)

// Moment is a date as a source wrote it, before anybody has said on which clock.
type Moment struct {
	Wall      time.Time // the figures written, in UTC for want of a zone
	HasTime   bool
	Offset    int // seconds east of Greenwich, when HasOffset
	HasOffset bool
}

var (
	isoMoment    = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$`)
	frenchMoment = regexp.MustCompile(`^(\d{2})/(\d{2})/(\d{4})(?:\s*(?:à|,|-)?\s*(\d{1,2})\s*[hH:]\s*(\d{2})?)?$`)
)

// ReadMoment reads the source's forms of dates: ISO with or without hour and
// offset, an offset on a date alone, and French ones (« 27/01/2020 à 12h00 »).
func ReadMoment(raw string) (Moment, bool) {
	raw = scrub.Token(raw)
	if m := isoMoment.FindStringSubmatch(raw); m != nil {
		at, ok := wallTime(m[1], m[2], m[3], m[4], m[5], m[6])
		found := Moment{Wall: at, HasTime: m[4] != ""}
		found.Offset, found.HasOffset = offsetSeconds(m[7])
		return found, ok
	}
	if m := frenchMoment.FindStringSubmatch(raw); m != nil {
		at, ok := wallTime(m[3], m[2], m[1], m[4], m[5], "")
		return Moment{Wall: at, HasTime: m[4] != ""}, ok
	}
	return Moment{}, false
}

// wallTime refuses what no calendar or clock shows, such as 30 February.
func wallTime(year, month, day, hour, minute, second string) (time.Time, bool) {
	var n [6]int
	for i, s := range []string{year, month, day, hour, minute, second} {
		n[i], _ = strconv.Atoi(s) // digits by the pattern, or nothing: 0
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	ok := t.Year() == n[0] && int(t.Month()) == n[1] && t.Day() == n[2] && t.Hour() == n[3] && t.Minute() == n[4] && n[0] > 0
	return t, ok
}

func offsetSeconds(s string) (seconds int, ok bool) {
	if s == "" || s == "Z" {
		return 0, s == "Z"
	}
	hours, _ := strconv.Atoi(s[1:3]) // two digits by the pattern
	minutes, _ := strconv.Atoi(s[len(s)-2:])
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// In is the instant when a clock in that zone shows the figures. A date without
// an hour lasts until its end.
func (m Moment) In(zone *time.Location) clock.Instant {
	w := m.Wall
	if !m.HasTime {
		w = w.Add(23*time.Hour + 59*time.Minute)
	}
	return clock.At(time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone))
}

// UTC is the instant by the offset that was written; without one, as UTC.
func (m Moment) UTC() time.Time { return m.Wall.Add(-time.Duration(m.Offset) * time.Second) }

// Show is the date as corrections print it: « 23/01/2020 12:00 ».
func (m Moment) Show() string {
	if m.HasTime {
		return m.Wall.Format("02/01/2006 15:04")
	}
	return m.Wall.Format("02/01/2006")
}
