package watch

import (
	"strings"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/notice"
)

// Reason is why a watch matched a notice.
type Reason struct {
	WatchID string
	Name    string
	Words   []string // as the notice writes them, each once; none when no keyword was asked
}

// Text says it in one line: « veille « Menuiseries », sur « menuiseries » ».
func (r Reason) Text() string {
	if len(r.Words) == 0 {
		return "veille «\u00a0" + r.Name + "\u00a0»"
	}
	return "veille «\u00a0" + r.Name + "\u00a0», sur «\u00a0" + strings.Join(r.Words, "\u00a0», «\u00a0") + "\u00a0»"
}

// Reasons says, for each of the watches that match the notice at a moment, on which
// of its words. It is computed when it is shown, by the same code that matches.
func Reasons(watches []*Watch, n *notice.Notice, at clock.Instant) ([]Reason, error) {
	var out []Reason
	subject := n.Subject(at)
	for _, w := range watches {
		q, err := notice.Compile(w.Criteria)
		if err != nil {
			continue // it matches nothing any more: see Watch.Broken
		}
		if q.Matches(subject) {
			out = append(out, Reason{w.ID, w.Name, wordsOf(q, subject)})
		}
	}
	return out, nil
}

// wordsOf lists the words of the notice on which the query matched.
func wordsOf(q *notice.Query, s notice.Subject) []string {
	var words []string
	seen := map[text.Term]bool{}
	for i := range s.Units {
		for _, field := range q.Searched(s, i) {
			for _, span := range q.Why(field) {
				word := strings.ToLower(strings.Join(strings.Fields(field[span[0]:span[1]]), " "))
				if !known(seen, word) {
					words = append(words, word)
				}
			}
		}
	}
	return words
}

// known tells whether the word is one of those seen, in another inflection or in
// other letters, and notes it.
func known(seen map[text.Term]bool, word string) bool {
	all := true
	for _, t := range text.Analyse(word) {
		one := false
		for _, term := range t.Terms {
			one = one || seen[term]
			seen[term] = true
		}
		all = all && one
	}
	return all
}

// MatchingLots lists the lots that satisfy the words of one of the watches by
// themselves, at a moment.
func MatchingLots(watches []*Watch, n *notice.Notice, at clock.Instant) []notice.Lot {
	s := n.Subject(at)
	chosen := make([]bool, len(n.Lots))
	for _, w := range watches {
		q, err := notice.Compile(w.Criteria)
		if err != nil || len(q.Keywords) == 0 {
			continue
		}
		for i := range n.Lots {
			chosen[i] = chosen[i] || q.MatchesLot(s, i)
		}
	}
	var out []notice.Lot
	for i, lot := range n.Lots {
		if chosen[i] {
			out = append(out, lot)
		}
	}
	return out
}
