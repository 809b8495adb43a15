package org

import (
	"parvis/kit/db"
	"parvis/kit/text"
)

func renameBuyer(tx *db.Tx, id, name string) error {
	_, err := tx.Exec("UPDATE buyer SET name = $1, folded = $2 WHERE id = $3", name, text.Fold(name), id)
	return err
}

// mergedPair is one buyer that was merged, and which it is now one with.
type mergedPair struct {
	ID         string
	MergedInto string
}

func allMerged(tx *db.Tx) ([]mergedPair, error) {
	var out []mergedPair
	err := tx.All(&out, "SELECT id, merged_into FROM buyer WHERE merged_into IS NOT NULL ORDER BY id")
	return out, err
}

// mergedWith reads who is one with these buyers.
func mergedWith(tx *db.Tx, ids []string) ([]mergedPair, error) {
	return inBatches[mergedPair](tx, ids, `SELECT id, merged_into FROM buyer WHERE merged_into IS NOT NULL
		AND merged_into IN (SELECT coalesce(r.merged_into, r.id) FROM buyer r WHERE r.id `, ")")
}

const mergeColumns = "id, gone_id, kept_id, reason, merged_at, merged_by, undone_at, undone_by"

func insertMerge(tx *db.Tx, m Merge) error {
	_, err := tx.Exec("INSERT INTO buyer_merge ("+mergeColumns+") VALUES ($1, $2, $3, $4, $5, $6, NULL, '')",
		m.ID, m.GoneID, m.KeptID, m.Reason, m.MergedAt, m.MergedBy)
	return err
}

func undoMerge(tx *db.Tx, id, by string) error {
	_, err := tx.Exec("UPDATE buyer_merge SET undone_at = $1, undone_by = $2 WHERE id = $3", tx.Now, by, id)
	return err
}

// mergesAbout reads every decision about these buyers, undone ones too, the oldest first.
func mergesAbout(tx *db.Tx, ids []string) ([]Merge, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var out []Merge
	in := "(" + db.Placeholders(1, len(ids)) + ")"
	err := tx.All(&out, "SELECT "+mergeColumns+" FROM buyer_merge WHERE gone_id IN "+in+" OR kept_id IN "+in+" ORDER BY merged_at, id", values(ids)...)
	return out, err
}

// standingMerge reads the decision that merged a buyer.
func standingMerge(tx *db.Tx, goneID string) (Merge, error) {
	var m Merge
	err := tx.One(&m, "SELECT "+mergeColumns+" FROM buyer_merge WHERE gone_id = $1 AND undone_at IS NULL", goneID)
	return m, err
}

// standingMergesInto reads which decisions stand among buyers that are one.
func standingMergesInto(tx *db.Tx, root string) ([]Merge, error) {
	var out []Merge
	err := tx.All(&out, "SELECT "+mergeColumns+` FROM buyer_merge WHERE undone_at IS NULL
		AND gone_id IN (SELECT id FROM buyer WHERE merged_into = $1)`, root)
	return out, err
}

// lead has buyers lead to root, or to themselves for "".
func lead(tx *db.Tx, ids []string, root string) error {
	for _, id := range ids {
		if _, err := tx.Exec("UPDATE buyer SET merged_into = $1 WHERE id = $2", orNull(root), id); err != nil {
			return err
		}
	}
	return nil
}
