package notice

import (
	"context"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
)

// Page is one page of a list of notices.
type Page struct {
	Total   int
	Notices []*Notice
	Facets  *Facets       // nil unless asked
	Index   Progress      // whether that is all
	At      clock.Instant // when it was answered: days left are counted from here
}

// Search is what the page « Annonces » asks.
type Search struct {
	Criteria Criteria
	Open     bool // only calls that can be answered
	Within   int  // only those that close within that many days; 0: no limit
	Order    Order
	From     int // how many to pass over
	Size     int
	Facets   bool
}

// Search answers from the index and reads one page of notices.
func (s *Service) Search(ctx context.Context, by access.Actor, ask Search) (Page, error) {
	if err := by.Must(access.SearchNotices); err != nil {
		return Page{}, err
	}
	if err := s.Resolve(ctx, &ask.Criteria); err != nil {
		return Page{}, err
	}
	q, err := Compile(ask.Criteria)
	if err != nil {
		return Page{}, err
	}
	f := Filter{At: s.db.Clock.Now(), Open: ask.Open, Within: ask.Within, Order: ask.Order}
	if ask.Facets {
		return s.Read(ctx, s.index.PageWithFacets(f, ask.From, ask.Size, q))
	}
	return s.Read(ctx, s.index.Page(f, ask.From, ask.Size, q))
}

// Read reads the notices of one page of what was found.
func (s *Service) Read(ctx context.Context, found Found) (Page, error) {
	p := Page{Total: found.Total, Facets: found.Facets, Index: s.Progress()}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		p.At = tx.Now
		p.Notices, err = ByIDs(tx, found.IDs)
		return err
	})
	return p, err
}
