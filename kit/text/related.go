package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// relatedList holds the words of one trade that inflection does not join.
//
//go:embed related.txt
var relatedList string

// kin is one group of the list.
type kin struct {
	written []string
	terms   [][]Term
}

var relatedWords = sync.OnceValue(func() []kin {
	var out []kin
	_, list, _ := strings.Cut(relatedList, "\n\n") // what comes first says what the list is
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		k := kin{written: strings.Fields(line)}
		for _, w := range k.written {
			k.terms = append(k.terms, Word(w)[0].Terms)
		}
		out = append(out, k)
	}
	return out
})

// Related gives the words of the same trade as one written word, from a short curated
// list: to be offered to whoever looks for that word, never looked for in its place.
func Related(w string) []string {
	pieces := Word(w)
	if len(pieces) != 1 {
		return nil
	}
	var out []string
	for _, k := range relatedWords() {
		if !slices.ContainsFunc(k.terms, func(t []Term) bool { return share(t, pieces[0].Terms) }) {
			continue
		}
		for i, other := range k.written {
			if !share(k.terms[i], pieces[0].Terms) && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}
