package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// changeKind is the kind of change that says which notices to read again; its
// subject is their ids, joined by commas.
const changeKind = "notice"

// Service holds the use cases of notices.
type Service struct {
	db      *db.DB
	journal *event.Journal
	index   *Index
	follow  *db.Follower
}

// NewService makes the room. The index is empty until Load.
func NewService(d *db.DB, j *event.Journal) *Service {
	s := &Service{db: d, journal: j, index: NewIndex()}
	s.follow = d.Follow(s.loadIndex, s.refreshIndex, changeKind)
	return s
}

// Load fills the index from the database.
func (s *Service) Load(ctx context.Context) error { return s.follow.CatchUp(ctx) }

// Run keeps the index equal to the database until ctx ends.
func (s *Service) Run(ctx context.Context, report func(error)) { s.follow.Run(ctx, report) }

// Index is the search index, for the rooms that ask it with queries of their own.
func (s *Service) Index() *Index { return s.index }

// loadIndex reads everything into an index of its own, which then takes over: who
// searches meanwhile is answered from the former one.
func (s *Service) loadIndex(tx *db.Tx) error {
	const batch = 500
	fresh := NewIndex()
	var some []*Notice
	err := eachNotice(tx, func(n *Notice) error {
		if some = append(some, n); len(some) == batch {
			fresh.Put(some)
			some = some[:0]
		}
		return nil
	})
	if err != nil {
		return err
	}
	fresh.Put(some)
	s.index.Become(fresh)
	return nil
}

func (s *Service) refreshIndex(tx *db.Tx, changes []db.Change) error {
	for _, c := range changes {
		notices, err := ByIDs(tx, strings.Split(c.Subject, ","))
		if err != nil {
			return err
		}
		s.index.Put(notices)
	}
	if s.index.Wasteful() {
		return s.loadIndex(tx)
	}
	return nil
}

// Recorded is the body of the event that tells of a batch of notices.
type Recorded struct {
	Source string   `json:"source"`
	New    []string `json:"new"`     // ids of the notices that the platform did not have
	Alerts bool     `json:"alerts"`  // whether companies are told: never of a bulk import of the past
	Change int      `json:"changed"` // how many were known and have changed
}

// Outcome counts what became of the records of one batch.
type Outcome struct {
	New, Changed, Same int
}

// Chunk is how many records go in one transaction: one event, one job and one
// line of the change log each.
const Chunk = 500

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
		chunk := records[:n]
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

func (s *Service) recordChunk(tx *db.Tx, by access.Actor, chunk []Record, alerts bool) (Outcome, error) {
	var out Outcome
	if err := takeTurn(tx); err != nil {
		return out, err
	}
	sourceIDs := make([]string, len(chunk))
	for i := range chunk {
		sourceIDs[i] = chunk[i].SourceID
	}
	have, err := findKnown(tx, chunk[0].Source, sourceIDs)
	if err != nil {
		return out, err
	}
	body := Recorded{Source: chunk[0].Source, Alerts: alerts}
	fresh := freshOf(chunk, have)
	out.Same = len(chunk) - len(fresh)
	buyers, err := buyersOf(tx, fresh)
	if err != nil {
		return out, err
	}
	var touched []string
	for i, r := range fresh {
		k, known := have[r.SourceID]
		if !known {
			k.ID = db.NewID()
		}
		cancelled, err := recordOne(tx, k, r, buyers[i])
		if err != nil {
			return out, fmt.Errorf("record %s %s: %w", r.Source, r.SourceID, err)
		}
		have[r.SourceID] = knownNotice{ID: k.ID, SourceID: r.SourceID, ContentHash: r.hash, Linked: strings.Join(r.Linked, ",")}
		touched = append(append(touched, k.ID), cancelled...)
		if known {
			out.Changed++
			continue
		}
		out.New++
		body.New = append(body.New, k.ID)
	}
	if len(touched) == 0 {
		return out, nil
	}
	body.Change = out.Changed
	if err := tx.Changed(changeKind, strings.Join(touched, ",")); err != nil {
		return out, err
	}
	return out, s.journal.Record(tx, by, event.NoticesRecorded, body.Source, body)
}

// hashedRecord is a record with what tells its versions apart.
type hashedRecord struct {
	*Record
	hash string
}

