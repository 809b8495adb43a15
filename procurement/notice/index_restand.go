package notice

import (
	"github.com/google/uuid"
)

// has parts ids into those of notices that the index holds, and the others.
func (x *Index) has(ids []string) (had, others []string) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, id := range ids {
		if _, ok := x.byID[uuid.MustParse(id)]; ok {
			had = append(had, id)
		} else {
			others = append(others, id)
		}
	}
	return had, others
}

// Restand has notices of the index stand as others have left them: deadline, cancelled,
// awarded. Nothing else of them is looked at. It gives the ids of those for which that is
// not enough: changed themselves, or not there.
func (x *Index) Restand(notices []*Notice) (others []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range notices {
		if !x.restand(n) {
			others = append(others, n.ID)
		}
	}
	return others
}

func (s *shelf) restand(n *Notice) bool {
	number, ok := s.byID[uuid.MustParse(n.ID)]
	if !ok {
		return false
	}
	d := &s.docs[number]
	if d.changedAt != n.ChangedAt || s.deadlines[number].IsZero() != n.Deadline.IsZero() { // with a deadline it is comparable: its title is read
		return false
	}
	s.deadlines[number] = n.Deadline
	if until := n.openUntil(); until != d.openUntil {
		if !d.openUntil.IsZero() {
			setOf(s.closing, dayOf(d.openUntil)).Remove(number)
		}
		if d.openUntil = until; !until.IsZero() {
			add(s.closing, dayOf(until), number)
		}
	}
	return true
}
