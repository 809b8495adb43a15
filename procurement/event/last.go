package event

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// LastOf gives when a kind of thing, among some, last happened to a subject, the latest
// first: n moments at most.
func LastOf(tx *db.Tx, subject string, n int, kinds ...Kind) ([]clock.Instant, error) {
	args := []any{subject, n}
	for _, k := range kinds {
		args = append(args, string(k))
	}
	var out []clock.Instant
	err := tx.All(&out, "SELECT at FROM event WHERE subject = $1 AND kind IN ("+db.Placeholders(3, len(kinds))+") ORDER BY at DESC, id DESC LIMIT $2", args...)
	return out, err
}
