package watch

import (
	"context"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// Hit is one row of the live list: a contract and why it is there.
type Hit struct {
	*notice.Notice
	Reasons []Reason
	Twins   []*notice.Notice // its probable duplicates, which it stands for
	Tagged  Tagged
	SIREN   string // of its buyer; "" when the register has none
}

// Live is a page of the contracts now online that match the active watches.
type Live struct {
	Total  int
	Passed int // left out because one passes on them
	Hits   []Hit
	Index  notice.Progress // whether that is all
	At     clock.Instant
}

// Shown says which contracts a list shows, by what was decided about them.
type Shown string

// What a list shows: all but those that one passes on, unless told.
const (
	ShownUsual    Shown = ""
	ShownStudy    Shown = Shown(Study)
	ShownGo       Shown = Shown(Go)
	ShownPass     Shown = Shown(Pass)
	ShownUntagged Shown = "sans_etiquette"
	ShownAll      Shown = "toutes"
)

// AllShown lists them in the order of a menu.
func AllShown() []Shown {
	return []Shown{ShownUsual, ShownUntagged, ShownStudy, ShownGo, ShownPass, ShownAll}
}

// Ask is what somebody wants of the live list. The zero value is its first contracts as
// they are usually shown; a negative Size is all of them.
type Ask struct {
	Order   notice.Order
	From    int
	Size    int
	WatchID string // only what this watch matches; empty: all of the actor's
	Shown   Shown
	Since   clock.Instant // only what was first heard of since
}

// Matches answers a list, each contract once, from the queries that alert: those of the
// active watches, or of the one asked, which is fault.NotFound unless it is the actor's.
func (s *Service) Matches(ctx context.Context, by access.Actor, ask Ask) (Live, error) {
	l, err := s.lookUp(ctx, by, ask)
	if err != nil {
		return Live{}, err
	}
	live := Live{Total: l.found.Total, Passed: l.passed, Index: s.notices.Progress(), At: l.at}
	live.Hits, err = s.read(ctx, by, l, l.found.IDs)
	return live, err
}

// batchOfMatches is how many contracts EachMatch reads at a time.
const batchOfMatches = 200

// EachMatch gives all that a list has, page after page; From and Size are not looked at.
func (s *Service) EachMatch(ctx context.Context, by access.Actor, ask Ask, f func(Hit, clock.Instant) error) error {
	ask.From, ask.Size = 0, -1
	l, err := s.lookUp(ctx, by, ask)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(l.found.IDs, batchOfMatches) {
		hits, err := s.read(ctx, by, l, some)
		if err != nil {
			return err
		}
		for _, hit := range hits {
			if err := f(hit, l.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookedUp is what the index answered, and to what.
type lookedUp struct {
	watches []*Watch
	found   notice.Found
	passed  int
	at      clock.Instant
}

// lookUp asks the index for what a list shows.
func (s *Service) lookUp(ctx context.Context, by access.Actor, ask Ask) (lookedUp, error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return lookedUp{}, err
	}
	if !slices.Contains(AllShown(), ask.Shown) {
		return lookedUp{}, fault.New(fault.Invalid, "Cette étiquette n'existe pas.").On(FieldTag)
	}
	var watches []*Watch
	var tags map[Choice][]string
	if err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if watches, err = inScope(tx, by.Scope()); err != nil {
			return err
		}
		tags, err = chosen(tx, by.Scope())
		return err
	}); err != nil {
		return lookedUp{}, err
	}
	l := lookedUp{at: s.db.Clock.Now()}
	var queries []*notice.Query
	for _, w := range watches {
		if ask.WatchID == w.ID || ask.WatchID == "" && w.Live() {
			l.watches = append(l.watches, w)
			if q, err := notice.Compile(w.Criteria); err == nil { // else the list says that it is broken
				queries = append(queries, q)
			}
		}
	}
	if ask.WatchID != "" && len(l.watches) == 0 {
		return l, errNoWatch
	}
	f := notice.Filter{At: l.at, Open: true, Order: ask.Order, Since: ask.Since, Narrowing: notice.Narrowing{Unite: true}}
	ask.Shown.narrow(&f.Narrowing, tags)
	l.found = s.notices.Index().Page(f, ask.From, ask.Size, queries...)
	if ask.Shown == ShownUsual && len(tags[Pass]) > 0 {
		f.Without, f.Only = nil, tags[Pass]
		l.passed = s.notices.Index().Page(f, 0, 0, queries...).Total
	}
	return l, nil
}

// narrow keeps of a list what is to be shown.
func (s Shown) narrow(n *notice.Narrowing, tags map[Choice][]string) {
	switch s {
	case ShownUsual:
		n.Without = tags[Pass]
	case ShownUntagged:
		n.Without = slices.Concat(tags[Study], tags[Go], tags[Pass])
	case ShownAll:
	default:
		n.Only = append([]string{}, tags[Choice(s)]...) // not nil: nothing, when nothing is
	}
}

// read reads some contracts of what was found, with why each is there.
func (s *Service) read(ctx context.Context, by access.Actor, l lookedUp, ids []string) (hits []Hit, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		notices, err := notice.ByIDs(tx, ids)
		if err != nil {
			return err
		}
		twins := map[string][]*notice.Notice{}
		for _, n := range notices {
			if other := l.found.Twins[n.ID]; len(other) > 0 {
				if twins[n.ID], err = notice.ByIDs(tx, other); err != nil {
					return err
				}
			}
		}
		one, err := oneOf(tx, notices, twins)
		if err != nil {
			return err
		}
		said, err := taggedWith(tx, by, notices, one)
		if err != nil {
			return err
		}
		sirens, err := SIRENs(tx, notices)
		if err != nil {
			return err
		}
		for _, n := range notices {
			hit := Hit{Notice: n, Twins: twins[n.ID], Tagged: said[n.ID], SIREN: sirens[n.ID]}
			if hit.Reasons, err = reasonsOfAll(l.watches, hit, l.at); err != nil {
				return err
			}
			hits = append(hits, hit)
		}
		return nil
	})
	return hits, err
}

