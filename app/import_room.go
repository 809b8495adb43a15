package app

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// room lets the memory of the program grow by some hundred megabytes between two
// collections while it imports. A record is read, taken apart, written and forgotten:
// collecting each time that as much came as there was took a sixth of the processors,
// which the database needs. Whoever says in GOGC how often to collect is obeyed.
type room struct {
	mu       sync.Mutex
	imports  int
	usual    int // percent, as it was before
	declared bool
	percent  int
}

const (
	roomBytes   = 512 << 20
	mostPercent = 400
)

// rooms is one for the program: its collector is one.
var rooms room

// enter begins an import; leave ends it.
func (r *room) enter() (leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.imports++; r.imports == 1 {
		_, r.declared = os.LookupEnv("GOGC")
		r.percent = 100
		if !r.declared {
			r.usual = debug.SetGCPercent(r.percent)
		}
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.imports--; r.imports == 0 && !r.declared {
			debug.SetGCPercent(r.usual)
		}
	}
}

// adapt sets how much more may be there before a collection, by what is in use.
func (r *room) adapt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := percentFor(live[0].Value.Uint64())
	const worth = 20 // each change stops the program for a moment
	if !r.declared && (percent > r.percent+worth || percent < r.percent-worth) {
		debug.SetGCPercent(percent)
		r.percent = percent
	}
}

// percentFor is how much may be added to what lives: no more than room has, never less
// than the usual.
func percentFor(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	return int(min(max(100, roomBytes*100/live), mostPercent))
}
