package notice

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// mostDropped bounds what Dropped reads: a month gives some hundreds.
const mostDropped = 500

// Dropped reads the calls that were given up and could still have been answered: those
// who noted the deadline must hear of it. What closes first comes first.
func Dropped(tx *db.Tx, at clock.Instant) ([]*Notice, error) {
	var ids []string
	if err := tx.All(&ids, `SELECT id FROM notice WHERE cancelled_at IS NOT NULL AND deadline >= $1 AND kind = $2 ORDER BY deadline, id LIMIT $3`,
		at, string(Contract), mostDropped); err != nil {
		return nil, err
	}
	return ByIDs(tx, ids)
}

// History is how often a notice was altered, and when last.
type History struct {
	Changes   int
	TouchedAt clock.Instant
}

// Histories reads those of several notices, by their ids.
func Histories(tx *db.Tx, notices []*Notice) (map[string]History, error) {
	out := make(map[string]History, len(notices))
	at, err := touched(tx, notices)
	if err != nil || len(notices) == 0 {
		return out, err
	}
	args := make([]any, len(notices))
	for i, n := range notices {
		out[n.ID], args[i] = History{TouchedAt: at[n.ID]}, n.ID
	}
	var rows []struct {
		NoticeID string
		Changes  int
	}
	if err := tx.All(&rows, "SELECT notice_id, count(*) AS changes FROM notice_change WHERE notice_id IN ("+db.Placeholders(1, len(args))+") GROUP BY notice_id", args...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		h := out[r.NoticeID]
		h.Changes = r.Changes
		out[r.NoticeID] = h
	}
	return out, nil
}
