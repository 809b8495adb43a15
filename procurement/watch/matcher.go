package watch

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch/engine"
)

// Matcher tells which active watches a notice concerns. It holds all of them in
// memory: a large engine, and a small one of what changed since that one was built,
// so that an edit costs milliseconds at a million watches.
type Matcher struct {
	follow *db.Follower

	mu     sync.Mutex
	live   map[uint64]liveWatch // every active watch
	base   *engine.Matcher
	recent map[uint64]bool // changed since base was built: base's answer does not count
	delta  *engine.Matcher
}

// Rhythm is when a watch's notices leave.
type Rhythm struct {
	Frequency   Frequency
	Hour        int
	Weekday     int
	PausedUntil clock.Instant
	ActiveSince clock.Instant
	Everything  bool // it has no criterion: a digest only
}

type liveWatch struct {
	query  *notice.Query
	rhythm Rhythm
}

func liveOf(w *Watch) (liveWatch, error) {
	q, err := notice.Compile(w.Criteria)
	return liveWatch{q, Rhythm{w.Frequency, w.Hour, w.Weekday, w.PausedUntil, w.ActiveSince, w.Criteria.Empty()}}, err
}

// leaveOut says that a stored watch can no longer be asked: a word that was
// searchable is not any more. One such watch must not silence the others; its own
// page says it too.
func leaveOut(w *Watch, why error) {
	slog.Error("watch left out: its criteria are not understood any more", "watch", w.ID, "num", w.Num, "error", why)
}

// Rhythm tells when the notices of an active watch leave.
func (m *Matcher) Rhythm(num uint64) (Rhythm, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.live[num]
	return w.rhythm, ok
}

// rebuildAfter is how many changes the small engine takes before the large one
// is built again; a variable for the tests.
var rebuildAfter = 2000

func newMatcher(d *db.DB) *Matcher {
	m := &Matcher{}
	m.follow = d.Follow(m.loadAll, m.applyChanges, changeKind, org.MergeChange)
	return m
}

// CatchUp returns once every change committed before the call counts.
func (m *Matcher) CatchUp(ctx context.Context) error { return m.follow.CatchUp(ctx) }

// Run follows the changes until ctx ends.
func (m *Matcher) Run(ctx context.Context, report func(error)) { m.follow.Run(ctx, report) }

// Len is the number of active watches.
func (m *Matcher) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.live)
}

func (m *Matcher) loadAll(tx *db.Tx) error {
	live := map[uint64]liveWatch{}
	var r row
	merges, err := org.AllMerges(tx)
	if err != nil {
		return err
	}
	err = tx.Each(func(scan func(...any) error) error {
		if err := scan(&r.ID, &r.Num, &r.Criteria, &r.Frequency, &r.Hour, &r.Weekday, &r.PausedUntil, &r.ActiveSince); err != nil {
			return err
		}
		w, err := r.watch()
		if err != nil {
			return err
		}
		w.Criteria.Resolve(merges)
		if l, err := liveOf(w); err != nil {
			leaveOut(w, err)
		} else {
			live[w.Num] = l
		}
		return nil
	}, "SELECT id, num, criteria, frequency, hour, weekday, paused_until, active_since FROM watch WHERE active AND deleted_at IS NULL")
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live = live
	return m.rebuild(tx)
}

// rebuild makes the large engine of everything. The notices last recorded tell which
// words are frequent today.
func (m *Matcher) rebuild(tx *db.Tx) error {
	sample, err := notice.Sample(tx, 1000)
	if err != nil {
		return err
	}
	m.base = engine.NewMatcher(engine.Build(m.entries(nil), sample))
	m.recent, m.delta = map[uint64]bool{}, nil
	return nil
}

// entries lists the live watches of these numbers, all of them for nil, in order.
func (m *Matcher) entries(only map[uint64]bool) []engine.Entry {
	var out []engine.Entry
	for num, w := range m.live {
		if only == nil || only[num] {
			out = append(out, engine.Entry{Num: num, Query: w.query})
		}
	}
	slices.SortFunc(out, func(a, b engine.Entry) int { return cmp.Compare(a.Num, b.Num) })
	return out
}

func (m *Matcher) applyChanges(tx *db.Tx, changes []db.Change) error {
	watches, err := m.toReadAgain(tx, changes)
	if err != nil {
		return err
	}
	changed := map[uint64]*liveWatch{}
	for _, w := range watches {
		changed[w.Num] = nil
		if w.Live() {
			if l, err := liveOf(w); err != nil {
				leaveOut(w, err)
			} else {
				changed[w.Num] = &l
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for num, w := range changed {
		m.recent[num] = true
		if w == nil {
			delete(m.live, num)
		} else {
			m.live[num] = *w
		}
	}
	if len(m.recent) > max(rebuildAfter, len(m.live)/20) {
		return m.rebuild(tx)
	}
	m.delta = engine.NewMatcher(engine.Build(m.entries(m.recent), nil))
	return nil
}

// toReadAgain reads the watches that have changed, and those whose buyers the register
// has made one or taken apart.
func (m *Matcher) toReadAgain(tx *db.Tx, changes []db.Change) (watches []*Watch, err error) {
	var ids []string
	merged := map[string]bool{}
	for _, c := range changes {
		if c.Kind == changeKind {
			ids = append(ids, c.Subject)
			continue
		}
		for id := range strings.SplitSeq(c.Subject, ",") {
			merged[id] = true
		}
	}
	for some := range slices.Chunk(ids, 500) {
		found, err := ByIDs(tx, some)
		if err != nil {
			return nil, err
		}
		watches = append(watches, found...)
	}
	found, err := ByNums(tx, m.naming(merged))
	return append(watches, found...), err
}

// naming gives the watches that name one of these buyers.
func (m *Matcher) naming(buyers map[string]bool) (nums []uint64) {
	if len(buyers) == 0 {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for num, w := range m.live {
		if slices.ContainsFunc(slices.Concat(w.query.Buyers, w.query.ExcludeBuyers), func(id string) bool { return buyers[id] }) {
			nums = append(nums, num)
		}
	}
	return nums
}

// Match gives the numbers of the active watches that match, sorted.
func (m *Matcher) Match(s notice.Subject) []uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := slices.Clone(m.base.Match(&s))
	if len(m.recent) > 0 {
		out = slices.DeleteFunc(out, func(num uint64) bool { return m.recent[num] })
	}
	if m.delta != nil {
		out = append(out, m.delta.Match(&s)...)
		slices.Sort(out)
	}
	return out
}
