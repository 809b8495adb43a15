package watch

import (
	"maps"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
)

// writeChoice makes the actor's choice everybody's, and takes it from the probable
// duplicates: a contract has one. The rows are taken in the order of their ids, so that
// two who tag the two copies wait for one another.
func writeChoice(tx *db.Tx, by access.Actor, noticeID string, alike []string, choice Choice) error {
	for _, id := range slices.Sorted(slices.Values(append(slices.Clone(alike), noticeID))) {
		var err error
		if id == noticeID && choice != Untagged {
			_, err = tx.Exec(`INSERT INTO tag (scope, establishment_id, notice_id, choice, account_id, at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (scope, notice_id) DO UPDATE SET choice = excluded.choice, account_id = excluded.account_id, at = excluded.at`,
				by.Scope(), by.EstablishmentID, id, string(choice), by.AccountID, tx.Now)
		} else {
			_, err = tx.Exec("DELETE FROM tag WHERE scope = $1 AND notice_id = $2", by.Scope(), id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeNote replaces the actor's own note; an empty one goes. It tells whether it did.
func writeNote(tx *db.Tx, by access.Actor, noticeID string, typed *string) (bool, error) {
	if typed == nil {
		return false, nil
	}
	note, err := readNote(*typed)
	if err != nil {
		return false, err
	}
	if note == "" {
		n, err := tx.Exec("DELETE FROM tag_note WHERE scope = $1 AND notice_id = $2 AND account_id = $3", by.Scope(), noticeID, by.AccountID)
		return n > 0, err
	}
	n, err := tx.Exec(`INSERT INTO tag_note (id, scope, establishment_id, notice_id, account_id, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (scope, notice_id, account_id) DO UPDATE SET text = excluded.text, at = excluded.at WHERE tag_note.text <> excluded.text`,
		db.NewID(), by.Scope(), by.EstablishmentID, noticeID, by.AccountID, note, tx.Now)
	return n > 0, err
}

// tagsOf reads what the actor's people say of notices.
func tagsOf(tx *db.Tx, by access.Actor, ids []string) (map[string]Tagged, error) {
	type said struct {
		NoticeID, AccountID string
		What                string // the choice, or the note
		At                  clock.Instant
	}
	var tags, notes []said
	for some := range slices.Chunk(ids, 500) {
		args := []any{by.Scope()}
		for _, id := range some {
			args = append(args, id)
		}
		of := " WHERE scope = $1 AND notice_id IN (" + db.Placeholders(2, len(some)) + ") ORDER BY at DESC"
		var found []said
		if err := tx.All(&found, "SELECT notice_id, coalesce(account_id, '') AS account_id, choice AS what, at FROM tag"+of, args...); err != nil {
			return nil, err
		}
		tags = append(tags, found...)
		found = nil
		if err := tx.All(&found, "SELECT notice_id, coalesce(account_id, '') AS account_id, text AS what, at FROM tag_note"+of+", id DESC", args...); err != nil {
			return nil, err
		}
		notes = append(notes, found...)
	}
	var who []string
	for _, one := range slices.Concat(tags, notes) {
		who = append(who, one.AccountID)
	}
	names, err := account.Names(tx, unique(who))
	if err != nil {
		return nil, err
	}
	out := map[string]Tagged{}
	for _, t := range tags {
		out[t.NoticeID] = Tagged{Choice: Choice(t.What), By: names[t.AccountID], At: t.At}
	}
	for _, n := range notes {
		t := out[n.NoticeID]
		t.Notes = append(t.Notes, Note{n.What, names[n.AccountID], n.AccountID == by.AccountID, n.At})
		out[n.NoticeID] = t
	}
	return out, nil
}

// unique gives each id once, those of nobody left out.
func unique(ids []string) []string {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	slices.Sort(ids)
	return slices.Compact(ids)
}

// chosen lists the notices of a scope by what was decided about them.
func chosen(tx *db.Tx, scope string) (map[Choice][]string, error) {
	var rows []struct{ NoticeID, Choice string }
	if err := tx.All(&rows, "SELECT notice_id, choice FROM tag WHERE scope = $1 ORDER BY notice_id", scope); err != nil {
		return nil, err
	}
	out := map[Choice][]string{}
	for _, r := range rows {
		out[Choice(r.Choice)] = append(out[Choice(r.Choice)], r.NoticeID)
	}
	return out, nil
}

// passesAny tells whether one of the scopes has ever passed on anything.
func passesAny(tx *db.Tx, scopes []string) (bool, error) {
	args := []any{string(Pass)}
	for _, s := range scopes {
		args = append(args, s)
	}
	var n int
	err := tx.One(&n, "SELECT count(*) FROM (SELECT 1 FROM tag WHERE choice = $1 AND scope IN ("+db.Placeholders(2, len(scopes))+") LIMIT 1) one", args...)
	return n > 0, err
}

// passedOn notes the passes of scopes on notices, under those that each speaks for.
func passedOn(tx *db.Tx, scopes []string, of map[string][]string, out Passes) error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(of)), 500) {
		args := []any{string(Pass)}
		for _, s := range scopes {
			args = append(args, s)
		}
		for _, id := range some {
			args = append(args, id)
		}
		var rows []struct{ Scope, NoticeID string }
		if err := tx.All(&rows, "SELECT scope, notice_id FROM tag WHERE choice = $1 AND scope IN ("+db.Placeholders(2, len(scopes))+") AND notice_id IN ("+
			db.Placeholders(2+len(scopes), len(some))+")", args...); err != nil {
			return err
		}
		for _, r := range rows {
			for _, id := range of[r.NoticeID] {
				if out[id] == nil {
					out[id] = map[string]bool{}
				}
				out[id][r.Scope] = true
			}
		}
	}
	return nil
}

// adoptTags gives an establishment what a person decided while waiting for it. Where it
// has decided already, its choice stays; their note replaces one that they left there
// before.
func adoptTags(tx *db.Tx, accountID, establishmentID string) error {
	own, theirs := ownScope(accountID), establishmentScope(establishmentID)
	const waiting = " WHERE scope = $1 AND establishment_id IN ('', $2)"
	for _, one := range []struct {
		statement string
		args      []any
	}{
		{"DELETE FROM tag" + waiting + " AND notice_id IN (SELECT notice_id FROM tag WHERE scope = $3)", []any{own, establishmentID, theirs}},
		{"DELETE FROM tag_note WHERE scope = $3 AND account_id = $4 AND notice_id IN (SELECT notice_id FROM tag_note" + waiting + ")", []any{own, establishmentID, theirs, accountID}},
		{"UPDATE tag SET scope = $3, establishment_id = $2" + waiting, []any{own, establishmentID, theirs}},
		{"UPDATE tag_note SET scope = $3, establishment_id = $2" + waiting, []any{own, establishmentID, theirs}},
	} {
		if _, err := tx.Exec(one.statement, one.args...); err != nil {
			return err
		}
	}
	return nil
}

// disownTags leaves to a person who was refused what they decided while waiting.
func disownTags(tx *db.Tx, accountID, establishmentID string) error {
	for _, table := range []string{"tag", "tag_note"} {
		if _, err := tx.Exec("UPDATE "+table+" SET establishment_id = '' WHERE scope = $1 AND establishment_id = $2", ownScope(accountID), establishmentID); err != nil {
			return err
		}
	}
	return nil
}

// endTags removes what a person decided while waiting for an establishment that they no
// longer wish to join.
func endTags(tx *db.Tx, accountID, establishmentID string) error {
	for _, table := range []string{"tag", "tag_note"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE scope = $1 AND establishment_id = $2", ownScope(accountID), establishmentID); err != nil {
			return err
		}
	}
	return nil
}

