package member

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

const invitationColumns = "id, establishment_id, address, address_key, role, inviter_id, invited_at, expires_at, accepted_at, closed_at"

func insertInvitation(tx *db.Tx, i Invitation) error {
	_, err := tx.Exec("INSERT INTO invitation ("+invitationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		i.ID, i.EstablishmentID, i.Address, i.AddressKey, string(i.Role), i.InviterID, i.InvitedAt, i.ExpiresAt, i.AcceptedAt, i.ClosedAt)
	return err
}

func invitationByID(tx *db.Tx, id string) (Invitation, error) {
	var i Invitation
	err := tx.One(&i, "SELECT "+invitationColumns+" FROM invitation WHERE id = $1", id)
	return i, err
}

func invitationByToken(tx *db.Tx, hash string) (Invitation, error) {
	var i Invitation
	err := tx.One(&i, "SELECT "+invitationColumns+" FROM invitation WHERE token_hash = $1", hash)
	return i, err
}

// waitingInvitations lists those of an establishment that nobody has accepted nor
// closed, expired ones too, the last one first.
func waitingInvitations(tx *db.Tx, establishmentID string) ([]Invitation, error) {
	var out []Invitation
	err := tx.All(&out, "SELECT "+invitationColumns+` FROM invitation
		WHERE establishment_id = $1 AND accepted_at IS NULL AND closed_at IS NULL ORDER BY invited_at DESC, id DESC`, establishmentID)
	return out, err
}

func countInvitations(tx *db.Tx, establishmentID string, since clock.Instant) (int, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM invitation WHERE establishment_id = $1 AND invited_at > $2", establishmentID, since)
	return n, err
}

// closeInvitations closes what waits for an address: somebody has invited it again.
func closeInvitations(tx *db.Tx, establishmentID, addressKey string) error {
	_, err := tx.Exec(`UPDATE invitation SET closed_at = $1
		WHERE establishment_id = $2 AND address_key = $3 AND accepted_at IS NULL AND closed_at IS NULL`, tx.Now, establishmentID, addressKey)
	return err
}

func closeInvitation(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE invitation SET closed_at = $1 WHERE id = $2 AND accepted_at IS NULL AND closed_at IS NULL", tx.Now, id)
	return err
}

// useInvitation is false when it was accepted or closed meanwhile.
func useInvitation(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec("UPDATE invitation SET accepted_at = $1 WHERE id = $2 AND accepted_at IS NULL AND closed_at IS NULL", tx.Now, id)
	return n == 1, err
}

func setInvitationToken(tx *db.Tx, id, hash string) error {
	_, err := tx.Exec("UPDATE invitation SET token_hash = $1 WHERE id = $2", hash, id)
	return err
}

func deleteInvitations(tx *db.Tx, expiredBefore clock.Instant) error {
	_, err := tx.Exec("DELETE FROM invitation WHERE expires_at <= $1", expiredBefore)
	return err
}
