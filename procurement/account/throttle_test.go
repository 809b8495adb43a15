package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/job"
	"parvis/procurement/event"
)

func TestNetworks(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.17": "192.0.2.0/24", "192.0.2.17:443": "192.0.2.0/24", "192.0.2.0/24": "192.0.2.0/24", "::ffff:192.0.2.17": "192.0.2.0/24",
		"2001:db8:1:2:3::4": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:443": "2001:db8:1:2::/64", "2001:db8:1:2::/64": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "pipe": "", "300.1.1.1": "",
	} {
		if got := NetworkOf(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
}

func FuzzNetworkOf(f *testing.F) {
	for _, s := range []string{"192.0.2.17:443", "[::1]:80", "::ffff:1.2.3.4/120", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, remote string) {
		if n := NetworkOf(remote); n != "" && NetworkOf(n) != n {
			t.Fatalf("%q: %q is the network %q", remote, n, NetworkOf(n))
		}
	})
}

func TestTheDelayDoublesFromTheFifthError(t *testing.T) {
	for _, c := range []struct {
		who      string
		pace     pace
		failures map[int64]time.Duration
	}{
		{"a browser that the account does not know", strangePace, map[int64]time.Duration{
			0: 0, 1: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 10: 32 * time.Second, 15: 1024 * time.Second,
			21: 65536 * time.Second, 22: 24 * time.Hour, 500: 24 * time.Hour, 1 << 40: 24 * time.Hour,
		}},
		{"a known one", devicePace, map[int64]time.Duration{4: 0, 5: time.Second, 10: 32 * time.Second, 11: time.Minute, 1 << 40: time.Minute}},
		{"all together", everywherePace, map[int64]time.Duration{0: 0, 39: 0, 40: 12 * time.Hour, 41: 12 * time.Hour, 1 << 40: 12 * time.Hour}},
		{"a network", networkPace, map[int64]time.Duration{30: 0, 31: time.Second, 36: 32 * time.Second, 50: 15 * time.Minute}},
	} {
		for failures, want := range c.failures {
			if got := c.pace.delay(failures); got != want {
				t.Errorf("%s, after %d errors: %v, want %v", c.who, failures, got, want)
			}
		}
	}
}

func TestAWaitIsSaidInWords(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "1\u00a0seconde", 2 * time.Second: "2\u00a0secondes", 2001 * time.Millisecond: "3\u00a0secondes",
		61 * time.Second: "2\u00a0minutes", 12 * time.Hour: "12\u00a0heures", 90 * time.Minute: "2\u00a0heures",
	} {
		if got := frenchWait(wait); got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}

// door knocks without hashing: what a robot with all the time in the world gets.
func door(t *testing.T, d *db.DB, who string, from Visitor) (claim, bool) {
	t.Helper()
	var c claim
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) { c, err = knock(tx, who, from); return err })
	if err != nil && !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
	return c, err == nil
}

func insider(t *testing.T, d *db.DB) Account {
	t.Helper()
	a := Account{ID: db.NewID(), Address: "odile@exemple.fr", AddressKey: "odile@exemple.fr", Name: "Odile Muller", CreatedAt: d.Clock.Now()}
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		ok, err := insertAccount(tx, a, Credentials{login: Login{"omuller", "omuller"}, hash: nobodysHash()})
		if !ok {
			return errors.Join(err, errors.New("not created"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Abuse 69: the delay that an identifiant has brought upon itself says nothing of an
// address, be it the same person's or nobody's; and both names together do not give
// more guesses than one account may bear.
func TestTheTwoNamesOfAnAccountDoNotBetrayEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		insider(t, d)
		network := 0
		try := func(name string) bool {
			network++
			_, in := door(t, d, name, Visitor{Remote: fmt.Sprintf("10.%d.%d.1", network/250, network%250)})
			return in
		}
		for _, name := range []string{"omuller", "personne"} {
			for try(name) {
			}
		}
		for _, address := range []string{"odile@exemple.fr", "inconnue@exemple.fr"} {
			for i := range 5 {
				if !try(address) {
					t.Errorf("%s, whose identifiant was hammered or not, is told to wait at try %d", address, i+1)
				}
			}
		}
		guesses, end := 0, c.Now().Add(30*24*time.Hour)
		for c.Now() < end {
			for _, name := range []string{"omuller", "odile@exemple.fr"} {
				for try(name) {
					guesses++
				}
			}
			c.Move(10 * time.Minute)
		}
		if guesses > 100 || guesses < 40 {
			t.Errorf("%d guesses in thirty days by both names, want at most 100 (and the test to have tried)", guesses)
		}
	})
}

// Abuse 68: one password on many accounts, from one network.
func TestANetworkThatTriesManyAccountsIsSlowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		tried := 0
		for i := range 100 {
			if _, in := door(t, d, fmt.Sprintf("personne%d", i), Visitor{Remote: fmt.Sprintf("203.0.113.%d", i)}); in {
				tried++
			}
		}
		// A slow machine lets a few seconds pass.
		if tried < 31 || tried > 36 {
			t.Errorf("%d tried at once", tried)
		}
		if _, in := door(t, d, "quelquun", Visitor{Remote: "198.51.100.1"}); !in {
			t.Error("another network is slowed too")
		}
		c.Move(2 * time.Hour)
		if _, in := door(t, d, "quelquun", Visitor{Remote: "203.0.113.9"}); !in {
			t.Error("the network is not forgotten after an hour")
		}
	})
}

func TestAFailureOfOursIsForgiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		insider(t, d)
		q := job.New(d, slog.New(slog.DiscardHandler))
		s := New(d, event.NewJournal(q), slog.New(slog.DiscardHandler))
		s.hasher.waiting.Store(maxWaiting) // too many people at once
		for range 10 {
			if _, err := s.SignIn(context.Background(), "omuller", "x", Visitor{Remote: "192.0.2.17"}); !fault.Is(err, fault.Unavailable) {
				t.Fatalf("%v", err)
			}
		}
		for i := range 10 {
			if _, in := door(t, d, "omuller", Visitor{Remote: "192.0.2.17"}); !in {
				t.Fatalf("attempt %d: what we could not verify was counted", i+1)
			}
			if i < 9 {
				c.Move(strangePace.delay(int64(i + 1)))
			}
		}
		if _, in := door(t, d, "omuller", Visitor{Remote: "192.0.2.17"}); in {
			t.Error("the eleventh after ten errors was let in")
		}
	})
}

// A success takes back its own attempt, never the delay that somebody else's
// failure has brought meanwhile.
func TestASuccessDoesNotClearTheDelayOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		insider(t, d)
		for i := range networkPace.free {
			if _, in := door(t, d, fmt.Sprintf("personne%d", i), Visitor{Remote: "192.0.2.17"}); !in {
				t.Fatal("slowed too early")
			}
		}
		mine, in := door(t, d, "omuller", Visitor{Remote: "192.0.2.17"}) // brings a second of delay
		// Somebody else's bring up to 64 seconds.
		for i := range 6 {
			c.Move(time.Second << i)
			if _, too := door(t, d, fmt.Sprintf("autre%d", i), Visitor{Remote: "192.0.2.17"}); !in || !too {
				t.Fatal("slowed too early")
			}
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return settle(tx, mine.meters) }); err != nil {
			t.Fatal(err)
		}
		if _, in := door(t, d, "encore", Visitor{Remote: "192.0.2.17"}); in {
			t.Error("the delay is gone")
		}
	})
}
