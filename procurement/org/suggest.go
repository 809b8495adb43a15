package org

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"parvis/kit/db"
	"parvis/kit/text"
)

// buyerChange is the kind of the change log's lines about the register; their
// subject is the ids of buyers, joined by commas.
const buyerChange = "buyer"

// Limits of a suggestion.
const (
	maxSuggestions = 50
	maxTypedWords  = 12
)

// register is the register of buyers in memory, for suggestions.
type register struct {
	follower *db.Follower
	shelf    atomic.Pointer[shelf]
}

// shelf is one state of it, never changed once shown.
type shelf struct {
	byID   map[string]*entry
	sorted []*entry // by name
}

// entry is a buyer as it is looked for. A text is " " and the folded words of a
// name, joined by single spaces: a word that begins with w is where " "+w is.
type entry struct {
	Buyer
	text  string   // of its name
	label string   // of its label
	other []string // of the names it was also seen under
}

func newRegister(d *db.DB) *register {
	r := &register{}
	r.shelf.Store(&shelf{byID: map[string]*entry{}})
	r.follower = d.Follow(r.load, r.apply, buyerChange)
	return r
}

// FollowBuyers keeps the register in memory equal to the database until ctx ends,
// so that suggestions never wait for it.
func (s *Service) FollowBuyers(ctx context.Context, report func(error)) {
	s.register.follower.Run(ctx, report)
}

func (r *register) load(tx *db.Tx) error {
	buyers, err := allBuyers(tx)
	if err != nil {
		return err
	}
	names, err := allBuyerNames(tx)
	if err != nil {
		return err
	}
	r.shelf.Store(newShelf(map[string]*entry{}, buyers, names))
	return nil
}

func (r *register) apply(tx *db.Tx, changes []db.Change) error {
	var ids []string
	for _, c := range changes {
		ids = append(ids, strings.Split(c.Subject, ",")...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	buyers, err := buyersByID(tx, ids)
	if err != nil {
		return err
	}
	names, err := buyerNamesOf(tx, ids)
	if err != nil {
		return err
	}
	r.shelf.Store(newShelf(maps.Clone(r.shelf.Load().byID), buyers, names))
	return nil
}

// newShelf puts these buyers in place of what byID had of them.
func newShelf(byID map[string]*entry, buyers []Buyer, names []buyerName) *shelf {
	for _, b := range buyers {
		byID[b.ID] = &entry{Buyer: b, text: spaced(words(b.Title())), label: spaced(words(b.Label()))}
	}
	for _, n := range names {
		e := byID[n.BuyerID]
		if t := spaced(words(n.Name)); e != nil && t != e.text && !slices.Contains(e.other, t) {
			e.other = append(e.other, t)
		}
	}
	sorted := slices.Collect(maps.Values(byID))
	slices.SortFunc(sorted, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.City, b.City), cmp.Compare(a.ID, b.ID))
	})
	return &shelf{byID, sorted}
}

// Suggest gives the buyers of which every typed word begins a word of one name,
// from the first letter on: those whose name begins with what was typed, then the
// others, each by name. At most limit of them, and never more than 50.
func (s *Service) Suggest(ctx context.Context, typed string, limit int) ([]Buyer, error) {
	wanted := words(typed)
	if len(wanted) == 0 || limit < 1 {
		return nil, nil
	}
	wanted, limit = wanted[:min(len(wanted), maxTypedWords)], min(limit, maxSuggestions)
	if err := s.register.follower.CatchUp(ctx); err != nil {
		return nil, err
	}
	return s.register.shelf.Load().suggest(wanted, limit), nil
}

func (s *shelf) suggest(wanted []string, limit int) []Buyer {
	start := spaced(wanted)
	marks := make([]string, len(wanted))
	for i, w := range wanted {
		marks[i] = " " + w
	}
	var first, rest []Buyer
	for _, e := range s.sorted {
		switch {
		case strings.HasPrefix(e.text, start):
			if first = append(first, e.Buyer); len(first) == limit {
				return first
			}
		case len(rest) < limit && e.holds(marks):
			rest = append(rest, e.Buyer)
		}
	}
	return append(first, rest[:min(len(rest), limit-len(first))]...)
}

// holds tells whether one name has all the marks.
func (e *entry) holds(marks []string) bool {
	if holdsAll(e.text, marks) {
		return true
	}
	return slices.ContainsFunc(e.other, func(t string) bool { return holdsAll(t, marks) })
}

func holdsAll(t string, marks []string) bool {
	for _, m := range marks {
		if !strings.Contains(t, m) {
			return false
		}
	}
	return true
}

// FindByName answers the form without JavaScript. exact means that the one buyer
// given is the one that was named, by a name it was seen under or by its label;
// otherwise they are candidates: its namesakes, or else what Suggest would show.
func (s *Service) FindByName(ctx context.Context, typed string) (found []Buyer, exact bool, err error) {
	wanted := spaced(words(typed))
	if wanted == "" {
		return nil, false, nil
	}
	if err := s.register.follower.CatchUp(ctx); err != nil {
		return nil, false, err
	}
	for _, e := range s.register.shelf.Load().sorted {
		if len(found) < maxSuggestions && (e.text == wanted || e.label == wanted || slices.Contains(e.other, wanted)) {
			found = append(found, e.Buyer)
		}
	}
	if len(found) > 0 {
		return found, len(found) == 1, nil
	}
	found, err = s.Suggest(ctx, typed, maxSuggestions)
	return found, false, err
}

// words folds a name and takes it apart; initials with dots are one word.
func words(s string) []string {
	folded := []rune(text.Fold(s))
	isWord := func(i int) bool {
		return i >= 0 && i < len(folded) && (unicode.IsLetter(folded[i]) || unicode.IsDigit(folded[i]))
	}
	out := make([]rune, 0, len(folded))
	for i, r := range folded {
		switch {
		case isWord(i):
			out = append(out, r)
		case r == '.' && isWord(i-1) && !isWord(i-2) && isWord(i+1):
			// S.I.V.U. is SIVU
		default:
			out = append(out, ' ')
		}
	}
	return strings.Fields(string(out))
}

func spaced(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ")
}
