package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"parvis/kit/db"
	"parvis/procurement/access"
)

// Likeness is why two buyers may be one, the surest first.
type Likeness int

// Why.
const (
	SeenWithNumber Likeness = iota // one was seen under the number of the other
	SameNameHere                   // one name and department, no number on one side at least
	NearNameHere                   // names that differ by a word of no weight or a slip, one department
	SameNameAway                   // one name; the place of one is unknown
	TwoNumbers                     // one name and postcode, two numbers
)

// Label says it to the operator.
func (l Likeness) Label() string {
	return [...]string{
		"vu sous le SIREN de l'autre", "même nom, même département", "noms proches, même département",
		"même nom, lieu de l'un inconnu", "même nom et code postal, SIREN différents",
	}[l]
}

// Pair is two buyers that may be one: the operator decides.
type Pair struct {
	Why   Likeness
	A, B  Buyer // A is the more frequent
	Seen  [2]int64
	Place string // code of their department, "" when unknown
}

// Duplicates lists buyers that look like one, the surest and most frequent first; of one
// department unless "". Nothing is merged by looking alike.
func (s *Buyers) Duplicates(ctx context.Context, by access.Actor, department string) ([]Pair, error) {
	if err := by.Must(access.MergeBuyers); err != nil {
		return nil, err
	}
	var all []*candidate
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := allBuyers(tx)
		if err != nil {
			return err
		}
		names, err := allBuyerNames(tx)
		if err != nil {
			return err
		}
		merges, err := AllMerges(tx)
		all = candidates(gather(rows), names, merges)
		return err
	})
	if err != nil {
		return nil, err
	}
	found := map[[2]string]Pair{}
	alikeByName(all, found)
	alikeNearby(all, found)
	var out []Pair
	for _, p := range found {
		if department == "" || p.Place == department || p.A.Department() == department || p.B.Department() == department {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Why, b.Why), -cmp.Compare(a.Seen[1], b.Seen[1]), -cmp.Compare(a.Seen[0], b.Seen[0]),
			cmp.Compare(a.A.ID, b.A.ID), cmp.Compare(a.B.ID, b.B.ID))
	})
	return out, nil
}

// candidate is a buyer made ready to be compared.
type candidate struct {
	Buyer
	seen   int64
	folded []string // of every name it was seen under
	where  string
	bare   string              // its words of weight, sorted
	digits string              // its words that are numbers: « collège 2 » is not « collège 3 »
	grams  map[string]struct{} // of bare
}

