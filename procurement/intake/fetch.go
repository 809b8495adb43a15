package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
)

// ErrUnderWay says that another run is fetching.
var ErrUnderWay = fault.New(fault.Conflict, "Une relève est déjà en cours.")

// longest is how long a run may take; what it read by then stays, and the next one
// goes on.
const longest = 30 * time.Minute

// run is one fetch under way.
type run struct {
	*Service
	by       access.Actor
	source   string
	owner    string
	from, to string // days
	anew     bool
	tells    string // the first day whose notices alert
	tally    Tally
	refused  func(*notice.RecordError)
}

// Await writes down that a gazette is to be fetched from now on, by this server. When it
// is the only one that there can be, what another one was at is free.
func (s *Service) Await(ctx context.Context, by access.Actor, source string, alone bool) error {
	if err := by.Must(access.RecordNotices); err != nil {
		return err
	}
	s.role = server
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := await(tx, source); err != nil || !alone {
			return err
		}
		_, err := tx.Exec("UPDATE gazette SET lease_until = NULL WHERE source = $1 AND lease_owner LIKE $2", source, server+" %")
		return err
	})
}

// Due tells whether it is time to fetch, and nobody is at it.
func (s *Service) Due(ctx context.Context, source string) (bool, error) {
	var st State
	var now clock.Instant
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		st, err = find(tx, source)
		return err
	})
	switch {
	case errors.Is(err, db.ErrNone):
		return false, nil
	case err != nil || !st.dueAt(now) || !st.held(now):
		return err == nil && st.dueAt(now), err
	}
	return s.gone(ctx, st)
}

// gone tells whether who holds the lease is surely dead.
func (s *Service) gone(ctx context.Context, st State) (bool, error) {
	holder := strings.Fields(st.LeaseOwner) // role, process, run
	if len(holder) < 2 {
		return false, nil
	}
	return s.db.Dead(ctx, holder[1])
}

// Fetch reads what a gazette has published, from some days ago on, and records it. It
// says each record that cannot be read. Another run that is at it gives ErrUnderWay.
// What goes wrong is written down with the rest; the error is for whoever waits.
func (s *Service) Fetch(ctx context.Context, by access.Actor, source string, g Gazette, refused func(*notice.RecordError)) (Tally, error) {
	if err := by.Must(access.RecordNotices); err != nil {
		return Tally{}, err
	}
	r := &run{Service: s, by: by, source: source, refused: refused}
	if err := r.begin(ctx); err != nil {
		return Tally{}, err
	}
	work, cancel := context.WithTimeoutCause(ctx, longest, errTooLong)
	defer cancel()
	err := r.under(work, func(ctx context.Context) error { return r.read(ctx, g) })
	if ended := r.end(context.WithoutCancel(ctx), err, ctx.Err() != nil); ended != nil {
		return r.tally, errors.Join(err, ended)
	}
	return r.tally, err
}

var (
	errTooLong = fault.New(fault.Unavailable, "La relève a duré plus de 30\u00a0minutes\u00a0: elle reprendra où elle en est.")
	errStale   = fault.New(fault.Unavailable, "La source répond, mais n'a rien donné de nouveau depuis plus de 26\u00a0heures.")
	errNothing = fault.New(fault.Unavailable, "La source ne donne aucun avis, pour aucun des jours relus.")
)

// read reads day after day, and then makes sure that something came: a gazette that is
// empty for a week has lost something.
func (r *run) read(ctx context.Context, g Gazette) error {
	for d := r.from; d <= r.to; d = shift(d, 1) {
		if err := r.day(ctx, g, d); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
	}
	if r.tally.Read() == 0 {
		return errNothing
	}
	return nil
}

// chunkBytes is how much waits in memory for one transaction.
const chunkBytes = 32 << 20

// day reads the notices of a day; of the last one, those of the days after it too: this
// machine's clock may be late.
func (r *run) day(ctx context.Context, g Gazette, day string) error {
	var chunk []notice.Record
	size, before := 0, r.tally.Read()
	for n, err := range g.Published(ctx, day, day == r.to) {
		var bad *notice.RecordError
		switch {
		case errors.As(err, &bad):
			r.tally.Refused++
			r.refused(bad)
			continue
		case err != nil:
			return errors.Join(err, r.record(ctx, chunk, ""))
		}
		if chunk, size = append(chunk, n), size+len(n.Raw); len(chunk) == notice.Chunk || size >= chunkBytes {
			if err := r.record(ctx, chunk, ""); err != nil {
				return err
			}
			chunk, size = chunk[:0], 0
		}
	}
	whole := day
	if before == r.tally.Read() && len(chunk) == 0 {
		whole = "" // an empty day proves nothing: our clock may be wrong
	}
	return r.record(ctx, chunk, whole)
}

// record takes in a chunk, as long as the lease is ours: those that were published
// before anybody awaited them tell nobody.
func (r *run) record(ctx context.Context, chunk []notice.Record, whole string) error {
	var past, now []notice.Record
	for _, n := range chunk {
		if n.PublishedOn != "" && n.PublishedOn < r.tells {
			past = append(past, n)
		} else {
			now = append(now, n)
		}
	}
	var did Tally
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		if err := r.hold(tx, whole); err != nil {
			return err
		}
		for _, part := range []struct {
			records []notice.Record
			alerts  bool
		}{{past, false}, {now, true}} {
			out, err := r.notices.RecordIn(tx, r.by, notice.Prepare(part.records), part.alerts)
			if err != nil {
				return err
			}
			did.add(Tally{Outcome: out})
		}
		if did.New+did.Changed > 0 {
			return news(tx, r.source)
		}
		return nil
	})
	if err == nil {
		r.tally.add(did)
	}
	return err
}

