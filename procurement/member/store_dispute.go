package member

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

const disputeColumns = "id, establishment_id, account_id, reason, opened_at, decided_at, outcome"

func insertDispute(tx *db.Tx, d Dispute) error {
	_, err := tx.Exec("INSERT INTO dispute ("+disputeColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		d.ID, d.EstablishmentID, d.AccountID, d.Reason, d.OpenedAt, d.DecidedAt, string(d.Outcome))
	return err
}

func disputeByID(tx *db.Tx, id string) (Dispute, error) {
	var d Dispute
	err := tx.One(&d, "SELECT "+disputeColumns+" FROM dispute WHERE id = $1", id)
	return d, err
}

// openDisputes lists those that nobody has decided, the oldest first.
func openDisputes(tx *db.Tx) ([]Dispute, error) {
	var out []Dispute
	err := tx.All(&out, "SELECT "+disputeColumns+" FROM dispute WHERE decided_at IS NULL ORDER BY opened_at, id")
	return out, err
}

// openDisputesOf lists those that a person has opened and nobody has decided.
func openDisputesOf(tx *db.Tx, accountID string) ([]Dispute, error) {
	var out []Dispute
	err := tx.All(&out, "SELECT "+disputeColumns+" FROM dispute WHERE account_id = $1 AND decided_at IS NULL ORDER BY opened_at, id", accountID)
	return out, err
}

func countDisputes(tx *db.Tx, establishmentID, accountID string, since clock.Instant) (int, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM dispute WHERE establishment_id = $1 AND account_id = $2 AND opened_at > $3", establishmentID, accountID, since)
	return n, err
}

// closeDispute is false when it was decided meanwhile.
func closeDispute(tx *db.Tx, id string, outcome Outcome) (bool, error) {
	n, err := tx.Exec("UPDATE dispute SET decided_at = $1, outcome = $2 WHERE id = $3 AND decided_at IS NULL", tx.Now, string(outcome), id)
	return n == 1, err
}
