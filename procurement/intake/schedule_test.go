package intake

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parvis/kit/clock"
)

func paris(text string) clock.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, clock.Paris)
	if err != nil {
		panic(err)
	}
	return clock.At(t)
}

func TestTheNextFetchIsTwiceADay(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-24 00:00": "2026-11-24 05:40",
		"2026-11-24 05:39": "2026-11-24 05:40",
		"2026-11-24 05:40": "2026-11-24 13:40",
		"2026-11-24 13:39": "2026-11-24 13:40",
		"2026-11-24 13:40": "2026-11-25 05:40",
		"2026-12-31 23:59": "2027-01-01 05:40",
		"2026-03-28 14:00": "2026-03-29 05:40", // over the night of 23 hours
		"2026-10-24 14:00": "2026-10-25 05:40", // over the one of 25
		"2026-02-28 20:00": "2026-03-01 05:40",
	} {
		if got := nextSlot(paris(now), 10*time.Minute); got != paris(want) {
			t.Errorf("after %s: %s, want %s", now, got.Short(clock.Paris), want)
		}
	}
}

// Whenever it is, on whatever day, two fetches a day and none due farther than what is
// taken for a clock that was wrong.
func TestEveryDayHasItsTwoFetches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := clock.At(time.Date(2026, 1, 1, 0, 0, 0, 0, clock.Paris).Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "seconds")) * time.Second))
		spread := time.Duration(rapid.IntRange(0, spreadMinutes-1).Draw(t, "spread")) * time.Minute
		next := nextSlot(at, spread)
		if ahead := next.Sub(at); ahead <= 0 || ahead > farthest {
			t.Fatalf("%v ahead", ahead)
		}
		days := map[string]int{}
		for range 20 {
			days[day(next)]++
			next = nextSlot(next, spread)
		}
		for d, n := range days {
			if n > 2 {
				t.Fatalf("%d on %s", n, d)
			}
		}
		if len(days) > 11 {
			t.Fatalf("twenty fetches took %d days", len(days))
		}
	})
}

func TestAFailureWaitsLongerEachTime(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 5 * time.Minute, 1: 5 * time.Minute, 2: 10 * time.Minute, 3: 20 * time.Minute, 4: 40 * time.Minute, 5: 80 * time.Minute, 6: 2 * time.Hour, 7: 2 * time.Hour, 1_000_000: 2 * time.Hour} {
		if got := waitAfter(failures, 0); got < want || got > want*6/5 {
			t.Errorf("%d failures: %v", failures, got)
		}
	}
	for asked, want := range map[time.Duration]time.Duration{time.Minute: 5 * time.Minute, time.Hour: time.Hour, 11 * time.Hour: 11 * time.Hour, 24 * 365 * time.Hour: 12 * time.Hour} {
		if got := waitAfter(1, asked); got < want || got > want*6/5 {
			t.Errorf("asked for %v: %v", asked, got)
		}
	}
	if waits := map[time.Duration]bool{waitAfter(3, 0): true, waitAfter(3, 0): true, waitAfter(3, 0): true}; len(waits) == 1 {
		t.Error("all who failed together come back together")
	}
}

func TestFromWhichDayAFetchReads(t *testing.T) {
	const today = "2026-11-24"
	for name, c := range map[string]struct {
		whole, from string
		anew        bool
	}{
		"the first one":                      {"", "2026-11-17", true},
		"this morning's was whole":           {today, "2026-11-17", false},
		"yesterday's was":                    {"2026-11-23", "2026-11-16", false},
		"an absence of a month":              {"2026-10-24", "2026-10-17", false},
		"an absence of sixty days":           {"2026-09-25", "2026-09-25", false},
		"an absence of sixty-one days":       {"2026-09-24", "2026-09-25", true},
		"an absence of years":                {"2020-01-01", "2026-09-25", true},
		"the clock has gone back":            {"2027-06-01", "2026-11-17", false},
		"a day that is none (nobody writes)": {"x", "2026-11-17", false},
	} {
		from, anew := window(today, c.whole)
		if from != c.from || anew != c.anew {
			t.Errorf("%s: from %s (anew %v), want %s (%v)", name, from, anew, c.from, c.anew)
		}
	}
}

