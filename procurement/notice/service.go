package notice

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// changeKind is the kind of change that says which notices to read again; its
// subject is their ids, joined by commas.
const changeKind = "notice"

// Service holds the use cases of notices.
type Service struct {
	// FactsOf reads the facts of a record of a source as it came: see TakeFacts. The error
	// is a *RecordError.
	FactsOf func(source, raw string) ([]Fact, error)

	db      *db.DB
	journal *event.Journal
	index   *Index
	follow  *db.Follower
	loading loading
	growth  growth
	buyers  org.Register
}

// NewService makes the room. The index is empty until Load.
func NewService(d *db.DB, j *event.Journal) *Service {
	s := &Service{db: d, journal: j, index: NewIndex(), loading: newLoading()}
	s.follow = d.Follow(s.loadIndex, s.refreshIndex, changeKind, org.BuyerChange)
	return s
}

func (s *Service) refreshIndex(tx *db.Tx, changes []db.Change) error {
	var buyers []string // that are not what they were
	several := twice(changes)
	for _, c := range changes {
		ids := strings.Split(c.Subject, ",")
		if c.Kind != changeKind {
			buyers = append(buyers, ids...)
			continue
		}
		handed, _ := c.Now.([]*Notice)
		if handed = slices.DeleteFunc(handed, func(n *Notice) bool { return several[n.ID] }); len(handed) > 0 {
			s.index.Put(handed)
			have := make(map[string]bool, len(handed))
			for _, n := range handed {
				have[n.ID] = true
			}
			ids = slices.DeleteFunc(ids, func(id string) bool { return have[id] })
		}
		if err := s.putAgain(tx, ids); err != nil {
			return err
		}
	}
	if len(buyers) > 0 {
		now, err := servicesAmong(tx, buyers)
		if err != nil {
			return err
		}
		s.index.resetServices(buyers, now)
	}
	if s.index.Wasteful() {
		return s.loadIndex(tx)
	}
	return nil
}

// putAgain reads notices again. Of those that the index has, others have nearly always
// changed what stands, and the texts are what they were.
func (s *Service) putAgain(tx *db.Tx, ids []string) error {
	had, whole := s.index.has(ids)
	stand, err := standingOf(tx, had)
	if err != nil {
		return err
	}
	notices, err := searchedOf(tx, append(whole, s.index.Restand(stand)...))
	s.index.Put(notices)
	return err
}

// twice gives the notices that several of these changes name: what one of them handed
// over may be what they were before the other.
func twice(changes []db.Change) map[string]bool {
	seen, several := map[string]bool{}, map[string]bool{}
	if len(changes) < 2 {
		return nil
	}
	for _, c := range changes {
		if c.Kind == changeKind {
			for id := range strings.SplitSeq(c.Subject, ",") {
				several[id], seen[id] = seen[id], true
			}
		}
	}
	return several
}

// Recorded is the body of the event that tells of a batch of notices.
type Recorded struct {
	Source string   `json:"source"`
	New    []string `json:"new"`     // ids of the notices that the platform did not have
	Alerts bool     `json:"alerts"`  // whether companies are told: never of a bulk import of the past
	Change int      `json:"changed"` // how many were known and have changed
	// Altered are the ids of notices that the platform had and that another one, or a
	// later state of themselves, has altered: deadline moved, cancelled, reopened, awarded.
	Altered []string `json:"altered,omitempty"`
	// Reworded are those whose source has published them otherwise, their deadline apart.
	Reworded []string `json:"reworded,omitempty"`
	// Called are those that were no call for competition and have become one.
	Called []string `json:"called,omitempty"`
}

// Outcome counts what became of the records of one batch.
type Outcome struct {
	New, Changed, Same int
}

// Chunk is how many records go in one transaction, with one event, one job and one line
// of the change log, when companies are told: their watches are matched in one too.
const Chunk = 500

// Bulk is how many do when nobody is told. On SQLite everybody who writes waits for the
// end of it, a third of a second; on PostgreSQL only who adds to the register of buyers
// does, and what is done once for many notices is done less often.
func Bulk(of db.Dialect) int {
	if of == db.Postgres {
		return 8000
	}
	return 4000
}

// asked is how many values one question names.
const asked = 2000

