package intake

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// Patience is how long a gazette may be silent before it is said, public holidays not
// counted. It comes out every day and is fetched twice: by then two fetches or more have
// failed, or brought nothing.
const Patience = 26 * time.Hour

// idle is how long what is due may wait for somebody to begin, on the machine's clock,
// before that counts as a failure. A machine that was asleep begins at once.
var idle = 10 * time.Minute

// Silence is a gazette that does not come any more.
type Silence struct {
	Source string
	Since  clock.Instant // when it last came whole, when it last brought something new, or when it was first awaited
	For    time.Duration
}

// Text says it as people read it: « BOAMP non reçu depuis 26 h ».
func (q Silence) Text() string { return Name(q.Source) + " non reçu depuis " + q.length() }

// length is in hours for three days, and then in days.
func (q Silence) length() string {
	hours := int(q.For / time.Hour)
	if hours < 72 {
		return strconv.Itoa(hours) + "\u00a0h"
	}
	return strconv.Itoa(hours/24) + "\u00a0jours"
}

// Name is how people name a source.
func Name(source string) string { return strings.ToUpper(source) }

// silenceBody is what the journal keeps of it.
type silenceBody struct {
	At clock.Instant `json:"at"`
}

// since is the last time that all was well: it came whole, and something new with it.
func (st State) since() clock.Instant {
	return cmp.Or(min(st.ReceivedAt, cmp.Or(st.NewsAt, st.ReceivedAt)), st.AwaitedAt)
}

// Stale tells that when the gazette last came whole it had brought nothing new for too
// long.
func (st State) Stale() bool {
	return !st.NewsAt.IsZero() && awake(st.NewsAt, st.ReceivedAt) >= Patience
}

// silence tells whether nothing has come for too long, though it was tried.
func (st State) silence(now clock.Instant, waits bool) (Silence, bool) {
	since := st.since()
	return Silence{st.Source, since, now.Sub(since)}, awake(since, now) >= Patience && (st.Failures > 0 || waits)
}

// Look tells whether a gazette is silent. The first who sees it writes it in the
// journal: whoever runs the platform is told once, until it comes again.
func (s *Service) Look(ctx context.Context, source string) (found Silence, silent bool, err error) {
	var st State
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		if st, err = find(tx, source); errors.Is(err, db.ErrNone) {
			return nil
		} else if err != nil {
			return err
		}
		found, silent = st.silence(tx.Now, s.waits(st, tx.Now))
		return nil
	})
	if err != nil || !silent || !st.SilentAt.IsZero() {
		return found, silent, err
	}
	return found, silent, s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE gazette SET silent_at = $1 WHERE source = $2 AND silent_at IS NULL AND coalesce(received_at, 0) = $3 AND coalesce(news_at, 0) = $4",
			tx.Now, source, int64(st.ReceivedAt), int64(st.NewsAt))
		if err != nil || n == 0 {
			return err
		}
		s.log.Error("the gazette has not been received for 26 hours", "source", source, "since", found.Since.In(clock.Paris).Format(time.RFC3339),
			"failures", st.Failures, "fault", st.Fault)
		return s.journal.Record(tx, access.Platform("relève"), event.SourceSilent, source, silenceBody{found.Since})
	})
}

// waits tells whether what is due has waited for long without anybody who begins.
func (s *Service) waits(st State, now clock.Instant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !st.dueAt(now) || st.held(now) {
		delete(s.overdue, st.Source)
		return false
	}
	since, seen := s.overdue[st.Source]
	if !seen {
		s.overdue[st.Source] = time.Now()
		return false
	}
	return time.Since(since) >= idle
}

// StateOf reads what is known of the fetch of a gazette; db.ErrNone when nobody has
// awaited it.
func StateOf(tx *db.Tx, source string) (State, error) { return find(tx, source) }

// Silent tells whether a gazette is still said to be silent, and since when nothing has
// come.
func (st State) Silent(now clock.Instant) (Silence, bool) {
	found, _ := st.silence(now, true)
	return found, !st.SilentAt.IsZero()
}
