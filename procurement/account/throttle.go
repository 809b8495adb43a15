package account

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
)

// pace says how failures slow down the next attempt.
type pace struct {
	free    int64         // failures that cost nothing
	longest time.Duration // the delay doubles from a second up to here
	memory  time.Duration // without a failure for so long, all is forgotten
}

// Whatever the number of networks, an account can be guessed at less than a
// hundred times in thirty days: twenty errors to reach half a day, then two a day.
// A network is slowed much later and for less: a town hall is one.
var (
	accountPace = pace{free: 4, longest: 12 * time.Hour, memory: 30 * 24 * time.Hour}
	networkPace = pace{free: 30, longest: 15 * time.Minute, memory: time.Hour}
)

// homeMemory is how long a network where somebody signed in counts as theirs.
const homeMemory = 60 * 24 * time.Hour

// delay is how long to wait after this many failures.
func (p pace) delay(failures int64) time.Duration {
	n := failures - p.free
	if n <= 0 {
		return 0
	}
	if n > 30 {
		return p.longest
	}
	return min(time.Second<<(n-1), p.longest)
}

// attempt is a counter of failures.
type attempt struct {
	Key          string
	Failures     int64
	BlockedUntil clock.Instant
	KeepUntil    clock.Instant
}

// meter is a counter that one attempt to sign in moves, and its pace.
type meter struct {
	key   string
	pace  pace
	until clock.Instant // the delay that this attempt brought, if it fails
}

// NetworkOf is the part of a remote address that one subscriber of an operator
// holds: /24 of IPv4, /64 of IPv6. It takes an address with or without a port, or
// a network. What is neither, and this machine itself, is "": a network that
// nobody is known by.
func NetworkOf(remote string) string {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		if ap, err := netip.ParseAddrPort(remote); err == nil {
			addr = ap.Addr()
		} else if p, err := netip.ParsePrefix(remote); err == nil {
			addr = p.Addr()
		} else {
			return ""
		}
	}
	addr = addr.Unmap().WithZone("")
	if addr.IsLoopback() {
		return "" // this machine: a proxy that does not say for whom, and it may be anybody
	}
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// keyOf is the key of a counter: a digest, because what was typed may be anything,
// a password in the wrong field included.
func keyOf(parts string) string { return token.Hash(parts) }

// metersOf says what counts for this attempt. Where the account has signed in
// before, it has a counter of its own: somebody who hammers it from elsewhere does
// not lock its owner out, an hour before a deadline.
func metersOf(tx *db.Tx, who, network string) ([]meter, error) {
	if network == "" {
		return []meter{{key: keyOf("account\x00" + who), pace: accountPace}}, nil
	}
	home := keyOf("home\x00" + who + "\x00" + network)
	atHome, err := attemptKept(tx, home)
	if err != nil {
		return nil, err
	}
	if atHome {
		return []meter{{key: home, pace: accountPace}}, nil
	}
	return []meter{
		{key: keyOf("account\x00" + who), pace: accountPace},
		{key: keyOf("network\x00" + network), pace: networkPace},
	}, nil
}

// count takes the attempt as failed before it is made, so that a thousand at once
// are a thousand, and refuses it while a delay runs. What succeeds is forgiven.
func count(tx *db.Tx, meters []meter) error {
	// One order for everybody, because each row is a lock.
	slices.SortFunc(meters, func(a, b meter) int { return cmp.Compare(a.key, b.key) })
	rows := make([]attempt, len(meters))
	for i, m := range meters {
		a, err := takeAttempt(tx, m.key, tx.Now.Add(m.pace.memory))
		if err != nil {
			return err
		}
		if a.KeepUntil < tx.Now {
			a.Failures, a.BlockedUntil = 0, 0
		}
		if tx.Now < a.BlockedUntil {
			return tooMany(a.BlockedUntil.Sub(tx.Now))
		}
		rows[i] = a
	}
	for i, m := range meters {
		a := rows[i]
		a.Failures++
		if d := m.pace.delay(a.Failures); d > 0 {
			a.BlockedUntil = tx.Now.Add(d)
			meters[i].until = a.BlockedUntil
		}
		a.KeepUntil = max(a.KeepUntil, tx.Now.Add(m.pace.memory))
		if err := setAttempt(tx, a); err != nil {
			return err
		}
	}
	return nil
}

// forgive takes back what count wrote for an attempt that was not wrong.
func forgive(tx *db.Tx, meters []meter) error {
	for _, m := range meters {
		if err := forgiveAttempt(tx, m.key, m.until); err != nil {
			return err
		}
	}
	return nil
}

// settle notes a success: the account's counter starts again, the network's only
// loses this attempt: one good account must not pay for guesses at others.
func settle(tx *db.Tx, meters []meter) error {
	for _, m := range meters {
		if m.pace == networkPace {
			if err := forgiveAttempt(tx, m.key, m.until); err != nil {
				return err
			}
		} else if err := setAttempt(tx, attempt{Key: m.key, KeepUntil: tx.Now.Add(m.pace.memory)}); err != nil {
			return err
		}
	}
	return nil
}

// welcomeHome remembers a network where the account has signed in.
func welcomeHome(tx *db.Tx, who, network string) error {
	if network == "" {
		return nil
	}
	home := keyOf("home\x00" + who + "\x00" + network)
	if _, err := takeAttempt(tx, home, 0); err != nil {
		return err
	}
	return setAttempt(tx, attempt{Key: home, KeepUntil: tx.Now.Add(homeMemory)})
}

func tooMany(wait time.Duration) error {
	return fault.New(fault.Unavailable, fmt.Sprintf("Trop d'essais infructueux. Réessayez dans %s.", frenchWait(wait)))
}

// frenchWait rounds up: nobody should come back a second too early.
func frenchWait(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "heure"}, {time.Minute, "minute"}, {time.Second, "seconde"}} {
		if d > u.unit || u.unit == time.Second {
			n := int64((d + u.unit - 1) / u.unit)
			if n > 1 {
				return fmt.Sprintf("%d\u00a0%ss", n, u.name)
			}
			return "1\u00a0" + u.name
		}
	}
	return ""
}
