package org

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode"

	"parvis/kit/text"
)

// Kinds of what a buyer is seen under.
const (
	nameKind   = "name"
	numberKind = "number"
)

// Seen is a name or a number under which a buyer was seen.
type Seen struct {
	BuyerID string
	Kind    string
	Value   string // a name as it was written; a valid SIRET or SIREN
	Seen    int64  // by how many notices
	FirstOn string // days of publication, YYYY-MM-DD; "" when unknown
	LastOn  string
}

func compareSeen(a, b Seen) int {
	return cmp.Or(cmp.Compare(a.BuyerID, b.BuyerID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
}

// magnitude is how large a number is, by fours: 1 to 3, 4 to 15, 16 to 63. What is
// sorted by it need not be sorted again at every notice.
func magnitude(n int64) int { return (bits.Len64(uint64(n)) + 1) / 2 }

// group is the ways of writing one name.
type group struct {
	spellings []Seen
	weight    int64
	lastOn    string
}

// nameForgotten is after how many years without a notice a name is a former one.
const nameForgotten = 3

// bestName chooses what to call a buyer: among the names of its last years, the most
// frequent, a name in capitals only if it is four times more so; then the best way it is
// written. When nothing tells, the name it has stays.
func bestName(names []Seen, current string) string {
	since := latest(names)
	groups := map[string]*group{}
	for _, n := range names {
		if n.LastOn < since {
			continue
		}
		key := text.Fold(n.Value)
		g := groups[key]
		if g == nil {
			g = &group{}
			groups[key] = g
		}
		g.spellings = append(g.spellings, n)
		g.weight += n.Seen
		g.lastOn = max(g.lastOn, n.LastOn)
	}
	var all []*group
	for _, g := range groups {
		slices.SortFunc(g.spellings, func(a, b Seen) int { return spelling(a, b, current) })
		if casing(g.spellings[0].Value) != shouted {
			g.weight *= 4
		}
		all = append(all, g)
	}
	if len(all) == 0 {
		return current
	}
	best := slices.MinFunc(all, func(a, b *group) int {
		return cmp.Or(-cmp.Compare(a.weight, b.weight), -strings.Compare(a.lastOn, b.lastOn),
			first(b.has(current), a.has(current)), strings.Compare(a.spellings[0].Value, b.spellings[0].Value))
	})
	return best.spellings[0].Value
}

func (g *group) has(name string) bool {
	return slices.ContainsFunc(g.spellings, func(s Seen) bool { return s.Value == name })
}

// first puts what is true before what is not.
func first(b, a bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// latest is the day from which names count as those of today.
func latest(names []Seen) string {
	last := ""
	for _, n := range names {
		last = max(last, n.LastOn)
	}
	day, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return ""
	}
	return day.AddDate(-nameForgotten, 0, 0).Format(time.DateOnly)
}

// spelling compares two ways of writing one name, the better first.
func spelling(a, b Seen, current string) int {
	return cmp.Or(-cmp.Compare(casing(a.Value), casing(b.Value)), -cmp.Compare(accents(a.Value), accents(b.Value)),
		-cmp.Compare(a.Seen, b.Seen), -strings.Compare(a.LastOn, b.LastOn), first(b.Value == current, a.Value == current),
		strings.Compare(a.Value, b.Value))
}

// How a name is cased, the worse first.
const (
	shouted = iota
	whispered
	spoken
)

// casing judges capitals. An acronym alone is no shout.
func casing(name string) int {
	letters, upper := 0, 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	const acronym = 6
	switch {
	case upper == letters && letters > acronym:
		return shouted
	case upper == 0 && letters > 0:
		return whispered
	}
	return spoken
}

func accents(name string) int {
	n := 0
	for _, r := range name {
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
