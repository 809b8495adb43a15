package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrRepeated says that an object has one key twice: two readers would understand two
// different things.
var ErrRepeated = errors.New("a key that stands twice in one object")

// JSON reads JSON with its numbers as they are written: objects, lists, texts,
// json.Number, booleans and nil. It takes what encoding/json takes, as deep as MaxDepth
// and where no object has a key twice, gives what it gives, and takes a fraction of its
// time: a gazette has millions of records. What goes deeper is ErrTooDeep, what repeats a
// key ErrRepeated; bytes that are no UTF-8 are replaced.
//
// The texts of the answer share the memory of the text.
func JSON(text string) (any, error) {
	r := readers.Get().(*reader)
	defer r.leave()
	r.text = text
	r.spaces()
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.spaces(); r.at < len(r.text) {
		return nil, errors.New("text after the JSON value")
	}
	return v, nil
}

// reader reads one document.
type reader struct {
	text string
	at   int

	fields []Field // of the objects that are open, the outermost first
	values []any   // of the lists that are open
	bytes  []byte  // of the text that is being read, when it has escapes
}

// readers keep the room in which open objects and lists grow.
var readers = sync.Pool{New: func() any { return new(reader) }}

// leave forgets the document, and a room that one document made too large.
func (r *reader) leave() {
	const worth = 10_000
	if cap(r.fields) > worth || cap(r.values) > worth || cap(r.bytes) > 100*worth {
		return
	}
	clear(r.fields[:cap(r.fields)])
	clear(r.values[:cap(r.values)])
	*r = reader{fields: r.fields[:0], values: r.values[:0], bytes: r.bytes[:0]}
	readers.Put(r)
}

var errEnds = errors.New("unexpected end of JSON")

func (r *reader) bad() error {
	if r.at >= len(r.text) {
		return errEnds
	}
	return errors.New("invalid character " + strconv.QuoteRune(rune(r.text[r.at])) + " in JSON at byte " + strconv.Itoa(r.at))
}

func (r *reader) spaces() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next tells whether this byte comes next, and passes it.
func (r *reader) next(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) value(depth int) (any, error) {
	if r.at >= len(r.text) {
		return nil, errEnds
	}
	switch c := r.text[r.at]; c {
	case '{':
		return r.object(depth + 1)
	case '[':
		return r.list(depth + 1)
	case '"':
		return r.string()
	case 't':
		return r.word("true", true)
	case 'f':
		return r.word("false", false)
	case 'n':
		return r.word("null", nil)
	default:
		return r.number()
	}
}

func (r *reader) word(word string, means any) (any, error) {
	for i := range len(word) {
		if !r.next(word[i]) {
			return nil, r.bad()
		}
	}
	return means, nil
}

func (r *reader) object(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	r.at++
	if r.spaces(); r.next('}') {
		return Object{}, nil
	}
	from := len(r.fields)
	for {
		if r.spaces(); r.at >= len(r.text) || r.text[r.at] != '"' {
			return nil, r.bad()
		}
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		if r.spaces(); !r.next(':') {
			return nil, r.bad()
		}
		r.spaces()
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		r.fields = append(r.fields, Field{key, v})
		if r.spaces(); r.next('}') {
			out, err := inOrder(r.fields[from:])
			r.fields = r.fields[:from]
			return out, err
		}
		if !r.next(',') {
			return nil, r.bad()
		}
	}
}

// inOrder is an object of these fields.
func inOrder(fields []Field) (any, error) {
	out := slices.Clone(fields)
	if !rising(out) {
		slices.SortFunc(out, byName)
		for i := 1; i < len(out); i++ {
			if out[i-1].Name == out[i].Name {
				return nil, fmt.Errorf("%w: %.100q", ErrRepeated, out[i].Name)
			}
		}
	}
	return Object(out), nil
}

// rising tells whether each field comes after the one before it.
func rising(fields []Field) bool {
	for i := 1; i < len(fields); i++ {
		if fields[i-1].Name >= fields[i].Name {
			return false
		}
	}
	return true
}

