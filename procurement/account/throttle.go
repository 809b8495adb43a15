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
	first   time.Duration // the delay after one more; it doubles
	longest time.Duration // up to here
	// How failures are forgotten: one by one, one per each; or, when each is zero, all
	// together after memory without any.
	each   time.Duration
	memory time.Duration
}

// Whatever the number of networks and of stolen cookies, an account can be guessed at
// a hundred times at most in thirty days: that is everywherePace, forty at once and
// two a day. Browsers that the account does not know have their own, slower pace, half
// of that: they can use up neither the hundred nor the pace of the browsers that it
// knows. A network is slowed much later and for less: a town hall is one.
var (
	everywherePace = pace{free: 39, first: 12 * time.Hour, longest: 12 * time.Hour, each: 12 * time.Hour}
	strangePace    = pace{free: 4, first: time.Second, longest: 24 * time.Hour, each: 24 * time.Hour}
	devicePace     = pace{free: 4, first: time.Second, longest: time.Minute, memory: 30 * 24 * time.Hour}
	networkPace    = pace{free: 30, first: time.Second, longest: 15 * time.Minute, memory: time.Hour}
)

// worn is how many failures in a row make a known browser count like any other, until
// its owner signs in: its cookie may be a copy.
const worn = 10

// delay is how long to wait after this many failures.
func (p pace) delay(failures int64) time.Duration {
	if failures <= p.free {
		return 0
	}
	d := p.first
	for n := failures - p.free; n > 1 && d < p.longest; n-- {
		d *= 2
	}
	return min(d, p.longest)
}

// standing is how many failures of a counter still count. Those that are forgotten
// one by one are written as the hour when the last one will be.
func (p pace) standing(a attempt, now clock.Instant) int64 {
	left := a.KeepUntil.Sub(now)
	switch {
	case left < 0:
		return 0
	case p.each > 0:
		return int64((left + p.each - 1) / p.each)
	}
	return a.Failures
}

// failed is the counter after one more failure.
func (p pace) failed(a attempt, now clock.Instant) attempt {
	if left := p.standing(a, now); left == 0 {
		a.Failures, a.BlockedUntil = 1, 0
	} else {
		a.Failures = left + 1
	}
	if p.each > 0 {
		a.KeepUntil = max(a.KeepUntil, now).Add(p.each)
	} else {
		a.KeepUntil = max(a.KeepUntil, now.Add(p.memory))
	}
	if d := p.delay(a.Failures); d > 0 {
		a.BlockedUntil = now.Add(d)
	}
	return a
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
	worn  bool          // a known browser's that failed too often: it counts for nothing, until a success
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

// Keys of the counters: of an account by where it is tried from, and of a network.
func everywhereKey(who string) string  { return keyOf("everywhere\x00" + who) }
func strangeKey(who string) string     { return keyOf("strange\x00" + who) }
func deviceKey(deviceID string) string { return keyOf("device\x00" + deviceID) }
func networkKey(network string) string { return keyOf("network\x00" + network) }

// metersOf says what counts for this attempt at an account, or at nobody's. A browser
// that the account knows has a counter of its own: somebody who hammers the account
// from elsewhere, or from the same network, does not lock its owner out, an hour
// before a deadline.
func metersOf(tx *db.Tx, who string, from Visitor) ([]meter, error) {
	return metersOn(tx, "", who, from)
}

// codeMeters says what counts for a code of the second step: counters of the same paces,
// apart from the password's. Whoever knows the password does not start them again, nor
// does a sign-in begun anew.
func codeMeters(tx *db.Tx, accountID string, from Visitor) ([]meter, error) {
	return metersOn(tx, "code\x00", accountID, from)
}

// metersOn are the counters of what is guessed at, of an account or of nobody.
func metersOn(tx *db.Tx, what, who string, from Visitor) ([]meter, error) {
	everywhere := meter{key: everywhereKey(what + who), pace: everywherePace}
	d, _, known, err := deviceOf(tx, who, from.Device)
	if err != nil {
		return nil, err
	}
	meters := []meter{everywhere}
	if known {
		own := meter{key: deviceKey(what + d.ID), pace: devicePace}
		a, err := attemptByKey(tx, own.key)
		if err != nil {
			return nil, err
		}
		own.worn = devicePace.standing(a, tx.Now) >= worn
		meters = append(meters, own)
		if !own.worn {
			return meters, nil
		}
	}
	meters = append(meters, meter{key: strangeKey(what + who), pace: strangePace})
	if network := NetworkOf(from.Remote); network != "" {
		meters = append(meters, meter{key: networkKey(network), pace: networkPace})
	}
	return meters, nil
}

// count takes the attempt as failed before it is made, so that a thousand at once
// are a thousand, and refuses it while a delay runs. What was not wrong is taken back.
func count(tx *db.Tx, meters []meter) error {
	// One order for everybody, because each row is a lock.
	slices.SortFunc(meters, func(a, b meter) int { return cmp.Compare(a.key, b.key) })
	rows := make([]attempt, len(meters))
	for i, m := range meters {
		if m.worn {
			continue
		}
		a, err := takeAttempt(tx, m.key, tx.Now)
		if err != nil {
			return err
		}
		if tx.Now < a.BlockedUntil && m.pace.standing(a, tx.Now) > 0 {
			return tooMany(a.BlockedUntil.Sub(tx.Now))
		}
		rows[i] = a
	}
	for i, m := range meters {
		if m.worn {
			continue
		}
		a := m.pace.failed(rows[i], tx.Now)
		if m.pace.delay(a.Failures) > 0 {
			meters[i].until = a.BlockedUntil
		}
		if err := setAttempt(tx, a); err != nil {
			return err
		}
	}
	return nil
}

// forgive takes back what count wrote for an attempt that was not wrong, and nothing
// else: the account's owner who signs in gives nobody else new guesses, nor does one
// good account pay for guesses at others.
func forgive(tx *db.Tx, meters []meter) error {
	for _, m := range meters {
		if m.worn {
			continue
		}
		if err := forgiveAttempt(tx, m.key, m.until, m.pace.each); err != nil {
			return err
		}
	}
	return nil
}

// settle notes a success: it takes back its own attempt, and the known browser's
// counter starts again.
func settle(tx *db.Tx, meters []meter) error {
	if err := forgive(tx, meters); err != nil {
		return err
	}
	for _, m := range meters {
		if m.pace == devicePace {
			return clearAttempts(tx, m.key)
		}
	}
	return nil
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
