package org

import (
	"slices"
	"strings"

	"parvis/kit/db"
	"parvis/kit/text"
)

// batch is how many values one query names.
const batch = 500

const buyerColumns = "b.id, b.name, coalesce(b.siren, '') AS siren, b.postcode, b.city, b.created_at, coalesce(b.merged_into, '') AS merged_into"

// Tables are those of the register: they grow with what is imported.
var Tables = []string{"buyer", "buyer_alias", "buyer_sighting"}

// buyerRow is a buyer as its table has it.
type buyerRow struct {
	Buyer
	MergedInto string
}

func insertBuyers(tx *db.Tx, all []*Buyer) error {
	rows := make([][]any, len(all))
	for i, b := range all {
		rows[i] = []any{b.ID, b.Name, text.Fold(b.Name), orNull(b.SIREN), b.Postcode, b.City, b.CreatedAt}
	}
	return tx.Insert("buyer", []string{"id", "name", "folded", "siren", "postcode", "city", "created_at"}, rows)
}

func updateBuyer(tx *db.Tx, b Buyer) error {
	_, err := tx.Exec("UPDATE buyer SET name = $1, folded = $2, siren = $3, postcode = $4, city = $5 WHERE id = $6",
		b.Name, text.Fold(b.Name), orNull(b.SIREN), b.Postcode, b.City, b.ID)
	return err
}

// addAliases has keys lead to buyers: rows of key, buyer, name and instant.
func addAliases(tx *db.Tx, rows [][]any) error {
	return tx.Insert("buyer_alias", []string{"key", "buyer_id", "name", "created_at"}, rows)
}

// keyedBuyer is a buyer and one key that leads to it.
type keyedBuyer struct {
	Key string
	buyerRow
}

func buyersByKey(tx *db.Tx, keys []string) ([]keyedBuyer, error) {
	return inBatches[keyedBuyer](tx, keys, "SELECT a.key, "+buyerColumns+` FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id
		WHERE a.key `)
}

func buyersByID(tx *db.Tx, ids []string) ([]buyerRow, error) {
	return inBatches[buyerRow](tx, ids, "SELECT "+buyerColumns+" FROM buyer b WHERE b.id ")
}

func allBuyers(tx *db.Tx) ([]buyerRow, error) {
	var out []buyerRow
	err := tx.All(&out, "SELECT "+buyerColumns+" FROM buyer b")
	return out, err
}

// buyersBySIREN finds whose number this is.
func buyersBySIREN(tx *db.Tx, siren string) ([]buyerRow, error) {
	return inBatches[buyerRow](tx, []string{siren}, "SELECT "+buyerColumns+" FROM buyer b WHERE b.siren ")
}

const sightingColumns = "buyer_id, kind, value, seen, first_on, last_on"

func allBuyerNames(tx *db.Tx) ([]Seen, error) {
	var out []Seen
	err := tx.All(&out, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE kind = 'name'")
	return out, err
}

func buyerNamesOf(tx *db.Tx, ids []string) ([]Seen, error) {
	return inBatches[Seen](tx, ids, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE kind = 'name' AND buyer_id ")
}

func sightingsOf(tx *db.Tx, ids []string) ([]Seen, error) {
	return inBatches[Seen](tx, ids, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE buyer_id ")
}

// sighted adds to what was seen of buyers.
func sighted(tx *db.Tx, all []Seen) error {
	rows := make([][]any, len(all))
	for i, s := range all {
		rows[i] = []any{s.BuyerID, s.Kind, s.Value, s.Seen, s.FirstOn, s.LastOn}
	}
	return tx.InsertOr(`ON CONFLICT (buyer_id, kind, value) DO UPDATE SET seen = buyer_sighting.seen + excluded.seen,
			first_on = CASE WHEN buyer_sighting.first_on = '' OR excluded.first_on <> '' AND excluded.first_on < buyer_sighting.first_on
				THEN excluded.first_on ELSE buyer_sighting.first_on END,
			last_on = CASE WHEN excluded.last_on > buyer_sighting.last_on THEN excluded.last_on ELSE buyer_sighting.last_on END`,
		"buyer_sighting", []string{"buyer_id", "kind", "value", "seen", "first_on", "last_on"}, rows)
}

// inBatches asks a question about any number of values, which come before its end.
func inBatches[T any](tx *db.Tx, all []string, query string, end ...string) ([]T, error) {
	var out []T
	for part := range slices.Chunk(all, batch) {
		var found []T
		if err := tx.All(&found, query+tx.AnyOf(1)+strings.Join(end, ""), tx.List(part)); err != nil {
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