// reasonsOfAll says why a contract is there: by its own words, else, for a watch that
// found only its duplicate, by the duplicate's.
func reasonsOfAll(watches []*Watch, hit Hit, at clock.Instant) ([]Reason, error) {
	out, err := Reasons(watches, hit.Notice, at)
	for _, twin := range hit.Twins {
		if err != nil {
			return nil, err
		}
		var more []Reason
		more, err = Reasons(watches, twin, at)
		for _, r := range more {
			if !slices.ContainsFunc(out, func(has Reason) bool { return has.WatchID == r.WatchID }) {
				out = append(out, r)
			}
		}
	}
	return out, err
}

// quietFor is after how long without any notice it is worth saying that a watch is
// narrow (« Aucun avis depuis 30 jours »).
const quietFor = 30 * 24 * time.Hour

// Quiet lists the active watches for which nothing has been recorded in thirty days,
// though they were active all along and calls did come.
func (s *Service) Quiet(ctx context.Context, by access.Actor) ([]*Watch, error) {
	watches, err := s.List(ctx, by)
	if err != nil {
		return nil, err
	}
	now := s.db.Clock.Now()
	since := now.Add(-quietFor)
	index := s.notices.Index()
	if !s.notices.Progress().Ready {
		return nil, nil
	}
	var out []*Watch
	for _, w := range watches {
		if !w.Live() || w.ActiveSince > since {
			continue
		}
		q, err := notice.Compile(w.Criteria)
		if err != nil {
			continue
		}
		// What is open is few and has most of what is recent: it is asked first.
		recent := notice.Filter{At: now, Open: true, Since: since}
		if index.Page(recent, 0, 0, q).Total == 0 && index.CallsSince(q, since) == 0 {
			out = append(out, w)
		}
	}
	if len(out) > 0 && index.CallsSince(&notice.Query{}, since) == 0 {
		return nil, nil // nothing comes at all: it is not theirs to widen
	}
	return out, nil
}
