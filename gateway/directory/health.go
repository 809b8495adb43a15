package directory

import (
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/org"
)

// After so many failures in a row the directory is left alone, longer each time, and
// then one question tries it before the others follow. When it says itself that it is
// asked too much, it is left alone at once.
const (
	failuresToRest = 3
	shortestRest   = 30 * time.Second
	longestRest    = 10 * time.Minute
)

var errResting = errors.New("directory: left alone after failures")

// tooFast is a 429.
type tooFast struct{ wait time.Duration }

func (*tooFast) Error() string { return "directory: 429, asked too fast" }

// health says whether the directory may be asked. It is under the client's lock.
type health struct {
	failures int
	until    clock.Instant // left alone until then
	rest     time.Duration // the last one
	trying   bool          // the one question that tries it is under way
}

// begin lets a question go, or not.
func (h *health) begin(now clock.Instant) error {
	if h.until.IsZero() {
		return nil
	}
	if now < h.until && h.until.Sub(now) <= longestRest || h.trying { // a clock that went back rests no longer than that
		return errResting
	}
	h.trying = true
	return nil
}

// end counts how a question ended.
func (h *health) end(err error, now clock.Instant) {
	h.trying = false
	var fast *tooFast
	switch {
	case errors.Is(err, errBusy):
		return
	case err == nil, errors.Is(err, org.ErrUnlisted):
		*h = health{}
		return
	case errors.As(err, &fast):
		h.failures = failuresToRest
	default:
		h.failures++
	}
	if h.failures < failuresToRest {
		return
	}
	if h.until.IsZero() || now >= h.until { // several failing together are one failure
		h.rest = min(max(2*h.rest, shortestRest), longestRest)
	}
	if fast != nil {
		h.rest = min(max(h.rest, fast.wait), longestRest)
	}
	h.until = now.Add(h.rest)
}
