package boamp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"parvis/kit/unpack"
	"parvis/procurement/notice"
)

const (
	bufferSize  = 256 << 10
	maxPreamble = 1 << 20 // what may stand in an envelope before its records
)

// Records reads a stream of records in any of the source's containers: one JSON
// object per line, one JSON list (the platform's exports), the answer of its API,
// v2.1 ("results"), v2.0 and v1.0 ("records"), or the gazette's own XML, one notice
// or many; compressed with gzip or zstd or not, with a byte order mark or not; or an
// archive (tar, zip) of such files.
//
// Each record comes in turn. One that cannot be read comes as a *notice.RecordError
// and the stream goes on; a file that is itself broken, or a reading error, ends it,
// as its last *notice.RecordError whose Ends is true. The next file of an archive
// follows.
func Records(r io.Reader) iter.Seq2[notice.Record, error] {
	return func(yield func(notice.Record, error) bool) {
		s := &stream{}
		s.yield = func(n notice.Record, err error) bool {
			s.stopped = !yield(n, err)
			return !s.stopped
		}
		for f, err := range unpack.Files(r) {
			if s.file = f.Name; err != nil {
				s.end("Ce fichier ne peut pas être lu.", err)
			} else {
				s.read(f.Reader)
			}
			if s.stopped {
				return
			}
		}
	}
}

// stream yields records and counts them.
type stream struct {
	yield   func(notice.Record, error) bool
	index   int
	file    string // within an archive
	stopped bool   // whoever reads wants no more
}

// record reads one record's bytes and hands it over; false stops the stream.
func (s *stream) record(raw []byte, line int, problem error) bool {
	s.index++
	rec, err := notice.Record{}, problem
	switch {
	case errors.Is(problem, errTooLong):
		err = notice.Refuse("Cet enregistrement dépasse 16\u00a0Mio.", problem)
	case errors.Is(problem, errTooDeep):
		err = notice.Refuse(tooDeepReason, problem)
	case problem == nil:
		rec, err = Parse(raw)
	}
	if err == nil {
		return s.yield(rec, nil)
	}
	var found *notice.RecordError
	if !errors.As(err, &found) {
		found = notice.Refuse("Cet enregistrement ne peut pas être lu.", err)
	}
	found.File, found.Index, found.Line = s.file, s.index, line
	if found.SourceID == "" {
		found.SourceID = guessID(raw)
	}
	return s.yield(notice.Record{}, found)
}

// end yields the last error: nothing can be read after it.
func (s *stream) end(reason string, cause error) {
	s.index++
	s.yield(notice.Record{}, &notice.RecordError{File: s.file, Index: s.index, Reason: reason, Ends: true, Cause: cause})
}

// read finds out which container this is by its first bytes.
func (s *stream) read(in *bufio.Reader) {
	if bom, _ := in.Peek(3); bytes.Equal(bom, []byte("\ufeff")) {
		_, _ = in.Discard(3) // three bytes were just seen
	}
	if mark, _ := in.Peek(2); bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff}) {
		s.end("Ce fichier est en UTF-16\u00a0: enregistrez-le en UTF-8.", nil)
		return
	}
	sc := &scanner{in: in}
	first, err := sc.skip(false)
	switch {
	case errors.Is(err, io.EOF):
		return
	case err != nil:
		s.end(interrupted, err)
	case first == '<':
		s.xml(in)
	case first == '[':
		s.list(sc)
	case first == '{':
		s.object(sc)
	default:
		s.lines(in)
	}
}

const (
	interrupted   = "La lecture s'est interrompue avant la fin."
	truncated     = "Le fichier s'arrête au milieu d'un enregistrement."
	tooDeepReason = "Cet enregistrement est imbriqué sur plus de 100\u00a0niveaux."
)

func (s *stream) broken(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.end(truncated, io.ErrUnexpectedEOF)
		return
	}
	s.end(interrupted, err)
}

// list reads the elements of a JSON list, whose bracket comes next.
func (s *stream) list(sc *scanner) {
	if _, err := sc.next(); err != nil {
		s.broken(err)
		return
	}
	for {
		c, err := sc.skip(true)
		if err != nil {
			s.broken(err)
			return
		}
		if c == ']' {
			return
		}
		if c == '}' || c == ':' { // no element begins so: the list is not what it seemed
			s.end("La liste des enregistrements n'est pas du JSON valable.", nil)
			return
		}
		raw, problem, err := sc.value(maxRecord)
		if err != nil {
			s.broken(err)
			return
		}
		if !s.record(raw, 0, problem) {
			return
		}
	}
}

// preamble is what an envelope may say before its records.
var preamble = map[string]bool{
	"total_count": true, "links": true, "nhits": true, "parameters": true, "facets": true, "facet_groups": true,
}

// object reads what begins with a brace: an envelope, or the first record of a
// file of lines. Only an envelope's keys can tell, and what was read to see them
// is read again when they are a record's.
func (s *stream) object(sc *scanner) {
	sc.recording = true
	_, _ = sc.next() // the brace that was just seen
	for len(sc.consumed) < maxPreamble {
		key, ok := sc.key()
		if !ok {
			break
		}
		switch next, err := sc.skip(false); {
		case err != nil:
		case (key == "results" || key == "records") && next == '[':
			sc.recording, sc.consumed = false, nil
			s.list(sc)
			return
		case preamble[key]:
			if _, problem, err := sc.value(maxPreamble); problem == nil && err == nil {
				continue
			}
		case key == "error_code" || key == "errorcode" || key == "error":
			s.apiError(sc.rest())
			return
		}
		break
	}
	s.lines(sc.rest())
}

// key reads a key of an object with its colon.
func (s *scanner) key() (string, bool) {
	if c, err := s.skip(true); err != nil || c != '"' {
		return "", false
	}
	raw, problem, err := s.value(256)
	if problem != nil || err != nil {
		return "", false
	}
	var key string
	if json.Unmarshal(raw, &key) != nil {
		return "", false
	}
	if c, err := s.skip(false); err != nil || c != ':' {
		return "", false
	}
	_, err = s.next()
	return key, err == nil
}

// apiError reports the platform's refusal of a request, which comes in the place
// of records.
func (s *stream) apiError(in *bufio.Reader) {
	text, _ := io.ReadAll(io.LimitReader(in, 1000)) // as much as a log can use
	s.end("La source a répondu par une erreur au lieu d'enregistrements.", errors.New(string(bytes.ToValidUTF8(text, nil))))
}
