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
