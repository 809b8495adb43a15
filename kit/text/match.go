package text

import (
	"cmp"
	"slices"
)

// In says whether the keyword stands in the tokens of a text: any of its
// sequences, at consecutive positions.
func (k Keyword) In(tokens []Token) bool {
	for i := range tokens {
		if k.at(tokens, i) >= 0 {
			return true
		}
	}
	return false
}

// Find gives where the keyword stands in a text, as byte spans [start, end) of
// the text those tokens come from, in order of their first word. Spans may
// overlap or repeat; [Marks] merges them and takes in whole compounds.
func (k Keyword) Find(tokens []Token) [][2]int {
	var out [][2]int
	for i := range tokens {
		if end := k.at(tokens, i); end >= 0 {
			out = append(out, [2]int{tokens[i].Start, end})
		}
	}
	return out
}

// at gives the end, in bytes, of the longest sequence that begins with token i,
// or -1.
func (k Keyword) at(tokens []Token, i int) int {
	end := -1
	for _, seq := range k.Sequences {
		if len(seq) > 0 && share(tokens[i].Terms, seq[0]) {
			end = max(end, follow(tokens, i, seq[1:]))
		}
	}
	return end
}

// follow looks for the rest of a sequence at the positions after token i.
func follow(tokens []Token, i int, rest [][]Term) int {
	if len(rest) == 0 {
		return tokens[i].End
	}
	next := tokens[i].Pos + tokens[i].Span
	for j := i + 1; j < len(tokens) && tokens[j].Pos <= next; j++ {
		if tokens[j].Pos == next && share(tokens[j].Terms, rest[0]) {
			if end := follow(tokens, j, rest[1:]); end >= 0 {
				return end
			}
		}
	}
	return -1
}

// Marks gives the parts of s to be shown marked for any of the keywords: byte
// spans, sorted, apart from one another. A word found inside a compound marks
// the whole compound; an elision before a word is left out.
func Marks(s string, ks []Keyword) [][2]int {
	tokens := Analyse(s)
	var found [][2]int
	for _, k := range ks {
		found = append(found, k.Find(tokens)...)
	}
	if len(found) == 0 {
		return nil
	}
	found = merge(found)
	whole := found
	for _, t := range tokens {
		i, _ := slices.BinarySearchFunc(found, t.Start, func(m [2]int, at int) int { return cmp.Compare(m[1], at+1) })
		if i < len(found) && found[i][0] < t.End {
			whole = append(whole, [2]int{t.Start, t.End})
		}
	}
	return merge(whole)
}

// merge sorts spans and joins those that overlap; the given slice is not kept.
func merge(spans [][2]int) [][2]int {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s[0] < last[1] {
			last[1] = max(last[1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}
