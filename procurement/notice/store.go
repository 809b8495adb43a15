package notice

import (
	"encoding/json"
	"errors"
	"fmt"
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
}

const columns = `id, source, source_id, kind, category, procedure_type, title, description, reference, buyer_id, buyer_name,
	departments, cpv, descriptors, lots, detail, published_on, deadline, deadline_raw, deadline_source, deadline_doubtful,
	visit_at, questions_until, time_zone, url, linked, recorded_at, changed_at, cancelled_at`

func (r row) notice() (*Notice, error) {
	n := &Notice{ID: r.ID, BuyerID: r.BuyerID, RecordedAt: r.RecordedAt, ChangedAt: r.ChangedAt, CancelledAt: r.CancelledAt}
	n.Record = Record{
		Source: r.Source, SourceID: r.SourceID, Kind: r.Kind, Category: refdata.Category(r.Category), Procedure: refdata.ProcedureType(r.ProcedureType),
		Title: r.Title, Description: r.Description, Reference: r.Reference, Buyer: BuyerRecord{Name: r.BuyerName},
		Departments: split(r.Departments, ","), CPV: split(r.CPV, ","), Descriptors: split(r.Descriptors, "\n"),
		PublishedOn: r.PublishedOn, Deadline: r.Deadline, DeadlineRaw: r.DeadlineRaw, DeadlineSource: r.DeadlineSource,
		DeadlineDoubtful: r.DeadlineDoubtful, VisitAt: r.VisitAt, QuestionsUntil: r.QuestionsUntil, TimeZone: r.TimeZone, URL: r.URL, Linked: split(r.Linked, ","),
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

// eachNotice reads every notice in turn.
func eachNotice(tx *db.Tx, f func(*Notice) error) error {
	var r row
	return tx.Each(func(scan func(...any) error) error {
		if err := scan(&r.ID, &r.Source, &r.SourceID, &r.Kind, &r.Category, &r.ProcedureType, &r.Title, &r.Description, &r.Reference, &r.BuyerID, &r.BuyerName,
			&r.Departments, &r.CPV, &r.Descriptors, &r.Lots, &r.Detail, &r.PublishedOn, &r.Deadline, &r.DeadlineRaw, &r.DeadlineSource, &r.DeadlineDoubtful,
			&r.VisitAt, &r.QuestionsUntil, &r.TimeZone, &r.URL, &r.Linked, &r.RecordedAt, &r.ChangedAt, &r.CancelledAt); err != nil {
			return err
		}
		n, err := r.notice()
		if err != nil {
			return err
		}
		return f(n)
	}, "SELECT "+columns+" FROM notice")
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
	return out, nil
}

// knownNotice is what we already have of a source's notice.
type knownNotice struct {
	ID          string
	SourceID    string
	ContentHash string
	Linked      string
}

// takeTurn has those who record wait for each other until their transaction ends:
// two replicas that fetch the same notices must not both take them for new.
func takeTurn(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO counter (name, value) VALUES ('notice batch', 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`)
	return err
}

func findKnown(tx *db.Tx, source string, sourceIDs []string) (map[string]knownNotice, error) {
	args := []any{source}
	for _, id := range sourceIDs {
		args = append(args, id)
	}
	var rows []knownNotice
	err := tx.All(&rows, "SELECT id, source_id, content_hash, linked FROM notice WHERE source = $1 AND source_id IN ("+db.Placeholders(2, len(sourceIDs))+")", args...)
	out := make(map[string]knownNotice, len(rows))
	for _, k := range rows {
		out[k.SourceID] = k
	}
	return out, err
}

// save writes a notice, new or changed, and its raw record.
func save(tx *db.Tx, id string, r *Record, buyerID, hash string) error {
	lots, err := json.Marshal(r.Lots)
	if err != nil {
		return err
	}
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO notice (`+columns+`, content_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $27, NULL, $28)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, category = excluded.category, procedure_type = excluded.procedure_type,
			title = excluded.title, description = excluded.description, reference = excluded.reference, buyer_id = excluded.buyer_id,
			buyer_name = excluded.buyer_name, departments = excluded.departments, cpv = excluded.cpv, descriptors = excluded.descriptors,
			lots = excluded.lots, detail = excluded.detail, published_on = excluded.published_on, deadline = excluded.deadline,
			deadline_raw = excluded.deadline_raw, deadline_source = excluded.deadline_source, deadline_doubtful = excluded.deadline_doubtful,
			visit_at = excluded.visit_at, questions_until = excluded.questions_until, time_zone = excluded.time_zone, url = excluded.url, linked = excluded.linked,
			changed_at = excluded.changed_at, content_hash = excluded.content_hash`,
		id, r.Source, r.SourceID, string(r.Kind), string(r.Category), string(r.Procedure), r.Title, r.Description, r.Reference, buyerID, r.Buyer.Name,
		strings.Join(r.Departments, ","), strings.Join(r.CPV, ","), strings.Join(r.Descriptors, "\n"), string(lots), string(detail),
		r.PublishedOn, r.Deadline, r.DeadlineRaw, r.DeadlineSource, r.DeadlineDoubtful, r.VisitAt, r.QuestionsUntil, r.TimeZone, r.URL,
		strings.Join(r.Linked, ","), tx.Now, hash)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO notice_raw (notice_id, raw, received_at) VALUES ($1, $2, $3)
		ON CONFLICT (notice_id) DO UPDATE SET raw = excluded.raw, received_at = excluded.received_at`, id, r.Raw, tx.Now)
	return err
}

// cancel closes the notices that a cancellation names, and gives their ids.
func cancel(tx *db.Tx, source string, sourceIDs []string) ([]string, error) {
	var ids []string
	for _, s := range sourceIDs {
		var id string
		err := tx.One(&id, `UPDATE notice SET cancelled_at = $1 WHERE source = $2 AND source_id = $3 AND cancelled_at IS NULL RETURNING id`, tx.Now, source, s)
		if errors.Is(err, db.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// link records what a notice says that it changes or follows, in the place of what
// it said before.
func link(tx *db.Tx, before knownNotice, r *Record) error {
	for _, target := range split(before.Linked, ",") {
		if contains(r.Linked, target) {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM notice_link WHERE source = $1 AND target = $2 AND notice_id = $3`, r.Source, target, before.ID); err != nil {
			return err
		}
	}
	for _, target := range r.Linked {
		if _, err := tx.Exec(`INSERT INTO notice_link (source, target, notice_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, r.Source, target, before.ID); err != nil {
			return err
		}
	}
	return nil
}

// cancelledBefore tells whether a cancellation that names this notice came first.
func cancelledBefore(tx *db.Tx, source, sourceID string) (bool, error) {
	var n int64
	err := tx.One(&n, `SELECT count(*) FROM notice_link l JOIN notice n ON n.id = l.notice_id
		WHERE l.source = $1 AND l.target = $2 AND n.kind = $3`, source, sourceID, string(Cancellation))
	return n > 0, err
}

// followers reads the notices that name this one, oldest first.
func followers(tx *db.Tx, source, sourceID string) ([]*Notice, error) {
	var ids []string
	if err := tx.All(&ids, `SELECT n.id FROM notice_link l JOIN notice n ON n.id = l.notice_id
		WHERE l.source = $1 AND l.target = $2 ORDER BY n.published_on, n.source_id`, source, sourceID); err != nil {
		return nil, err
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
	if err := tx.All(&rows, "SELECT "+columns+" FROM notice WHERE source = $1 AND source_id IN ("+db.Placeholders(2, len(sourceIDs))+") ORDER BY published_on, source_id", args...); err != nil {
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
