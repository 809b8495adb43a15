package account

import (
	"slices"

	"parvis/kit/db"
)

// Names gives what some people are called, by the id of their account: who is not there
// any more, or has erased their account, is left out.
func Names(tx *db.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for some := range slices.Chunk(ids, 500) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		var rows []struct{ ID, Name string }
		if err := tx.All(&rows, "SELECT id, name FROM account WHERE erased_at IS NULL AND id IN ("+db.Placeholders(1, len(args))+")", args...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.ID] = r.Name
		}
	}
	return out, nil
}
