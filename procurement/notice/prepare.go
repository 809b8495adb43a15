package notice

import (
	"encoding/json"
	"runtime"
	"sync"
	"sync/atomic"
)

// Prepared is a chunk of records with all that can be made of them before their
// transaction, in which others wait.
type Prepared struct {
	records []preparedRecord
	packs   []rawPack
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
	p := Prepared{records: make([]preparedRecord, len(records)), packs: make([]rawPack, (len(records)+packed-1)/packed)}
	var next atomic.Int64 // pack
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(p.packs)) {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(p.packs); n = int(next.Add(1)) - 1 {
				from, to := n*packed, min((n+1)*packed, len(records))
				for i := from; i < to; i++ {
					p.records[i] = prepared(&records[i])
				}
				p.packs[n] = packRaw(p.records[from:to])
			}
		})
	}
	all.Wait()
	return p
}

func prepared(r *Record) preparedRecord {
	p := preparedRecord{Record: r, hash: r.Hash, lots: plainJSON(r.Lots), detail: plainJSON(r.Detail)}
	if r.Hash == "" {
		p.hash = HashOf(r)
	}
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
