package notice

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/text"
)

// spellings is how the terms of an index may be written, so that somebody whose word no
// notice has is told the nearest that some have. One way of writing is kept for each: the
// shortest, which of a word and its inflections is mostly the one of a dictionary, with
// its accents.
type spellings struct {
	spelt   []spelling // by term
	letters []byte     // of all, end to end
}

// spelling is where a word stands, and which letters it has: enough to pass over most
// words without a look at them.
type spelling struct {
	at      uint32
	bytes   uint8
	runes   uint8 // folded: 0 for what is not to be proposed
	letters uint32
}

// mostSpelt is the longest word that is proposed, in bytes.
const mostSpelt = 60

// spell notes how a piece of a written word writes a term.
func (s *spellings) spell(term uint32, word string, p text.Piece) {
	for int(term) >= len(s.spelt) {
		s.spelt = append(s.spelt, spelling{})
	}
	written := word[p.Start:p.End]
	if p.Function || len(written) > mostSpelt || strings.ContainsFunc(written, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\u2010' && r != '\u2011' }) {
		return
	}
	folded := text.Fold(written)
	n, written := utf8.RuneCountInString(folded), strings.ToLower(written)
	was := &s.spelt[term]
	if had := int(was.runes); had > 0 && (had < n || had == n && len(written) <= int(was.bytes)) || n < 3 || len(written) > mostSpelt {
		return
	}
	*was = spelling{uint32(len(s.letters)), uint8(len(written)), uint8(n), lettersOf(folded)}
	s.letters = append(s.letters, written...)
}

func (s *spellings) written(w spelling) string {
	return string(s.letters[w.at : w.at+uint32(w.bytes)])
}

// folded gives the letters of a word, in the room given when it has plain ones only.
func (s *spellings) folded(w spelling, room *[mostSpelt]rune) []rune {
	written := s.letters[w.at : w.at+uint32(w.bytes)]
	for i, b := range written {
		if b >= utf8.RuneSelf {
			return []rune(text.Fold(string(written)))
		}
		room[i] = rune(b)
	}
	return room[:len(written)]
}

// lettersOf is the set of the letters of a folded word; what is no letter is one more.
func lettersOf(folded string) (set uint32) {
	for _, r := range folded {
		if r >= 'a' && r <= 'z' {
			set |= 1 << (r - 'a')
		} else {
			set |= 1 << 26
		}
	}
	return set
}

// atLeast is in how many texts a word stands before it is proposed: one text may have
// made the same error as the person.
const atLeast = 2

// near is a word that may have been meant.
type near struct {
	written  string
	distance int
	often    int
}

// Nearest gives the words of the notices that are written most like a word, the nearest
// first, n at most: a few letters wrong, missing, too many or changed places, or a word
// that begins so.
func (x *Index) Nearest(word string, n int) []string {
	folded := []rune(text.Fold(word))
	if len(folded) < 3 || len(folded) > mostSpelt {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var all []near
	var room [mostSpelt]rune
	far, letters := farthest(len(folded)), lettersOf(string(folded))
	for term, s := range x.spelt {
		long := int(s.runes)
		begins := long > len(folded) && letters&^s.letters == 0
		if long == 0 || !begins && (abs(long-len(folded)) > far || bits.OnesCount32(letters&^s.letters) > far || bits.OnesCount32(s.letters&^letters) > far) {
			continue
		}
		other := x.folded(s, &room)
		d := distance(folded, other, far)
		if d > far && begins && len(folded) >= 4 && slices.Equal(folded, other[:len(folded)]) {
			d = far + 1
		}
		if d > far+1 || d == far+1 && !begins || d == 0 {
			continue
		}
		if often := x.entries[term].common.size() + x.entries[term].lots.size(); often >= atLeast {
			all = append(all, near{x.written(s), d, often})
		}
	}
	slices.SortFunc(all, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.often, a.often), strings.Compare(a.written, b.written))
	})
	var out []string
	for _, w := range all[:min(n, len(all))] {
		out = append(out, w.written)
	}
	return out
}

// farthest is how many errors a word of so many letters may hold.
func farthest(letters int) int {
	switch {
	case letters <= 4:
		return 1
	case letters <= 8:
		return 2
	}
	return 3
}

func abs(n int) int { return max(n, -n) }

// distance counts the letters to change, add, take away or exchange with the next one to
// make one word of the other (optimal string alignment); more than most gives most + 2.
func distance(a, b []rune, most int) int {
	if abs(len(a)-len(b)) > most {
		return most + 2
	}
	var rows [3][mostSpelt + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := min(last[j]+1, row[j-1]+1, last[j-1]+1-one(a[i-1] == b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 2
		}
		before, last, row = last, row, before
	}
	if d := last[len(b)]; d <= most {
		return d
	}
	return most + 2
}

// Seen tells whether a notice heard of since a moment has a keyword, of any kind.
func (x *Index) Seen(k text.Keyword, since clock.Instant) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	here := x.keyword(k, false, x.alive)
	for it := here.common.Iterator(); it.HasNext(); {
		if x.fresh(it.Next(), since) {
			return true
		}
	}
	for it := here.lots.Iterator(); it.HasNext(); {
		if x.fresh(x.lots[it.Next()], since) {
			return true
		}
	}
	return false
}

func (s *shelf) fresh(n uint32, since clock.Instant) bool {
	return s.docs[n].heardAt >= since && s.alive.Contains(n)
}
