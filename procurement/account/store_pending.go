package account

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// pending is a sign-in under way.
type pending struct {
	TokenHash     string
	AccountID     string // empty: a passkey will say
	Wrong         int64
	Ceremony      string
	CeremonyUntil clock.Instant
	ExpiresAt     clock.Instant
}

const pendingColumns = `token_hash, coalesce(account_id, '') AS account_id, wrong, coalesce(ceremony, '') AS ceremony, ceremony_until, expires_at`

func insertPending(tx *db.Tx, p pending) error {
	var accountID, ceremony *string
	if p.AccountID != "" {
		accountID = &p.AccountID
	}
	if p.Ceremony != "" {
		ceremony = &p.Ceremony
	}
	_, err := tx.Exec("INSERT INTO pending_sign_in (token_hash, account_id, wrong, ceremony, ceremony_until, expires_at) VALUES ($1, $2, 0, $3, $4, $5)",
		p.TokenHash, accountID, ceremony, p.CeremonyUntil, p.ExpiresAt)
	return err
}

// pendingByHash reads a sign-in that is not over; found is false for none.
func pendingByHash(tx *db.Tx, hash string) (p pending, found bool, err error) {
	err = tx.One(&p, "SELECT "+pendingColumns+" FROM pending_sign_in WHERE token_hash = $1 AND expires_at > $2", hash, tx.Now)
	if errors.Is(err, db.ErrNone) {
		return p, false, nil
	}
	return p, err == nil, err
}

func setWrong(tx *db.Tx, hash string, wrong int64) error {
	_, err := tx.Exec("UPDATE pending_sign_in SET wrong = $1 WHERE token_hash = $2", wrong, hash)
	return err
}

func setPendingCeremony(tx *db.Tx, hash, ceremony string, until clock.Instant) error {
	_, err := tx.Exec("UPDATE pending_sign_in SET ceremony = $1, ceremony_until = $2 WHERE token_hash = $3", ceremony, until, hash)
	return err
}

// endPending is false when it was over already.
func endPending(tx *db.Tx, hash string) (bool, error) {
	n, err := tx.Exec("DELETE FROM pending_sign_in WHERE token_hash = $1", hash)
	return n == 1, err
}

func deletePendings(tx *db.Tx, accountID string) error {
	_, err := tx.Exec("DELETE FROM pending_sign_in WHERE account_id = $1", accountID)
	return err
}

// deleteUnfinished sweeps what was begun and came to nothing.
func deleteUnfinished(tx *db.Tx) error {
	if _, err := tx.Exec("DELETE FROM pending_sign_in WHERE expires_at <= $1", tx.Now); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM factor_draft WHERE expires_at <= $1", tx.Now)
	return err
}
