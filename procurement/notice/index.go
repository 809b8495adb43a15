package notice

import (
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// Index answers queries over all notices from memory, the same on both databases.
//
// Notices are numbered, and so are lots, apart. Every fact (a department, a kind, the
// day on which a notice closes) is the set of the notices that have it; every word is
// the sets of the notices that have it in their title, of those that have it in their
// common text, and of the lots that have it. A query is arithmetic on these sets, once
// among notices and once among lots, whose answer is then said in notices: "lot by
// lot" costs nothing to a word that no lot has. Large sets are roaring bitmaps, small
// ones, which most are, are lists.
//
// Words side by side are read in the texts, which are kept as the numbers of their
// words, one to three bytes each: see vocabulary.
//
// A notice that changes gets a new number; its old one is dead, and the index is made
// anew when more is dead than alive.
type Index struct {
	mu sync.RWMutex
	*shelf
}

// shelf is what an index holds. Numbers are positions in its slices.
type shelf struct {
	byID map[uuid.UUID]uint32
	docs []document
	// What lists are sorted by is apart from the rest: all of it is gone over.
	deadlines []clock.Instant
	published []int32  // 20261124, 0 when it is no date
	buyerOf   []uint32 // number
	placesOf  []Places
	lots      []uint32 // the notice of each lot
	alive     *roaring.Bitmap
	vocabulary

	buyerNumbers map[string]uint32
	buyerIDs     []string
	buyers       []posting // by number
	byBuyer      gather
	services     map[string][]string

	places     [refdata.DepartmentSlots]*roaring.Bitmap
	noPlace    *roaring.Bitmap
	national   *roaring.Bitmap
	categories map[refdata.Category]*roaring.Bitmap // "" of those that have none
	kinds      map[Kind]*roaring.Bitmap
	sources    map[string]*roaring.Bitmap
	cpv        map[string]*roaring.Bitmap // by the beginning of a code, of 2 digits or more
	generic    map[string]*roaring.Bitmap // by the part of a code that says something
	ofCode     map[string][]*roaring.Bitmap
	coded      *roaring.Bitmap
	withLots   *roaring.Bitmap
	closing    map[int]*roaring.Bitmap     // calls, by the day on which they close
	heard      map[int]*roaring.Bitmap     // by the day on which they were heard of
	between    map[uint32][2]clock.Instant // the visit and the end of questions, of the few calls that have one
}

// document is what is no set, of one notice.
type document struct {
	id        uuid.UUID
	openUntil clock.Instant // zero: it cannot be answered
	heardAt   clock.Instant // see Notice.heardAt
	changedAt clock.Instant
	firstLot  uint32 // its lots end where those of the next one begin
	sameTitle uint32 // equal for titles that read the same; 0: it can have no probable duplicate
}

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{shelf: newShelf()} }

func newShelf() *shelf {
	s := &shelf{
		byID: map[uuid.UUID]uint32{}, alive: roaring.New(), vocabulary: newVocabulary(),
		buyerNumbers: map[string]uint32{}, services: map[string][]string{},
		noPlace: roaring.New(), national: roaring.New(), coded: roaring.New(), withLots: roaring.New(),
		categories: map[refdata.Category]*roaring.Bitmap{}, kinds: map[Kind]*roaring.Bitmap{}, sources: map[string]*roaring.Bitmap{},
		cpv: map[string]*roaring.Bitmap{}, generic: map[string]*roaring.Bitmap{}, ofCode: map[string][]*roaring.Bitmap{}, closing: map[int]*roaring.Bitmap{},
		heard: map[int]*roaring.Bitmap{}, between: map[uint32][2]clock.Instant{},
	}
	for i := range s.places {
		s.places[i] = roaring.New()
	}
	return s
}

// Len is the number of notices.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Put adds notices, in the place of their former selves.
func (x *Index) Put(notices []*Notice) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.put(notices)
}

// put reads the texts of a batch, then files them and the facts.
func (s *shelf) put(notices []*Notice) {
	subjects := make([]Subject, 0, len(notices))
	first := uint32(len(s.docs))
	for _, n := range notices {
		if subject := n.timeless(); s.read(n, &subject) {
			subjects = append(subjects, subject)
		}
	}
	others := func() {
		for i := range subjects {
			s.facts(first+uint32(i), &subjects[i])
		}
		s.byBuyer.give(len(s.buyers), func(n uint32) *posting { return &s.buyers[n] })
		s.fileOthers()
	}
	const several = 100 // enough to be worth another goroutine
	if len(subjects) < several {
		others()
		s.fileCommon()
		return
	}
	var filing sync.WaitGroup
	filing.Go(others)
	s.fileCommon()
	filing.Wait()
}

