package notice

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
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

// Pass moves the mark over one record. It is no defence against who would forge a
// file: whoever imports chose it.
func (m *Mark) Pass(raw []byte) {
	sum := fnv.New64a()
	_, _ = sum.Write(binary.LittleEndian.AppendUint64(nil, m.Digest)) // a hash refuses nothing
	_, _ = sum.Write(raw)
	m.Records, m.Digest = m.Records+1, sum.Sum64()
}