// freshOf keeps the records that are not what we have when their turn comes: the
// same notice may be there twice, and the last state of it stands.
func freshOf(chunk []Record, have map[string]knownNotice) (fresh []hashedRecord) {
	now := map[string]string{}
	for id, k := range have {
		now[id] = k.ContentHash
	}
	for i := range chunk {
		r := hashedRecord{&chunk[i], contentHash(&chunk[i])}
		if now[r.SourceID] != r.hash {
			now[r.SourceID] = r.hash
			fresh = append(fresh, r)
		}
	}
	return fresh
}

// buyersOf finds or adds the buyers of a chunk, before anything else is written:
// the register is locked while it grows.
func buyersOf(tx *db.Tx, records []hashedRecord) ([]string, error) {
	sightings := make([]org.Sighting, len(records))
	for i, r := range records {
		sightings[i] = org.Sighting(r.Buyer)
	}
	cache := org.NewBuyerCache(tx)
	if err := cache.Prime(sightings); err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, s := range sightings {
		id, err := cache.For(s.Name, s.SIRET, s.Postcode, s.City)
		if err != nil {
			return nil, fmt.Errorf("buyer of %s: %w", records[i].SourceID, err)
		}
		ids[i] = id
	}
	return ids, cache.Close()
}

// recordOne saves one notice and lets a cancellation take effect, whichever of
// the two came first. It gives the ids of other notices that it changed.
func recordOne(tx *db.Tx, before knownNotice, r hashedRecord, buyerID string) ([]string, error) {
	if err := save(tx, before.ID, r.Record, buyerID, r.hash); err != nil {
		return nil, err
	}
	if err := link(tx, before, r.Record); err != nil {
		return nil, err
	}
	if r.Kind == Cancellation {
		return cancel(tx, r.Source, r.Linked)
	}
	gone, err := cancelledBefore(tx, r.Source, r.SourceID)
	if err != nil || !gone {
		return nil, err
	}
	return cancel(tx, r.Source, []string{r.SourceID})
}

// contentHash tells two versions of a notice apart by what we read in them.
func contentHash(r *Record) string {
	c := *r
	c.Raw = ""
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // plain data: it cannot fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Page is one page of a list of notices.
type Page struct {
	Total   int
	Notices []*Notice
	At      clock.Instant // when it was answered: days left are counted from here
}

// Search is what the page « Annonces » asks.
type Search struct {
	Criteria Criteria
	Open     bool
	Order    Order
	From     int // how many to pass over
	Size     int
}

// Search answers from the index and reads one page of notices.
func (s *Service) Search(ctx context.Context, by access.Actor, ask Search) (Page, error) {
	if err := by.Must(access.SearchNotices); err != nil {
		return Page{}, err
	}
	q, err := Compile(ask.Criteria)
	if err != nil {
		return Page{}, err
	}
	f := Filter{Order: ask.Order}
	if ask.Open {
		f.OpenAt = s.db.Clock.Now()
	}
	return s.Read(ctx, s.index.Find(f, q), ask.From, ask.Size)
}

// Read reads one page of the notices of ids.
func (s *Service) Read(ctx context.Context, ids []string, from, size int) (Page, error) {
	p := Page{Total: len(ids)}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		p.At = tx.Now
		p.Notices, err = ByIDs(tx, ids[min(from, len(ids)):min(from+size, len(ids))])
		return err
	})
	return p, err
}

// Story is one notice with those that it follows and those that follow it.
type Story struct {
	*Notice
	Before, After []*Notice
	At            clock.Instant
}

var errNoNotice = fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")

// Find reads one notice with its story.
func (s *Service) Find(ctx context.Context, by access.Actor, id string) (Story, error) {
	var st Story
	if err := by.Must(access.SearchNotices); err != nil {
		return st, err
	}
	if uuid.Validate(id) != nil { // an address holds any bytes, some of which a database refuses
		return st, errNoNotice
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		st.At = tx.Now
		found, err := ByIDs(tx, []string{id})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoNotice
		}
		st.Notice = found[0]
		var after error
		st.Before, err = findBySource(tx, st.Source, st.Linked)
		st.After, after = followers(tx, st.Source, st.SourceID)
		return errors.Join(err, after)
	})
	return st, err
}
