package tree

import "bytes"

// MaxDepth is how many levels of objects and lists, or of elements, a document
// may have.
const MaxDepth = 100

// Nesting follows JSON text byte by byte and knows how deep it is. It checks no
// grammar: that is the decoder's work, once the record's end is known.
type Nesting struct {
	depth    int
	Deepest  int  // the most levels that were open at once
	InString bool // what was fed last is within a string
	escaped  bool
}

// Feed takes the next byte and tells whether it closed the outermost value.
func (n *Nesting) Feed(c byte) (closed bool) {
	switch {
	case n.escaped:
		n.escaped = false
	case n.InString:
		n.escaped = c == '\\'
		n.InString = c != '"'
	case c == '"':
		n.InString = true
	case c == '{' || c == '[':
		n.depth++
		n.Deepest = max(n.Deepest, n.depth)
	case c == '}' || c == ']':
		n.depth--
		return n.depth <= 0
	}
	return false
}

// Skip tells how many of the next bytes change nothing: within a text, all but its end and
// what escapes. They need not be fed.
func (n *Nesting) Skip(next []byte) int {
	if !n.InString || n.escaped {
		return 0
	}
	if end := bytes.IndexByte(next, '"'); end >= 0 {
		next = next[:end]
	}
	if escape := bytes.IndexByte(next, '\\'); escape >= 0 {
		next = next[:escape]
	}
	return len(next)
}
