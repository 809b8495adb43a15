package account

import (
	"errors"

	"parvis/kit/db"
)

const membershipColumns = "id, account_id, establishment_id, role, created_at, approved_at, ended_at"

func membershipByID(tx *db.Tx, id string) (Membership, error) {
	var m Membership
	err := tx.One(&m, "SELECT "+membershipColumns+" FROM membership WHERE id = $1", id)
	return m, err
}

func pastMemberships(tx *db.Tx, accountID string) ([]Membership, error) {
	var out []Membership
	err := tx.All(&out, "SELECT "+membershipColumns+" FROM membership WHERE account_id = $1 AND ended_at IS NOT NULL ORDER BY created_at, id", accountID)
	return out, err
}

func setMembership(tx *db.Tx, m Membership) error {
	_, err := tx.Exec("UPDATE membership SET role = $1, approved_at = $2, ended_at = $3 WHERE id = $4", string(m.Role), m.ApprovedAt, m.EndedAt, m.ID)
	return err
}

// holdMembership locks the row for the transaction; false when the membership has
// ended. It is read by the statement that locks it, so as it stands after the wait.
func holdMembership(tx *db.Tx, id string) (m Membership, held bool, err error) {
	err = tx.One(&m, "UPDATE membership SET role = role WHERE id = $1 AND ended_at IS NULL RETURNING "+membershipColumns, id)
	if errors.Is(err, db.ErrNone) {
		return m, false, nil
	}
	return m, err == nil, err
}
