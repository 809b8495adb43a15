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
	return Resume(r, notice.Mark{}, &notice.Mark{})
}

// Resume reads a stream after a mark: what comes before it is passed over without
// being understood. At is moved over each record before it is handed over. A stream
// that is not the one that was marked gives notice.ErrAnother, and nothing else.
func Resume(r io.Reader, from notice.Mark, at *notice.Mark) iter.Seq2[notice.Record, error] {
	*at = notice.Mark{}
	return func(yield func(notice.Record, error) bool) { (&stream{from: from, at: at}).files(r, yield) }
}

// stream yields records and counts them.
type stream struct {
	yield   func(notice.Record, error) bool
	index   int
	file    string // within an archive
	stopped bool   // whoever reads wants no more

	from  notice.Mark  // what was read another time
	at    *notice.Mark // what was read now
	total *int         // an answer of the API is read, which says how many records there are; nil: anything is
	ahead *ahead       // records are understood by others; nil: by this goroutine
}

// files reads all that the stream holds.
func (s *stream) files(r io.Reader, yield func(notice.Record, error) bool) {
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
	if s.at.Records < s.from.Records {
		s.yield(notice.Record{}, notice.ErrAnother)
	}
}

// known counts a record, and tells whether it was read another time.
func (s *stream) known(raw []byte) bool {
	s.index++
	s.at.Pass(raw)
	return s.at.Records <= s.from.Records
}

// same tells that all that was passed over is what was read another time; where it
// is not, the stream stops.
func (s *stream) same() bool {
	if s.at.Records == s.from.Records && *s.at != s.from {
		return s.yield(notice.Record{}, notice.ErrAnother) && s.stop()
	}
	return true
}

func (s *stream) stop() bool {
	s.stopped = true
	return false
}

// record reads one record's bytes and hands it over; false stops the stream.
func (s *stream) record(raw []byte, line int, problem error) bool {
	if s.known(raw) {
		return s.same()
	}
	file, index := s.file, s.index
	if s.ahead != nil {
		return s.more(s.ahead.later(raw, *s.at, func(p *piece) { p.rec, p.err = understand(p.raw, file, index, line, problem) }))
	}
	return s.yield(understand(string(raw), file, index, line, problem))
}

// more notes that nobody takes any more.
func (s *stream) more(goesOn bool) bool {
	s.stopped = !goesOn
	return goesOn
}

// understand reads one record, or says what is wrong with it and where it stands.
func understand(raw string, file string, index, line int, problem error) (notice.Record, error) {
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
		return rec, nil
	}
	var found *notice.RecordError
	if !errors.As(err, &found) {
		found = notice.Refuse("Cet enregistrement ne peut pas être lu.", err)
	}
	found.File, found.Index, found.Line = file, index, line
	if found.SourceID == "" {
		found.SourceID = guessID(raw)
	}
	return notice.Record{}, found
}

// end yields the last error: nothing can be read after it. One that was met another
// time, in an archive, is not said again; one that is new is said even where records
// were to be passed over.
func (s *stream) end(reason string, cause error) {
	known := s.known([]byte(reason))
	if known && s.file != "" && (s.at.Records < s.from.Records || *s.at == s.from) {
		return
	}
	s.yield(notice.Record{}, &notice.RecordError{File: s.file, Index: s.index, Reason: reason, Ends: true, Cause: cause})
	s.stopped = s.stopped || known
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
	case s.total != nil && first != '{' && first != '<':
		s.end(noAnswer, nil)
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
	noAnswer      = "La source a répondu autre chose que des enregistrements."
	tooDeepReason = "Cet enregistrement est imbriqué sur plus de 100\u00a0niveaux."
)

func (s *stream) broken(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.end(truncated, io.ErrUnexpectedEOF)
		return
	}
	s.end(interrupted, err)
}

// list reads the elements of a JSON list, whose bracket comes next, and tells whether
// it came to its end.
func (s *stream) list(sc *scanner) (whole bool) {
	if _, err := sc.next(); err != nil {
		s.broken(err)
		return false
	}
	for {
		c, err := sc.skip(true)
		if err != nil {
			s.broken(err)
			return false
		}
		if c == ']' {
			_, _ = sc.next() // the bracket that was just seen
			return true
		}
		if c == '}' || c == ':' { // no element begins so: the list is not what it seemed
			s.end("La liste des enregistrements n'est pas du JSON valable.", nil)
			return false
		}
		raw, problem, err := sc.value(maxRecord)
		if err != nil {
			s.broken(err)
			return false
		}
		if !s.record(raw, 0, problem) {
			return false
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
			if s.list(sc) && s.total != nil {
				s.close(sc)
			}
			return
		case preamble[key]:
			if raw, problem, err := sc.value(maxPreamble); problem == nil && err == nil {
				s.count(key, raw)
				continue
			}
		case key == "error_code" || key == "errorcode" || key == "error":
			s.apiError(sc.rest())
			return
		}
		break
	}
	if s.total != nil {
		s.end(noAnswer, nil)
		return
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
