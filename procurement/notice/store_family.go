package notice

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// maxFamily bounds how many notices are read together: a procedure has a handful,
// and links that lead everywhere are an error of the source.
const maxFamily = 20_000

// settle has what notices say of each other take effect, after these were recorded:
// names are theirs and those that they named before, and those that are new are written
// as they are given by their ids. It gives the ids of the notices that it changed.
func settle(tx *db.Tx, source string, names []string, written map[string]*relative) ([]string, error) {
	all, err := relatives(tx, source, names, written)
	if err != nil || len(all) < 2 && !anyDiffers(all) {
		return nil, err
	}
	noted, err := changesNoted(tx, all, written)
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
func relatives(tx *db.Tx, source string, names []string, written map[string]*relative) ([]*relative, error) {
	byID := map[string]*relative{}
	asked := map[string]bool{}
	for len(names) > 0 && len(byID) < maxFamily {
		for _, n := range names {
			asked[n] = true
		}
		found, err := named(tx, source, names, written)
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

// relative is a new notice among its relatives.
func (r *preparedRecord) relative(id string) *relative {
	return &relative{ID: id, SourceID: r.SourceID, Aliases: strings.Join(r.Aliases, ","), PublishedOn: r.PublishedOn, Linked: strings.Join(r.Linked, ","),
		TimeZone: r.TimeZone, Departments: strings.Join(r.Departments, ","), Kind: r.Kind, OwnDeadline: r.Deadline, Deadline: r.Deadline,
		OwnDoubtful: r.DeadlineDoubtful, DeadlineDoubtful: r.DeadlineDoubtful, corrections: r.Detail.Corrections}
}

const relativeColumns = `n.id, n.source_id, n.aliases, n.published_on, n.linked, n.time_zone, n.departments, n.kind, n.own_deadline, n.deadline,
	n.own_doubtful, n.deadline_doubtful, n.cancelled_at, n.awarded_on, n.alterations, CASE WHEN n.kind = 'corrigendum' THEN n.detail ELSE '' END AS detail`

// named gives the notices that have one of these names or name one of them.
func named(tx *db.Tx, source string, names []string, written map[string]*relative) (found []*relative, err error) {
	for some := range slices.Chunk(names, asked) {
		ids, err := idsNamed(tx, source, some)
		if err != nil {
			return nil, err
		}
		var unread []string
		for _, id := range ids {
			if r := written[id]; r != nil {
				found = append(found, r)
			} else {
				unread = append(unread, id)
			}
		}
		read, err := relativesOf(tx, unread)
		if err != nil {
			return nil, err
		}
		found = append(found, read...)
	}
	return found, nil
}

// idsNamed are the ids of the notices that have one of these names or name one of them.
func idsNamed(tx *db.Tx, source string, names []string) (ids []string, err error) {
	in := tx.AnyOf(2)
	err = tx.All(&ids, "SELECT id FROM notice WHERE source = $1 AND source_id "+in+
		" UNION SELECT notice_id FROM notice_alias WHERE source = $1 AND alias "+in+
		" UNION SELECT notice_id FROM notice_link WHERE source = $1 AND target "+in, source, tx.List(names))
	return ids, err
}

func relativesOf(tx *db.Tx, ids []string) (found []*relative, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = tx.Each(func(scan func(...any) error) error {
		r, detail := &relative{}, ""
		if err := scan(&r.ID, &r.SourceID, &r.Aliases, &r.PublishedOn, &r.Linked, &r.TimeZone, &r.Departments, &r.Kind, &r.OwnDeadline, &r.Deadline,
			&r.OwnDoubtful, &r.DeadlineDoubtful, &r.CancelledAt, &r.AwardedOn, &r.Alterations, &detail); err != nil {
			return err
		}
		if detail != "" {
			var d Detail
			if err := json.Unmarshal([]byte(detail), &d); err != nil {
				return fmt.Errorf("notice %s: %w", r.ID, err)
			}
			r.corrections = d.Corrections
		}
		found = append(found, r)
		return nil
	}, "SELECT "+relativeColumns+" FROM notice n WHERE n.id "+tx.AnyOf(1), tx.List(ids))
	return found, err
}

// followed gives those of these names that another notice names.
func followed(tx *db.Tx, source string, names []string) (found []string, err error) {
	for some := range slices.Chunk(names, asked) {
		var part []string
		if err := tx.All(&part, "SELECT DISTINCT target FROM notice_link WHERE source = $1 AND target "+tx.AnyOf(2), source, tx.List(some)); err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	return found, nil
}

// changesNoted reads what was noted of these notices already, in its order: of those that
// were just written, nothing was.
func changesNoted(tx *db.Tx, all []*relative, written map[string]*relative) (map[string][]Change, error) {
	noted := map[string][]Change{}
	var old []string
	for _, r := range all {
		if written[r.ID] == nil {
			old = append(old, r.ID)
		}
	}
	for ids := range slices.Chunk(old, asked) {
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
type settlement struct {
	standing, noted [][]any
	forgotten       []string // ids of notices of which something else was noted
}

// settle adds what stands of one notice, when that is not what is written.
func (w *settlement) settle(tx *db.Tx, r *relative, s standing, noted []Change) (changed bool) {
	stay := 0 // of those noted, in their order
	for stay < min(len(noted), len(s.changes)) && s.changes[stay].is(noted[stay]) {
		stay++
	}
	same := stay == len(noted) && stay == len(s.changes)
	if same && s.deadline == r.Deadline && s.doubtful == r.DeadlineDoubtful && s.cancelled != r.CancelledAt.IsZero() && s.awardedOn == r.AwardedOn {
		return false
	}
	cancelledAt := r.CancelledAt
	if !s.cancelled {
		cancelledAt = 0
	} else if cancelledAt.IsZero() {
		cancelledAt = tx.Now
	}
	w.standing = append(w.standing, []any{s.deadline, s.doubtful, cancelledAt, s.awardedOn, tx.Now, r.Alterations + 1, r.ID})
	if same {
		return true
	}
	if stay < len(noted) { // one was taken back, or came before others
		w.forgotten = append(w.forgotten, r.ID)
		stay = 0
	}
	for i, c := range s.changes[stay:] {
		w.noted = append(w.noted, []any{r.ID, c.ByID, string(c.What), c.Before, c.After, c.Doubtful, stay + i, tx.Now})
	}
	return true
}

// is tells that a change is the one that was noted.
func (c Change) is(noted Change) bool {
	c.BySource, c.On = "", ""
	return c == noted
}

func (w *settlement) write(tx *db.Tx) error {
	if err := tx.Update("notice", []string{"deadline", "deadline_doubtful", "cancelled_at", "awarded_on", "altered_at", "alterations"}, "id", w.standing); err != nil {
		return err
	}
	if len(w.forgotten) > 0 {
		if _, err := tx.Exec("DELETE FROM notice_change WHERE what <> $1 AND notice_id "+tx.AnyOf(2), string(Restated), tx.List(w.forgotten)); err != nil {
			return err
		}
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
