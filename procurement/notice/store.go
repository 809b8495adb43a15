package notice

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/refdata"
)

// row is a notice as its table has it.
type row struct {
	ID               string
	Source           string
	SourceID         string
	Kind             Kind
	Category         string
	ProcedureType    string
	Title            string
	Description      string
	Reference        string
	BuyerID          string
	BuyerName        string
	Departments      string
	CPV              string `db:"cpv"`
	Descriptors      string
	Lots             string
	Detail           string
	PublishedOn      string
	Deadline         clock.Instant
	DeadlineRaw      string
	DeadlineSource   string
	DeadlineDoubtful bool
	VisitAt          clock.Instant
	QuestionsUntil   clock.Instant
	TimeZone         string
	URL              string `db:"url"`
	Linked           string
	RecordedAt       clock.Instant
	ChangedAt        clock.Instant
	CancelledAt      clock.Instant
	AwardedOn        string
	Result           What
	Aliases          string
}

const columns = `id, source, source_id, kind, category, procedure_type, title, description, reference, buyer_id, buyer_name,
	departments, cpv, descriptors, lots, detail, published_on, deadline, deadline_raw, deadline_source, deadline_doubtful,
	visit_at, questions_until, time_zone, url, linked, recorded_at, changed_at, cancelled_at, awarded_on, result, aliases`

func (r row) notice() (*Notice, error) {
	n := &Notice{ID: r.ID, BuyerID: r.BuyerID, RecordedAt: r.RecordedAt, ChangedAt: r.ChangedAt, CancelledAt: r.CancelledAt, AwardedOn: r.AwardedOn, Result: r.Result}
	n.Record = Record{
		Source: r.Source, SourceID: r.SourceID, Kind: r.Kind, Category: refdata.Category(r.Category), Procedure: refdata.ProcedureType(r.ProcedureType),
		Title: r.Title, Description: r.Description, Reference: r.Reference, Buyer: BuyerRecord{Name: r.BuyerName},
		Departments: split(r.Departments, ","), CPV: split(r.CPV, ","), Descriptors: split(r.Descriptors, "\n"),
		PublishedOn: r.PublishedOn, Deadline: r.Deadline, DeadlineRaw: r.DeadlineRaw, DeadlineSource: r.DeadlineSource,
		DeadlineDoubtful: r.DeadlineDoubtful, VisitAt: r.VisitAt, QuestionsUntil: r.QuestionsUntil, TimeZone: r.TimeZone, URL: r.URL, Linked: split(r.Linked, ","),
		Aliases: split(r.Aliases, ","),
	}
	err := errors.Join(json.Unmarshal([]byte(r.Lots), &n.Lots), json.Unmarshal([]byte(r.Detail), &n.Detail))
	if err != nil {
		return nil, fmt.Errorf("notice %s: %w", r.ID, err)
	}
	return n, nil
}

func split(s, separator string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, separator)
}

// Sample gives what is searched of the notices last recorded, n at most: which words
// are frequent today.
func Sample(tx *db.Tx, n int) ([]Subject, error) {
	var ids []string
	if err := tx.All(&ids, "SELECT id FROM notice ORDER BY id DESC LIMIT $1", n); err != nil {
		return nil, err
	}
	notices, err := ByIDs(tx, ids)
	out := make([]Subject, len(notices))
	for i, one := range notices {
		out[i] = one.Subject(tx.Now)
	}
	return out, err
}