func candidates(buyers map[string]Buyer, names []Seen, merges Merges) []*candidate {
	byID := map[string]*candidate{}
	var all []*candidate
	for _, b := range buyers {
		c := &candidate{Buyer: b, where: b.Department()}
		c.bare, c.digits = bareName(b.Name)
		byID[b.ID], all = c, append(all, c)
	}
	for _, n := range names {
		if c := byID[merges.Root(n.BuyerID)]; c != nil {
			c.seen += n.Seen
			if f := strings.Join(words(n.Value), " "); f != "" && !slices.Contains(c.folded, f) {
				c.folded = append(c.folded, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b *candidate) int { return cmp.Or(-cmp.Compare(a.seen, b.seen), cmp.Compare(a.ID, b.ID)) })
	return all
}

// note keeps the surest reason for a pair.
func note(found map[[2]string]Pair, why Likeness, a, b *candidate) {
	if a.seen < b.seen || a.seen == b.seen && a.ID > b.ID {
		a, b = b, a
	}
	key := [2]string{a.ID, b.ID}
	if before, known := found[key]; known && before.Why <= why {
		return
	}
	found[key] = Pair{Why: why, A: a.Buyer, B: b.Buyer, Seen: [2]int64{a.seen, b.seen}, Place: cmp.Or(a.where, b.where)}
}

// tooCommon is how many buyers may share a name before it says nothing: « Mairie ».
const tooCommon = 12

// alikeByName compares those that were seen under one name.
func alikeByName(all []*candidate, found map[[2]string]Pair) {
	byName := map[string][]*candidate{}
	for _, c := range all {
		for _, f := range c.folded {
			byName[f] = append(byName[f], c)
		}
	}
	for _, bearers := range byName {
		for i, a := range bearers {
			for _, b := range bearers[i+1:] {
				if why, alike := likeness(a, b, len(bearers) > tooCommon); alike {
					note(found, why, a, b)
				}
			}
		}
	}
}

// likeness judges two bearers of one name.
func likeness(a, b *candidate, common bool) (Likeness, bool) {
	numbers, here := a.SIREN != "" && b.SIREN != "", a.where == b.where && a.where != ""
	switch {
	case numbers && a.SIREN != b.SIREN:
		return TwoNumbers, a.Postcode == b.Postcode && a.Postcode != ""
	case here && a.SIREN+b.SIREN != "" && a.Postcode == b.Postcode:
		return SeenWithNumber, true
	case here:
		return SameNameHere, true
	default:
		return SameNameAway, !common && (a.where == "" || b.where == "")
	}
}

// nearEnough is how much of two names' letters, three by three, must be common.
const nearEnough = 0.75

// alikeNearby compares the names of each department's buyers.
func alikeNearby(all []*candidate, found map[[2]string]Pair) {
	byPlace := map[string][]*candidate{}
	for _, c := range all {
		if c.where != "" && len(c.bare) > len("commune") {
			c.grams = grams(c.bare)
			byPlace[c.where] = append(byPlace[c.where], c)
		}
	}
	for _, here := range byPlace {
		for i, a := range here {
			for _, b := range here[i+1:] {
				if (a.SIREN == "" || b.SIREN == "") && a.digits == b.digits && (a.bare == b.bare || near(a.grams, b.grams)) {
					note(found, NearNameHere, a, b)
				}
			}
		}
	}
}

func near(a, b map[string]struct{}) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if float64(len(a)) < nearEnough*float64(len(b)) {
		return false
	}
	common := 0
	for g := range a {
		if _, ok := b[g]; ok {
			common++
		}
	}
	return float64(common) >= nearEnough*float64(len(a)+len(b)-common)
}

func grams(s string) map[string]struct{} {
	letters := []rune(" " + s + " ")
	out := map[string]struct{}{}
	for i := 0; i+3 <= len(letters); i++ {
		out[string(letters[i:i+3])] = struct{}{}
	}
	return out
}

// sameBody are words of names that say the same of a buyer.
var sameBody = map[string]string{
	"ville": "commune", "mairie": "commune", "municipalite": "commune", "cc": "communaute communes", "comcom": "communaute communes",
	"ca": "communaute agglomeration", "cu": "communaute urbaine", "cd": "departement", "cg": "departement",
	"ch": "centre hospitalier", "chu": "centre hospitalier universitaire", "st": "saint", "ste": "sainte",
	"dept": "departement", "synd": "syndicat", "cte": "communaute", "com": "communaute", "agglo": "agglomeration",
}

// weightless words tell no buyer from another.
var weightless = []string{"de", "du", "des", "la", "le", "les", "et", "au", "aux", "en", "sur", "sous", "pour"}

// bareName keeps the words of a name that weigh, sorted, and its numbers apart.
func bareName(name string) (bare, digits string) {
	var kept, numbers []string
	for _, w := range words(name) {
		switch {
		case strings.ContainsFunc(w, unicode.IsDigit):
			numbers = append(numbers, w)
		case len(w) == 1 || slices.Contains(weightless, w):
		case w == "conseil" || w == "general" || w == "departemental":
			kept = append(kept, "departement")
		default:
			kept = append(kept, strings.Fields(cmp.Or(sameBody[w], w))...)
		}
	}
	slices.Sort(kept)
	slices.Sort(numbers)
	return strings.Join(slices.Compact(kept), " "), strings.Join(numbers, " ")
}

// SearchBuyers finds buyers as suggestions do, for the operator: more of them.
func (s *Service) SearchBuyers(ctx context.Context, by access.Actor, typed string) ([]Buyer, error) {
	if err := by.Must(access.MergeBuyers); err != nil {
		return nil, err
	}
	return s.Suggest(ctx, typed, maxSuggestions)
}