func TestDaysMoveByTheCalendar(t *testing.T) {
	for _, c := range []struct {
		day  string
		days int
		want string
	}{{"2026-03-29", 1, "2026-03-30"}, {"2026-10-25", 1, "2026-10-26"}, {"2026-10-25", -1, "2026-10-24"}, {"2028-02-28", 1, "2028-02-29"}, {"2026-12-31", 1, "2027-01-01"}} {
		if got := shift(c.day, c.days); got != c.want {
			t.Errorf("%s %+d: %s", c.day, c.days, got)
		}
	}
	// Midnight in Paris is the day before in UTC.
	if got := day(paris("2026-07-01 00:30")); got != "2026-07-01" {
		t.Errorf("half past midnight is on %s", got)
	}
}

func TestALeaseHoldsForItsTerm(t *testing.T) {
	now := paris("2026-11-24 10:00")
	for name, c := range map[string]struct {
		st   State
		held bool
	}{
		"nobody":                         {State{}, false},
		"somebody":                       {State{LeaseOwner: "a", LeaseUntil: now.Add(time.Minute)}, true},
		"somebody who is over":           {State{LeaseOwner: "a", LeaseUntil: now}, false},
		"a clock that has gone back":     {State{LeaseOwner: "a", LeaseUntil: now.Add(24 * time.Hour)}, false},
		"a server that was the only one": {State{LeaseOwner: "a"}, false},
	} {
		if got := c.st.held(now); got != c.held {
			t.Errorf("%s: held %v", name, got)
		}
	}
	for name, c := range map[string]struct {
		due clock.Instant
		is  bool
	}{
		"now": {now, true}, "before": {now.Add(-time.Hour), true}, "later": {now.Add(time.Hour), false},
		"by a clock that has gone back": {now.Add(48 * time.Hour), true},
	} {
		if got := (State{DueAt: c.due}).dueAt(now); got != c.is {
			t.Errorf("%s: due %v", name, got)
		}
	}
}

func TestWhenAGazetteIsSilent(t *testing.T) {
	now := paris("2026-11-24 10:00")
	for name, c := range map[string]struct {
		st     State
		waits  bool
		silent bool
		says   string
	}{
		"received an hour ago":                    {State{ReceivedAt: now.Add(-time.Hour), Failures: 3}, true, false, ""},
		"25 h 59":                                 {State{ReceivedAt: now.Add(-26*time.Hour + time.Minute), Failures: 9}, true, false, ""},
		"26 h":                                    {State{Source: "boamp", ReceivedAt: now.Add(-26 * time.Hour), Failures: 9}, false, true, "BOAMP non reçu depuis 26\u00a0h"},
		"never, for 30 h":                         {State{Source: "boamp", AwaitedAt: now.Add(-30 * time.Hour), Failures: 1}, false, true, "BOAMP non reçu depuis 30\u00a0h"},
		"four days":                               {State{Source: "boamp", ReceivedAt: now.Add(-100 * time.Hour), Failures: 1}, false, true, "BOAMP non reçu depuis 4\u00a0jours"},
		"the platform was off, and tries":         {State{ReceivedAt: now.Add(-100 * time.Hour)}, false, false, ""},
		"the platform was off, and does not try":  {State{Source: "boamp", ReceivedAt: now.Add(-71 * time.Hour)}, true, true, "BOAMP non reçu depuis 71\u00a0h"},
		"the clock has gone back":                 {State{ReceivedAt: now.Add(24 * time.Hour), Failures: 1}, true, false, ""},
		"it answers, and nothing is new":          {State{Source: "boamp", ReceivedAt: now.Add(-time.Minute), NewsAt: now.Add(-26 * time.Hour), Failures: 1}, false, true, "BOAMP non reçu depuis 26\u00a0h"},
		"it answers, nothing is new yet":          {State{ReceivedAt: now.Add(-time.Minute), NewsAt: now.Add(-25 * time.Hour)}, true, false, ""},
		"something new, never whole":              {State{Source: "boamp", ReceivedAt: now.Add(-27 * time.Hour), NewsAt: now.Add(-time.Minute), Failures: 9}, false, true, "BOAMP non reçu depuis 27\u00a0h"},
		"never whole, awaited of late":            {State{AwaitedAt: now.Add(-time.Hour), NewsAt: now.Add(-time.Minute), Failures: 9}, true, false, ""},
		"awaited since long, received since then": {State{AwaitedAt: now.Add(-1000 * time.Hour), ReceivedAt: now.Add(-time.Hour), Failures: 1}, true, false, ""},
	} {
		found, silent := c.st.silence(now, c.waits)
		if silent != c.silent || silent && found.Text() != c.says {
			t.Errorf("%s: %v, %q", name, silent, found.Text())
		}
	}
}

