package intake

import (
	"context"
	"hash/fnv"
	"iter"
	"log/slog"
	"sync"
	"time"

	"parvis/kit/db"
	"parvis/procurement/event"
	"parvis/procurement/notice"
)

// Gazette is where notices are fetched from. It is asked day by day.
type Gazette interface {
	// Published gives the notices of a day (YYYY-MM-DD), or of that day and all that
	// follow: each that there is, at least once, as long as no error ends it. A record
	// that cannot be read comes as a *notice.RecordError, and what follows goes on; any
	// other error is the last, and says that the day is not whole.
	Published(ctx context.Context, day string, onwards bool) iter.Seq2[notice.Record, error]
}

// Later is the error of a gazette that asks to be left alone for some time.
type Later struct {
	For time.Duration
	Err error
}

// Error is the error behind it.
func (l *Later) Error() string { return l.Err.Error() }

// Unwrap gives it.
func (l *Later) Unwrap() error { return l.Err }

// Service holds the use cases of the room.
type Service struct {
	db      *db.DB
	journal *event.Journal
	notices *notice.Service
	log     *slog.Logger
	role    string        // server or command
	spread  time.Duration // after the hour, so that platforms do not all ask at once

	mu      sync.Mutex
	overdue map[string]time.Time // since when nobody has begun what is due, on the machine's clock
}

// New makes the room. The name is the platform's own, whatever it is: it says at which
// minute of its hours it fetches.
func New(d *db.DB, j *event.Journal, n *notice.Service, name string, log *slog.Logger) *Service {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // a hash refuses nothing
	return &Service{db: d, journal: j, notices: n, log: log, role: command, spread: time.Duration(sum.Sum32()%spreadMinutes) * time.Minute, overdue: map[string]time.Time{}}
}
