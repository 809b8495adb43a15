package boamp

import (
	"io"
	"iter"
	"strconv"

	"parvis/procurement/notice"
)

// Page reads one answer of the API's « records »: the records of its list in turn, as
// Records does. Total is how many the source says that there are in all, known once
// the answer was read to its end, -1 when it does not say. An answer of another form,
// or one that was cut, gives a last *notice.RecordError whose Ends is true.
func Page(r io.Reader, total *int) iter.Seq2[notice.Record, error] {
	*total = -1
	return func(yield func(notice.Record, error) bool) {
		(&stream{at: &notice.Mark{}, total: total}).files(r, yield)
	}
}

// count takes what an envelope says of the number of records.
func (s *stream) count(key string, raw []byte) {
	if s.total == nil || key != "total_count" && key != "nhits" {
		return
	}
	if n, err := strconv.Atoi(string(raw)); err == nil && n >= 0 {
		*s.total = n
	}
}

// close reads what an envelope says after its records: without its last brace it was
// cut, perhaps before some of them.
func (s *stream) close(sc *scanner) {
	for {
		c, err := sc.skip(true)
		if err != nil {
			s.broken(err)
			return
		}
		if c == '}' {
			return
		}
		key, ok := sc.key()
		if _, err := sc.skip(false); !ok || err != nil {
			s.broken(io.ErrUnexpectedEOF)
			return
		}
		raw, _, err := sc.value(maxPreamble)
		if err != nil {
			s.broken(err)
			return
		}
		s.count(key, raw)
	}
}