// Record takes notices in: those we do not have, and those whose content has
// changed. The same record again changes nothing. With alerts, companies whose
// watches match the new ones are told.
func (s *Service) Record(ctx context.Context, by access.Actor, records []Record, alerts bool) (Outcome, error) {
	var out Outcome
	if err := by.Must(access.RecordNotices); err != nil {
		return out, err
	}
	for len(records) > 0 {
		n := 1 // of one source: its numbers are its own
		for n < min(Chunk, len(records)) && records[n].Source == records[0].Source {
			n++
		}
		chunk := Prepare(records[:n])
		records = records[n:]
		var did Outcome
		if err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
			did, err = s.recordChunk(tx, by, chunk, alerts)
			return err
		}); err != nil {
			return out, err
		}
		out.New, out.Changed, out.Same = out.New+did.New, out.Changed+did.Changed, out.Same+did.Same
	}
	return out, nil
}

// RecordIn is Record within the transaction of whoever has more to write with it: at
// most Chunk records, or Bulk without alerts, of one source.
func (s *Service) RecordIn(tx *db.Tx, by access.Actor, chunk Prepared, alerts bool) (Outcome, error) {
	if err := by.Must(access.RecordNotices); err != nil || len(chunk.records) == 0 {
		return Outcome{}, err
	}
	return s.recordChunk(tx, by, chunk, alerts)
}

func (s *Service) recordChunk(tx *db.Tx, by access.Actor, prepared Prepared, alerts bool) (Outcome, error) {
	var out Outcome
	chunk := prepared.records
	turn, err := takeTurn(tx)
	if err != nil {
		return out, err
	}
	sourceIDs := make([]string, len(chunk))
	for i := range chunk {
		sourceIDs[i] = chunk[i].SourceID
	}
	source := chunk[0].Source
	have, err := findKnown(tx, source, sourceIDs)
	if err != nil {
		return out, err
	}
	fresh := freshOf(chunk, have)
	out.Same = len(chunk) - len(fresh)
	if out.Same > 0 {
		if err := prepared.keepNewer(tx, have); err != nil {
			return out, err
		}
	}
	if len(fresh) == 0 {
		return out, nil
	}
	buyers, err := s.buyersOf(tx, turn, fresh)
	if err != nil {
		return out, err
	}
	if err := prepared.keepRaw(tx, fresh); err != nil {
		return out, err
	}
	body := Recorded{Source: source, Alerts: alerts}
	isNew, saved, err := body.save(tx, fresh, buyers, have)
	if err != nil {
		return out, err
	}
	out.New, out.Changed = len(body.New), len(fresh)-len(body.New)
	settled, err := settleChunk(tx, source, fresh, have, isNew)
	if err != nil {
		return out, err
	}
	body.alter(settled, isNew)
	body.Change = out.Changed
	tx.AfterCommit(func() { s.grew(tx.Context(), out.New) })
	slices.Sort(saved)
	if err := tx.ChangedTo(changeKind, strings.Join(slices.Compact(append(saved, settled...)), ","), func() any {
		return handed(tx, fresh, buyers, have, isNew, settled)
	}); err != nil {
		return out, err
	}
	return out, s.journal.Record(tx, by, event.NoticesRecorded, body.Source, body)
}

// save writes the records that are fresh, and notes what each is to whoever is told: new,
// or what became of one that was there. It gives the ids of the new ones, and of all.
func (r *Recorded) save(tx *db.Tx, fresh []preparedRecord, buyers []string, have map[string]*knownNotice) (isNew map[string]bool, saved []string, err error) {
	isNew = map[string]bool{}
	var arrived arrivals
	for i, one := range fresh {
		k, known := have[one.SourceID]
		if !known {
			k = &knownNotice{ID: db.NewID(), SourceID: one.SourceID}
			have[one.SourceID] = k
			r.New = append(r.New, k.ID)
			isNew[k.ID] = true
		}
		was := k.Kind
		restated, err := k.record(tx, one, buyers[i], &arrived)
		if err != nil {
			return nil, nil, fmt.Errorf("record %s %s: %w", one.Source, one.SourceID, err)
		}
		saved = append(saved, k.ID)
		switch {
		case !isNew[k.ID] && was != Contract && one.Kind == Contract:
			r.Called = append(r.Called, k.ID)
		case restated:
			r.Altered = append(r.Altered, k.ID)
		case !isNew[k.ID]:
			r.Reworded = append(r.Reworded, k.ID)
		}
	}
	if err := arrived.write(tx); err != nil {
		return nil, nil, fmt.Errorf("record %d new notices of %s: %w", len(r.New), r.Source, err)
	}
	return isNew, saved, nil
}

// alter adds the notices that others have altered: those that nobody could know
// before are new, and only that.
func (r *Recorded) alter(ids []string, isNew map[string]bool) {
	have := map[string]bool{}
	var altered []string
	for _, id := range append(r.Altered, ids...) {
		if !isNew[id] && !have[id] {
			have[id] = true
			altered = append(altered, id)
		}
	}
	r.Altered = altered
}

