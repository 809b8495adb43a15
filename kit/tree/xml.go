package tree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// maxElements is how many elements and attributes a document may have: beyond, it
// would fill the memory however few bytes it has.
const maxElements = 200_000

// Why a document is refused.
var (
	ErrDocumentType = errors.New("a document type or an entity of its own is refused")
	ErrEncoding     = errors.New("encoding that is not read")
	ErrTooDeep      = errors.New("nested deeper than the limit")
	ErrTooLarge     = errors.New("larger than the limit")
)

// XML reads one document. The tree has its outermost element under its name, as
// Unify would leave it: an element is its text, "" when empty, or an object of its
// attributes (@name), its own text (#text) and its children, several of one name
// as a list. Namespaces and the order of different children are lost.
func XML(raw []byte) (Object, error) {
	in, err := utf8Reader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	d := newDecoder(in)
	for {
		token, err := d.Token()
		if err != nil {
			return nil, ended(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, ErrDocumentType
		case xml.StartElement:
			b := builder{d: d}
			v, err := b.element(t, 1)
			if err != nil {
				return nil, err
			}
			return Object{{Key(t.Name.Local), v}}, nil
		}
	}
}

func newDecoder(in io.Reader) *xml.Decoder {
	d := xml.NewDecoder(in)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // undone by utf8Reader
	return d
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// builder makes the tree of one element.
type builder struct {
	d     *xml.Decoder
	count int
}

func (b *builder) element(start xml.StartElement, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	if b.count += 1 + len(start.Attr); b.count > maxElements {
		return nil, ErrTooLarge
	}
	var fields []Field
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			fields = append(fields, Field{"@" + strings.ToLower(keySeparators.Replace(a.Name.Local)), a.Value})
		}
	}
	var text strings.Builder
	for {
		token, err := b.d.Token()
		if err != nil {
			return nil, ended(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, ErrDocumentType
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			child, err := b.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			fields = append(fields, Field{Key(t.Name.Local), child})
		case xml.EndElement:
			own := strings.TrimSpace(text.String())
			if len(fields) == 0 {
				return own, nil
			}
			if own != "" {
				fields = append(fields, Field{"#text", own})
			}
			return gathered(fields), nil
		}
	}
}

// gathered makes an object of attributes and children, in their order: several children
// of one name make a list.
func gathered(fields []Field) Object {
	slices.SortStableFunc(fields, byName)
	n := 0
	for i := 0; i < len(fields); n++ {
		first, from := fields[i], i
		for i++; i < len(fields) && fields[i].Name == first.Name; i++ {
		}
		switch {
		case i == from+1:
		case strings.HasPrefix(first.Name, "@"): // no document may have two
			first = fields[i-1]
		default:
			list := make([]any, 0, i-from)
			for _, f := range fields[from:i] {
				list = append(list, f.Value)
			}
			first.Value = list
		}
		fields[n] = first
	}
	return fields[:n]
}

// charsets are the encodings of the sources' documents beside UTF-8.
var charsets = map[string]encoding.Encoding{
	"iso-8859-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "windows-1252": charmap.Windows1252,
}

// utf8Reader undoes the encoding that a document declares in its first bytes, and
// takes off the byte order mark. UTF-16 is refused: it is how filters are passed.
func utf8Reader(r io.Reader) (io.Reader, error) {
	head := make([]byte, 200)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	head = bytes.TrimPrefix(head[:n], []byte("\ufeff"))
	if bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return nil, ErrEncoding
	}
	in := io.MultiReader(bytes.NewReader(head), r)
	switch name := declared(head); name {
	case "", "utf-8", "utf8", "us-ascii":
		return in, nil
	default:
		charset, ok := charsets[name]
		if !ok {
			return nil, fmt.Errorf("%w: %q", ErrEncoding, name)
		}
		return charset.NewDecoder().Reader(in), nil
	}
}

