package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/procurement/watch/engine"
)

// run is one hour's digests: the slot that it closed and the hours that it
// serves, its own and those that nobody served before it.
type run struct {
	Day    string
	Hour   int
	Slot   int64
	Hours  string
	Week   string // as Hours, of watch.WeekHour
	RanAt  clock.Instant
	DoneAt clock.Instant
}

const runColumns = "day, hour, slot, hours, week, ran_at, done_at"

// Digests sends the digests that are due: those of the hour that the clocks of
// Paris show, and of any hour missed since the last run. Called often, on every
// replica; one of them does the work, and what it leaves half done is finished by
// the next call.
func (s *Service) Digests(ctx context.Context) error {
	if err := access.Platform("récapitulatifs").Must(access.SendAlerts); err != nil {
		return err
	}
	if err := s.startRun(ctx); err != nil {
		return fmt.Errorf("start digests: %w", err)
	}
	var unfinished []run
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.All(&unfinished, "SELECT "+runColumns+" FROM digest_run WHERE done_at IS NULL ORDER BY slot")
	}); err != nil {
		return err
	}
	for _, r := range unfinished {
		if err := s.finishRun(ctx, r); err != nil {
			return fmt.Errorf("digests of %s %d h: %w", r.Day, r.Hour, err)
		}
	}
	return nil
}

// startRun opens the run of this hour if nobody has. The row is keyed by the
// wall clock: an hour that the change of time repeats or skips is run once, or
// served by the next.
func (s *Service) startRun(ctx context.Context) error {
	now := s.db.Clock.Now().In(clock.Paris)
	day, hour := now.Format(time.DateOnly), now.Hour()
	last, err := s.lastRun(ctx)
	if err != nil || last.Day == day && last.Hour == hour {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`INSERT INTO digest_run (day, hour, slot, hours, ran_at) VALUES ($1, $2, 0, '', $3) ON CONFLICT DO NOTHING`, day, hour, tx.Now)
		if err != nil || n == 0 {
			return err // another replica has
		}
		slot, err := closeSlot(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE digest_run SET slot = $1, hours = $2, week = $3 WHERE day = $4 AND hour = $5", slot, hoursSince(last, now, 1), hoursSince(last, now, 7), day, hour)
		return err
	})
}

// lastRun is the latest run, zero when there is none.
func (s *Service) lastRun(ctx context.Context) (run, error) {
	var r run
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(&r, "SELECT "+runColumns+" FROM digest_run ORDER BY day DESC, hour DESC LIMIT 1")
	})
	if errors.Is(err, db.ErrNone) {
		return run{}, nil
	}
	return r, err
}

// hoursSince lists the hours that have begun since the last run: those of a day, or,
// for seven days, those of the week. It reads them off a dial that no change of time
// touches: the hour that the clocks of Paris skip has its watches too.
func hoursSince(last run, now time.Time, days int) string {
	dial := time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), 0, 0, 0, time.UTC)
	var hours []string
	for back := range 24 * days {
		t := dial.Add(-time.Duration(back) * time.Hour)
		day, hour := t.Format(time.DateOnly), t.Hour()
		if back > 0 && (last.Day == "" || day < last.Day || day == last.Day && hour <= last.Hour) {
			break
		}
		if days > 1 {
			hour = watch.WeekHour(watch.WeekdayOf(t), hour)
		}
		hours = append(hours, strconv.Itoa(hour))
	}
	return strings.Join(hours, ",")
}

// peoplePerStep is how many recipients are served in one transaction; a variable
// for the tests.
var peoplePerStep = 200

// finishRun mails everybody whom the run owes a digest. It can be cut off and
// begun again anywhere: whoever has the digest of this slot is passed over, and the
// ledger knows who was told of what.
func (s *Service) finishRun(ctx context.Context, r run) error {
	people, served, err := s.owed(ctx, r)
	if err != nil {
		return err
	}
	recipients := 0
	for step := range slices.Chunk(people, peoplePerStep) {
		n := 0
		if err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = s.mailStep(tx, r, step)
			return err
		}); err != nil {
			return err
		}
		recipients += n
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if mine, err := holdRun(tx, r); err != nil || !mine {
			return err
		}
		if _, err := tx.Exec("UPDATE digest_run SET done_at = $1 WHERE day = $2 AND hour = $3", tx.Now, r.Day, r.Hour); err != nil {
			return err
		}
		for _, w := range served {
			if _, err := tx.Exec(`INSERT INTO watch_progress (watch_id, slot) VALUES ($1, $2)
				ON CONFLICT (watch_id) DO UPDATE SET slot = excluded.slot WHERE watch_progress.slot < excluded.slot`, w.ID, r.Slot); err != nil {
				return err
			}
		}
		if recipients == 0 {
			return nil // an empty hour is no event
		}
		return s.journal.Record(tx, access.Platform("récapitulatifs"), event.DigestsSent, r.Day+" "+strconv.Itoa(r.Hour)+" h",
			map[string]int{"recipients": recipients, "watches": len(served)})
	})
}

// mailStep mails some of a run's people, and tells how many have its digest now.
func (s *Service) mailStep(tx *db.Tx, r run, people []*person) (recipients int, err error) {
	if mine, err := holdRun(tx, r); err != nil || !mine {
		return 0, err
	}
	for _, who := range people {
		has, err := hasDigest(tx, who.key, r.Slot)
		if err == nil && !has {
			has, err = s.mailOne(tx, digestMailing, who, r.Slot)
		}
		if err != nil {
			return 0, err
		}
		if has {
			recipients++
		}
	}
	return recipients, nil
}

