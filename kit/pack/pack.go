package pack

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// largest is how much one body may hold: beyond, it is refused rather than unpacked.
const largest = 256 << 20

// coders are made once: each holds its tables.
var coders = sync.OnceValues(func() (*zstd.Encoder, *zstd.Decoder) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true))
	if err != nil {
		panic(err) // its options are right, or wrong in every test
	}
	r, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(largest))
	if err != nil {
		panic(err)
	}
	return w, r
})

// Place is where one text is in a body, in bytes of what it holds.
type Place struct{ At, Size int64 }

// Texts makes one body of these texts, and says where each is.
func Texts(all []string) (body []byte, at []Place) {
	size := 0
	for _, t := range all {
		size += len(t)
	}
	joined, at := make([]byte, 0, size), make([]Place, len(all))
	for i, t := range all {
		at[i] = Place{int64(len(joined)), int64(len(t))}
		joined = append(joined, t...)
	}
	w, _ := coders()
	return w.EncodeAll(joined, make([]byte, 0, size/4)), at // a sixth at most, mostly
}

// Text takes one text out of a body.
func Text(body []byte, p Place) (string, error) {
	_, r := coders()
	joined, err := r.DecodeAll(body, nil)
	if err != nil {
		return "", fmt.Errorf("unpack: %w", err)
	}
	if p.At < 0 || p.Size < 0 || p.At > int64(len(joined)) || p.Size > int64(len(joined))-p.At {
		return "", fmt.Errorf("unpack: no text of %d bytes at %d in %d", p.Size, p.At, len(joined))
	}
	return string(joined[p.At : p.At+p.Size]), nil
}
