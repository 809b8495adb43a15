package clock

import (
	"database/sql/driver"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // a village's laptop may have no zone files
)

// Instant is a moment, in Unix milliseconds. Zero means "not (yet)" and is NULL
// in the database. One integer type on both databases, because PostgreSQL's
// TIMESTAMP silently stores a Paris wall clock an hour wrong and SQLite returns
// TIMESTAMPTZ as text.
type Instant int64

// At is the instant of t; the zero time gives the zero instant.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time is the moment in UTC.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// In is the moment on the wall clocks of zone.
func (i Instant) In(zone *time.Location) time.Time { return i.Time().In(zone) }

// RFC3339 is the moment as programs read it, in universal time; "" for none.
func (i Instant) RFC3339() string {
	if i.IsZero() {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}

// IsZero tells that nothing has happened (yet).
func (i Instant) IsZero() bool { return i == 0 }

// Add moves by d, to the millisecond.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub is the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// Scan reads a BIGINT or NULL column.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = 0
	case int64:
		*i = Instant(v)
	default:
		return fmt.Errorf("clock: cannot read an instant from %T", src)
	}
	return nil
}

// Value writes NULL for zero.
func (i Instant) Value() (driver.Value, error) {
	if i == 0 {
		return nil, nil
	}
	return int64(i), nil
}

// Paris is the legal time of metropolitan France: what people read unless the
// buyer's zone says otherwise.
var Paris = mustZone("Europe/Paris")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is embedded: this cannot happen in a built binary
	}
	return z
}

// Clock tells the time.
type Clock interface {
	Now() Instant
}

// System is the machine's clock.
type System struct{}

// Now is the machine's time.
func (System) Now() Instant { return At(time.Now()) }

// Movable is a clock that runs like the machine's but can be set ahead: the
// demonstration's « avancer l'horloge » and the tests of what is due later.
type Movable struct {
	mu    sync.Mutex
	shift time.Duration
	moved []func()
}

// Now is the machine's time plus all moves.
func (m *Movable) Now() Instant {
	m.mu.Lock()
	defer m.mu.Unlock()
	return At(time.Now().Add(m.shift))
}

// Move sets the clock ahead (or back) by d and tells those who asked.
func (m *Movable) Move(d time.Duration) {
	m.mu.Lock()
	m.shift += d
	told := append([]func(){}, m.moved...)
	m.mu.Unlock()
	for _, f := range told {
		f()
	}
}

// Shift is how far the clock is from the machine's.
func (m *Movable) Shift() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shift
}

// OnMove asks to be told of each move, after it.
func (m *Movable) OnMove(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved = append(m.moved, f)
}
