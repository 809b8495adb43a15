package ical

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parvis/kit/clock"
)

// Kind is the media type of a calendar file.
const Kind = "text/calendar; charset=utf-8"

// product names who wrote the file (RFC 5545, 3.7.3).
const product = "-//Parvis//Parvis//FR"

// Calendar is a file of events.
type Calendar struct {
	Name string // what a diary calls it, "" for a file of one matter
	// Refresh is how often a diary that follows the file should read it again (RFC 7986,
	// 5.7); zero for one that is read once.
	Refresh time.Duration
	Events  []Event
}

// Event is a moment: it has no length, since what counts is that it comes. Moments
// are written in universal time, which every diary shows on its owner's clocks.
type Event struct {
	UID         string // for ever the same for the same event, and of no other
	At          clock.Instant
	Changed     clock.Instant // when what is said of it last changed
	Sequence    int           // how many times At has moved: a diary keeps the highest
	Summary     string
	Description string
	Location    string
	URL         string
	Cancelled   bool
	Reminders   []time.Duration // how long before At; whole minutes
}

// Bytes writes the calendar.
func (c Calendar) Bytes() []byte {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", product)
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	if c.Name != "" {
		w.text("X-WR-CALNAME", c.Name)
	}
	if c.Refresh > 0 {
		w.line("REFRESH-INTERVAL;VALUE=DURATION", duration(c.Refresh))
		w.line("X-PUBLISHED-TTL", duration(c.Refresh)) // what diaries read before the norm had a word for it
	}
	for _, e := range c.Events {
		e.write(&w)
	}
	w.line("END", "VCALENDAR")
	return w.Bytes()
}

func (e Event) write(w *writer) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", escape(e.UID))
	w.line("DTSTAMP", moment(e.Changed)) // without it the file would differ at each reading
	w.line("LAST-MODIFIED", moment(e.Changed))
	w.line("SEQUENCE", strconv.Itoa(e.Sequence))
	w.line("DTSTART", moment(e.At))
	w.text("SUMMARY", e.Summary)
	w.text("DESCRIPTION", e.Description)
	w.text("LOCATION", e.Location)
	if e.URL != "" {
		w.line("URL", clean(e.URL))
	}
	if e.Cancelled {
		w.line("STATUS", "CANCELLED")
	} else {
		w.line("STATUS", "CONFIRMED")
	}
	w.line("TRANSP", "TRANSPARENT") // nobody is busy for being told of a date
	for _, before := range e.Reminders {
		if e.Cancelled {
			break
		}
		w.line("BEGIN", "VALARM")
		w.line("ACTION", "DISPLAY")
		w.line("TRIGGER", "-"+duration(before))
		w.text("DESCRIPTION", e.Summary)
		w.line("END", "VALARM")
	}
	w.line("END", "VEVENT")
}

// moment writes an instant in universal time (RFC 5545, 3.3.5, form 2).
func moment(i clock.Instant) string { return i.In(time.UTC).Format("20060102T150405Z") }

// duration writes whole days apart: « P2D » (RFC 5545, 3.3.6).
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return "P" + strconv.Itoa(int(d/day)) + "D"
	}
	return "PT" + strconv.Itoa(int(d/time.Minute)) + "M"
}

// writer writes content lines (RFC 5545, 3.1).
type writer struct{ bytes.Buffer }

// text writes a property of free text; an empty one is left out.
func (w *writer) text(name, value string) {
	if value != "" {
		w.line(name, escape(value))
	}
}

// widest is how many bytes a line may have, its end not counted.
const widest = 75

// line writes a property whose value is ready, folded: a line goes on after a space,
// and no letter is cut in two.
func (w *writer) line(name, value string) {
	rest, room := name+":"+value, widest
	for len(rest) > room {
		n := room
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		w.WriteString(rest[:n])
		w.WriteString("\r\n ")
		rest, room = rest[n:], widest-1 // the space counts
	}
	w.WriteString(rest)
	w.WriteString("\r\n")
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escape makes a value of free text (RFC 5545, 3.3.11).
func escape(s string) string {
	return escaper.Replace(clean(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), '\n', '\t'))
}

// clean takes away what no line may hold: control characters, but for those kept, and
// what is not UTF-8.
func clean(s string, kept ...rune) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			for _, k := range kept {
				if r == k {
					return r
				}
			}
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
