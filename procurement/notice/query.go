package notice

import (
	"slices"
	"strings"

	"parvis/kit/fault"
	"parvis/kit/text"
	"parvis/procurement/refdata"
)

// Query is criteria made ready to be asked of notices.
type Query struct {
	All        bool // every keyword, not any
	Keywords   []text.Keyword
	Exclude    []text.Keyword
	Buyers     []string
	Places     Places
	CPV        []string // prefixes
	CPVAnd     bool
	Categories []refdata.Category
}

// Compile reads criteria. A keyword that cannot be searched is refused, never
// dropped: without it the watch would match what nobody asked for.
func Compile(c Criteria) (*Query, error) {
	q := &Query{All: c.Mode == All, Buyers: slices.Concat(c.Buyers, c.Merged), CPVAnd: c.Combine == And, Categories: c.Categories}
	var err error
	if q.Keywords, err = compileWords(FieldKeywords, c.Keywords); err != nil {
		return nil, err
	}
	if q.Exclude, err = compileWords(FieldExclude, c.Exclude); err != nil {
		return nil, err
	}
	for _, d := range c.Departments {
		q.Places.Add(d)
	}
	for _, code := range c.CPV {
		if p := refdata.CPVPrefix(code); p != "" {
			q.CPV = append(q.CPV, p)
		}
	}
	return q, nil
}

func compileWords(field string, words []string) ([]text.Keyword, error) {
	var out []text.Keyword
	for _, w := range words {
		parsed := text.ParseKeywords(w)
		if len(parsed.Refused) > 0 {
			return nil, fault.New(fault.Invalid, refusal(parsed.Refused[0])).On(field)
		}
		out = append(out, parsed.Keywords...)
	}
	if len(words) > 0 && len(out) == 0 {
		return nil, fault.New(fault.Invalid, "Les mots saisis sont trop courants pour une recherche\u00a0: ajoutez au moins un mot précis.").On(field)
	}
	return out, nil
}

// Places is a set of departments; the zero set, of a watch, is anywhere, and of
// a notice, « lieu non précisé ».
type Places [2]uint64

// Add puts a department in the set; an unknown code is left out.
func (p *Places) Add(code string) {
	if i, ok := refdata.DepartmentIndex(code); ok {
		p[i/64] |= 1 << (i % 64)
	}
}

// None tells that the set is empty.
func (p Places) None() bool { return p[0]|p[1] == 0 }

// Meet tells that the sets share a department.
func (p Places) Meet(o Places) bool { return p[0]&o[0]|p[1]&o[1] != 0 }

// Subject is what of a notice is asked for: its texts, unit by unit, and its
// facts. The first unit is the common text, each other one a lot; a unit is its
// fields, which no phrase spans.
type Subject struct {
	Units    [][]string
	Buyer    string // id
	Places   Places
	CPV      []string
	Category refdata.Category
}

// Subject gives what is searched of a notice.
func (n *Notice) Subject() Subject {
	s := Subject{Buyer: n.BuyerID, Category: n.Category, CPV: n.CPV}
	s.Units = append(s.Units, []string{n.Title, n.Description, n.Reference, strings.Join(n.Descriptors, "\n")})
	for _, l := range n.Lots {
		s.Units = append(s.Units, []string{l.Title, l.Description})
		s.CPV = append(s.CPV[:len(s.CPV):len(s.CPV)], l.CPV...)
	}
	for _, d := range n.Departments {
		s.Places.Add(d)
	}
	return s
}

// fieldGap keeps a phrase from beginning in one field and ending in the next.
const fieldGap = 2

// Tokens analyses one unit.
func Tokens(unit []string) []text.Token {
	var all []text.Token
	base := 0
	for _, field := range unit {
		tokens := text.Analyse(field)
		for i := range tokens {
			tokens[i].Pos += base
		}
		if n := len(tokens); n > 0 {
			base = tokens[n-1].Pos + tokens[n-1].Span + fieldGap
		}
		all = append(all, tokens...)
	}
	return all
}

// Matches is the meaning of a query, written to be read: the engine and the
// search index are fast ways to the same answer, and are tested against it.
func (q *Query) Matches(s Subject) bool {
	if !q.facts(s) {
		return false
	}
	for _, unit := range s.Units {
		if q.unit(Tokens(unit), s) {
			return true
		}
	}
	return false
}

// facts judges all that is not text. A notice without a place matches every
// department, one without a category every category.
func (q *Query) facts(s Subject) bool {
	if !q.Places.None() && !s.Places.None() && !q.Places.Meet(s.Places) {
		return false
	}
	return (len(q.Buyers) == 0 || contains(q.Buyers, s.Buyer)) &&
		(len(q.Categories) == 0 || s.Category == "" || contains(q.Categories, s.Category))
}

func contains[T comparable](all []T, one T) bool {
	for _, v := range all {
		if v == one {
			return true
		}
	}
	return false
}

// unit judges one unit: the words wanted, the codes, the words excluded.
func (q *Query) unit(tokens []text.Token, s Subject) bool {
	for _, k := range q.Exclude {
		if k.In(tokens) {
			return false
		}
	}
	return q.wanted(tokens, s)
}

// wanted: words or codes; with « et », both, but a notice without any code is
// judged by the words alone.
func (q *Query) wanted(tokens []text.Token, s Subject) bool {
	switch {
	case len(q.CPV) == 0:
		return q.words(tokens)
	case len(q.Keywords) == 0:
		return q.codes(s)
	case q.CPVAnd:
		return q.words(tokens) && (len(s.CPV) == 0 || q.codes(s))
	default:
		return q.words(tokens) || q.codes(s)
	}
}

func (q *Query) words(tokens []text.Token) bool {
	for _, k := range q.Keywords {
		if in := k.In(tokens); in != q.All {
			return in
		}
	}
	return q.All || len(q.Keywords) == 0
}

func (q *Query) codes(s Subject) bool {
	for _, code := range s.CPV {
		for _, prefix := range q.CPV {
			if strings.HasPrefix(code, prefix) {
				return true
			}
		}
	}
	return false
}

// Why says on which words of a text a query matched: the spans of bytes to mark.
func (q *Query) Why(field string) [][2]int { return text.Marks(field, q.Keywords) }
