package notice

import (
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/text"
)

// mostAlike is how many probable duplicates a page names.
const mostAlike = 5

// comparable tells whether a notice can have a probable duplicate: a call with a title
// and a deadline, without which nothing says that two are one.
func (n *Notice) comparable() bool {
	return n.Kind == Contract && !n.Deadline.IsZero() && n.Title != ""
}

// alikeTo tells whether another notice is probably the same contract in another source:
// same buyer, same title, same deadline. Nothing proves it, so both are kept, and each
// says so; never across two deadlines, for then one of them would be wrong.
func (n *Notice) alikeTo(other *Notice) bool {
	return n.comparable() && other.comparable() && n.Source != other.Source && n.BuyerID == other.BuyerID && n.Deadline == other.Deadline &&
		text.Fold(n.Title) == text.Fold(other.Title)
}

// rank ranks a source by what its notices say to whoever answers: this platform, then
// the national gazette, as Sources lists them.
func rank(source string) int {
	if i := slices.Index(Sources(), source); i >= 0 {
		return i
	}
	return len(Sources())
}

// Once leaves out of a list those for which a probable duplicate of it stands, of a
// source that ranks before theirs. Two of one source are two contracts: both stay, and a
// duplicate is one of either's. Index.Page does the same to what it finds.
func Once(notices []*Notice, alike map[string][]*Notice) []*Notice {
	listed := map[string]bool{}
	for _, n := range notices {
		listed[n.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(notices), func(n *Notice) bool {
		return slices.ContainsFunc(alike[n.ID], func(o *Notice) bool { return listed[o.ID] && rank(o.Source) < rank(n.Source) })
	})
}

// alike reads the probable duplicates of a notice.
func alike(tx *db.Tx, n *Notice) ([]*Notice, error) {
	found, err := Alike(tx, []*Notice{n})
	same := found[n.ID]
	return same[:min(len(same), mostAlike)], err
}

// Alike reads the probable duplicates of some notices, by the id of each; those that
// have none are not there.
func Alike(tx *db.Tx, notices []*Notice) (map[string][]*Notice, error) {
	type where struct {
		buyer    string
		deadline clock.Instant
	}
	near := map[where][]*Notice{} // read once, and only as much of each as tells
	of := map[string][]string{}
	var ids []string
	for _, n := range notices {
		if !n.comparable() {
			continue
		}
		key := where{n.BuyerID, n.Deadline}
		if _, read := near[key]; !read {
			var err error
			if near[key], err = callsOf(tx, n.BuyerID, n.Deadline); err != nil {
				return nil, err
			}
		}
		for _, other := range near[key] {
			if n.alikeTo(other) {
				of[n.ID], ids = append(of[n.ID], other.ID), append(ids, other.ID)
			}
		}
	}
	slices.Sort(ids)
	found, err := ByIDs(tx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Notice, len(found))
	for _, n := range found {
		byID[n.ID] = n
	}
	out := map[string][]*Notice{}
	for id, others := range of {
		for _, other := range others {
			out[id] = append(out[id], byID[other])
		}
	}
	return out, nil
}

// callsOf reads of a buyer's calls with a deadline what tells whether they are alike.
func callsOf(tx *db.Tx, buyerID string, deadline clock.Instant) (all []*Notice, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		n := &Notice{BuyerID: buyerID, Record: Record{Kind: Contract, Deadline: deadline}}
		all = append(all, n)
		return scan(&n.ID, &n.Source, &n.Title)
	}, "SELECT id, source, title FROM notice WHERE buyer_id = $1 AND deadline = $2 AND kind = $3 ORDER BY id", buyerID, deadline, string(Contract))
	return all, err
}