func (r *reader) list(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	r.at++
	if r.spaces(); r.next(']') {
		return []any{}, nil
	}
	from := len(r.values)
	for {
		r.spaces()
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		r.values = append(r.values, v)
		if r.spaces(); r.next(']') {
			out := slices.Clone(r.values[from:])
			r.values = r.values[:from]
			return out, nil
		}
		if !r.next(',') {
			return nil, r.bad()
		}
	}
}

func (r *reader) number() (any, error) {
	start := r.at
	r.next('-')
	if !r.next('0') && !r.digits() {
		return nil, r.bad()
	}
	if r.next('.') && !r.digits() {
		return nil, r.bad()
	}
	if r.next('e') || r.next('E') {
		if !r.next('+') {
			r.next('-')
		}
		if !r.digits() {
			return nil, r.bad()
		}
	}
	return json.Number(r.text[start:r.at]), nil
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

// special are the bytes at which a text ends, or is not what it says.
var special = func() (is [256]bool) {
	for c := range byte(' ') {
		is[c] = true
	}
	is['"'], is['\\'] = true, true
	return is
}()

// string reads a text. Most have no escape and are shown where they stand.
func (r *reader) string() (string, error) {
	r.at++
	start, high := r.at, byte(0)
	for at := start; at < len(r.text); at++ {
		c := r.text[at]
		high |= c
		if !special[c] {
			continue
		}
		switch r.at = at; c {
		case '"':
			s := r.text[start:at]
			r.at++
			if high >= utf8.RuneSelf && !utf8.ValidString(s) {
				return string([]rune(s)), nil // replaces each byte that is none
			}
			return s, nil
		case '\\':
			return r.escaped(start)
		}
		return "", r.bad()
	}
	r.at = len(r.text)
	return "", errEnds
}

// escaped reads a text that began at start and has an escape here.
func (r *reader) escaped(start int) (string, error) {
	out := append(r.bytes[:0], r.text[start:r.at]...)
	defer func() { r.bytes = out }()
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			if !utf8.Valid(out) {
				return string([]rune(string(out))), nil
			}
			return string(out), nil
		case c < ' ':
			return "", r.bad()
		case c != '\\':
			from := r.at
			for r.at < len(r.text) && !special[r.text[r.at]] {
				r.at++
			}
			out = append(out, r.text[from:r.at]...)
		default:
			r.at++
			longer, err := r.escape(out)
			if err != nil {
				return "", err
			}
			out = longer
		}
	}
	return "", errEnds
}

// escape adds what stands after a backslash.
func (r *reader) escape(out []byte) ([]byte, error) {
	if r.at >= len(r.text) {
		return nil, errEnds
	}
	c := r.text[r.at]
	switch c {
	case '"', '\\', '/':
		out = append(out, c)
	case 'b':
		out = append(out, '\b')
	case 'f':
		out = append(out, '\f')
	case 'n':
		out = append(out, '\n')
	case 'r':
		out = append(out, '\r')
	case 't':
		out = append(out, '\t')
	case 'u':
		return r.unicode(out)
	default:
		return nil, r.bad()
	}
	r.at++
	return out, nil
}

// unicode adds the character of \uXXXX, or of two that are one; a half alone is replaced.
func (r *reader) unicode(out []byte) ([]byte, error) {
	first, err := r.hex()
	if err != nil {
		return nil, err
	}
	if !utf16.IsSurrogate(first) {
		return utf8.AppendRune(out, first), nil
	}
	if at := r.at; r.next('\\') && r.at < len(r.text) && r.text[r.at] == 'u' {
		second, err := r.hex()
		if err != nil {
			return nil, err
		}
		if whole := utf16.DecodeRune(first, second); whole != utf8.RuneError {
			return utf8.AppendRune(out, whole), nil
		}
		r.at = at
	} else {
		r.at = at
	}
	return utf8.AppendRune(out, utf8.RuneError), nil
}

// hex reads the four digits after the u that comes next.
func (r *reader) hex() (rune, error) {
	r.at++
	var v rune
	for range 4 {
		if r.at >= len(r.text) {
			return 0, errEnds
		}
		switch c := r.text[r.at]; {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			v = v<<4 | rune(c-'A'+10)
		default:
			return 0, r.bad()
		}
		r.at++
	}
	return v, nil
}
