package org

import (
	"slices"

	"parvis/kit/db"
	"parvis/kit/text"
)

// batch is how many values one query names.
const batch = 500

const buyerColumns = "b.id, b.name, coalesce(b.siren, '') AS siren, b.postcode, b.city, b.created_at"

func insertBuyer(tx *db.Tx, b Buyer) error {
	_, err := tx.Exec(`INSERT INTO buyer (id, name, folded, siren, postcode, city, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b.ID, b.Name, text.Fold(b.Name), orNull(b.SIREN), b.Postcode, b.City, b.CreatedAt)
	return err
}

func updateBuyer(tx *db.Tx, b Buyer) error {
	_, err := tx.Exec("UPDATE buyer SET name = $1, folded = $2, siren = $3, postcode = $4, city = $5 WHERE id = $6",
		b.Name, text.Fold(b.Name), orNull(b.SIREN), b.Postcode, b.City, b.ID)
	return err
}

func insertBuyerAlias(tx *db.Tx, key, buyerID, name string) error {
	_, err := tx.Exec("INSERT INTO buyer_alias (key, buyer_id, name, created_at) VALUES ($1, $2, $3, $4)",
		key, buyerID, name, tx.Now)
	return err
}

// keyedBuyer is a buyer and one key that leads to it.
type keyedBuyer struct {
	Key string
	Buyer
}

func buyersByKey(tx *db.Tx, keys []string) ([]keyedBuyer, error) {
	var out []keyedBuyer
	for part := range slices.Chunk(keys, batch) {
		var found []keyedBuyer
		err := tx.All(&found, "SELECT a.key, "+buyerColumns+` FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id
			WHERE a.key IN (`+db.Placeholders(1, len(part))+")", values(part)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func buyersByID(tx *db.Tx, ids []string) ([]Buyer, error) {
	var out []Buyer
	for part := range slices.Chunk(ids, batch) {
		var found []Buyer
		err := tx.All(&found, "SELECT "+buyerColumns+" FROM buyer b WHERE b.id IN ("+db.Placeholders(1, len(part))+")", values(part)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func allBuyers(tx *db.Tx) ([]Buyer, error) {
	var out []Buyer
	err := tx.All(&out, "SELECT "+buyerColumns+" FROM buyer b")
	return out, err
}

// buyerName is a name under which a buyer was seen.
type buyerName struct {
	BuyerID string
	Name    string
}

func allBuyerNames(tx *db.Tx) ([]buyerName, error) {
	var out []buyerName
	err := tx.All(&out, "SELECT DISTINCT buyer_id, name FROM buyer_alias WHERE name <> ''")
	return out, err
}

func buyerNamesOf(tx *db.Tx, ids []string) ([]buyerName, error) {
	var out []buyerName
	for part := range slices.Chunk(ids, batch) {
		var found []buyerName
		err := tx.All(&found, `SELECT DISTINCT buyer_id, name FROM buyer_alias WHERE name <> ''
			AND buyer_id IN (`+db.Placeholders(1, len(part))+")", values(part)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func values(s []string) []any {
	out := make([]any, len(s))
	for i, v := range s {
		out[i] = v
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