// read gives a notice and its lots their numbers and reads their texts; false when
// nothing has changed since it was read last.
func (s *shelf) read(n *Notice, subject *Subject) bool {
	id := uuid.MustParse(n.ID) // ours
	if was, ok := s.byID[id]; ok {
		if d := &s.docs[was]; d.changedAt == n.ChangedAt && d.openUntil == n.openUntil() && s.deadlines[was] == n.Deadline {
			return false // read again, not changed: followers may read twice
		}
		s.alive.Remove(was)
	}
	number := uint32(len(s.docs))
	s.byID[id] = number
	s.alive.Add(number)
	d := document{
		id: id, openUntil: n.openUntil(), heardAt: n.heardAt(), changedAt: n.ChangedAt, firstLot: uint32(len(s.lots)),
		sameTitle: s.titleOf(n),
	}
	s.docs = append(s.docs, d)
	s.deadlines, s.published = append(s.deadlines, n.Deadline), append(s.published, dayNumber(n.PublishedOn))
	s.buyerOf, s.placesOf = append(s.buyerOf, s.buyerNumber(n.BuyerID)), append(s.placesOf, subject.Places)
	if n.Kind == Contract && max(n.VisitAt, n.QuestionsUntil) > 0 {
		s.between[number] = [2]clock.Instant{n.VisitAt, n.QuestionsUntil}
	}
	s.common(number, subject.Units[0])
	for _, unit := range subject.Units[1:] {
		s.lot(uint32(len(s.lots)), unit)
		s.lots = append(s.lots, number)
	}
	return true
}

// facts files a notice under all that is not text.
func (s *shelf) facts(number uint32, subject *Subject) {
	s.byBuyer.add(s.buyerOf[number], number)
	add(s.categories, subject.Category, number)
	add(s.kinds, subject.Kind, number)
	add(s.sources, subject.Source, number)
	if subject.Places.None() {
		s.noPlace.Add(number)
	}
	if subject.Places.National() {
		s.national.Add(number)
	}
	for i := range subject.Places.each() {
		s.places[i].Add(number)
	}
	for _, code := range subject.CPV {
		s.coded.Add(number)
		for _, set := range s.setsOf(code) {
			set.Add(number)
		}
	}
	if len(subject.Units) > 1 {
		s.withLots.Add(number)
	}
	if until := s.docs[number].openUntil; !until.IsZero() {
		add(s.closing, dayOf(until), number)
	}
	add(s.heard, dayOf(s.docs[number].heardAt), number)
}

// setsOf gives the sets of the notices with a code: by each of its beginnings, and by
// what it says.
func (s *shelf) setsOf(code string) []*roaring.Bitmap {
	sets, ok := s.ofCode[code]
	if !ok {
		sets = append(sets, setOf(s.generic, Generic(code)))
		for n := 2; n <= len(code); n++ {
			sets = append(sets, setOf(s.cpv, code[:n]))
		}
		s.ofCode[code] = sets
	}
	return sets
}

func add[K comparable](m map[K]*roaring.Bitmap, key K, number uint32) { setOf(m, key).Add(number) }

// setOf gives the set of a key, an empty one to begin with.
func setOf[K comparable](m map[K]*roaring.Bitmap, key K) *roaring.Bitmap {
	b := m[key]
	if b == nil {
		b = roaring.New()
		m[key] = b
	}
	return b
}

func (s *shelf) buyerNumber(id string) uint32 {
	n, ok := s.buyerNumbers[id]
	if !ok {
		n = uint32(len(s.buyerIDs))
		s.buyerNumbers[id] = n
		s.buyerIDs, s.buyers = append(s.buyerIDs, id), append(s.buyers, posting{})
	}
	return n
}

// lotsEnd is where the lots of a notice end.
func (s *shelf) lotsEnd(number uint32) uint32 {
	if int(number)+1 < len(s.docs) {
		return s.docs[number+1].firstLot
	}
	return uint32(len(s.lots))
}

// dayNumber makes a date a number that sorts like it: 20261124.
func dayNumber(date string) (n int32) {
	if len(date) != len("2026-11-24") {
		return 0
	}
	for _, c := range []byte(date) {
		if c >= '0' && c <= '9' {
			n = n*10 + int32(c-'0')
		}
	}
	return n
}

// dayOf numbers the days of Paris, one after the other.
func dayOf(at clock.Instant) int {
	y, m, d := at.In(clock.Paris).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// Wasteful tells that so many notices have changed that more of the index is dead
// than alive: it should be made anew.
func (x *Index) Wasteful() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	const few = 10_000 // not worth the trouble
	dead := len(x.docs) - len(x.byID)
	return dead > few && dead > len(x.docs)/2
}

// Become takes over what another index holds, which is not to be used any more.
func (x *Index) Become(fresh *Index) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.shelf, fresh.shelf = fresh.shelf, nil
}
