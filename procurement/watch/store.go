package watch

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

type row struct {
	ID              string
	Num             int64
	Scope           string
	EstablishmentID string
	AccountID       string
	Name            string
	Criteria        string
	Active          bool
	ActiveSince     clock.Instant
	Frequency       string
	Hour            int64
	Weekday         int64
	PausedSince     clock.Instant
	PausedUntil     clock.Instant
	RhythmSince     clock.Instant
	Version         int64
	CreatedAt       clock.Instant
	ChangedAt       clock.Instant
	DeletedAt       clock.Instant
	SharedAt        clock.Instant
	EditedBy        *string
}

const columns = `id, num, scope, establishment_id, account_id, name, criteria, active, active_since, frequency, hour, weekday,
	paused_since, paused_until, rhythm_since, version, created_at, changed_at, deleted_at, shared_at, edited_by`

func (r row) watch() (*Watch, error) {
	w := &Watch{
		ID: r.ID, Num: uint64(r.Num), Scope: r.Scope, EstablishmentID: r.EstablishmentID, AccountID: r.AccountID, Name: r.Name,
		Active: r.Active, ActiveSince: r.ActiveSince, Frequency: Frequency(r.Frequency), Hour: int(r.Hour), Weekday: int(r.Weekday),
		PausedSince: r.PausedSince, PausedUntil: r.PausedUntil, RhythmSince: r.RhythmSince, Version: r.Version,
		CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, DeletedAt: r.DeletedAt, SharedAt: r.SharedAt,
	}
	if r.EditedBy != nil {
		w.EditedBy = *r.EditedBy
	}
	if err := json.Unmarshal([]byte(r.Criteria), &w.Criteria); err != nil {
		return nil, fmt.Errorf("watch %s: %w", r.ID, err)
	}
	w.named = slices.Concat(w.Criteria.Buyers, w.Criteria.ExcludeBuyers)
	return w, nil
}

// resolve has watches follow what the register makes one of their buyers.
func resolve(tx *db.Tx, watches []*Watch) error {
	criteria := make([]*notice.Criteria, len(watches))
	for i, w := range watches {
		criteria[i] = &w.Criteria
	}
	return notice.Resolve(tx, criteria...)
}

// query reads watches by a condition, with their recipients.
func query(tx *db.Tx, condition string, args ...any) ([]*Watch, error) {
	var rows []row
	if err := tx.All(&rows, "SELECT "+columns+" FROM watch WHERE "+condition, args...); err != nil {
		return nil, err
	}
	out := make([]*Watch, len(rows))
	for i, r := range rows {
		w, err := r.watch()
		if err != nil {
			return nil, err
		}
		out[i] = w
	}
	if err := resolve(tx, out); err != nil {
		return nil, err
	}
	return out, addRecipients(tx, out)
}

func addRecipients(tx *db.Tx, watches []*Watch) error {
	const batch = 500
	for from := 0; from < len(watches); from += batch {
		some := watches[from:min(from+batch, len(watches))]
		byID := map[string]*Watch{}
		args := make([]any, len(some))
		for i, w := range some {
			byID[w.ID], args[i] = w, w.ID
		}
		var found []Recipient
		if err := tx.All(&found, "SELECT "+recipientColumns+" FROM watch_recipient WHERE removed_at IS NULL AND watch_id IN ("+
			db.Placeholders(1, len(args))+") ORDER BY main DESC, asked_at, id", args...); err != nil {
			return err
		}
		for _, r := range found {
			byID[r.WatchID].Recipients = append(byID[r.WatchID].Recipients, r)
		}
	}
	return nil
}

func inScope(tx *db.Tx, scope string) ([]*Watch, error) {
	return query(tx, "scope = $1 AND deleted_at IS NULL ORDER BY created_at, id", scope)
}

// IsID tells whether a text can be an id at all: an address or a form may hold any
// bytes, some of which a database refuses.
func IsID(s string) bool { return uuid.Validate(s) == nil }

func findInScope(tx *db.Tx, scope, id string) (*Watch, error) {
	if !IsID(id) {
		return nil, errNoWatch
	}
	found, err := query(tx, "id = $1 AND scope = $2 AND deleted_at IS NULL", id, scope)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errNoWatch // nor does another's exist
	}
	return found[0], nil
}

