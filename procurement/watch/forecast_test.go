package watch

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/procurement/notice"
)

// noon is a Sunday, after a change of hour.
var noon = clock.At(time.Date(2026, 11, 22, 12, 0, 0, 0, clock.Paris))

func TestHowManyMailsARhythmMakes(t *testing.T) {
	at := func(month time.Month, day, hour, minute int) clock.Instant {
		return clock.At(time.Date(2026, month, day, hour, minute, 0, 0, clock.Paris))
	}
	far := at(time.December, 31, 12, 0)
	heard := func(at ...clock.Instant) (all []notice.Heard) {
		for _, a := range at {
			all = append(all, notice.Heard{At: a, Until: far, Limit: far})
		}
		return all
	}
	morning := heard(at(11, 16, 9, 0), at(11, 16, 9, 0), at(11, 16, 11, 0), at(11, 17, 6, 59), at(11, 17, 7, 0))
	cases := []struct {
		name   string
		heard  []notice.Heard
		rhythm Rhythm
		want   []clock.Instant
	}{
		{"nothing", nil, Rhythm{Frequency: Daily, Hour: 7}, nil},
		{"at once: what comes together is one mail", morning, Rhythm{Frequency: Immediate},
			[]clock.Instant{at(11, 16, 9, 0), at(11, 16, 11, 0), at(11, 17, 6, 59), at(11, 17, 7, 0)}},
		{"each day at seven", morning, Rhythm{Frequency: Daily, Hour: 7}, []clock.Instant{at(11, 17, 7, 0), at(11, 18, 7, 0)}},
		{"each Monday at eight", morning, Rhythm{Frequency: Weekly, Hour: 8, Weekday: 1}, []clock.Instant{at(11, 23, 8, 0)}},
		{"what closes before the digest leaves at once", []notice.Heard{{At: at(11, 16, 9, 0), Until: at(11, 17, 7, 0), Limit: at(11, 17, 7, 0)}, {At: at(11, 16, 10, 0), Until: at(11, 17, 7, 1), Limit: at(11, 17, 7, 1)}},
			Rhythm{Frequency: Daily, Hour: 7}, []clock.Instant{at(11, 16, 9, 0), at(11, 17, 7, 0)}},
		{"so does what must be visited or asked before it", []notice.Heard{{At: at(11, 16, 9, 0), Until: far, Limit: at(11, 16, 14, 0)}, {At: at(11, 16, 10, 0), Until: far, Limit: at(11, 18, 9, 0)}},
			Rhythm{Frequency: Daily, Hour: 7}, []clock.Instant{at(11, 16, 9, 0), at(11, 17, 7, 0)}},
		{"and what says no date waits", []notice.Heard{{At: at(11, 16, 9, 0), Until: far}}, Rhythm{Frequency: Daily, Hour: 7}, []clock.Instant{at(11, 17, 7, 0)}},
		{"but not of a watch without criteria", []notice.Heard{{At: at(11, 16, 9, 0), Until: at(11, 17, 6, 0), Limit: at(11, 17, 6, 0)}}, Rhythm{Frequency: Daily, Hour: 7, Everything: true},
			[]clock.Instant{at(11, 17, 7, 0)}},
		{"across the change of hour", heard(at(10, 24, 9, 0), at(10, 25, 9, 0)), Rhythm{Frequency: Daily, Hour: 7}, []clock.Instant{at(10, 25, 7, 0), at(10, 26, 7, 0)}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, mails(c.heard, c.rhythm)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// The forecast is what a clock that ticks each hour would count.
func TestTheForecastIsWhatAClockWouldCount(t *testing.T) {
	some := 0
	rapid.Check(t, func(t *rapid.T) {
		r := Rhythm{
			Frequency: rapid.SampledFrom([]Frequency{Immediate, Daily, Weekly}).Draw(t, "rhythm"), Hour: rapid.IntRange(3, 23).Draw(t, "hour"), // none that clocks skip or show twice
			Weekday: rapid.IntRange(1, 7).Draw(t, "weekday"), Everything: rapid.Bool().Draw(t, "everything"),
		}
		if r.Everything && r.Frequency == Immediate {
			r.Frequency = Daily
		}
		var heard []notice.Heard
		for range rapid.IntRange(0, 40).Draw(t, "calls") {
			at := noon.Add(-time.Duration(rapid.IntRange(0, 97*24*2).Draw(t, "half hours")) * time.Hour / 2)
			h := notice.Heard{At: at, Until: at.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "open")) * time.Hour)}
			if rapid.IntRange(0, 5).Draw(t, "dated") > 0 {
				h.Limit = min(h.Until, at.Add(time.Duration(rapid.IntRange(0, 800).Draw(t, "limit"))*time.Hour))
			}
			heard = append(heard, h)
		}
		slices.SortFunc(heard, func(a, b notice.Heard) int { return int(a.At - b.At) })
		got := forecast(heard, r, noon)
		sent := clockwork(heard, r)
		want90, want30 := 0, 0
		for at := range sent {
			if at > noon.Add(-90*day) {
				want90++
			}
			if at > noon.Add(-30*day) {
				want30++
			}
		}
		some += want90
		if got.Mails90 != want90 || got.Mails30 != want30 {
			t.Fatalf("%+v of %v: %d and %d mails, want %d and %d", r, heard, got.Mails90, got.Mails30, want90, want30)
		}
		sum := 0
		for _, w := range got.Weeks {
			sum += w.Mails
		}
		if sum != got.Mails90 {
			t.Fatalf("the weeks make %d, all makes %d", sum, got.Mails90)
		}
	})
	if some == 0 {
		t.Error("no mail was ever sent: nothing was compared")
	}
}

// clockwork goes through ninety-seven days by half hours, sending what waits when the
// hour strikes; mails are the moments at which any left.
func clockwork(heard []notice.Heard, r Rhythm) map[clock.Instant]bool {
	sent, waiting := map[clock.Instant]bool{}, 0
	for at := noon.Add(-98 * day); at <= noon; at = at.Add(time.Hour / 2) {
		local := at.In(clock.Paris)
		strikes := local.Minute() == 0 && local.Hour() == r.Hour && (r.Frequency == Daily || WeekdayOf(local) == r.Weekday)
		if r.Frequency != Immediate && strikes && waiting > 0 {
			sent[at], waiting = true, 0
		}
		for _, h := range heard {
			if h.At != at {
				continue
			}
			if r.Frequency == Immediate || !r.Everything && h.Limit > 0 && h.Limit <= r.NextDigest(at) {
				sent[at] = true
			} else {
				waiting++
			}
		}
	}
	return sent
}

func TestTheWeeksOfAForecastAreThirteenAndCutToNinetyDays(t *testing.T) {
	f := forecast(nil, Rhythm{Frequency: Daily}, noon)
	if len(f.Weeks) != 13 || f.Weeks[0].From != noon.Add(-90*day) {
		t.Errorf("from %v", f.Weeks[0].From)
	}
	var days []string
	for _, w := range f.Weeks[10:] {
		days = append(days, w.From.In(clock.Paris).Format(time.DateOnly))
	}
	if got := fmt.Sprint(days); got != "[2026-11-01 2026-11-08 2026-11-15]" {
		t.Errorf("the last weeks begin on %s", got)
	}
}
