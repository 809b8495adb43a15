package notice

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"sync"

	"parvis/kit/db"
)

// Prepared is a chunk of records with all that can be made of them before their
// transaction, in which others wait.
type Prepared struct {
	records []preparedRecord
	raws    []byte // the records as they came, packed
}

// preparedRecord is a record with what tells its versions apart, and as it is written.
type preparedRecord struct {
	*Record
	hash, lots, detail string
	raw                rawPlace
}

// Prepare makes a chunk of records ready, on all processors. Whoever has more than one
// chunk prepares the next while the last is being written.
func Prepare(records []Record) Prepared {
	p := Prepared{records: make([]preparedRecord, len(records))}
	var all sync.WaitGroup
	part := (len(records) + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	for from := 0; from < len(records); from += part {
		all.Go(func() {
			for i := from; i < min(from+part, len(records)); i++ {
				r := &records[i]
				p.records[i] = preparedRecord{Record: r, hash: r.Hash, lots: plainJSON(r.Lots), detail: plainJSON(r.Detail)}
				if r.Hash == "" {
					p.records[i].hash = HashOf(r)
				}
			}
		})
	}
	all.Wait()
	p.raws = packRaw(p.records)
	return p
}

// plainJSON writes plain data, which cannot fail.
func plainJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

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