// ByIDs reads watches, deleted ones included.
func ByIDs(tx *db.Tx, ids []string) ([]*Watch, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return query(tx, "id IN ("+db.Placeholders(1, len(ids))+") ORDER BY num", args...)
}

// ByNums reads watches by their numbers, deleted ones included, any number of them.
func ByNums(tx *db.Tx, nums []uint64) ([]*Watch, error) {
	var out []*Watch
	const batch = 500
	for from := 0; from < len(nums); from += batch {
		some := nums[from:min(from+batch, len(nums))]
		args := make([]any, len(some))
		for i, n := range some {
			args[i] = int64(n)
		}
		found, err := query(tx, "num IN ("+db.Placeholders(1, len(args))+") ORDER BY num", args...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// nextNum hands out the next number; the row's lock makes creations queue.
func nextNum(tx *db.Tx) (int64, error) {
	var n int64
	err := tx.One(&n, `INSERT INTO counter (name, value) VALUES ('watch', 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`)
	return n, err
}

func insert(tx *db.Tx, w *Watch) error {
	criteria, err := json.Marshal(w.Criteria)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO watch (`+columns+`, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL, $19, $20, $21)`,
		w.ID, int64(w.Num), w.Scope, w.EstablishmentID, w.AccountID, w.Name, string(criteria), w.Active, w.ActiveSince,
		string(w.Frequency), w.Hour, w.Weekday, w.PausedSince, w.PausedUntil, w.RhythmSince, w.Version, w.CreatedAt, w.ChangedAt, w.SharedAt, w.EditedBy, nameKey(w.Name))
	return err
}

// update writes the watch if nobody else did since the given version.
func update(tx *db.Tx, w *Watch, version int64) (bool, error) {
	criteria, err := json.Marshal(w.Criteria)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(`UPDATE watch SET name = $1, name_key = $2, criteria = $3, active = $4, active_since = $5, frequency = $6, hour = $7,
		weekday = $8, paused_since = $9, paused_until = $10, rhythm_since = $11, version = $12, changed_at = $13,
		shared_at = $14, edited_by = $15 WHERE id = $16 AND version = $17 AND deleted_at IS NULL`,
		w.Name, nameKey(w.Name), string(criteria), w.Active, w.ActiveSince, string(w.Frequency), w.Hour,
		w.Weekday, w.PausedSince, w.PausedUntil, w.RhythmSince, w.Version, w.ChangedAt, w.SharedAt, w.EditedBy, w.ID, version)
	return n == 1, err
}

func markDeleted(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE watch SET deleted_at = $1, version = version + 1 WHERE id = $2", tx.Now, id)
	return err
}

// DueAt lists the active daily watches of these hours and the weekly ones of these
// hours of the week (WeekHour), and all the active immediate ones; none that is paused.
func DueAt(tx *db.Tx, hours, week []int) ([]*Watch, error) {
	args := []any{tx.Now, string(Immediate), string(Daily), string(Weekly)}
	for _, h := range append(slices.Clone(hours), week...) {
		args = append(args, h)
	}
	return query(tx, `active AND deleted_at IS NULL AND (paused_until IS NULL OR paused_until <= $1) AND (frequency = $2 OR frequency = $3 AND hour IN (`+db.Placeholders(5, len(hours))+`)
		OR frequency = $4 AND 24 * weekday + hour IN (`+db.Placeholders(5+len(hours), len(week))+`)) ORDER BY num`, args...)
}

// Receiving lists the active watches that are mailed to an address, paused ones
// included: what becomes of a notice that it was told of is still told.
func Receiving(tx *db.Tx, addressKey string) ([]*Watch, error) {
	return query(tx, `active AND deleted_at IS NULL AND id IN (SELECT watch_id FROM watch_recipient
		WHERE address_key = $1 AND confirmed_at IS NOT NULL AND stopped_at IS NULL AND failed_at IS NULL AND removed_at IS NULL) ORDER BY num`, addressKey)
}

// Sending lists the watches that mail new notices to an address now: those that
// Receiving lists, but the paused ones.
func Sending(tx *db.Tx, addressKey string) ([]*Watch, error) {
	all, err := Receiving(tx, addressKey)
	return slices.DeleteFunc(all, func(w *Watch) bool { return w.Paused(tx.Now) }), err
}
