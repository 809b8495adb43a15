package form

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parvis/kit/clock"
	"parvis/kit/scrub"
	folding "parvis/kit/text"
)

// Moment is a date as a source wrote it, before anybody has said on which clock.
type Moment struct {
	Wall      time.Time // the figures written, in UTC for want of a zone
	HasTime   bool
	Offset    int // seconds east of Greenwich, when HasOffset
	HasOffset bool
}

// frenchMonth is a month as people write it: in full or cut short, with its accents or
// without.
const frenchMonth = `janv(?:ier|\.)?|f[ée]v(?:rier|r?\.)?|mars|avr(?:il|\.)?|mai|juin|juil(?:let|\.)?|ao[uû]t|sept(?:embre|\.)?|oct(?:obre|\.)?|nov(?:embre|\.)?|d[ée]c(?:embre|\.)?`

// frenchDate is a date as people write it, with or without an hour: « 27/01/2020
// à 12h00 », « 4 septembre 2020 à 16 H 00 », « 30 Juillet 2020 : 12 heures »,
// « 09/06/2026 (12h00) », « 23/11/2020, Heure locale : 12:00 ».
const frenchDate = `(\d{1,2})(?:er)?(?:\s?/\s?(\d{1,2})\s?/\s?|\s(` + frenchMonth + `)\s)(\d{4})` +
	`(?:\s*[,:;(–-]?\s*(?:au plus tard\s)?(?:heures?(?:\slocale)?\s*:\s*)?(?:à|a|avant)?\s*(?:(\d{1,2})\s*(?:heures?|h)\s*(\d{2})?|(\d{1,2})\s*:\s*(\d{2})|(midi)\b))?`

var (
	isoMoment    = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$`)
	dayAsFigures = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?: (\d{2}):(\d{2}))?$`)
	frenchMoment = regexp.MustCompile(`(?i)^(?:le\s)?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s)?` + frenchDate + `(?:\s*min(?:utes)?)?\s*\)?$`)
	frenchInText = regexp.MustCompile(`(?i)\b` + frenchDate)
	// dayGoesOn is what follows the figure of a day, and no minutes: « à 12h 15 juin ».
	dayGoesOn = regexp.MustCompile(`(?i)^(?:er)?\s*(?:/|(?:` + frenchMonth + `)(?:\s|$))`)
	// frenchMonths are the beginnings that tell months apart, without accents.
	frenchMonths = []string{"jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec"}
)

// ReadMoment reads the sources' forms of dates: ISO with or without hour and
// offset, an offset on a date alone, figures only (20210630 12:00), and French ones.
func ReadMoment(raw string) (Moment, bool) {
	raw = scrub.Token(raw)
	if m := iso(raw); m != nil {
		at, ok := wallTime(m[1], m[2], m[3], m[4], m[5], m[6])
		found := Moment{Wall: at, HasTime: m[4] != ""}
		found.Offset, found.HasOffset = offsetSeconds(m[7])
		return found, ok
	}
	if m := dayAsFigures.FindStringSubmatch(raw); m != nil {
		at, ok := wallTime(m[1], m[2], m[3], m[4], m[5], "")
		return Moment{Wall: at, HasTime: m[4] != ""}, ok
	}
	if m := frenchMoment.FindStringSubmatch(raw); m != nil {
		return french(m)
	}
	return Moment{}, false
}

// iso takes an ISO date apart as isoMoment does. What nearly all records write needs no
// pattern: 2026-06-05, and 2026-06-05T12:00:00+02:00 or Z.
func iso(raw string) []string {
	const day, second = len("2026-06-05"), len("2026-06-05T12:00:00")
	plain := len(raw) == day || len(raw) == second+1 && raw[second] == 'Z' || len(raw) == second+6 && (raw[second] == '+' || raw[second] == '-')
	for i := 0; plain && i < len(raw); i++ {
		switch c := raw[i]; i {
		case 4, 7:
			plain = c == '-'
		case 10:
			plain = c == 'T'
		case 13, 16, second + 3:
			plain = c == ':'
		case second:
		default:
			plain = c >= '0' && c <= '9'
		}
	}
	switch {
	case !plain:
		return isoMoment.FindStringSubmatch(raw)
	case len(raw) == day:
		return []string{raw, raw[:4], raw[5:7], raw[8:], "", "", "", ""}
	}
	return []string{raw, raw[:4], raw[5:7], raw[8:day], raw[11:13], raw[14:16], raw[17:second], raw[second:]}
}

