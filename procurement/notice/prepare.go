package notice

import (
	"encoding/json"
	"runtime"
	"sync"
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
