package form

import (
	"sync"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// OnTheWall drops the offset: the gazette's own forms write wall time with a
// constant one.
func OnTheWall(m Moment, zone *time.Location) (clock.Instant, bool) {
	return m.In(zone), m.HasTime
}

// WrittenOffset honours the offset of an eForms field. One that the buyer's zone
// does not have on that day is either UTC, which is converted, or the gazette's
// constant +01:00, which is not: the wall time printed stands. Both must be checked.
func WrittenOffset(m Moment, zone *time.Location) (clock.Instant, bool) {
	wall := m.In(zone)
	if !m.HasOffset || !m.HasTime {
		return wall, m.HasTime
	}
	if _, usual := wall.In(zone).Zone(); usual == m.Offset {
		return wall, true
	}
	if m.Offset == 0 {
		return clock.At(m.UTC()), false
	}
	return wall, false
}

// zones are the clocks of the departments.
var zones = sync.OnceValue(func() map[string]*time.Location {
	all := map[string]*time.Location{refdata.Abroad: clock.Paris}
	for _, d := range refdata.Departments() {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			panic(err) // clock embeds the whole database: a fault of the build
		}
		all[d.Code] = zone
	}
	return all
})

// Zone is the clock on the buyer's wall: by its department when the source says
// which that is, else by its postcode, else by the notice's departments. These mix
// the buyer's with those of the works: when their clocks differ the zone is not
// certain, and the one where the hour strikes first is given, so that nobody comes
// late. A notice without any place is on Paris time.
func Zone(department, postcode string, departments []string) (zone *time.Location, certain bool) {
	if zone, ok := zones()[department]; ok {
		return zone, true
	}
	if code, ok := refdata.DepartmentOfPostcode(postcode); ok {
		return zones()[code], true
	}
	certain = true
	for _, code := range departments {
		next := zones()[code]
		switch {
		case zone == nil:
			zone = next
		case zone.String() != next.String():
			certain = false
			if offset(next) > offset(zone) {
				zone = next
			}
		}
	}
	if zone == nil {
		return clock.Paris, true
	}
	return zone, certain
}

// offset is how far east a zone is, in seconds, on a day of winter.
func offset(zone *time.Location) int {
	_, east := time.Date(2024, time.January, 15, 12, 0, 0, 0, zone).Zone()
	return east
}
