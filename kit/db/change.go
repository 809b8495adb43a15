package db

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"parvis/kit/clock"
)

// Change is one line of the change log: something of this kind is not what it
// was. It says what to read again, never what it became.
type Change struct {
	ID      string
	Kind    string
	Subject string
	Now     any `db:"-"` // see ChangedTo; nil for most
}

// Changed writes a line of the change log, in the transaction of the change.
func (tx *Tx) Changed(kind, subject string) error { return tx.ChangedTo(kind, subject, nil) }

// ChangedTo is Changed, with what a follower would read again. One that runs in this
// process is handed it, as Change.Now: what it was when this transaction committed. What
// a later change of the same batch names it must read. It is made when the follower comes,
// on its goroutine.
func (tx *Tx) ChangedTo(kind, subject string, now func() any) error {
	tx.changed = true
	id, at := NewID(), clock.System{}.Now()
	if now != nil && tx.db.expects(kind) {
		tx.db.hand(id, now)
		tx.handed = append(tx.handed, id)
	}
	if tx.pg != nil {
		if _, err := tx.Exec(`INSERT INTO change (id, tx, kind, subject, at)
			VALUES ($1, pg_current_xact_id()::text::bigint, $2, $3, $4)`, id, kind, subject, at); err != nil {
			return err
		}
		_, err := tx.Exec("SELECT pg_notify($1, '')", channel)
		return err
	}
	_, err := tx.Exec(`INSERT INTO change (id, tx, kind, subject, at) VALUES ($1, 0, $2, $3, $4)`, id, kind, subject, at)
	return err
}

// hands holds what changes hand to followers, by the id of the change, until the first
// of them reads the line. It is there before the transaction commits: a follower that
// reads the line twice finds it the first time, or never.
type hands struct {
	mu        sync.Mutex
	following map[string]int // followers that run, by kind
	now       map[string]func() any
}

// mostHanded is how many changes hand something over at once: followers that are late
// read again.
const mostHanded = 8

// expects tells whether something of this kind is worth handing over.
func (d *DB) expects(kind string) bool {
	h := &d.hands
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.following[kind] > 0 && len(h.now) < mostHanded
}

func (d *DB) hand(id string, now func() any) {
	h := &d.hands
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now[id] = now
}

// take gives what a change handed over, once.
func (d *DB) take(id string) func() any {
	h := &d.hands
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now[id]
	delete(h.now, id)
	return now
}

// empty forgets what was handed over: a follower that read everything does not read
// those lines.
func (d *DB) empty() {
	d.hands.mu.Lock()
	defer d.hands.mu.Unlock()
	clear(d.hands.now)
}

// follows notes that one more follower of these kinds runs, or one less.
func (d *DB) follows(kinds map[string]bool, n int) {
	h := &d.hands
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now == nil {
		h.following, h.now = map[string]int{}, map[string]func() any{}
	}
	for k := range kinds {
		if h.following[k] += n; h.following[k] == 0 {
			clear(h.now) // nobody may ever take it
		}
	}
}

// Wake has every follower of this process look at the change log now.
func (d *DB) Wake() {
	d.wakeMu.Lock()
	defer d.wakeMu.Unlock()
	for _, c := range d.wake {
		select {
		case c <- struct{}{}:
		default: // it has not looked yet since the last time
		}
	}
}

// Woken gives a channel that receives after each commit that changed something.
func (d *DB) Woken() <-chan struct{} {
	c := make(chan struct{}, 1)
	d.wakeMu.Lock()
	d.wake = append(d.wake, c)
	d.wakeMu.Unlock()
	return c
}

// watermark is where a reader of the change log stands: everything below it has
// been seen and nothing can be added below it any more. On PostgreSQL it is the
// oldest transaction still running; on SQLite, whose writers queue, a row number.
func (tx *Tx) watermark() (int64, error) {
	query := "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0) + 1"
	if tx.pg != nil {
		query = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
	}
	var w int64
	err := tx.One(&w, query)
	return w, err
}

