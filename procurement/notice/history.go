package notice

import (
	"slices"

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

// History is how often a notice was altered, by its source or by another notice, and when
// last. Neither ever falls, not even when what altered it is taken back: diaries and
// readers of feeds keep the highest that they have seen.
type History struct {
	Alterations int
	TouchedAt   clock.Instant
}

// Histories reads those of several notices, by their ids.
func Histories(tx *db.Tx, notices []*Notice) (map[string]History, error) {
	out := make(map[string]History, len(notices))
	for some := range slices.Chunk(notices, Chunk) {
		ids := make([]string, len(some))
		for i, n := range some {
			ids[i] = n.ID
			out[n.ID] = History{TouchedAt: max(n.RecordedAt, n.ChangedAt, n.CancelledAt)}
		}
		var rows []struct {
			ID          string
			Alterations int
			AlteredAt   clock.Instant
		}
		// Of the changes noted, those by other notices are counted in the notice.
		if err := tx.All(&rows, `SELECT id, alterations, altered_at FROM notice WHERE id `+tx.AnyOf(1)+`
			UNION ALL SELECT notice_id, count(*), MAX(noted_at) FROM notice_change WHERE what = $2 AND notice_id `+tx.AnyOf(1)+` GROUP BY notice_id`,
			tx.List(ids), string(Restated)); err != nil {
			return nil, err
		}
		for _, r := range rows {
			h := out[r.ID]
			out[r.ID] = History{h.Alterations + r.Alterations, max(h.TouchedAt, r.AlteredAt)}
		}
	}
	return out, nil
}