// The holidays of two years, as the official calendar has them.
func TestHolidays(t *testing.T) {
	want := map[string]bool{}
	for _, d := range []string{
		"2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25",
		"2027-01-01", "2027-03-29", "2027-05-01", "2027-05-06", "2027-05-08", "2027-05-17", "2027-07-14", "2027-08-15", "2027-11-01", "2027-11-11", "2027-12-25",
	} {
		want[d] = true
	}
	for d := "2026-01-01"; d < "2028-01-01"; d = shift(d, 1) {
		at := paris(d + " 23:59")
		if got := holiday(at.In(clock.Paris)); got != want[d] {
			t.Errorf("%s: holiday is %v", d, got)
		}
	}
	for year, sunday := range map[int]string{2008: "2008-03-23", 2011: "2011-04-24", 2019: "2019-04-21", 2025: "2025-04-20", 2038: "2038-04-25", 2049: "2049-04-18"} {
		if got := easter(year).Format(time.DateOnly); got != sunday {
			t.Errorf("Easter of %d: %s, want %s", year, got, sunday)
		}
	}
}

func TestPatienceDoesNotRunOnHolidays(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-24 13:40": "2026-11-25 15:40",
		"2026-04-05 13:40": "2026-04-07 15:40", // Easter Monday
		"2026-04-06 08:00": "2026-04-08 02:00", // on the day itself
		"2026-03-28 13:40": "2026-03-29 16:40", // over the night of 23 hours
		"2026-10-24 13:40": "2026-10-25 14:40", // over the one of 25
		"2027-05-05 13:40": "2027-05-07 15:40", // Ascension Day; Saturday 8 May is not reached
		"2026-12-24 13:40": "2026-12-26 15:40",
	} {
		if got := patienceEnds(paris(from)); got != paris(want) {
			t.Errorf("from %s: %s, want %s", from, got.Short(clock.Paris), want)
		}
	}
}

// However long: what is awake and what is a holiday make the whole, and patience ends
// when it is used up, not before.
func TestPatienceEndsWhenItIsUsedUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := clock.At(time.Date(2026, 1, 1, 0, 0, 0, 0, clock.Paris).Add(time.Duration(rapid.Int64Range(0, 800*24*3600).Draw(t, "seconds")) * time.Second))
		end := patienceEnds(from)
		if awake(from, end) != Patience || awake(from, end.Add(-time.Second)) > Patience {
			t.Fatalf("from %v: %v awake at %v", from.In(clock.Paris), awake(from, end), end.In(clock.Paris))
		}
		for at := from; at < end; at = at.Add(time.Hour) {
			if later := at.Add(time.Hour); awake(from, later) < awake(from, at) {
				t.Fatalf("less of it an hour later than %v", at.In(clock.Paris))
			}
		}
	})
	now := paris("2026-11-24 10:00")
	if awake(now, now.Add(-time.Hour)) != -time.Hour || awake(0, now) != now.Sub(0) {
		t.Error("what is no stretch of time is taken for one")
	}
}

// Nobody begins what is due: a loop that died must not be silent either.
func TestWhatNobodyBeginsCountsAsAFailure(t *testing.T) {
	defer func(before time.Duration) { idle = before }(idle)
	s := New(nil, nil, nil, "", nil)
	now := paris("2026-11-24 10:00")
	st := State{Source: "boamp", DueAt: now.Add(-time.Hour)}
	if s.waits(st, now) {
		t.Error("seen for the first time")
	}
	if s.waits(st, now) {
		t.Error("a moment later")
	}
	idle = 0
	if !s.waits(st, now) {
		t.Error("after long")
	}
	if s.waits(State{Source: "boamp", DueAt: now.Add(time.Hour)}, now) {
		t.Error("it is not due any more")
	}
	idle = time.Hour
	if s.waits(st, now) {
		t.Error("the count begins anew")
	}
}

func TestWhatAnOperatorReadsOfAFault(t *testing.T) {
	if got := sentence(errTooLong); got != errTooLong.Text {
		t.Errorf("%q", got)
	}
	long := make([]byte, 5000)
	for i := range long {
		long[i] = 'x'
	}
	if got := []rune(sentence(&Later{Err: errNothing})); string(got) != errNothing.Text {
		t.Errorf("%q", string(got))
	}
	if got := []rune(sentence(errLong(string(long)))); len(got) != 501 {
		t.Errorf("%d characters", len(got))
	}
	if got := sentence(errLong("a\x00\xff")); got != "a\ufffd" {
		t.Errorf("%q", got)
	}
}

type errLong string

func (e errLong) Error() string { return string(e) }
