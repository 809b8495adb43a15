package mail

import "parvis/kit/db"

// Waits tells whether a mail is owed that may still be sent.
func Waits(tx *db.Tx, kind, ref string) (bool, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM outbox WHERE kind = $1 AND ref = $2 AND state IN ('pending', 'sending', 'parked')", kind, ref)
	return n > 0, err
}

// StandingsOf gives where the mails of a kind stand, by what they are about. Those that
// are forgotten are left out.
func StandingsOf(tx *db.Tx, kind string, refs []string) (map[string]Row, error) {
	out := map[string]Row{}
	const batch = 500
	for from := 0; from < len(refs); from += batch {
		some := refs[from:min(from+batch, len(refs))]
		args := []any{kind}
		for _, ref := range some {
			args = append(args, ref)
		}
		var rows []Row
		if err := tx.All(&rows, "SELECT "+rowColumns+" FROM outbox WHERE kind = $1 AND ref IN ("+db.Placeholders(2, len(some))+")", args...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Ref] = r
		}
	}
	return out, nil
}
