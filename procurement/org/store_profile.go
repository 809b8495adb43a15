package org

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

func updateProfile(tx *db.Tx, e Establishment) error {
	_, err := tx.Exec(`UPDATE establishment SET name = $1, name_listed_at = $2, street = $3, postcode = $4, city = $5, phone = $6, version = $7 WHERE id = $8`,
		e.CompanyName, e.NameListedAt, e.Street, e.Postcode, e.City, e.Phone, e.Version, e.ID)
	return err
}

func setVerified(tx *db.Tx, e Establishment) error {
	_, err := tx.Exec("UPDATE establishment SET verified_at = $1 WHERE id = $2", e.VerifiedAt, e.ID)
	return err
}

const fallbackColumns = "id, establishment_id, address, address_key, asked_at, confirmed_at, refused_at, failed_at, removed_at"

func insertFallback(tx *db.Tx, f Fallback) error {
	_, err := tx.Exec("INSERT INTO fallback_address (id, establishment_id, address, address_key, asked_at) VALUES ($1, $2, $3, $4, $5)",
		f.ID, f.EstablishmentID, f.Address, f.AddressKey, f.AskedAt)
	return err
}

// fallbacksOf gives the mailbox in use and the one that is asked to take its place.
func fallbacksOf(tx *db.Tx, establishmentID string) (current, asked *Fallback, err error) {
	var all []Fallback
	if err := tx.All(&all, "SELECT "+fallbackColumns+" FROM fallback_address WHERE removed_at IS NULL AND establishment_id = $1", establishmentID); err != nil {
		return nil, nil, err
	}
	for i := range all {
		if all[i].ConfirmedAt.IsZero() {
			asked = &all[i]
		} else {
			current = &all[i]
		}
	}
	return current, asked, nil
}

// fallbackBy takes a condition of this package.
func fallbackBy(tx *db.Tx, condition string, args ...any) (Fallback, error) {
	var f Fallback
	err := tx.One(&f, "SELECT "+fallbackColumns+" FROM fallback_address WHERE removed_at IS NULL AND "+condition, args...)
	return f, err
}

func anyFallback(tx *db.Tx, id string) (Fallback, error) {
	var f Fallback
	err := tx.One(&f, "SELECT "+fallbackColumns+" FROM fallback_address WHERE id = $1", id)
	return f, err
}

// setFallback takes a column's name from this package.
func setFallback(tx *db.Tx, id, column string, at clock.Instant) error {
	_, err := tx.Exec("UPDATE fallback_address SET "+column+" = $1 WHERE id = $2", at, id)
	return err
}

func setFallbackToken(tx *db.Tx, id, hash string) error {
	_, err := tx.Exec("UPDATE fallback_address SET token_hash = $1 WHERE id = $2", hash, id)
	return err
}

// countFallbacks counts how often the address has said no to the establishment, and
// how many requests the establishment has made since an instant.
func countFallbacks(tx *db.Tx, establishmentID, addressKey string, since clock.Instant) (said, today int, err error) {
	if err := tx.One(&said, "SELECT count(*) FROM fallback_address WHERE establishment_id = $1 AND address_key = $2 AND refused_at IS NOT NULL",
		establishmentID, addressKey); err != nil {
		return 0, 0, err
	}
	err = tx.One(&today, "SELECT count(*) FROM fallback_address WHERE establishment_id = $1 AND asked_at > $2", establishmentID, since)
	return said, today, err
}

func failFallbacks(tx *db.Tx, addressKey string) error {
	_, err := tx.Exec("UPDATE fallback_address SET failed_at = $1 WHERE address_key = $2 AND failed_at IS NULL AND removed_at IS NULL", tx.Now, addressKey)
	return err
}

func deleteFallbacks(tx *db.Tx, before clock.Instant) error {
	_, err := tx.Exec("DELETE FROM fallback_address WHERE removed_at < $1", before)
	return err
}