// due is a watch that a run serves, and since when it has not been.
type due struct {
	*watch.Watch
	after   int64 // the last slot that it was served for
	resumes bool  // it was paused since
}

// owed asks the due watches' current criteria of every notice since each one's
// last digest.
func (s *Service) owed(ctx context.Context, r run) (people []*person, served []*watch.Watch, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		watches, err := dueWatches(tx, r)
		if err != nil || len(watches) == 0 {
			return err
		}
		from := r.Slot
		for _, w := range watches {
			from = min(from, w.after+1)
		}
		rows, err := matchedBetween(tx, from, r.Slot)
		if err != nil {
			return err
		}
		p, err := matchAgain(tx, watches, rows)
		if err != nil {
			return err
		}
		all := make([]*watch.Watch, len(watches))
		for i, w := range watches {
			all[i] = w.Watch
			if w.Frequency != watch.Immediate || w.resumes || serves(r, w.Hour) { // an immediate one too, for the day it becomes daily
				served = append(served, w.Watch)
			}
		}
		people, err = gather(all, p, tx.Now)
		people = slices.DeleteFunc(people, func(who *person) bool { return len(who.notices) == 0 })
		return err
	})
	return people, served, err
}

// serves tells whether the hour is one of the run's.
func serves(r run, hour int) bool {
	return contains(strings.Split(r.Hours, ","), strconv.Itoa(hour))
}

// dueWatches lists the daily watches of the run's hours, and, for the slot just
// closed, the immediate ones: a watch made while a notice was being matched may
// have been missed by that match, and is caught here.
func dueWatches(tx *db.Tx, r run) ([]due, error) {
	progress := map[string]int64{}
	var rows []struct {
		WatchID string
		Slot    int64
	}
	if err := tx.All(&rows, "SELECT watch_id, slot FROM watch_progress"); err != nil {
		return nil, err
	}
	for _, p := range rows {
		progress[p.WatchID] = p.Slot
	}
	hours, err := numbers(r.Hours)
	if err != nil {
		return nil, err
	}
	week, err := numbers(cmp.Or(r.Week, "0")) // no hour: a run that an earlier release has begun
	if err != nil {
		return nil, err
	}
	watches, err := watch.DueAt(tx, hours, week)
	if err != nil {
		return nil, err
	}
	var opened []opening
	if err := tx.All(&opened, "SELECT number, opened_at FROM slot ORDER BY number"); err != nil {
		return nil, err
	}
	var out []due
	for _, w := range watches {
		// What fell in slots closed before the watch was active is not for it. One
		// more slot is looked at: who closes it says when before waiting for its
		// matchers, so that what was recorded meanwhile may be in it.
		after := max(progress[w.ID], slotAt(opened, w.ActiveSince)-2)
		resumes := !w.PausedUntil.IsZero() && progress[w.ID] < slotAt(opened, w.PausedUntil)
		switch {
		case resumes:
			// What was found during a pause is owed after it, and so is what was about to
			// leave when it began; the ledger knows what had left.
			after = max(min(after, slotAt(opened, w.PausedSince)-2), slotAt(opened, w.ActiveSince)-2)
		case w.Frequency == watch.Immediate && slotAt(opened, w.RhythmSince) < r.Slot-1:
			after = r.Slot - 1 // it was immediate all along: what came before was mailed at once
		}
		if after < r.Slot {
			out = append(out, due{w, after, resumes})
		}
	}
	return out, nil
}

// numbers reads what hoursSince wrote.
func numbers(list string) ([]int, error) {
	var out []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// opening is when a slot began.
type opening struct {
	Number   int64
	OpenedAt clock.Instant
}

// slotAt is the slot that was open at a moment, 0 before the first.
func slotAt(opened []opening, at clock.Instant) int64 {
	i := sort.Search(len(opened), func(i int) bool { return opened[i].OpenedAt > at })
	if i == 0 {
		return 0
	}
	return opened[i-1].Number
}

// matchAgain matches the notices of the slots against the due watches as they
// are now. What was recorded before a watch became active is not for it; what can
// no longer be answered is for nobody.
func matchAgain(tx *db.Tx, watches []due, rows []matched) (pending, error) {
	var entries []engine.Entry
	for i, w := range watches {
		if q, err := notice.Compile(w.Criteria); err == nil { // else the matcher has said it, and its page does
			entries = append(entries, engine.Entry{Num: uint64(i), Query: q})
		}
	}
	m := engine.NewMatcher(engine.Build(entries, nil))
	p := pending{}
	for chunk := range slices.Chunk(rows, 500) {
		slotOf := map[string]int64{}
		ids := make([]string, len(chunk))
		for i, row := range chunk {
			ids[i], slotOf[row.NoticeID] = row.NoticeID, row.Slot
		}
		notices, err := notice.ByIDs(tx, ids)
		if err != nil {
			return nil, err
		}
		for _, n := range notices {
			if !n.Open(tx.Now) {
				continue
			}
			subject := n.Subject(n.RecordedAt)
			for _, i := range m.Match(&subject) {
				if w := watches[i]; slotOf[n.ID] > w.after && w.counts(n) {
					p.add(w.Num, n)
				}
			}
		}
	}
	return p, nil
}

// counts tells whether a notice is new for the watch. An immediate one answers
// the criteria of the moment: an edit since then adds nothing, but what came while
// it was still daily is owed as a digest owes it.
func (w due) counts(n *notice.Notice) bool {
	if n.RecordedAt < w.ActiveSince {
		return false
	}
	return w.Frequency != watch.Immediate || n.RecordedAt < max(w.RhythmSince, w.PausedUntil) || w.ChangedAt <= n.RecordedAt
}
