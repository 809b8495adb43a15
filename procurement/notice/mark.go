package notice

import (
	"cmp"
	"errors"
	"hash/crc32"
	"iter"
)

// Mark is how far a stream of records was read: how many came, those that were refused
// included, and a digest of their bytes that tells whether a stream read later is the
// same as far as that.
type Mark struct {
	Records int
	Digest  uint64
}

// ErrAnother says that a stream is not the one that was marked.
var ErrAnother = errors.New("notice: the stream is not the one that was marked")

// After gives what follows a mark in the records of a stream, for a source that cannot
// pass over records by itself; at is moved over each. It gives ErrAnother, and nothing
// else, when it is not the stream that was marked, and how the stream ended when it did
// before the mark.
func After(all iter.Seq2[Record, error], from Mark, at *Mark) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		*at = Mark{}
		var end error // of the stream, if it was the last to come
		for r, err := range all {
			raw := r.Raw
			if end = nil; err != nil {
				raw = err.Error()
				if bad := (*RecordError)(nil); errors.As(err, &bad) && bad.Ends {
					end = err
				}
			}
			switch at.Pass([]byte(raw)); {
			case at.Records > from.Records:
				if !yield(r, err) {
					return
				}
			case at.Records == from.Records && at.Digest != from.Digest && end == nil:
				yield(Record{}, ErrAnother)
				return
			}
		}
		if at.Records < from.Records || at.Records == from.Records && *at != from {
			yield(Record{}, cmp.Or(end, ErrAnother))
		}
	}
}

// Pass moves the mark over one record. It is no defence against who would forge a
// file: whoever imports chose it.
func (m *Mark) Pass(raw []byte) {
	const prime = 1099511628211 // of FNV-1a: what came before counts at each step
	m.Digest = m.Digest*prime ^ uint64(len(raw))<<32 ^ uint64(crc32.Checksum(raw, castagnoli))
	m.Records++
}

// castagnoli is the polynomial that processors have an instruction for: a file of millions
// of records is passed over in no time.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)
