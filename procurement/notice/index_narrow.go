package notice

import (
	"hash/maphash"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/text"
)

// Narrowing is what a list leaves out of what matches. The zero value leaves out
// nothing.
type Narrowing struct {
	Unite   bool     // show probable duplicates once: see Found.Twins
	Only    []string // ids: only these, and those that stand for one of them; nil: all
	Without []string // ids: not these, nor those that stand for one of them
}

// titleOf makes equal numbers of titles that read the same.
func (s *shelf) titleOf(n *Notice) uint32 {
	if !n.comparable() {
		return 0
	}
	return uint32(maphash.String(s.seed, text.Fold(n.Title))) | 1 // never 0
}

// united says which notices one stands for.
type united map[uint32][]uint32

// narrow leaves out of the set what is to be left out.
func (s *shelf) narrow(set *roaring.Bitmap, by Narrowing) united {
	var groups united
	if by.Unite {
		groups = s.unite(set)
	}
	if by.Only != nil {
		set.And(s.numbered(by.Only, groups, false))
	}
	if len(by.Without) > 0 {
		set.AndNot(s.numbered(by.Without, groups, true))
	}
	return groups
}

// numbered gives the notices of these ids, or those that stand for them; when surely, not
// those that stand for one which may as well be another contract's.
func (s *shelf) numbered(ids []string, groups united, surely bool) *roaring.Bitmap {
	stand := map[uint32][]uint32{}
	for one, others := range groups {
		for _, other := range others {
			stand[other] = append(stand[other], one)
		}
	}
	out := roaring.New()
	for _, id := range ids {
		parsed, err := uuid.Parse(id)
		if err != nil {
			continue
		}
		if n, ok := s.byID[parsed]; ok {
			if out.Add(n); !surely || len(stand[n]) == 1 {
				out.AddMany(stand[n])
			}
		}
	}
	return out
}

// unite leaves of probable duplicates those in the set that are of the source that says
// most to whoever answers: see Once, whose rule this is. Each stands for the others.
func (s *shelf) unite(set *roaring.Bitmap) united {
	type contract struct {
		deadline clock.Instant
		buyer    uint32
		title    uint32
	}
	same := map[contract][]uint32{}
	for it := set.Iterator(); it.HasNext(); {
		n := it.Next()
		if title := s.docs[n].sameTitle; title != 0 {
			c := contract{s.deadlines[n], s.buyerOf[n], title}
			same[c] = append(same[c], n)
		}
	}
	groups := united{}
	for _, all := range same {
		if len(all) < 2 {
			continue
		}
		first := len(Sources())
		for _, n := range all {
			first = min(first, s.rankOf(n))
		}
		others := slices.DeleteFunc(slices.Clone(all), func(n uint32) bool { return s.rankOf(n) == first })
		if len(others) == 0 {
			continue
		}
		for _, n := range all {
			if s.rankOf(n) == first { // two of one source are two contracts
				groups[n] = others
			}
		}
		for _, n := range others {
			set.Remove(n)
		}
	}
	return groups
}

// rankOf is rank of the source of a notice.
func (s *shelf) rankOf(n uint32) int {
	for i, source := range Sources() {
		if set := s.sources[source]; set != nil && set.Contains(n) {
			return i
		}
	}
	return len(Sources())
}

// twinsOf names the notices that those of a page stand for.
func (s *shelf) twinsOf(ids []string, groups united) map[string][]string {
	if len(groups) == 0 {
		return nil
	}
	out := map[string][]string{}
	for _, id := range ids {
		for _, n := range groups[s.byID[uuid.MustParse(id)]] {
			out[id] = append(out[id], s.docs[n].id.String())
		}
	}
	return out
}
