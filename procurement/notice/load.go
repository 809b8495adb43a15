package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"parvis/kit/db"
	"parvis/procurement/refdata"
)

// Progress says how much of the search index is there.
type Progress struct {
	Ready       bool
	Done, Total int // notices; meaningless once ready
}

// loading is what is known of the first load.
type loading struct {
	done, total *atomic.Int64
	ready       chan struct{} // closed once the index has been whole
	once        *sync.Once
}

func newLoading() loading {
	return loading{new(atomic.Int64), new(atomic.Int64), make(chan struct{}), new(sync.Once)}
}

// Progress tells whether searches are answered from all notices yet. Until they are,
// they are answered from those that are there, the last recorded first, and whoever
// shows an answer says so.
func (s *Service) Progress() Progress {
	select {
	case <-s.loading.ready:
		return Progress{Ready: true}
	default:
		return Progress{Done: int(s.loading.done.Load()), Total: int(s.loading.total.Load())}
	}
}

// Ready gives a channel that is closed once the index has been whole.
func (s *Service) Ready() <-chan struct{} { return s.loading.ready }

// Load fills the index from the database and waits for it.
func (s *Service) Load(ctx context.Context) error { return s.follow.CatchUp(ctx) }

// Run keeps the index equal to the database until ctx ends.
func (s *Service) Run(ctx context.Context, report func(error)) { s.follow.Run(ctx, report) }

// Index is the search index, for the rooms that ask it with queries of their own.
func (s *Service) Index() *Index { return s.index }

// loadIndex reads everything. The first time, searches see what is there already;
// afterwards, an index is made apart and takes over, so that nobody who searches
// meanwhile misses anything.
func (s *Service) loadIndex(tx *db.Tx) error {
	into := NewIndex()
	if !s.Progress().Ready {
		s.index.Become(NewIndex()) // a load that failed half-way may have left some
		into = s.index
	}
	var total int64
	if err := tx.One(&total, "SELECT count(*) FROM notice"); err != nil {
		return err
	}
	s.loading.total.Store(total)
	s.loading.done.Store(0)
	if err := s.fill(tx, into); err != nil {
		return err
	}
	of, err := allServices(tx)
	if err != nil {
		return err
	}
	into.setServices(of)
	if into != s.index {
		s.index.Become(into)
	}
	s.loading.once.Do(func() { close(s.loading.ready) })
	return nil
}

// fill reads the notices on this goroutine, which has the transaction, and files them
// on another.
func (s *Service) fill(tx *db.Tx, into *Index) error {
	const batch = 2000
	batches := make(chan []*Notice, 2)
	var filing sync.WaitGroup
	filing.Go(func() {
		for some := range batches {
			into.Put(some)
			s.loading.done.Add(int64(len(some)))
		}
	})
	some := make([]*Notice, 0, batch)
	err := eachSearched(tx, func(n *Notice) {
		if some = append(some, n); len(some) == batch {
			batches <- some
			some = make([]*Notice, 0, batch)
		}
	})
	batches <- some
	close(batches)
	filing.Wait()
	return err
}

// searched are the columns of what is searched of a notice.
const searched = `id, source, kind, category, title, description, reference, buyer_id, departments, cpv, descriptors, lots, published_on, deadline,
	visit_at, questions_until, recorded_at, changed_at, cancelled_at, awarded_on`

func scanSearched(scan func(...any) error) (*Notice, error) {
	n := &Notice{}
	var departments, codes, descriptors, lots, category string
	if err := scan(&n.ID, &n.Source, &n.Kind, &category, &n.Title, &n.Description, &n.Reference, &n.BuyerID, &departments, &codes, &descriptors,
		&lots, &n.PublishedOn, &n.Deadline, &n.VisitAt, &n.QuestionsUntil, &n.RecordedAt, &n.ChangedAt, &n.CancelledAt, &n.AwardedOn); err != nil {
		return nil, err
	}
	n.Category = refdata.Category(category)
	n.Departments, n.CPV, n.Descriptors = split(departments, ","), split(codes, ","), split(descriptors, "\n")
	if len(lots) > len("null") { // else there is none, and most have none
		if err := json.Unmarshal([]byte(lots), &n.Lots); err != nil {
			return nil, fmt.Errorf("notice %s: %w", n.ID, err)
		}
	}
	return n, nil
}

// eachSearched reads of every notice what is searched of it, the last recorded first:
// some at a time, so that no database sorts them all before it gives any.
func eachSearched(tx *db.Tx, f func(*Notice)) error {
	const some = 20_000
	before := "g" // after every identifier, in any collation
	for {
		read := 0
		if err := tx.Each(func(scan func(...any) error) error {
			n, err := scanSearched(scan)
			if err == nil {
				read, before = read+1, n.ID
				f(n)
			}
			return err
		}, "SELECT "+searched+" FROM notice WHERE id < $1 ORDER BY id DESC LIMIT $2", before, some); err != nil || read < some {
			return err
		}
	}
}

// standingOf reads of these notices what others may change, and when they were changed
// themselves.
func standingOf(tx *db.Tx, ids []string) (all []*Notice, err error) {
	for some := range slices.Chunk(ids, asked) {
		if err := tx.Each(func(scan func(...any) error) error {
			n := &Notice{}
			all = append(all, n)
			return scan(&n.ID, &n.Kind, &n.PublishedOn, &n.Deadline, &n.ChangedAt, &n.CancelledAt, &n.AwardedOn)
		}, "SELECT id, kind, published_on, deadline, changed_at, cancelled_at, awarded_on FROM notice WHERE id "+tx.AnyOf(1), tx.List(some)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// searchedOf reads the same of these notices.
func searchedOf(tx *db.Tx, ids []string) (all []*Notice, err error) {
	for some := range slices.Chunk(ids, Chunk) {
		if err := tx.Each(func(scan func(...any) error) error {
			n, err := scanSearched(scan)
			all = append(all, n)
			return err
		}, "SELECT "+searched+" FROM notice WHERE id "+tx.AnyOf(1), tx.List(some)); err != nil {
			return nil, err
		}
	}
	return all, nil
}
