package notice

import (
	"iter"
	"math/bits"
	"slices"
	"strings"

	"parvis/kit/clock"
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

	TitleOnly  bool
	Broader    bool // codes of which one of CPV is a part do too
	Services   bool
	NoNational bool
	Kinds      []Kind
	Sources    []string
	MinDays    int

	ExcludeBuyers []string
	ExcludeCPV    []string // prefixes

	memo *memo // see Index.Remembering
}

// Compile reads criteria. A keyword that cannot be searched is refused, never
// dropped: without it the watch would match what nobody asked for.
func Compile(c Criteria) (*Query, error) {
	q := &Query{
		All: c.Mode == All, Buyers: slices.Concat(c.Buyers, c.Merged), CPVAnd: c.Combine == And, Categories: c.Categories, TitleOnly: c.TitleOnly, Broader: c.Broader,
		Services: c.Services, NoNational: c.NoNational, Kinds: c.Kinds, Sources: c.Sources, MinDays: c.MinDays,
		ExcludeBuyers: slices.Concat(c.ExcludeBuyers, c.MergedOut),
	}
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
	for _, code := range c.ExcludeCPV {
		if p := refdata.CPVPrefix(code); p != "" {
			q.ExcludeCPV = append(q.ExcludeCPV, p)
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

// each gives the indexes of the departments of the set.
func (p Places) each() iter.Seq[int] {
	return func(yield func(int) bool) {
		for w, word := range p {
			for ; word != 0; word &= word - 1 {
				if !yield(w*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// nationwide is how many departments make a notice one of « France entière ». The
// European forms write the country (NUTS « FR ») or that the place is anywhere in it,
// which is read as all of its departments; other notices list them, and « France entière
// hors Corse » or « hors Île-de-France » are nationwide to whoever reads them. No group of
// regions comes near. The gazette's own list has nine departments at most; a missing list
// is « lieu non précisé », which is not national.
const nationwide = 80

// National tells that the places are France as a whole, or nearly.
func (p Places) National() bool {
	return bits.OnesCount64(p[0])+bits.OnesCount64(p[1]) >= nationwide
}

// Subject is what of a notice is asked for: its texts, unit by unit, and its
// facts. The first unit is the common text, whose first field is the title; each
// other one is a lot; a unit is its fields, which no phrase spans.
type Subject struct {
	Units    [][]string
	Buyer    string   // id
	Bodies   []string // ids of the organisms of which the buyer is a service
	Places   Places
	CPV      []string
	Category refdata.Category
	Kind     Kind
	Source   string
	// DaysLeft counts the days of Paris until the notice closes, 0 on the last one; -1
	// when it cannot be answered. A call without a known deadline counts to the day
	// until which it is taken for open.
	DaysLeft int
}

// Subject gives what is searched of a notice, at a moment.
func (n *Notice) Subject(at clock.Instant) Subject {
	s := n.timeless()
	if n.Open(at) {
		s.DaysLeft = n.openUntil().DaysLeft(at, clock.Paris)
	}
	return s
}

// timeless is the same of a notice that cannot be answered.
func (n *Notice) timeless() Subject {
	s := Subject{Buyer: n.BuyerID, Bodies: n.Bodies, Category: n.Category, CPV: n.CPV, Kind: n.Kind, Source: n.Source, DaysLeft: -1}
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
	if !q.Facts(s) {
		return false
	}
	for i := range s.Units {
		if q.unit(Tokens(q.Searched(s, i)), s) {
			return true
		}
	}
	return false
}

// MatchesLot tells whether one lot satisfies the query by itself.
func (q *Query) MatchesLot(s Subject, lot int) bool {
	return q.Facts(s) && q.unit(Tokens(s.Units[lot+1]), s)
}

// Searched gives what is searched of one unit: with « Objet et lots seulement », of
// the common text the title alone.
func (q *Query) Searched(s Subject, unit int) []string {
	if q.TitleOnly {
		return head(s, unit)
	}
	return s.Units[unit]
}

// head is what of a unit says what the contract is about: the title, or a lot.
func head(s Subject, unit int) []string {
	if unit > 0 {
		return s.Units[unit]
	}
	return s.Units[0][:min(1, len(s.Units[0]))]
}

// Facts judges all that is neither text nor code. A notice without a place matches every
// department, one without a category every category.
func (q *Query) Facts(s Subject) bool {
	if !q.Places.None() && !s.Places.None() && !q.Places.Meet(s.Places) {
		return false
	}
	return (len(q.Buyers) == 0 || q.bought(s)) &&
		(len(q.Categories) == 0 || s.Category == "" || contains(q.Categories, s.Category)) &&
		(len(q.Kinds) == 0 || contains(q.Kinds, s.Kind)) &&
		(len(q.Sources) == 0 || contains(q.Sources, s.Source)) &&
		!(q.NoNational && s.Places.National()) &&
		!contains(q.ExcludeBuyers, s.Buyer) && !q.codedOut(s.CPV) &&
		(q.MinDays <= 0 || s.DaysLeft >= q.MinDays)
}

// codedOut tells whether there are codes and all of them are excluded ones.
func (q *Query) codedOut(codes []string) bool {
	for _, code := range codes {
		if !begins(code, q.ExcludeCPV) {
			return false
		}
	}
	return len(codes) > 0
}

// begins tells whether a code begins with one of the prefixes.
func begins(code string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(code, p) {
			return true
		}
	}
	return false
}

// bought tells whether one of the organisms asked is the buyer, or, with their
// services, that of which the buyer is a service.
func (q *Query) bought(s Subject) bool {
	if contains(q.Buyers, s.Buyer) {
		return true
	}
	for _, body := range s.Bodies {
		if q.Services && contains(q.Buyers, body) {
			return true
		}
	}
	return false
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
			if strings.HasPrefix(code, prefix) || q.Broader && strings.HasPrefix(prefix, Generic(code)) {
				return true
			}
		}
	}
	return false
}

// Generic is the part of a code that says something: what all codes of its subtree
// begin with.
func Generic(code string) string {
	if p := refdata.CPVPrefix(code); p != "" {
		return p
	}
	return code
}

// Score says how well a notice that matches answers to the words: how many of them
// its title or a lot holds, then how many it holds at all. Of two notices that score
// the same the one published last comes first.
func (q *Query) Score(s Subject) int {
	inHead, inAll := 0, 0
	for _, k := range q.Keywords {
		h, a := false, false
		for i := range s.Units {
			h = h || k.In(Tokens(head(s, i)))
			a = a || k.In(Tokens(q.Searched(s, i)))
		}
		inHead, inAll = inHead+one(h), inAll+one(a)
	}
	return inHead*scoreHead + inAll
}

// scoreHead is what a word of the title or of a lot weighs: more than all words
// anywhere together.
const scoreHead = MaxWordRunes + 1

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Why says on which words of a text a query matched: the spans of bytes to mark.
func (q *Query) Why(field string) [][2]int { return text.Marks(field, q.Keywords) }
