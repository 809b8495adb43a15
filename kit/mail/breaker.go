package mail

import (
	"sync"
	"time"

	"parvis/kit/clock"
)

// Between two probes of a relay that is down.
const (
	firstProbe = 30 * time.Second
	lastProbe  = 5 * time.Minute
)

// gate is what a breaker lets through.
type gate int

const (
	gateOpen  gate = iota // everything
	gateProbe             // one mail, to see
	gateShut              // nothing
)

// breaker keeps the mails waiting while the relay is down, so that an outage costs
// them none of their attempts.
type breaker struct {
	mu    sync.Mutex
	down  bool
	since clock.Instant // of the last probe
	wait  time.Duration
}

func (b *breaker) gate(now clock.Instant) gate {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.down:
		return gateOpen
	case now < b.since || now.Sub(b.since) >= b.wait: // a clock set back must not keep us waiting
		return gateProbe
	}
	return gateShut
}

// trip notes that the relay did not answer; it tells whether that is news. What
// was under way when it fell does not count as a probe.
func (b *breaker) trip(now clock.Instant) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.down:
		b.down, b.since, b.wait = true, now, firstProbe
		return true
	case now < b.since || now.Sub(b.since) >= b.wait:
		b.since, b.wait = now, min(2*b.wait, lastProbe)
	}
	return false
}

// reset notes that the relay answers; it tells whether that is news.
func (b *breaker) reset() (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	news, b.down = b.down, false
	return news
}
