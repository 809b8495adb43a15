package watch

import (
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
)

// NextDigest is when the clocks of Paris next show the hour of a watch's digest, on its
// day if it is weekly.
func (r Rhythm) NextDigest(now clock.Instant) clock.Instant {
	t := now.In(clock.Paris)
	for day := t.Day(); ; day++ {
		next := time.Date(t.Year(), t.Month(), day, r.Hour, 0, 0, 0, clock.Paris)
		if next.After(t) && (r.Frequency != Weekly || WeekdayOf(next) == r.Weekday) {
			return clock.At(next)
		}
	}
}

// WeekdayOf numbers the days from 1, Monday, to 7.
func WeekdayOf(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// Forecast is how many mails a watch would have sent.
type Forecast struct {
	Mails30, Mails90 int // over so many days
	Calls90          int // that those told of
	Weeks            [weeks]Week
}

// Week is a week of a forecast: when it begins, and its mails. The first is cut to ninety
// days, so that the weeks add up.
type Week struct {
	From  clock.Instant
	Mails int
}

const (
	weeks = 13
	day   = 24 * time.Hour
	// longest is how long a call may wait for its digest.
	longest = 7 * day
)

// forecast counts the mails of a rhythm from what was heard of, in its order, since
// ninety days and a wait before now.
func forecast(heard []notice.Heard, r Rhythm, now clock.Instant) Forecast {
	var f Forecast
	since := now.Add(-90 * day)
	today := now.In(clock.Paris)
	for i := range f.Weeks {
		f.Weeks[i].From = max(since, clock.At(today.AddDate(0, 0, 7*(i-weeks))))
	}
	for _, h := range heard {
		if h.At > since {
			f.Calls90++
		}
	}
	for _, at := range mails(heard, r) {
		if at <= since || at > now {
			continue
		}
		f.Mails90++
		if at > now.Add(-30*day) {
			f.Mails30++
		}
		week := 0
		for week+1 < weeks && at > f.Weeks[week+1].From {
			week++
		}
		f.Weeks[week].Mails++
	}
	return f
}

// mails says when mails would have left: at once what an immediate watch finds, and what
// closes, is to be visited or asked before the digest that it would wait for; the rest at
// the hour. What is heard of
// at one moment leaves in one mail.
func mails(heard []notice.Heard, r Rhythm) []clock.Instant {
	var out []clock.Instant
	var next clock.Instant
	for _, h := range heard {
		if h.At >= next {
			next = r.NextDigest(h.At)
		}
		if r.Frequency == Immediate || !r.Everything && h.Limit > 0 && h.Limit <= next {
			out = append(out, h.At)
		} else {
			out = append(out, next)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