// begin takes the lease, if it is free or its holder is gone.
func (r *run) begin(ctx context.Context) (err error) {
	boot, err := r.db.Boot(ctx)
	if err != nil {
		return err
	}
	r.owner = r.role + " " + boot + " " + db.NewID() // two runs of one process are two
	var seen State
	if err := r.db.Write(ctx, func(tx *db.Tx) error { return await(tx, r.source) }); err != nil {
		return err
	}
	if err := r.db.Read(ctx, func(tx *db.Tx) (err error) { seen, err = find(tx, r.source); return err }); err != nil {
		return err
	}
	gone, err := r.gone(ctx, seen)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(tx *db.Tx) error { return r.take(tx, seen, gone) })
}

// take takes the lease, unless somebody else holds it, or has since it was seen.
func (r *run) take(tx *db.Tx, seen State, gone bool) error {
	st, err := lock(tx, r.source)
	switch {
	case err != nil:
		return err
	case st.LeaseOwner != seen.LeaseOwner, st.held(tx.Now) && !gone:
		return ErrUnderWay
	}
	if st.LeaseOwner != "" {
		st.Failures++
		st.Fault = "La relève précédente a été interrompue."
		r.log.Warn("a fetch was interrupted; another one goes on", "source", r.source)
	}
	today := day(tx.Now)
	r.to, r.tells = today, st.TellsFrom
	if r.from, r.anew = window(today, st.WholeTo); r.anew && st.WholeTo != "" {
		r.tells = today
	}
	st.TriedAt, st.LeaseOwner, st.LeaseUntil = tx.Now, r.owner, tx.Now.Add(leaseFor)
	return save(tx, st)
}

// end writes down how it went, and lets the lease go; not when it is somebody else's.
func (r *run) end(ctx context.Context, failed error, asked bool) error {
	return r.db.Write(ctx, func(tx *db.Tx) error {
		st, err := lock(tx, r.source)
		if err != nil || st.LeaseOwner != r.owner {
			return err
		}
		st.LeaseOwner, st.LeaseUntil = "", 0
		failed := failed // a transaction may be done twice
		if failed == nil {
			failed, err = r.came(tx, &st)
		}
		switch {
		case err != nil:
			return err
		case failed == nil:
			return r.received(tx, st)
		case asked: // it was told to stop: nothing went wrong
			st.DueAt = tx.Now
			r.log.Info("the fetch stops with the program; it goes on at the next start", "source", r.source, "read", r.tally.Read())
		default:
			var later *Later
			asks := time.Duration(0)
			if errors.As(failed, &later) {
				asks = later.For
			}
			st.Failures++
			st.Fault = sentence(failed)
			st.DueAt = tx.Now.Add(waitAfter(st.Failures, asks))
			r.log.Warn("the fetch failed; it will be tried again", "source", r.source, "failures", st.Failures, "read", r.tally.Read(),
				"again", st.DueAt.In(clock.Paris).Format(time.RFC3339), "error", failed)
		}
		return save(tx, st)
	})
}

// came writes down that everything came; the fault is that nothing of it was new, for too
// long. The very first time nothing need be: it may have been imported by hand.
func (r *run) came(tx *db.Tx, st *State) (stale, err error) {
	if st.NewsAt.IsZero() {
		if st.NewsAt, err = tx.Now, news(tx, r.source); err != nil {
			return nil, err
		}
	}
	st.ReceivedAt, st.Last, st.TellsFrom = tx.Now, r.tally, r.tells
	if awake(st.NewsAt, tx.Now) >= Patience {
		return errStale, nil
	}
	return nil, nil
}

// received ends a run that went well. The next one comes in time to say that nothing new
// has come, should that be so.
func (r *run) received(tx *db.Tx, st State) error {
	st.Failures, st.Fault = 0, ""
	st.DueAt = nextSlot(tx.Now, r.spread)
	if end := patienceEnds(st.NewsAt); end > tx.Now {
		st.DueAt = min(st.DueAt, end)
	}
	r.log.Info("the gazette was received", "source", r.source, "from", r.from, "new", r.tally.New, "changed", r.tally.Changed, "same", r.tally.Same,
		"refused", r.tally.Refused, "next", st.DueAt.In(clock.Paris).Format(time.RFC3339))
	if !st.SilentAt.IsZero() {
		st.SilentAt = 0
		if err := r.journal.Record(tx, r.by, event.SourceHeard, r.source, silenceBody{tx.Now}); err != nil {
			return err
		}
	}
	return save(tx, st)
}

// sentence is what an operator reads of an error.
func sentence(err error) string {
	text := err.Error()
	if e, ok := fault.As(err); ok {
		if text = e.Text; e.Cause != nil {
			text = fmt.Sprintf("%s (%v)", text, e.Cause)
		}
	}
	const enough = 500
	if runes := []rune(text); len(runes) > enough {
		text = string(runes[:enough]) + "…"
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd")
}