// since reads the visible changes at or above the watermark. Those above
// the next watermark will be read once more: reading again is harmless,
// missing one is not.
func (tx *Tx) since(watermark int64) ([]Change, error) {
	query := "SELECT id, kind, subject FROM change WHERE seq >= $1 ORDER BY seq"
	if tx.pg != nil {
		query = "SELECT id, kind, subject FROM change WHERE tx >= $1 ORDER BY tx, id"
	}
	var out []Change
	err := tx.All(&out, query, watermark)
	return out, err
}

// keepChanges is how long the change log is kept; a follower that has not looked
// for half as long starts from the tables. Both on the machine's clock: a moved one
// must not take away what nobody has read.
const keepChanges = 24 * time.Hour

// ForgetChanges removes the lines that every follower has read, or will not need.
func (d *DB) ForgetChanges(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec("DELETE FROM change WHERE at < $1", clock.System{}.Now().Add(-keepChanges))
		return err
	})
}

// Follower keeps something in memory equal to the database.
type Follower struct {
	db    *DB
	load  func(*Tx) error
	apply func(*Tx, []Change) error
	kinds map[string]bool

	mu        sync.Mutex
	watermark int64
	looked    time.Time    // when it last caught up; zero: never
	recently  atomic.Int64 // the same in nanoseconds, for Near
	running   atomic.Int32 // how many run it
}

// Follow makes a follower of these kinds of change. load reads everything once;
// apply reads again what changed. Both run alone, one after the other.
func (d *DB) Follow(load func(*Tx) error, apply func(*Tx, []Change) error, kinds ...string) *Follower {
	f := &Follower{db: d, load: load, apply: apply, kinds: map[string]bool{}}
	for _, k := range kinds {
		f.kinds[k] = true
	}
	return f
}

// near is how old what is in memory may be for Near: Run looks twice as often.
const near = 2 * time.Second

// Near is enough for who is helped rather than answered (suggestions while one types):
// while somebody runs the follower, which wakes at each commit, nothing is asked of the
// database. Otherwise it is CatchUp.
func (f *Follower) Near(ctx context.Context) error {
	if f.running.Load() > 0 && time.Since(time.Unix(0, f.recently.Load())) < near {
		return nil
	}
	return f.CatchUp(ctx)
}

// CatchUp returns once everything that was committed before the call is in
// memory.
func (f *Follower) CatchUp(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.db.Read(ctx, func(tx *Tx) error {
		next, err := tx.watermark()
		if err != nil {
			return err
		}
		now := time.Now()
		// A lower watermark is another database under the same name: a restored one.
		if f.looked.IsZero() || now.Sub(f.looked) > keepChanges/2 || next < f.watermark {
			if err := f.load(tx); err != nil {
				return err
			}
			f.db.empty()
			f.caughtUp(next, now)
			return nil
		}
		all, err := tx.since(f.watermark)
		if err != nil {
			return err
		}
		if mine := f.mine(all); len(mine) > 0 {
			if err := f.apply(tx, mine); err != nil {
				return err
			}
		}
		f.caughtUp(next, now)
		return nil
	})
}

func (f *Follower) caughtUp(watermark int64, at time.Time) {
	f.watermark, f.looked = watermark, at
	f.recently.Store(at.UnixNano())
}

// mine keeps the followed kinds, each subject once.
func (f *Follower) mine(all []Change) []Change {
	var mine []Change
	type subject struct{ kind, subject string }
	seen := map[subject]int{}
	for _, c := range all {
		if !f.kinds[c.Kind] {
			continue
		}
		now := f.db.take(c.ID)
		if i, twice := seen[subject{c.Kind, c.Subject}]; twice {
			mine[i].Now = nil // it may be what it was before the other
			continue
		}
		if now != nil {
			c.Now = now()
		}
		seen[subject{c.Kind, c.Subject}] = len(mine)
		mine = append(mine, c)
	}
	return mine
}

// Run catches up after each commit, and every second in case a wake-up was
// lost, until ctx ends. An error is given to report and tried again.
func (f *Follower) Run(ctx context.Context, report func(error)) {
	f.running.Add(1)
	defer f.running.Add(-1)
	f.db.follows(f.kinds, 1)
	defer f.db.follows(f.kinds, -1)
	woken := f.db.Woken()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := f.CatchUp(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}
