package account

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

const month = 30 * 24 * time.Hour

// browserOf makes a browser known to the account, and gives what it keeps.
func browserOf(t *testing.T, d *db.DB, a Account) string {
	t.Helper()
	var keep string
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
		_, keep, _, err = meet(tx, a, Visitor{Browser: "Firefox"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keep
}

func TestAnAccountKnowsTwentyBrowsersTheLastUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		a := insider(t, d)
		oldest, used := browserOf(t, d, a), browserOf(t, d, a)
		comes := func(kept string) (keep string, known bool) {
			t.Helper()
			err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
				_, keep, known, err = meet(tx, a, Visitor{Device: kept})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return keep, known
		}
		for range maxDevices - 1 {
			c.Move(time.Minute)
			used, _ = comes(used)
			browserOf(t, d, a)
		}
		var n int
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			return tx.One(&n, "SELECT count(*) FROM device WHERE forgotten_at IS NULL")
		})
		if err != nil || n != maxDevices {
			t.Errorf("%d browsers are known (%v)", n, err)
		}
		_, known := comes(used)
		if _, old := comes(oldest); old || !known {
			t.Error("it is not the one unused for longest that was forgotten")
		}
	})
}

// enters is the account's owner who signs in, right at the first try; false when they
// must wait.
func enters(t *testing.T, d *db.DB, from Visitor) bool {
	t.Helper()
	c, in := door(t, d, "omuller", from)
	if in {
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return settle(tx, c.meters) }); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// network is one of ten thousand, another each time.
func network(i int) Visitor {
	i %= 10_000
	return Visitor{Remote: fmt.Sprintf("10.%d.%d.1", i/250, i%250)}
}

// nextHour is when the first of the delays that run ends: now, when the last of them
// ended since somebody met it.
func nextHour(t *testing.T, d *db.DB) clock.Instant {
	t.Helper()
	var until clock.Instant
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(&until, "SELECT coalesce(min(blocked_until), $1) FROM attempt WHERE blocked_until > $1", int64(tx.Now))
	})
	if err != nil {
		t.Fatal(err)
	}
	return until
}

// Abuse 68: a robot that has a network for every attempt, or the owner's own, knocks
// the moment it may and never gives up, against a person who signs in from a browser
// that their account knows.
func TestARivalOnTenThousandNetworksNeverLocksTheOwnerOutOfAKnownBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		owner := Visitor{Remote: "192.0.2.17", Device: browserOf(t, d, insider(t, d))}
		guesses, end := 0, c.Now().Add(month)
		for i := 0; c.Now() < end; i++ {
			robot := network(i)
			if i%3 == 0 {
				robot = Visitor{Remote: "192.0.2.18"} // a rival at the same town hall
			}
			_, in := door(t, d, "omuller", robot)
			if in {
				guesses++
			}
			if !enters(t, d, owner) {
				t.Fatalf("the owner is locked out after %d guesses", guesses)
			}
			if !in {
				c.Move(nextHour(t, d).Sub(c.Now()))
			}
		}
		if guesses > 60 || guesses < 40 {
			t.Errorf("%d guesses in thirty days, want at most 60 (and the test to have tried)", guesses)
		}
		if _, in := door(t, d, "omuller", network(1)); in && enters(t, d, network(2)) {
			t.Error("a browser that nobody knows enters freely: the robot was not slowed")
		}
	})
}

// An owner who signs in gives a robot no new guesses.
func TestASuccessGivesTheRobotNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		insider(t, d)
		guesses, end := 0, c.Now().Add(month)
		for i := 0; c.Now() < end; i++ {
			if enters(t, d, Visitor{Remote: "192.0.2.17"}) { // each time from a new browser
				for range 5 {
					if _, in := door(t, d, "omuller", network(i)); in {
						guesses++
					}
				}
			}
			c.Move(3 * time.Hour)
		}
		if guesses > 60 || guesses < 30 {
			t.Errorf("%d guesses in thirty days", guesses)
		}
	})
}

// Abuse 68 and 71: a robot that holds copies of what several browsers keep, besides
// all the networks, guesses a hundred times at most in any thirty days.
func TestStolenCookiesOpenNoMoreThanAHundredGuessesAMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		a := insider(t, d)
		for _, stolen := range []int{1, 8} {
			var robots []Visitor
			for range stolen {
				robots = append(robots, Visitor{Device: browserOf(t, d, a)})
			}
			owner := Visitor{Remote: "192.0.2.17", Device: browserOf(t, d, a)} // theirs is not stolen
			var guesses []clock.Instant
			for i, end := 0, c.Now().Add(2*month); c.Now() < end; i++ {
				tried := false
				for _, from := range append(robots, network(i)) {
					if _, in := door(t, d, "omuller", from); in {
						guesses, tried = append(guesses, c.Now()), true
					}
				}
				if stolen == 1 && !enters(t, d, owner) {
					t.Fatalf("one stolen cookie locks the owner out of another browser after %d guesses", len(guesses))
				}
				if !tried {
					c.Move(nextHour(t, d).Sub(c.Now()))
				}
			}
			if n := most(guesses, month); n > 100 || n < 50 {
				t.Errorf("with %d stolen cookies: %d guesses in thirty days", stolen, n)
			}
			c.Move(2 * month)
		}
	})
}

// most is how many of these fall within the same length of time at most.
func most(at []clock.Instant, length time.Duration) (n int) {
	first := 0
	for last := range at {
		for at[last].Sub(at[first]) >= length {
			first++
		}
		n = max(n, last-first+1)
	}
	return n
}

// A known browser whose cookie was copied loses its privilege after ten errors in a
// row, until its owner has signed in.
func TestAKnownBrowserThatFailsTooOftenCountsLikeAnyOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		known := Visitor{Remote: "192.0.2.17", Device: browserOf(t, d, insider(t, d))}
		tried := 0
		for range 30 {
			if _, in := door(t, d, "omuller", known); in {
				tried++
			}
			c.Move(time.Minute)
		}
		// Ten, then thirteen as anybody: the delays reach a minute at the eleventh.
		if tried != worn+13 {
			t.Errorf("%d tries in half an hour", tried)
		}
		c.Move(24 * time.Hour)
		if !enters(t, d, known) {
			t.Fatal("not even a day later")
		}
		for i := range worn {
			if _, in := door(t, d, "omuller", known); !in {
				t.Fatalf("error %d after a success is refused", i+1)
			}
			c.Move(time.Minute)
		}
	})
}

// What nobody's account brings is the same work and the same rows.
func TestTheBrowserOfSomebodyElseOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		mine := browserOf(t, d, insider(t, d))
		for _, who := range []string{"omuller", "personne"} {
			for _, kept := range []string{mine + "x", "", ".", mine[:42], keyOf(mine), "A.B." + keyOf("x"), mine + "." + mine} {
				c, _ := door(t, d, who, Visitor{Remote: "192.0.2.17", Device: kept})
				byOwn := who == "omuller" && kept == mine+"."+mine
				if got := len(c.meters); got != map[bool]int{true: 2, false: 3}[byOwn] {
					t.Errorf("%s with %q: %d counters", who, kept, got)
				}
			}
		}
	})
}
