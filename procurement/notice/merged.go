package notice

import (
	"context"
	"slices"

	"parvis/kit/db"
	"parvis/procurement/org"
)

// A notice keeps the buyer that it was recorded under, and criteria those that were
// chosen. That the operator has made one of several is followed when criteria are made
// ready to be asked: each buyer then stands for all that it is one with, so that nothing
// that is indexed changes with a merge, and one that is undone leaves no trace.

// Resolve has criteria name the buyers that were kept, each once, and mean all that
// were merged into them. Whoever reads or receives criteria does it before they are
// compiled.
func (c *Criteria) Resolve(m org.Merges) {
	c.Buyers, c.Merged = whole(c.Buyers, m)
	c.ExcludeBuyers, c.MergedOut = whole(c.ExcludeBuyers, m)
}

// whole gives the buyers that were kept, and those that are one with them.
func whole(ids []string, m org.Merges) (kept, merged []string) {
	for _, id := range ids {
		all := m.Whole(id)
		if !slices.Contains(kept, all[0]) {
			kept, merged = append(kept, all[0]), append(merged, all[1:]...)
		}
	}
	return kept, merged
}

// Resolve reads what the register says of the buyers of criteria, and follows it.
func Resolve(tx *db.Tx, all ...*Criteria) error {
	var ids []string
	for _, c := range all {
		ids = append(append(ids, c.Buyers...), c.ExcludeBuyers...)
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	m, err := org.MergesOf(tx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, c := range all {
		c.Resolve(m)
	}
	return nil
}

// Resolve is the same as the function, in a transaction of its own.
func (s *Service) Resolve(ctx context.Context, c *Criteria) error {
	if len(c.Buyers)+len(c.ExcludeBuyers) == 0 {
		return nil
	}
	return s.db.Read(ctx, func(tx *db.Tx) error { return Resolve(tx, c) })
}
