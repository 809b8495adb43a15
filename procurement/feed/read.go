package feed

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// Most is how many calls a feed holds, the latest first: a reader that asks once a day
// misses nothing of a watch that is worth following. A diary holds more, those that
// close first: a date that left it would be forgotten.
const (
	Most      = 100
	mostDates = 500
)

// Contents is what a feed holds now.
type Contents struct {
	Watch   *watch.Watch
	Entries []Entry
	Broken  bool // the watch's criteria can no longer be asked: its owner has to edit it
	Paused  bool
	At      clock.Instant
}

// Entry is one call: why it is there, when it was last altered, and by how many changes.
type Entry struct {
	*notice.Notice
	notice.History
	Reasons []watch.Reason
	SIREN   string // of its buyer; "" when the register has none
}

var errLoading = fault.New(fault.Unavailable, "La plateforme vient de redémarrer et relit ses avis\u00a0: redemandez ce flux dans une minute.")

// Read gives what the feed of a secret holds. Whatever is wrong with the secret, the
// error is the same.
func (s *Service) Read(ctx context.Context, secret string, f Format) (Contents, error) {
	var c Contents
	var one Feed
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		one, c.Watch, _, err = find(tx, secret, f)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return c, errUnknown
	}
	if err != nil {
		return c, err
	}
	c.At = s.db.Clock.Now()
	c.Paused = c.Watch.Paused(c.At)
	if err := s.used(ctx, one, c.At); err != nil {
		return c, err
	}
	if !c.Watch.Active {
		return c, nil
	}
	q, err := notice.Compile(c.Watch.Criteria)
	if err != nil {
		c.Broken = true
		return c, nil
	}
	return c, s.fill(ctx, &c, q, f)
}

// used notes that a program asked today.
func (s *Service) used(ctx context.Context, f Feed, at clock.Instant) error {
	day := at.In(clock.Paris).Format(time.DateOnly)
	if f.UsedOn >= day {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return use(tx, f.ID, day) })
}

// fill finds the calls that match and are open, by the index that answers the live list,
// and those that were given up before their deadline; not those that its people pass on.
func (s *Service) fill(ctx context.Context, c *Contents, q *notice.Query, f Format) error {
	if !s.notices.Progress().Ready {
		return errLoading // a diary would take what is missing for cancelled
	}
	order, most := notice.ByPublication, Most
	if f == Calendar {
		order, most = notice.ByDeadline, mostDates
	}
	found := s.notices.Index().Page(notice.Filter{At: c.At, Open: true, Order: order}, 0, most, q)
	return s.db.Read(ctx, func(tx *db.Tx) error {
		open, err := notice.ByIDs(tx, found.IDs)
		if err != nil {
			return err
		}
		dropped, err := notice.Dropped(tx, c.At)
		if err != nil {
			return err
		}
		for _, n := range dropped {
			if q.Matches(n.Subject(n.RecordedAt)) {
				open = append(open, n)
			}
		}
		if f != Calendar {
			slices.SortStableFunc(open, func(a, b *notice.Notice) int {
				return cmp.Or(cmp.Compare(b.PublishedOn, a.PublishedOn), cmp.Compare(b.ID, a.ID))
			})
			open = open[:min(len(open), most)]
		}
		passed, err := watch.Passed(tx, []*watch.Watch{c.Watch}, open)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(n *notice.Notice) bool { return passed.Silence(c.Watch, n.ID) })
		histories, err := notice.Histories(tx, open)
		if err != nil {
			return err
		}
		sirens, err := watch.SIRENs(tx, open)
		if err != nil {
			return err
		}
		for _, n := range open {
			reasons, err := watch.Reasons([]*watch.Watch{c.Watch}, n, n.RecordedAt)
			if err != nil {
				return err
			}
			c.Entries = append(c.Entries, Entry{n, histories[n.ID], reasons, sirens[n.ID]})
		}
		return nil
	})
}