// FindMoments gives the French dates within a text, in its order; those that no
// calendar shows are left out.
func FindMoments(text string) (found []Moment) {
	for {
		at := frenchInText.FindStringSubmatchIndex(text)
		if at == nil {
			return found
		}
		read, end, ok := frenchAt(text, at)
		if ok {
			found = append(found, read)
		}
		text = text[end:]
	}
}

// frenchAt reads the date that a pattern of frenchDate found in a text, and gives where it
// ends. Figures that begin another date are not its minutes.
func frenchAt(text string, at []int) (m Moment, end int, ok bool) {
	groups := make([]string, len(at)/2)
	for i := range groups {
		if at[2*i] >= 0 {
			groups[i] = text[at[2*i]:at[2*i+1]]
		}
	}
	end = at[1]
	const minutes = 6
	if groups[minutes] != "" && dayGoesOn.MatchString(text[end:min(end+20, len(text))]) {
		end, groups[minutes] = at[2*minutes], ""
	}
	m, ok = french(groups)
	return m, end, ok
}

func french(m []string) (Moment, bool) {
	month := m[2]
	if m[3] != "" {
		name := folding.Fold(m[3])
		month = strconv.Itoa(1 + slices.IndexFunc(frenchMonths, func(begins string) bool { return strings.HasPrefix(name, begins) }))
	}
	hour, minute := m[5]+m[7], m[6]+m[8] // « 12 h 00 », or 12:00
	if m[9] != "" {                      // midi
		hour = "12"
	}
	at, ok := wallTime(m[4], month, m[1], hour, minute, "")
	return Moment{Wall: at, HasTime: hour != ""}, ok
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

// Midnight tells that the hour is 00:00: how forms are filled in when there is none.
func (m Moment) Midnight() bool { return m.HasTime && m.Wall.Hour() == 0 && m.Wall.Minute() == 0 }

// Plain tells that the zone's clocks show these figures once on that day: not in
// the hour that they skip in spring, nor in the one that they show twice in autumn.
func (m Moment) Plain(zone *time.Location) bool {
	at := m.In(zone)
	shown := at.In(zone)
	if m.HasTime && (shown.Hour() != m.Wall.Hour() || shown.Minute() != m.Wall.Minute()) {
		return false
	}
	for _, other := range []time.Duration{-time.Hour, time.Hour} {
		again := at.Add(other).In(zone)
		if again.Hour() == shown.Hour() && again.Minute() == shown.Minute() {
			return false
		}
	}
	return true
}

// maxYears is how far from its publication a deadline can be. Dynamic purchasing
// systems stay open for more than ten years; 2924 and 7017 are slips.
const maxYears = 20

// Possible refuses deadlines before the day of publication (YYYY-MM-DD) or decades
// away from it. Without that day, a deadline is only held to this century.
func Possible(m Moment, publishedOn string) bool {
	published, err := time.Parse(time.DateOnly, publishedOn)
	if err != nil {
		return m.Wall.Year() >= 2000 && m.Wall.Year() < 2100
	}
	return !m.Wall.Before(published) && m.Wall.Year()-published.Year() <= maxYears
}

// otherDates are words of sections whose dates are others than the deadline.
var otherDates = []string{"question", "renseignement", "visite", "ouverture", "echantillon", "retrait", "obtention", "maquette", "travaux"}

// ofDeadline is how sections name the deadline, their letters alone.
var ofDeadline = regexp.MustCompile(`limites?de(?:la)?(?:reception|remise|depot|reponse)|remisedesoffres|^iv22|^iv34`)

// OfDeadline tells whether a section that a corrigendum names is the deadline:
// « Date limite de réception des offres », or where the European forms of before
// 2024 have it, IV.2.2 and IV.3.4, however that is punctuated.
func OfDeadline(section string) bool {
	s := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Plain(section))
	return !slices.ContainsFunc(otherDates, func(word string) bool { return strings.Contains(s, word) }) && ofDeadline.MatchString(s)
}
