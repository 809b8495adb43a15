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
	sorted []*entry // the most frequent first, then by name
}

// entry is a buyer as it is looked for: one that others were merged into has their names
// too. A text is " " and the folded words of a name, joined by single spaces: a word
// that begins with w is where " "+w is.
type entry struct {
	Buyer
	text      string   // of its name
	label     string   // of its label without what tells twins apart
	other     []string // of the names it was also seen under
	place     string   // of its town, department, postcode and SIREN
	frequency int      // magnitude of the notices under its most frequent name
}

func newRegister(d *db.DB) *register {
	r := &register{}
	r.shelf.Store(&shelf{byID: map[string]*entry{}})
	r.follower = d.Follow(r.load, r.apply, buyerChange, MergeChange)
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
	merges, err := AllMerges(tx)
	if err != nil {
		return err
	}
	r.shelf.Store(newShelf(map[string]*entry{}, gather(buyers), names, merges))
	return nil
}

func (r *register) apply(tx *db.Tx, changes []db.Change) error {
	var ids []string
	for _, c := range changes {
		ids = append(ids, strings.Split(c.Subject, ",")...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	merges, err := MergesOf(tx, ids)
	if err != nil {
		return err
	}
	whole := merges.whole(ids)
	buyers, err := buyersByID(tx, whole)
	if err != nil {
		return err
	}
	names, err := buyerNamesOf(tx, whole)
	if err != nil {
		return err
	}
	byID := maps.Clone(r.shelf.Load().byID)
	for _, id := range whole {
		delete(byID, id)
	}
	r.shelf.Store(newShelf(byID, gather(buyers), names, merges))
	return nil
}

// newShelf adds these buyers to byID.
func newShelf(byID map[string]*entry, buyers map[string]Buyer, names []Seen, merges Merges) *shelf {
	for _, b := range buyers {
		byID[b.ID] = &entry{Buyer: b, text: spaced(words(b.Title())), label: spaced(words(b.plainLabel())), place: spaced(placeWords(b))}
	}
	for _, n := range names {
		e := byID[merges.Root(n.BuyerID)]
		if e == nil {
			continue
		}
		e.frequency = max(e.frequency, magnitude(n.Seen))
		if t := spaced(words(n.Value)); t != e.text && !slices.Contains(e.other, t) {
			e.other = append(e.other, t)
		}
	}
	sorted := slices.Collect(maps.Values(byID))
	slices.SortFunc(sorted, func(a, b *entry) int {
		return cmp.Or(-cmp.Compare(a.frequency, b.frequency), cmp.Compare(a.text, b.text), cmp.Compare(a.City, b.City), cmp.Compare(a.ID, b.ID))
	})
	out := &shelf{byID, sorted}
	out.markTwins()
	return out
}

// placeWords are what may be typed besides a name to say which of its bearers is meant.
func placeWords(b Buyer) []string {
	out := words(b.City)
	for _, code := range []string{b.Department(), b.Postcode, b.SIREN} {
		if code != "" {
			out = append(out, strings.ToLower(code))
		}
	}
	return out
}

// markTwins finds the buyers whose labels are the same.
func (s *shelf) markTwins() {
	bearers := map[string]int{}
	for _, e := range s.sorted {
		bearers[e.label]++
	}
	for i, e := range s.sorted {
		if twin := bearers[e.label] > 1; twin != e.Twin {
			changed := *e // the former shelf, still being read, has its own
			changed.Twin = twin
			s.sorted[i], s.byID[e.ID] = &changed, &changed
		}
	}
}

// twin tells whether another buyer has the same label.
func (r *register) twin(id string) bool {
	e := r.shelf.Load().byID[id]
	return e != nil && e.Twin
}

// Suggest gives the buyers of which every typed word begins a word, from the first
// letter on; or its SIREN alone. Those whose name begins with what was typed come first;
// then those with the words in their name; then those that were seen under such a name;
// then those whose town or department was typed besides. Within each, the most frequent buyers
// first, then by name. At most limit of them, and never more than 50.
func (s *Service) Suggest(ctx context.Context, typed string, limit int) ([]Buyer, error) {
	wanted := words(typed)
	if len(wanted) == 0 || limit < 1 {
		return nil, nil
	}
	wanted, limit = wanted[:min(len(wanted), maxTypedWords)], min(limit, maxSuggestions)
	if err := s.register.follower.Near(ctx); err != nil {
		return nil, err
	}
	return s.register.shelf.Load().suggest(wanted, limit), nil
}

// Ranks of a suggestion, the best first.
const (
	beginsName = iota
	inName
	inOtherName
	withPlace
	ranks
)

func (s *shelf) suggest(wanted []string, limit int) []Buyer {
	start := spaced(wanted)
	marks := make([]string, len(wanted))
	for i, w := range wanted {
		marks[i] = " " + w
	}
	var found [ranks][]Buyer
	for _, e := range s.sorted {
		rank := e.rank(start, marks)
		if rank == ranks || len(found[rank]) == limit {
			continue
		}
		if found[rank] = append(found[rank], e.Buyer); rank == beginsName && len(found[rank]) == limit {
			break
		}
	}
	all := slices.Concat(found[:]...)
	return all[:min(len(all), limit)]
}

func (e *entry) rank(start string, marks []string) int {
	switch {
	case strings.HasPrefix(e.text, start):
		return beginsName
	case holdsAll(e.text, marks):
		return inName
	case slices.ContainsFunc(e.other, func(t string) bool { return holdsAll(t, marks) }):
		return inOtherName
	case e.holdsWithPlace(marks):
		return withPlace
	}
	return ranks
}

// holdsWithPlace tells whether each mark is in a name or in what says where it is: some
// in a name, unless the only one is its whole number.
func (e *entry) holdsWithPlace(marks []string) bool {
	named := len(marks) == 1 && e.SIREN != "" && marks[0] == " "+e.SIREN
	for _, m := range marks {
		in := strings.Contains(e.text, m) || slices.ContainsFunc(e.other, func(t string) bool { return strings.Contains(t, m) })
		if named = named || in; !in && (len(m) <= len(" 6") || !strings.Contains(e.place, m)) {
			return false // a single letter or digit says no place
		}
	}
	return named
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
		if len(found) < maxSuggestions && (e.text == wanted || e.label == wanted || slices.Contains(e.other, wanted) || e.Twin && e.is(wanted)) {
			found = append(found, e.Buyer)
		}
	}
	if len(found) > 0 {
		return found, len(found) == 1, nil
	}
	found, err = s.Suggest(ctx, typed, maxSuggestions)
	return found, false, err
}

// is tells whether a twin's whole label is meant.
func (e *entry) is(wanted string) bool { return spaced(words(e.Label())) == wanted }

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