// declared is the encoding that the declaration names, in lower case.
func declared(head []byte) string {
	head = bytes.TrimLeft(head, " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	_, after, found := bytes.Cut(declaration, []byte("encoding"))
	if !found {
		return ""
	}
	name := bytes.Trim(after, "= \t\r\n\"'")
	name, _, _ = bytes.Cut(name, []byte{'"'})
	name, _, _ = bytes.Cut(name, []byte{'\''})
	return strings.ToLower(string(name))
}

// Element is one element of a stream, whole.
type Element struct {
	Name string // local, as it was written
	Raw  []byte // in UTF-8, without a declaration; valid until the next element
	Line int    // where it begins, from 1
}

// Elements gives every element of these names in a stream of one or several
// documents, wherever it stands, each as it was written: a document that is one, or
// a list of many, however long. What is larger than limit comes with ErrTooLarge
// and is passed over; any other error is the last.
func Elements(r io.Reader, limit int, names map[string]bool, yield func(Element, error) bool) {
	in, err := utf8Reader(r)
	if err != nil {
		yield(Element{}, err)
		return
	}
	t := &tape{in: in}
	d := newDecoder(t)
	for depth := 0; ; {
		t.forget(d.InputOffset())
		from, line := d.InputOffset(), lineOf(d)
		t.budget = limit
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		switch at := token.(type) {
		case nil:
			yield(Element{Line: line}, err)
			return
		case xml.Directive:
			yield(Element{Line: line}, ErrDocumentType)
			return
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if !names[at.Name.Local] {
				if depth++; depth > MaxDepth {
					yield(Element{Line: line}, ErrTooDeep)
					return
				}
				continue
			}
			e := Element{Name: at.Name.Local, Line: line}
			if err := t.until(d, from, limit); err != nil && !errors.Is(err, ErrTooLarge) {
				yield(e, err)
				return
			} else if err != nil {
				if !yield(e, err) {
					return
				}
				continue
			}
			e.Raw = t.since(from, d.InputOffset())
			if !yield(e, nil) {
				return
			}
		}
	}
}

func lineOf(d *xml.Decoder) int {
	line, _ := d.InputPos()
	return line
}

// tape keeps what the decoder has read since the last element began.
type tape struct {
	in    io.Reader
	kept  []byte
	start int64 // offset of kept in the stream
	pos   int   // how much of kept the decoder has had
	full  bool  // nothing more is kept: the element is too large

	budget int // bytes that the token being read may still have: the decoder keeps it whole
}

// ReadByte has the decoder read no further than it must.
func (t *tape) ReadByte() (byte, error) {
	if t.pos == len(t.kept) {
		const step = 64 << 10
		buf := make([]byte, step)
		n, err := t.in.Read(buf)
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		if t.full {
			t.start += int64(len(t.kept))
			t.kept, t.pos = t.kept[:0], 0
		}
		t.kept = append(t.kept, buf[:n]...)
	}
	if t.budget--; t.budget < 0 {
		return 0, ErrTooLarge
	}
	t.pos++
	return t.kept[t.pos-1], nil
}

func (t *tape) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// forget drops what was read before offset, once it is worth it.
func (t *tape) forget(offset int64) {
	const worth = 256 << 10
	t.full = false
	if n := int(offset - t.start); n > worth {
		t.kept = append(t.kept[:0], t.kept[n:]...)
		t.start, t.pos = offset, t.pos-n
	}
}

func (t *tape) since(from, to int64) []byte { return t.kept[from-t.start : to-t.start] }

// until reads to the end of the element that began at from.
func (t *tape) until(d *xml.Decoder, from int64, limit int) error {
	var problem error
	for depth := 1; depth > 0; {
		t.budget = limit
		token, err := d.Token()
		if err != nil {
			return ended(err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive:
			return ErrDocumentType
		}
		if depth > MaxDepth {
			return ErrTooDeep
		}
		if d.InputOffset()-from > int64(limit) {
			problem, t.full = ErrTooLarge, true
		}
	}
	return problem
}
