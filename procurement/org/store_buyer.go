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

// buyerRow is a buyer as its table has it.
type buyerRow struct {
	Buyer
	MergedInto string
}

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

// keyedBuyer is a buyer and one key that leads to it. WholeSIREN is its number or that
// of a buyer that it is one with.
type keyedBuyer struct {
	Key string
	buyerRow
	WholeSIREN string `db:"whole_siren"`
}

// wholeSIREN looks beyond a buyer without a number at those that it is one with.
const wholeSIREN = `coalesce(b.siren, (SELECT min(m.siren) FROM buyer m WHERE m.id = b.merged_into OR m.merged_into = coalesce(b.merged_into, b.id)), '') AS whole_siren`

func buyersByKey(tx *db.Tx, keys []string) ([]keyedBuyer, error) {
	return inBatches[keyedBuyer](tx, keys, "SELECT a.key, "+buyerColumns+", "+wholeSIREN+` FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id
		WHERE a.key IN `)
}

func buyersByID(tx *db.Tx, ids []string) ([]buyerRow, error) {
	return inBatches[buyerRow](tx, ids, "SELECT "+buyerColumns+" FROM buyer b WHERE b.id IN ")
}

func allBuyers(tx *db.Tx) ([]buyerRow, error) {
	var out []buyerRow
	err := tx.All(&out, "SELECT "+buyerColumns+" FROM buyer b")
	return out, err
}

// buyersBySIREN finds whose number this is.
func buyersBySIREN(tx *db.Tx, siren string) ([]buyerRow, error) {
	return inBatches[buyerRow](tx, []string{siren}, "SELECT "+buyerColumns+" FROM buyer b WHERE b.siren IN ")
}

const sightingColumns = "buyer_id, kind, value, seen, first_on, last_on"

func allBuyerNames(tx *db.Tx) ([]Seen, error) {
	var out []Seen
	err := tx.All(&out, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE kind = 'name'")
	return out, err
}

func buyerNamesOf(tx *db.Tx, ids []string) ([]Seen, error) {
	return inBatches[Seen](tx, ids, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE kind = 'name' AND buyer_id IN ")
}

func sightingsOf(tx *db.Tx, ids []string) ([]Seen, error) {
	return inBatches[Seen](tx, ids, "SELECT "+sightingColumns+" FROM buyer_sighting WHERE buyer_id IN ")
}

// sighted adds to what was seen of buyers, and gives how often each was seen in all.
func sighted(tx *db.Tx, all []Seen) ([]Seen, error) {
	var out []Seen
	for part := range slices.Chunk(all, batch) {
		var sql strings.Builder
		sql.WriteString("INSERT INTO buyer_sighting (" + sightingColumns + ") VALUES ")
		args := make([]any, 0, 6*len(part))
		for i, s := range part {
			if i > 0 {
				sql.WriteByte(',')
			}
			sql.WriteString("(" + db.Placeholders(6*i+1, 6) + ")")
			args = append(args, s.BuyerID, s.Kind, s.Value, s.Seen, s.FirstOn, s.LastOn)
		}
		sql.WriteString(` ON CONFLICT (buyer_id, kind, value) DO UPDATE SET seen = buyer_sighting.seen + excluded.seen,
			first_on = CASE WHEN buyer_sighting.first_on = '' OR excluded.first_on <> '' AND excluded.first_on < buyer_sighting.first_on
				THEN excluded.first_on ELSE buyer_sighting.first_on END,
			last_on = CASE WHEN excluded.last_on > buyer_sighting.last_on THEN excluded.last_on ELSE buyer_sighting.last_on END
			RETURNING ` + sightingColumns)
		var now []Seen
		if err := tx.All(&now, sql.String(), args...); err != nil {
			return nil, err
		}
		out = append(out, now...)
	}
	return out, nil
}

// inBatches asks a question about any number of values, which come before its end.
func inBatches[T any](tx *db.Tx, all []string, query string, end ...string) ([]T, error) {
	var out []T
	for part := range slices.Chunk(all, batch) {
		var found []T
		if err := tx.All(&found, query+"("+db.Placeholders(1, len(part))+")"+strings.Join(end, ""), values(part)...); err != nil {
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
