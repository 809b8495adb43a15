package boamp

import (
	"bufio"
	"errors"
	"io"
	"parvis/kit/tree"
)

const (
	maxRecord = 16 << 20 // bytes
)

var (
	errTooLong = errors.New("record longer than the limit")
	errTooDeep = errors.New("record nested deeper than the limit")
)

// scanner reads a stream one JSON value at a time and keeps what it read on
// request, so that a wrong guess about the container can be taken back.
type scanner struct {
	in        *bufio.Reader
	buf       []byte
	recording bool
	consumed  []byte
}

func (s *scanner) next() (byte, error) {
	c, err := s.in.ReadByte()
	if err == nil && s.recording {
		s.consumed = append(s.consumed, c)
	}
	return c, err
}

// back returns the byte just read.
func (s *scanner) back() {
	_ = s.in.UnreadByte() // always follows a ReadByte
	if s.recording {
		s.consumed = s.consumed[:len(s.consumed)-1]
	}
}

// rest is the stream again from the point where recording began.
func (s *scanner) rest() *bufio.Reader {
	return bufio.NewReaderSize(io.MultiReader(&byteReader{s.consumed}, s.in), bufferSize)
}

type byteReader struct{ left []byte }

func (b *byteReader) Read(p []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skip passes spaces, and commas too when they separate elements, and gives the
// next byte without consuming it.
func (s *scanner) skip(commas bool) (byte, error) {
	for {
		c, err := s.next()
		if err != nil {
			return 0, err
		}
		if !isSpace(c) && (!commas || c != ',') {
			s.back()
			return c, nil
		}
	}
}

// value reads the JSON value that comes next, which is not a space. The bytes are
// valid until the next call. A value beyond the limits is read to its end, dropped
// and reported as problem; err is the stream's own, io.ErrUnexpectedEOF when the
// value has no end.
func (s *scanner) value(limit int) (raw []byte, problem, err error) {
	s.buf = s.buf[:0]
	first, err := s.next()
	if err != nil {
		return nil, nil, err
	}
	s.buf = append(s.buf, first)
	if first != '{' && first != '[' {
		return s.scalar(first, limit)
	}
	var n tree.Nesting
	n.Feed(first)
	for closed := false; !closed; {
		c, err := s.next()
		if err != nil {
			return s.buf, problem, unexpected(err)
		}
		closed = n.Feed(c)
		switch {
		case problem != nil:
		case len(s.buf) >= limit:
			problem = errTooLong
		case n.Deepest > tree.MaxDepth:
			problem = errTooDeep
		default:
			s.buf = append(s.buf, c)
		}
	}
	return s.buf, problem, nil
}

// scalar reads a string, or anything else up to a separator.
func (s *scanner) scalar(first byte, limit int) (raw []byte, problem, err error) {
	var n tree.Nesting
	n.Feed(first)
	for {
		c, err := s.next()
		if err != nil {
			return s.buf, problem, unexpected(err)
		}
		if !n.InString && (isSpace(c) || c == ',' || c == ']' || c == '}' || c == ':') {
			s.back()
			return s.buf, problem, nil
		}
		n.Feed(c)
		if len(s.buf) >= limit {
			problem = errTooLong
			continue
		}
		s.buf = append(s.buf, c)
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
