package clock_test

import (
	"testing"
	"time"

	"parvis/kit/clock"
)

func TestAnInstantSurvivesTheDatabase(t *testing.T) {
	summer := time.Date(2026, 7, 29, 16, 0, 0, 0, clock.Paris)
	i := clock.At(summer)
	v, err := i.Value()
	if err != nil {
		t.Fatal(err)
	}
	var back clock.Instant
	if err := back.Scan(v); err != nil {
		t.Fatal(err)
	}
	if got := back.In(clock.Paris).Format("02/01/2006 15:04"); got != "29/07/2026 16:00" {
		t.Errorf("read back as %s", got)
	}
	if err := back.Scan("2026-07-29"); err == nil {
		t.Error("a text is not an instant")
	}
}

func TestZeroMeansNotYet(t *testing.T) {
	var i clock.Instant
	if v, _ := i.Value(); v != nil {
		t.Errorf("zero is written as %v, want NULL", v)
	}
	i = 5
	if err := i.Scan(nil); err != nil || !i.IsZero() || !i.Time().IsZero() {
		t.Errorf("NULL is read as %v (%v)", i, err)
	}
	if clock.At(time.Time{}) != 0 {
		t.Error("the zero time is not the zero instant")
	}
}

func TestMovingTheClockTellsWhoAsked(t *testing.T) {
	var c clock.Movable
	told := 0
	c.OnMove(func() { told++ })
	before := c.Now()
	c.Move(24 * time.Hour)
	if d := c.Now().Sub(before); d < 24*time.Hour || d > 24*time.Hour+time.Minute {
		t.Errorf("moved by %v", d)
	}
	if told != 1 || c.Shift() != 24*time.Hour {
		t.Errorf("told %d times, shift %v", told, c.Shift())
	}
}

func TestDatesAreWrittenAsPeopleReadThem(t *testing.T) {
	at := func(y int, m time.Month, d, h, min int) clock.Instant {
		return clock.At(time.Date(y, m, d, h, min, 0, 0, clock.Paris))
	}
	if got := at(2026, 7, 1, 16, 0).Long(clock.Paris); got != "mercredi 1er juillet 2026 à 16\u00a0h\u00a000" {
		t.Errorf("long: %q", got)
	}
	if got := at(2026, 12, 1, 9, 5).Short(clock.Paris); got != "01/12/2026 09:05" {
		t.Errorf("short: %q", got)
	}
	now := at(2026, 3, 28, 23, 30) // the eve of the change of hour: that day has 23 hours
	cases := []struct {
		deadline clock.Instant
		want     string
	}{
		{at(2026, 3, 28, 23, 0), "close"},
		{at(2026, 3, 28, 23, 59), "aujourd'hui"},
		{at(2026, 3, 29, 0, 0), "demain"},
		{at(2026, 3, 30, 0, 10), "dans\u00a02\u00a0jours"},
		{at(2026, 4, 28, 12, 0), "dans\u00a031\u00a0jours"},
	}
	for _, c := range cases {
		if got := c.deadline.Left(now, clock.Paris); got != c.want {
			t.Errorf("%s: %q, want %q", c.deadline.Short(clock.Paris), got, c.want)
		}
	}
}

func TestAnInstantIsReadByPrograms(t *testing.T) {
	summer := clock.At(time.Date(2026, 7, 29, 16, 0, 0, 0, clock.Paris))
	if got := summer.RFC3339(); got != "2026-07-29T14:00:00Z" {
		t.Errorf("read as %s", got)
	}
	if got := clock.Instant(0).RFC3339(); got != "" {
		t.Errorf("none is read as %q", got)
	}
}
