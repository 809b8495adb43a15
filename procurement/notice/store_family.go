package notice

import (
	"encoding/json"
	"fmt"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// maxFamily bounds how many notices are read together: a procedure has a handful,
// and links that lead everywhere are an error of the source.
const maxFamily = 20_000

// settle has what notices say of each other take effect, after these were recorded:
// names are theirs and those that they named before. It gives the ids of the notices
// that it changed.
func settle(tx *db.Tx, source string, names []string) ([]string, error) {
	all, err := relatives(tx, source, names)
	if err != nil || len(all) < 2 && !anyDiffers(all) {
		return nil, err
	}
	noted, err := changesNoted(tx, all)
	if err != nil {
		return nil, err
	}
	f := newFamily(all)
	var touched []string
	var todo settlement
	for _, r := range all {
		if todo.settle(tx, r, f.standing(r), noted[r.ID]) {
			touched = append(touched, r.ID)
		}
	}
	return touched, todo.write(tx)
}

// anyDiffers tells whether something stands otherwise than the notice itself says.
func anyDiffers(all []*relative) bool {
	return slices.ContainsFunc(all, func(r *relative) bool {
		return r.Deadline != r.OwnDeadline || !r.CancelledAt.IsZero() || r.AwardedOn != ""
	})
}

// relatives reads the notices of these names, and those that they lead to from link
// to link, in both directions.
func relatives(tx *db.Tx, source string, names []string) ([]*relative, error) {
	byID := map[string]*relative{}
	asked := map[string]bool{}
	for len(names) > 0 && len(byID) < maxFamily {
		for _, n := range names {
			asked[n] = true
		}
		found, err := named(tx, source, names)
		if err != nil {
			return nil, err
		}
		names = nil
		for _, r := range found {
			if byID[r.ID] != nil {
				continue
			}
			byID[r.ID] = r
			for _, n := range append(r.names(), split(r.Linked, ",")...) {
				if !asked[n] {
					asked[n] = true
					names = append(names, n)
				}
			}
		}
	}
	all := make([]*relative, 0, len(byID))
	for _, r := range byID {
		all = append(all, r)
	}
	return all, nil
}

const relativeColumns = `n.id, n.source_id, n.aliases, n.published_on, n.linked, n.time_zone, n.departments, n.kind, n.own_deadline, n.deadline,
	n.own_doubtful, n.deadline_doubtful, n.cancelled_at, n.awarded_on, CASE WHEN n.kind = 'corrigendum' THEN n.detail ELSE '' END AS detail`

// named reads the notices that have one of these names or name one of them.
func named(tx *db.Tx, source string, names []string) (found []*relative, err error) {
	for some := range slices.Chunk(names, Chunk) {
		in := tx.AnyOf(2)
		var rows []struct {
			relative
			Detail string
		}
		if err := tx.All(&rows, "SELECT "+relativeColumns+" FROM notice n WHERE n.source = $1 AND n.source_id "+in+
			" UNION ALL SELECT "+relativeColumns+" FROM notice n JOIN notice_alias a ON a.notice_id = n.id WHERE a.source = $1 AND a.alias "+in+
			" UNION ALL SELECT "+relativeColumns+" FROM notice n JOIN notice_link l ON l.notice_id = n.id WHERE l.source = $1 AND l.target "+in,
			source, tx.List(some)); err != nil {
			return nil, err
		}
		for _, row := range rows {
			r := row.relative
			if row.Detail != "" {
				var d Detail
				if err := json.Unmarshal([]byte(row.Detail), &d); err != nil {
					return nil, fmt.Errorf("notice %s: %w", r.ID, err)
				}
				r.corrections = d.Corrections
			}
			found = append(found, &r)
		}
	}
	return found, nil
}

// followed gives those of these names that another notice names.
func followed(tx *db.Tx, source string, names []string) (found []string, err error) {
	for some := range slices.Chunk(names, Chunk) {
		var part []string
		if err := tx.All(&part, "SELECT DISTINCT target FROM notice_link WHERE source = $1 AND target "+tx.AnyOf(2), source, tx.List(some)); err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	return found, nil
}

// changesNoted reads what was noted of these notices already, in its order.
func changesNoted(tx *db.Tx, all []*relative) (map[string][]Change, error) {
	noted := map[string][]Change{}
	for some := range slices.Chunk(all, Chunk) {
		ids := make([]string, len(some))
		for i, r := range some {
			ids[i] = r.ID
		}
		var rows []struct {
			NoticeID, ByID string
			What           What
			Before, After  clock.Instant
			Doubtful       bool
		}
		if err := tx.All(&rows, `SELECT notice_id, by_id, what, before, after, doubtful FROM notice_change
			WHERE what <> $1 AND notice_id `+tx.AnyOf(2)+` ORDER BY position`, string(Restated), tx.List(ids)); err != nil {
			return nil, err
		}
		for _, r := range rows {
			noted[r.NoticeID] = append(noted[r.NoticeID], Change{What: r.What, ByID: r.ByID, Before: r.Before, After: r.After, Doubtful: r.Doubtful})
		}
	}
	return noted, nil
}

// settlement is what is to be written of notices that others changed.
type settlement struct{ standing, forgotten, noted [][]any }

// settle adds what stands of one notice, when that is not what is written.
func (w *settlement) settle(tx *db.Tx, r *relative, s standing, noted []Change) (changed bool) {
	same := slices.EqualFunc(s.changes, noted, func(a, b Change) bool {
		a.BySource, a.On = "", ""
		return a == b
	})
	if same && s.deadline == r.Deadline && s.doubtful == r.DeadlineDoubtful && s.cancelled != r.CancelledAt.IsZero() && s.awardedOn == r.AwardedOn {
		return false
	}
	cancelledAt := r.CancelledAt
	if !s.cancelled {
		cancelledAt = 0
	} else if cancelledAt.IsZero() {
		cancelledAt = tx.Now
	}
	w.standing = append(w.standing, []any{s.deadline, s.doubtful, cancelledAt, s.awardedOn, tx.Now, r.ID})
	if same {
		return true
	}
	if len(noted) > 0 {
		w.forgotten = append(w.forgotten, []any{r.ID, string(Restated)})
	}
	for i, c := range s.changes {
		w.noted = append(w.noted, []any{r.ID, c.ByID, string(c.What), c.Before, c.After, c.Doubtful, i, tx.Now})
	}
	return true
}

func (w *settlement) write(tx *db.Tx) error {
	if err := tx.ExecMany(`UPDATE notice SET deadline = $1, deadline_doubtful = $2, cancelled_at = $3, awarded_on = $4,
		altered_at = $5, alterations = alterations + 1 WHERE id = $6`, w.standing); err != nil {
		return err
	}
	if err := tx.ExecMany(`DELETE FROM notice_change WHERE notice_id = $1 AND what <> $2`, w.forgotten); err != nil {
		return err
	}
	return tx.Insert("notice_change", []string{"notice_id", "by_id", "what", "before", "after", "doubtful", "position", "noted_at"}, w.noted)
}

// restate notes that a later state of a notice has another deadline.
func restate(tx *db.Tx, id string, before, after clock.Instant, doubtful bool) error {
	_, err := tx.Exec(`INSERT INTO notice_change (notice_id, by_id, what, before, after, doubtful, position, noted_at) VALUES ($1, $1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING`,
		id, string(Restated), before, after, doubtful, tx.Now)
	return err
}

// changesOf reads what happened to a notice, as its page tells it.
func changesOf(tx *db.Tx, id string) (all []Change, err error) {
	err = tx.All(&all, `SELECT c.what, c.by_id, n.source_id AS by_source, n.published_on AS on_day, c.before, c.after, c.doubtful
		FROM notice_change c JOIN notice n ON n.id = c.by_id WHERE c.notice_id = $1 ORDER BY n.published_on, c.position`, id)
	return all, err
}
