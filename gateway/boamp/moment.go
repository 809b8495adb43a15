package boamp

import (
	"regexp"
	"strconv"
	"time"

	"parvis/kit/clock"
)

// moment is a date as a source wrote it, before anybody has said on which clock.
type moment struct {
	wall      time.Time // the figures written, in UTC for want of a zone
	hasTime   bool
	offset    int // seconds east of Greenwich, when hasOffset
	hasOffset bool
}

var (
	isoMoment    = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$`)
	frenchMoment = regexp.MustCompile(`^(\d{2})/(\d{2})/(\d{4})(?:\s*(?:à|,|-)?\s*(\d{1,2})\s*[hH:]\s*(\d{2})?)?$`)
)

// readMoment reads the source's forms of dates: ISO with or without hour and
// offset, an offset on a date alone, and French ones (« 27/01/2020 à 12h00 »).
func readMoment(raw string) (moment, bool) {
	raw = token(raw)
	if m := isoMoment.FindStringSubmatch(raw); m != nil {
		at, ok := wallTime(m[1], m[2], m[3], m[4], m[5], m[6])
		found := moment{wall: at, hasTime: m[4] != ""}
		found.offset, found.hasOffset = offsetSeconds(m[7])
		return found, ok
	}
	if m := frenchMoment.FindStringSubmatch(raw); m != nil {
		at, ok := wallTime(m[3], m[2], m[1], m[4], m[5], "")
		return moment{wall: at, hasTime: m[4] != ""}, ok
	}
	return moment{}, false
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

// in is the instant when a clock in that zone shows the figures. A date without
// an hour lasts until its end.
func (m moment) in(zone *time.Location) clock.Instant {
	w := m.wall
	if !m.hasTime {
		w = w.Add(23*time.Hour + 59*time.Minute)
	}
	return clock.At(time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone))
}

// utc is the instant by the offset that was written; without one, as UTC.
func (m moment) utc() time.Time { return m.wall.Add(-time.Duration(m.offset) * time.Second) }

// show is the date as corrections print it: « 23/01/2020 12:00 ».
func (m moment) show() string {
	if m.hasTime {
		return m.wall.Format("02/01/2006 15:04")
	}
	return m.wall.Format("02/01/2006")
}
