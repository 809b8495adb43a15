package boamp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// lines reads records that stand one per line. Two liberties of real files are
// allowed: a record printed over several lines, and several records on one line.
// A line that begins with a brace in its first column begins a record whatever
// came before, so that a truncated line never swallows the ones that follow.
func (s *stream) lines(in *bufio.Reader) {
	l := &lineReader{stream: s}
	for number := 1; ; number++ {
		line, err := l.line(in)
		if err != nil && !errors.Is(err, io.EOF) { // what was read of the line is no record
			s.end(interrupted, err)
			return
		}
		if !l.take(line, number) {
			return
		}
		if err != nil {
			l.flush()
			return
		}
	}
}

// lineReader gathers the bytes of one record.
type lineReader struct {
	stream  *stream
	buf     []byte // the line being read
	pending []byte // the record begun on earlier lines
	start   int    // the line where pending began
	nesting tree.Nesting
	tooLong bool // the line being read passed the limit and was cut
}

// line reads to the end of the line. It keeps at most one record's bytes.
func (l *lineReader) line(in *bufio.Reader) ([]byte, error) {
	l.buf, l.tooLong = l.buf[:0], false
	for {
		part, err := in.ReadSlice('\n')
		if room := maxRecord + 1 - len(l.buf); len(part) > room {
			part, l.tooLong = part[:room], true
		}
		l.buf = append(l.buf, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.buf, err
		}
	}
}

// take adds a line to the record being gathered and hands over what is complete;
// false stops the stream.
func (l *lineReader) take(line []byte, number int) bool {
	if len(l.pending) > 0 && bytes.HasPrefix(line, []byte("{")) && !l.flush() {
		return false
	}
	if l.tooLong || len(l.pending)+len(line) > maxRecord {
		return l.overflow(line, number)
	}
	for {
		if len(l.pending) == 0 {
			line = bytes.TrimLeft(line, " \t\r\n,")
			if len(line) == 0 {
				return true
			}
			l.start, l.nesting = number, tree.Nesting{}
			if line[0] != '{' {
				return l.stream.record(line, number, notice.Refuse("Cette ligne n'est pas un objet JSON.", nil))
			}
		}
		end := l.closing(line)
		if end < 0 {
			l.pending = append(l.pending, line...)
			// A string never goes on after a line's end: this record was cut.
			return !l.nesting.InString || l.flush()
		}
		l.pending = append(l.pending, line[:end]...)
		line = line[end:]
		if !l.flush() {
			return false
		}
	}
}

// closing is where the record's last brace ends in the line, -1 when it goes on.
func (l *lineReader) closing(line []byte) int {
	for i := 0; i < len(line); i++ {
		if i += l.nesting.Skip(line[i:]); i == len(line) {
			break
		}
		if l.nesting.Feed(line[i]) {
			return i + 1
		}
	}
	return -1
}

// overflow refuses what passes the limit, once.
func (l *lineReader) overflow(line []byte, number int) bool {
	start, head := number, line
	if len(l.pending) > 0 {
		start, head = l.start, l.pending
	}
	ok := l.stream.record(head, start, errTooLong)
	l.pending = l.pending[:0]
	return ok
}

// flush hands over the record gathered so far, complete or not: Parse tells.
func (l *lineReader) flush() bool {
	if len(l.pending) == 0 {
		return true
	}
	var problem error
	if l.nesting.Deepest > tree.MaxDepth {
		problem = errTooDeep
	}
	ok := l.stream.record(l.pending, l.start, problem)
	l.pending = l.pending[:0]
	return ok
}
