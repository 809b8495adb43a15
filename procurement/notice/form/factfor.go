package form

import (
	"slices"

	"parvis/procurement/notice"
)

// A notice that says more than that is read on at its source.
const (
	maxFacts    = 600
	maxAllTexts = 400_000 // bytes
)

// For gives the facts of a notice that has these lots. What is said of a lot that it
// does not have is said of the whole: the only lot of a contract that is not divided.
// When something was left out the last fact is of the topic notice.Cut.
func (f *Facts) For(lots []notice.Lot) []notice.Fact {
	if numbers := f.lots(lots); numbers != nil {
		f.share(len(numbers))
	}
	const few = 60 // which are faster compared with each other than looked up
	out := make([]notice.Fact, 0, len(f.found))
	known := map[notice.Fact]bool{}
	said := f.repeated()
	for i := range f.found {
		fact := f.found[i]
		if repeatable(&fact) && said[fact.Text] || len(f.found) <= few && slices.Contains(out, fact) || known[fact] {
			continue
		}
		if out = append(out, fact); len(f.found) > few {
			known[fact] = true
		}
	}
	if out = f.fit(out); f.cut {
		out = append(out, notice.Fact{Topic: notice.Cut, Text: "Oui"})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// lots are the numbers of the lots, nil when nothing is said of any. What is said of
// another is said of the whole from then on.
func (f *Facts) lots(lots []notice.Lot) map[string]bool {
	var numbers map[string]bool
	of := 0
	for i := range f.found {
		fact := &f.found[i]
		if fact.Lot == "" {
			continue
		}
		if numbers == nil {
			numbers = make(map[string]bool, len(lots))
			for _, l := range lots {
				numbers[l.Number] = true
			}
		}
		if of++; !numbers[fact.Lot] {
			fact.Lot = ""
			of--
		}
	}
	if of == 0 {
		return nil
	}
	return numbers
}

// share says of the whole what is said of every lot, of which there are so many. The
// criteria of a lot are only told together: one that all lots have stays with the others
// of each. An amount or a quantity is that of each lot: the whole has their sum.
func (f *Facts) share(lots int) {
	said := make(map[notice.Fact]bool, len(f.found)) // by lot
	in := make(map[notice.Fact]int, len(f.found))    // in how many lots, more than there are for the whole
	common := func(fact notice.Fact) notice.Fact {
		fact.Lot = ""
		return fact
	}
	for _, fact := range f.found {
		switch {
		case said[fact]:
		case fact.Lot == "":
			in[fact] += lots + 1
		default:
			in[common(fact)]++
		}
		said[fact] = true
	}
	shared := func(fact notice.Fact) bool {
		if ofEach(fact.Topic) {
			return false
		}
		return lots > 1 && in[common(fact)] >= lots || in[common(fact)] > lots
	}
	apart := slices.ContainsFunc(f.found, func(fact notice.Fact) bool { return fact.Topic == notice.Criterion && fact.Lot != "" && !shared(fact) })
	for i, fact := range f.found {
		if shared(fact) && (!apart || fact.Topic != notice.Criterion) {
			f.found[i].Lot = ""
		}
	}
}

// ofEach tells what adds up: the same said of two lots is twice as much for the whole.
func ofEach(topic notice.Topic) bool {
	return topic == notice.Value || topic == notice.Quantity || topic == notice.Prize
}

// repeatable tells a fact that another may say as well: a criterion whose weight another
// states, those who inform on recourse when they are the same court.
func repeatable(fact *notice.Fact) bool {
	return fact.Topic == notice.RecourseInfo || fact.Topic == notice.Criterion && fact.Weight == ""
}

// repeated are the texts that need not be said without a weight, or of who informs.
func (f *Facts) repeated() map[string]bool {
	if !slices.ContainsFunc(f.found, func(fact notice.Fact) bool { return repeatable(&fact) }) {
		return nil
	}
	texts := map[string]bool{}
	for i := range f.found {
		if fact := &f.found[i]; fact.Topic == notice.Recourse || fact.Topic == notice.Criterion && fact.Weight != "" {
			texts[fact.Text] = true
		}
	}
	return texts
}

// Ranks say which facts stay when there are too many, the least first.
const (
	rankGazette = iota // what the gazette says of its notice
	rankAddress        // where one goes on from there
	rankWhole
	rankLot
)

func rank(fact *notice.Fact) int {
	if fact.Lot != "" {
		return rankLot
	}
	switch fact.Topic {
	case notice.Scope, notice.Subnature, notice.Simplified, notice.ShownUntil, notice.ProcedureID:
		return rankGazette
	case notice.Documents, notice.Answering, notice.Profile, notice.Website, notice.Identifier:
		return rankAddress
	}
	return rankWhole
}

// fit leaves out what a page has no room for: what is said of lots first, the last ones
// before the others.
func (f *Facts) fit(all []notice.Fact) []notice.Fact {
	size := 0
	for i := range all {
		size += len(all[i].Text)
	}
	if len(all) <= maxFacts && size <= maxAllTexts {
		return all
	}
	f.cut = true
	stays := make([]bool, len(all))
	room, bytes := maxFacts, maxAllTexts
	for r := rankGazette; r <= rankLot; r++ {
		for i := range all {
			if rank(&all[i]) == r && room > 0 && len(all[i].Text) <= bytes {
				stays[i] = true
				room--
				bytes -= len(all[i].Text)
			}
		}
	}
	out := make([]notice.Fact, 0, maxFacts)
	for i := range all {
		if stays[i] {
			out = append(out, all[i])
		}
	}
	return out
}
