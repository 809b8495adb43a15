package account

import (
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// sessionRow is a session to open.
type sessionRow struct {
	id, hash, accountID, membershipID, deviceID, browser string
	expires                                              clock.Instant
}

func insertSession(tx *db.Tx, s sessionRow) error {
	_, err := tx.Exec(`INSERT INTO session (token_hash, id, account_id, membership_id, device_id, browser, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
		s.hash, s.id, s.accountID, s.membershipID, s.deviceID, s.browser, tx.Now, s.expires)
	return err
}

// sessionByHash reads an open session only: neither idle nor over.
func sessionByHash(tx *db.Tx, hash string) (Session, error) {
	var s Session
	err := tx.One(&s, `SELECT s.id, s.token_hash, s.account_id, a.name, a.address,
			coalesce(m.id, '') AS membership_id, coalesce(m.establishment_id, '') AS establishment_id,
			coalesce(m.role, '') AS role, m.approved_at, s.device_id, s.browser, s.seen_at, s.expires_at
		FROM session s JOIN account a ON a.id = s.account_id
		LEFT JOIN membership m ON m.id = s.membership_id AND m.account_id = s.account_id AND m.ended_at IS NULL
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3`, hash, tx.Now, tx.Now.Add(-idle))
	return s, err
}

const seenColumns = "id, token_hash, device_id, browser, seen_at, expires_at"

// sessionsOf lists the open sessions of an account, the last used first.
func sessionsOf(tx *db.Tx, accountID string) ([]SeenSession, error) {
	var out []SeenSession
	err := tx.All(&out, "SELECT "+seenColumns+` FROM session
		WHERE account_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id DESC`, accountID, tx.Now, tx.Now.Add(-idle))
	return out, err
}

func openSessionByID(tx *db.Tx, accountID, id string) (SeenSession, error) {
	var s SeenSession
	err := tx.One(&s, "SELECT "+seenColumns+` FROM session
		WHERE id = $1 AND account_id = $2 AND expires_at > $3 AND seen_at > $4`, id, accountID, tx.Now, tx.Now.Add(-idle))
	return s, err
}

// deleteSessionsOf ends the sessions of a browser but the one kept, and tells how many.
func deleteSessionsOf(tx *db.Tx, accountID, deviceID, keptHash string) (int64, error) {
	return tx.Exec("DELETE FROM session WHERE account_id = $1 AND device_id = $2 AND token_hash <> $3", accountID, deviceID, keptHash)
}

func seeSession(tx *db.Tx, hash string) error {
	_, err := tx.Exec("UPDATE session SET seen_at = $1 WHERE token_hash = $2 AND seen_at < $1", tx.Now, hash)
	return err
}

// endSession is false when the session was over already.
func endSession(tx *db.Tx, hash string) (bool, error) {
	n, err := tx.Exec("DELETE FROM session WHERE token_hash = $1", hash)
	return n == 1, err
}

func deleteSession(tx *db.Tx, hash string) error {
	_, err := tx.Exec("DELETE FROM session WHERE token_hash = $1", hash)
	return err
}

// takeAttempt reads a counter, made when missing, and locks it for the
// transaction.
func takeAttempt(tx *db.Tx, key string, keepUntil clock.Instant) (attempt, error) {
	var a attempt
	err := tx.One(&a, `INSERT INTO attempt (key, failures, blocked_until, keep_until) VALUES ($1, 0, NULL, $2)
		ON CONFLICT (key) DO UPDATE SET key = excluded.key
		RETURNING key, failures, blocked_until, keep_until`, key, int64(keepUntil))
	return a, err
}

// attemptByKey reads a counter without taking it; a missing one has counted nothing.
func attemptByKey(tx *db.Tx, key string) (attempt, error) {
	a := attempt{Key: key}
	err := tx.One(&a, "SELECT key, failures, blocked_until, keep_until FROM attempt WHERE key = $1", key)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return a, err
}

func setAttempt(tx *db.Tx, a attempt) error {
	_, err := tx.Exec("UPDATE attempt SET failures = $1, blocked_until = $2, keep_until = $3 WHERE key = $4",
		a.Failures, a.BlockedUntil, int64(a.KeepUntil), a.Key)
	return err
}

// forgiveAttempt takes back one failure, and the delay that it brought unless
// somebody else's failure has set another one since.
func forgiveAttempt(tx *db.Tx, key string, until clock.Instant, each time.Duration) error {
	_, err := tx.Exec(`UPDATE attempt SET failures = failures - 1, keep_until = keep_until - $3,
			blocked_until = CASE WHEN blocked_until = $2 THEN NULL ELSE blocked_until END
		WHERE key = $1 AND failures > 0`, key, until, each.Milliseconds())
	return err
}

func deleteStale(tx *db.Tx) error {
	if _, err := tx.Exec("DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2", tx.Now, tx.Now.Add(-idle)); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM sign_up WHERE expires_at <= $1", tx.Now.Add(-signUpLife)); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM password_reset WHERE asked_at <= $1", tx.Now.Add(-resetMemory)); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM solicitation WHERE at <= $1", tx.Now.Add(-solicitationMemory)); err != nil {
		return err
	}
	if err := deleteDevices(tx, tx.Now.Add(-forgottenMemory)); err != nil {
		return err
	}
	if err := deleteUnfinished(tx); err != nil {
		return err
	}
	if err := deleteStaleAddresses(tx); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM attempt WHERE keep_until < $1", tx.Now)
	return err
}
