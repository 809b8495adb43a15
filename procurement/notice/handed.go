package notice

import (
	"slices"
	"strings"

	"parvis/kit/db"
)

// handed is what the index searches of the notices of a chunk that are new, and what
// reading them again would give. Those that came twice, or that others had an effect on
// at once, are read.
func handed(tx *db.Tx, fresh []preparedRecord, buyers []string, have map[string]*knownNotice, isNew map[string]bool, settled []string) []*Notice {
	not := make(map[string]bool, len(settled))
	for _, id := range settled {
		not[id] = true
	}
	at := make(map[string]int, len(fresh))
	out := make([]*Notice, 0, len(fresh))
	for i, r := range fresh {
		id := have[r.SourceID].ID
		if before, twice := at[id]; twice {
			out[before] = nil
			continue
		}
		if at[id] = len(out); !isNew[id] || not[id] {
			out = append(out, nil)
			continue
		}
		n := &Notice{ID: id, BuyerID: buyers[i], RecordedAt: tx.Now, ChangedAt: tx.Now}
		n.Record = Record{
			Source: r.Source, Kind: r.Kind, Category: r.Category, Title: r.Title, Description: r.Description, Reference: r.Reference,
			Departments: r.Departments, CPV: r.CPV, Descriptors: r.Descriptors, Lots: r.Lots, PublishedOn: r.PublishedOn, Deadline: r.Deadline,
			VisitAt: r.VisitAt, QuestionsUntil: r.QuestionsUntil,
		}
		out = append(out, n.detached())
	}
	return slices.DeleteFunc(out, func(n *Notice) bool { return n == nil })
}

// detached is the same notice with texts of its own: those of a record that was just read
// share the memory of all of it, and the index keeps some for ever.
func (n *Notice) detached() *Notice {
	for _, text := range []*string{&n.Title, &n.Description, &n.Reference, &n.PublishedOn} {
		*text = strings.Clone(*text)
	}
	cloned := func(all []string) []string {
		all = slices.Clone(all)
		for i, one := range all {
			all[i] = strings.Clone(one)
		}
		return all
	}
	n.Departments, n.CPV, n.Descriptors = cloned(n.Departments), cloned(n.CPV), cloned(n.Descriptors)
	n.Lots = slices.Clone(n.Lots)
	for i := range n.Lots {
		l := &n.Lots[i]
		l.Number, l.Title, l.Description, l.CPV = strings.Clone(l.Number), strings.Clone(l.Title), strings.Clone(l.Description), cloned(l.CPV)
	}
	return n
}