// eraseTags removes all that was decided in a scope.
func eraseTags(tx *db.Tx, scope string) error {
	for _, table := range []string{"tag", "tag_note"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE scope = $1", scope); err != nil {
			return err
		}
	}
	return nil
}

// unnameTags takes a person who erases their account from what they decided with others:
// it is the establishment's.
func unnameTags(tx *db.Tx, accountID string) error {
	for _, table := range []string{"tag", "tag_note"} {
		if _, err := tx.Exec("UPDATE "+table+" SET account_id = NULL WHERE account_id = $1", accountID); err != nil {
			return err
		}
	}
	return nil
}

// NoteRecord is a note as the person who wrote it may take it away.
type NoteRecord struct {
	NoticeID        string
	EstablishmentID string
	Text            string
	At              clock.Instant
}

// TagRecord is a choice, as NoteRecord is a note.
type TagRecord struct {
	NoticeID        string
	EstablishmentID string
	Choice          Choice
	At              clock.Instant
}

// TagsBy lists what somebody decided last about each contract, and what they noted.
func TagsBy(tx *db.Tx, accountID string) (tags []TagRecord, notes []NoteRecord, err error) {
	if err := tx.All(&tags, "SELECT notice_id, establishment_id, choice, at FROM tag WHERE account_id = $1 ORDER BY at, notice_id", accountID); err != nil {
		return nil, nil, err
	}
	err = tx.All(&notes, "SELECT notice_id, establishment_id, text, at FROM tag_note WHERE account_id = $1 ORDER BY at, id", accountID)
	return tags, notes, err
}
