package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// maxSequences bounds the alternatives of one keyword: only a long phrase full
// of compounds comes near.
const maxSequences = 64

// sequences gives the ways of writing one typed word: a compound is its parts
// side by side, or joined. A compound of which only one part has a position
// (e-mail) is its joined form alone: that part would say something else.
func sequences(pieces []Piece) [][][]Term {
	if len(pieces) == 0 {
		return nil
	}
	first := pieces[0]
	out := [][][]Term{{first.Terms}}
	if first.Span == 1 {
		return out
	}
	var parts [][]Term
	for _, p := range pieces[1:] {
		if p.At == len(parts) { // the last part of prud'homme comes second at its position
			parts = append(parts, p.Terms)
		}
	}
	return append(out, parts)
}

// product puts the alternatives of the words of a phrase end to end.
func product(words [][][][]Term) [][][]Term {
	out := [][][]Term{nil}
	for _, alternatives := range words {
		if len(out)*len(alternatives) > maxSequences {
			// Parts side by side is what texts mostly write.
			alternatives = alternatives[len(alternatives)-1:]
		}
		var longer [][][]Term
		for _, before := range out {
			for _, a := range alternatives {
				longer = append(longer, slices.Concat(before, a))
			}
		}
		out = longer
	}
	return out
}

// apartList holds the joined forms that people also write in several words.
//
//go:embed apart.txt
var apartList string

// apart is one line of the list, its words analysed.
type apart struct {
	joined [][]Term // one position
	parts  [][]Term // two or more
}

var apartWords = sync.OnceValue(func() []apart {
	var out []apart
	for line := range strings.Lines(apartList) {
		joined, parts, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		a := apart{joined: [][]Term{Word(strings.TrimSpace(joined))[0].Terms}}
		for _, part := range strings.Fields(parts) {
			a.parts = append(a.parts, Word(part)[0].Terms)
		}
		out = append(out, a)
	}
	return out
})

// writeApart adds the sequences that the curated list allows, both ways and
// wherever one of its words stands in a phrase.
func writeApart(all [][][]Term) [][][]Term {
	for i := 0; i < len(all); i++ { // all grows
		for _, a := range apartWords() {
			all = replaceEach(all, all[i], a.joined, a.parts)
			all = replaceEach(all, all[i], a.parts, a.joined)
		}
	}
	return all
}

// replaceEach appends to all the variants of seq that have one run of old
// replaced, those that are new.
func replaceEach(all [][][]Term, seq, old, replacement [][]Term) [][][]Term {
	for at := 0; at+len(old) <= len(seq) && len(all) < maxSequences; at++ {
		if !slices.EqualFunc(seq[at:at+len(old)], old, share) {
			continue
		}
		variant := slices.Concat(seq[:at], replacement, seq[at+len(old):])
		if !slices.ContainsFunc(all, func(s [][]Term) bool { return slices.EqualFunc(s, variant, share) }) {
			all = append(all, variant)
		}
	}
	return all
}

// share says whether two sets of terms, of a few elements each, have one in common.
func share(a, b []Term) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