// ByIDs reads notices, in the order of ids; what does not exist is left out.
func ByIDs(tx *db.Tx, ids []string) ([]*Notice, error) {
	byID := map[string]*Notice{}
	for from := 0; from < len(ids); from += 500 {
		some := ids[from:min(from+500, len(ids))]
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		var rows []row
		if err := tx.All(&rows, "SELECT "+columns+" FROM notice WHERE id IN ("+db.Placeholders(1, len(args))+")", args...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			n, err := r.notice()
			if err != nil {
				return nil, err
			}
			byID[r.ID] = n
		}
	}
	out := make([]*Notice, 0, len(ids))
	for _, id := range ids {
		if n := byID[id]; n != nil {
			out = append(out, n)
		}
	}
	for some := range slices.Chunk(out, Chunk) {
		if err := nameBodies(tx, some); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// knownNotice is what we already have of a source's notice.
type knownNotice struct {
	ID          string
	SourceID    string
	ContentHash string
	Linked      string
	Aliases     string
	OwnDeadline clock.Instant
	RawSize     int64
	version

	superseded   []string // hashes of the states that others have replaced
	LinkedBefore []string // what it named in states that this transaction replaces
}

// takeTurn has those who record wait for each other until their transaction ends:
// two replicas that fetch the same notices must not both take them for new.
//
// It gives the rank of this one.
func takeTurn(tx *db.Tx) (turn int64, err error) {
	err = tx.One(&turn, `INSERT INTO counter (name, value) VALUES ('notice batch', 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`)
	return turn, err
}

func findKnown(tx *db.Tx, source string, sourceIDs []string) (map[string]*knownNotice, error) {
	args := []any{source, tx.List(sourceIDs)}
	in := "n.source = $1 AND n.source_id " + tx.AnyOf(2)
	var rows []struct {
		ID, SourceID, ContentHash, Linked, Aliases, PublishedOn string
		Kind                                                    Kind
		OwnDeadline, Stamp                                      clock.Instant
		Partial                                                 bool
		RawSize                                                 int64
	}
	if err := tx.All(&rows, `SELECT n.id, n.source_id, n.content_hash, n.linked, n.aliases, n.published_on, n.kind, n.own_deadline, n.stamp, n.partial, coalesce(n.raw_size, 0) AS raw_size
		FROM notice n WHERE `+in, args...); err != nil || len(rows) == 0 {
		return map[string]*knownNotice{}, err
	}
	out := make(map[string]*knownNotice, len(rows))
	for _, r := range rows {
		out[r.SourceID] = &knownNotice{ID: r.ID, SourceID: r.SourceID, ContentHash: r.ContentHash, Linked: r.Linked, Aliases: r.Aliases,
			OwnDeadline: r.OwnDeadline, RawSize: r.RawSize, version: version{r.Stamp, r.PublishedOn, r.Kind, r.Partial}}
	}
	var former []struct{ SourceID, ContentHash string }
	err := tx.All(&former, "SELECT n.source_id, s.content_hash FROM notice_superseded s JOIN notice n ON n.id = s.notice_id WHERE "+in, args...)
	for _, f := range former {
		out[f.SourceID].superseded = append(out[f.SourceID].superseded, f.ContentHash)
	}
	return out, err
}

// supersede remembers a state that another has replaced.
func supersede(tx *db.Tx, id, hash string) error {
	_, err := tx.Exec(`INSERT INTO notice_superseded (notice_id, content_hash, superseded_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, hash, tx.Now)
	return err
}

// savedColumns are those of a notice that a record says, in the order of savedRow.
var savedColumns = []string{"id", "source", "source_id", "kind", "category", "procedure_type", "title", "description", "reference", "buyer_id", "buyer_name",
	"departments", "cpv", "descriptors", "lots", "detail", "published_on", "deadline", "deadline_raw", "deadline_source", "deadline_doubtful",
	"visit_at", "questions_until", "time_zone", "url", "linked", "recorded_at", "changed_at", "aliases",
	"content_hash", "stamp", "partial", "own_deadline", "own_doubtful", "raw_pack_id", "raw_at", "raw_size"}

func savedRow(tx *db.Tx, id string, r preparedRecord, buyerID string) []any {
	return []any{
		id, r.Source, r.SourceID, string(r.Kind), string(r.Category), string(r.Procedure), r.Title, r.Description, r.Reference, buyerID, r.Buyer.Name,
		strings.Join(r.Departments, ","), strings.Join(r.CPV, ","), strings.Join(r.Descriptors, "\n"), r.lots, r.detail,
		r.PublishedOn, r.Deadline, r.DeadlineRaw, r.DeadlineSource, r.DeadlineDoubtful, r.VisitAt, r.QuestionsUntil, r.TimeZone, r.URL,
		strings.Join(r.Linked, ","), tx.Now, tx.Now, strings.Join(r.Aliases, ","), r.hash, r.Stamp, r.Partial, r.Deadline, r.DeadlineDoubtful,
		r.raw.packID, r.raw.At, r.raw.Size,
	}
}

// replaceState writes a notice in the place of its former state.
var replaceState = "INSERT INTO notice (" + strings.Join(savedColumns, ", ") + ") VALUES (" + db.Placeholders(1, len(savedColumns)) + `)
	ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, category = excluded.category, procedure_type = excluded.procedure_type,
		title = excluded.title, description = excluded.description, reference = excluded.reference, buyer_id = excluded.buyer_id,
		buyer_name = excluded.buyer_name, departments = excluded.departments, cpv = excluded.cpv, descriptors = excluded.descriptors,
		lots = excluded.lots, detail = excluded.detail, published_on = excluded.published_on, deadline = excluded.deadline,
		deadline_raw = excluded.deadline_raw, deadline_source = excluded.deadline_source, deadline_doubtful = excluded.deadline_doubtful,
		visit_at = excluded.visit_at, questions_until = excluded.questions_until, time_zone = excluded.time_zone, url = excluded.url, linked = excluded.linked,
		changed_at = excluded.changed_at, content_hash = excluded.content_hash, aliases = excluded.aliases, stamp = excluded.stamp,
		partial = excluded.partial, own_deadline = excluded.own_deadline, own_doubtful = excluded.own_doubtful,
		raw_pack_id = excluded.raw_pack_id, raw_at = excluded.raw_at, raw_size = excluded.raw_size`

// replace writes a later state of a notice.
func replace(tx *db.Tx, id string, r preparedRecord, buyerID string) error {
	_, err := tx.Exec(replaceState, savedRow(tx, id, r, buyerID)...)
	return err
}

// arrivals are notices of a chunk that the platform did not have: they are written
// together.
type arrivals struct{ notices, links, aliases [][]any }

func (a *arrivals) add(tx *db.Tx, id string, r preparedRecord, buyerID string) {
	a.notices = append(a.notices, savedRow(tx, id, r, buyerID))
	for _, name := range distinct(r.Linked) {
		a.links = append(a.links, []any{r.Source, name, id})
	}
	for _, name := range distinct(r.Record.Aliases) {
		a.aliases = append(a.aliases, []any{r.Source, name, id})
	}
}

// distinct leaves out what was said before.
func distinct(names []string) []string {
	for i, n := range names {
		if contains(names[:i], n) {
			return slices.Compact(slices.Sorted(slices.Values(names)))
		}
	}
	return names
}

// write adds them; whoever reads or changes one of them in this transaction writes first.
func (a *arrivals) write(tx *db.Tx) error {
	err := tx.Insert("notice", savedColumns, a.notices)
	if err == nil {
		err = tx.Insert("notice_link", []string{"source", "target", "notice_id"}, a.links)
	}
	if err == nil {
		err = tx.Insert("notice_alias", []string{"source", "alias", "notice_id"}, a.aliases)
	}
	*a = arrivals{}
	return err
}

// link records what a notice says that it changes or follows, and under which other
// names it is known, in the place of what it said before.
func link(tx *db.Tx, before *knownNotice, r *Record) error {
	if err := relink(tx, "notice_link", "target", before.ID, r.Source, split(before.Linked, ","), r.Linked); err != nil {
		return err
	}
	return relink(tx, "notice_alias", "alias", before.ID, r.Source, split(before.Aliases, ","), r.Aliases)
}

func relink(tx *db.Tx, table, column, id, source string, before, now []string) error {
	for _, name := range before {
		if contains(now, name) {
			continue
		}
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE source = $1 AND "+column+" = $2 AND notice_id = $3", source, name, id); err != nil {
			return err
		}
	}
	for _, name := range now {
		if _, err := tx.Exec("INSERT INTO "+table+" (source, "+column+", notice_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", source, name, id); err != nil {
			return err
		}
	}
	return nil
}

// followers reads the notices that name one that is known by these names, oldest first.
func followers(tx *db.Tx, source string, names []string) ([]*Notice, error) {
	args := []any{source}
	for _, n := range names {
		args = append(args, n)
	}
	var rows []struct{ ID, PublishedOn, SourceID string }
	if err := tx.All(&rows, `SELECT DISTINCT n.id, n.published_on, n.source_id FROM notice_link l JOIN notice n ON n.id = l.notice_id
		WHERE l.source = $1 AND l.target IN (`+db.Placeholders(2, len(names))+`) ORDER BY n.published_on, n.source_id`, args...); err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ByIDs(tx, ids)
}

func findBySource(tx *db.Tx, source string, sourceIDs []string) ([]*Notice, error) {
	if len(sourceIDs) == 0 {
		return nil, nil
	}
	args := []any{source}
	for _, id := range sourceIDs {
		args = append(args, id)
	}
	var rows []row
	in := db.Placeholders(2, len(sourceIDs))
	if err := tx.All(&rows, "SELECT "+columns+" FROM notice WHERE source = $1 AND (source_id IN ("+in+") OR id IN (SELECT notice_id FROM notice_alias WHERE source = $1 AND alias IN ("+in+"))) ORDER BY published_on, source_id", args...); err != nil {
		return nil, err
	}
	out := make([]*Notice, len(rows))
	for i, r := range rows {
		n, err := r.notice()
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// Known tells whether a source's notice is recorded.
func Known(tx *db.Tx, source, sourceID string) (bool, error) {
	have, err := findKnown(tx, source, []string{sourceID})
	return len(have) > 0, err
}