// settleChunk has the notices just recorded take effect on others, and others on
// them. Most have no links at all.
func settleChunk(tx *db.Tx, source string, fresh []preparedRecord, have map[string]*knownNotice, isNew map[string]bool) ([]string, error) {
	var names, alone []string
	written := map[string]*relative{} // what nobody need read: new, and as this chunk says it
	for _, r := range fresh {
		own, k := append([]string{r.SourceID}, r.Aliases...), have[r.SourceID]
		if isNew[k.ID] {
			written[k.ID] = r.relative(k.ID) // of one that came twice, the later state
		}
		if before := k.LinkedBefore; len(r.Linked)+len(before) > 0 {
			names = append(append(append(names, own...), r.Linked...), before...)
		} else {
			alone = append(alone, own...)
		}
	}
	followed, err := followed(tx, source, alone)
	if err != nil {
		return nil, err
	}
	names = append(names, followed...)
	slices.Sort(names)
	return settle(tx, source, slices.Compact(names), written)
}

// freshOf keeps the records that take the place of what we have when their turn
// comes: the same notice may be there twice, and an older state of it replaces none.
func freshOf(chunk []preparedRecord, have map[string]*knownNotice) (fresh []preparedRecord) {
	type state struct {
		version
		hash       string
		superseded []string
	}
	now := map[string]*state{}
	for id, k := range have {
		now[id] = &state{k.version, k.ContentHash, k.superseded}
	}
	for _, r := range chunk {
		at := now[r.SourceID]
		if at == nil {
			now[r.SourceID] = &state{r.version(), r.hash, nil}
			fresh = append(fresh, r)
			continue
		}
		if at.hash == r.hash || !r.version().replaces(at.version, contains(at.superseded, r.hash)) {
			continue
		}
		at.superseded = append(at.superseded, at.hash)
		at.version, at.hash = r.version(), r.hash
		fresh = append(fresh, r)
	}
	return fresh
}

// buyersOf finds or adds the buyers of a chunk, before anything else is written:
// the register is locked while it grows.
func (s *Service) buyersOf(tx *db.Tx, turn int64, records []preparedRecord) ([]string, error) {
	sightings := make([]org.Sighting, len(records))
	for i, r := range records {
		sightings[i] = org.Sighting{Name: r.Buyer.Name, SIRET: r.Buyer.SIRET, Postcode: r.Buyer.Postcode, City: r.Buyer.City, On: r.PublishedOn}
	}
	cache, err := s.buyers.Cache(tx, turn)
	if err != nil {
		return nil, err
	}
	if err := cache.Prime(sightings); err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, s := range sightings {
		id, err := cache.Sight(s)
		if err != nil {
			return nil, fmt.Errorf("buyer of %s: %w", records[i].SourceID, err)
		}
		ids[i] = id
	}
	return ids, cache.Close()
}

// record saves one notice, among those that arrive or in the place of its former state,
// and tells whether something that companies were told of is otherwise in it.
func (k *knownNotice) record(tx *db.Tx, r preparedRecord, buyerID string, arrived *arrivals) (restated bool, err error) {
	if k.ContentHash == "" {
		arrived.add(tx, k.ID, r, buyerID)
	} else {
		restated, err = k.restate(tx, r, buyerID, arrived)
	}
	k.LinkedBefore = append(k.LinkedBefore, split(k.Linked, ",")...)
	k.ContentHash, k.Linked, k.Aliases, k.OwnDeadline = r.hash, strings.Join(r.Linked, ","), strings.Join(r.Aliases, ","), r.Deadline
	k.version = r.version()
	return restated, err
}

// restate saves a later state.
func (k *knownNotice) restate(tx *db.Tx, r preparedRecord, buyerID string, arrived *arrivals) (restated bool, err error) {
	if err := arrived.write(tx); err != nil { // the former state may be among them
		return false, err
	}
	if err := replace(tx, k.ID, r, buyerID); err != nil {
		return false, err
	}
	if err := supersede(tx, k.ID, k.ContentHash); err != nil {
		return false, err
	}
	if k.OwnDeadline != r.Deadline && k.Kind == Contract && r.Kind == Contract {
		if err := restate(tx, k.ID, k.OwnDeadline, r.Deadline, r.DeadlineDoubtful); err != nil {
			return false, err
		}
		restated = true
	}
	return restated, link(tx, k, r.Record)
}
