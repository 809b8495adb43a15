package member

import "parvis/kit/db"

func invitationRecords(tx *db.Tx, addressKey string) ([]InvitationRecord, error) {
	var out []InvitationRecord
	err := tx.All(&out, `SELECT establishment_id, role, invited_at, expires_at, accepted_at, closed_at FROM invitation
		WHERE address_key = $1 ORDER BY invited_at, id`, addressKey)
	return out, err
}

func disputeRecords(tx *db.Tx, accountID string) ([]DisputeRecord, error) {
	var out []DisputeRecord
	err := tx.All(&out, `SELECT establishment_id, reason, opened_at, decided_at, outcome FROM dispute
		WHERE account_id = $1 ORDER BY opened_at, id`, accountID)
	return out, err
}

func deleteTraces(tx *db.Tx, accountID, addressKey string) error {
	if _, err := tx.Exec("DELETE FROM invitation WHERE address_key = $1", addressKey); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM dispute WHERE account_id = $1", accountID)
	return err
}
