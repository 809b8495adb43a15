package watch

import (
	"cmp"
	"context"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// Agenda is what the actor's people mean to answer, the next deadlines first.
type Agenda struct {
	Total int // contracts that are open
	Hits  []Hit
	At    clock.Instant
}

// Agenda lists the open contracts that one goes for or studies, and the given ones (those
// that the actor follows), whether a watch finds them or not: the next most of them. One
// passes on none of them, and what was tagged comes once with its probable duplicate.
func (s *Service) Agenda(ctx context.Context, by access.Actor, followed []string, most int) (Agenda, error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return Agenda{}, err
	}
	var out Agenda
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		out.At = tx.Now
		tags, err := chosen(tx, by.Scope())
		if err != nil {
			return err
		}
		watches, err := inScope(tx, by.Scope())
		if err != nil {
			return err
		}
		watches = slices.DeleteFunc(watches, func(w *Watch) bool { return !w.Live() })
		ids := unique(slices.Concat(tags[Study], tags[Go], followed))
		ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(tags[Pass], id) })
		next, err := nextOf(tx, ids)
		if err != nil {
			return err
		}
		alike, err := notice.Alike(tx, next)
		if err != nil {
			return err
		}
		next = notice.Once(next, alike)
		out.Total = len(next)
		next = next[:min(most, len(next))]
		one, err := oneOf(tx, next, alike)
		if err != nil {
			return err
		}
		said, err := taggedWith(tx, by, next, one)
		if err != nil {
			return err
		}
		for _, n := range next {
			hit := Hit{Notice: n, Tagged: said[n.ID], Twins: alike[n.ID]}
			if hit.Reasons, err = reasonsOfAll(watches, hit, tx.Now); err != nil {
				return err
			}
			out.Hits = append(out.Hits, hit)
		}
		return nil
	})
	return out, err
}

// nextOf reads those that are open, what closes first in front, unknown deadlines last.
func nextOf(tx *db.Tx, ids []string) ([]*notice.Notice, error) {
	found, err := notice.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(n *notice.Notice) bool { return !n.Open(tx.Now) })
	slices.SortFunc(found, func(a, b *notice.Notice) int {
		return cmp.Or(cmp.Compare(uint64(a.Deadline)-1, uint64(b.Deadline)-1), cmp.Compare(a.ID, b.ID)) // unknown, zero, is the largest
	})
	return found, nil
}
