package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

const deviceColumns = `id, account_id, token_hash, coalesce(previous_hash, '') AS previous_hash, previous_until,
	browser, known_at, seen_at, expires_at`

func deviceByID(tx *db.Tx, id string) (Device, error) {
	var d Device
	err := tx.One(&d, "SELECT "+deviceColumns+" FROM device WHERE id = $1", id)
	return d, err
}

// deviceByHashes reads the browser of the account that one of these tokens makes
// known, by a token that still works rather than by the one before it.
func deviceByHashes(tx *db.Tx, accountID string, hashes []string) (Device, error) {
	args := []any{accountID, tx.Now}
	for _, h := range hashes {
		args = append(args, h)
	}
	in := "(" + db.Placeholders(3, len(hashes)) + ")"
	var d Device
	err := tx.One(&d, "SELECT "+deviceColumns+` FROM device
		WHERE account_id = $1 AND forgotten_at IS NULL AND expires_at > $2
			AND (token_hash IN `+in+` OR previous_until > $2 AND previous_hash IN `+in+`)
		ORDER BY CASE WHEN token_hash IN `+in+` THEN 0 ELSE 1 END, seen_at DESC, id LIMIT 1`, args...)
	return d, err
}

// devicesOf lists the browsers that the account knows, the last used first.
func devicesOf(tx *db.Tx, accountID string) ([]Device, error) {
	var out []Device
	err := tx.All(&out, "SELECT "+deviceColumns+` FROM device
		WHERE account_id = $1 AND forgotten_at IS NULL AND expires_at > $2 ORDER BY seen_at DESC, id DESC`, accountID, tx.Now)
	return out, err
}

func insertDevice(tx *db.Tx, d Device) error {
	_, err := tx.Exec(`INSERT INTO device (id, account_id, token_hash, browser, known_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, d.ID, d.AccountID, d.TokenHash, d.Browser, d.KnownAt, d.SeenAt, d.ExpiresAt)
	return err
}

// renewDevice is false when the browser was forgotten meanwhile.
func renewDevice(tx *db.Tx, d Device) (bool, error) {
	n, err := tx.Exec(`UPDATE device SET token_hash = $1, previous_hash = $2, previous_until = $3, browser = $4, seen_at = $5, expires_at = $6
		WHERE id = $7 AND forgotten_at IS NULL`, d.TokenHash, d.PreviousHash, d.PreviousUntil, d.Browser, d.SeenAt, d.ExpiresAt, d.ID)
	return n == 1, err
}

// forgetDevice is false when the account has no such browser any more.
func forgetDevice(tx *db.Tx, accountID, id string) (bool, error) {
	n, err := tx.Exec("UPDATE device SET forgotten_at = $1 WHERE id = $2 AND account_id = $3 AND forgotten_at IS NULL", tx.Now, id, accountID)
	return n == 1, err
}

// forgetDevices forgets the browsers of an account but the one kept, if any, and
// tells how many.
func forgetDevices(tx *db.Tx, accountID, keptID string) (int64, error) {
	return tx.Exec("UPDATE device SET forgotten_at = $1 WHERE account_id = $2 AND id <> $3 AND forgotten_at IS NULL", tx.Now, accountID, keptID)
}

// forgetOldDevices keeps the browsers used last, this many.
func forgetOldDevices(tx *db.Tx, accountID string, most int) error {
	_, err := tx.Exec(`UPDATE device SET forgotten_at = $1 WHERE account_id = $2 AND forgotten_at IS NULL AND id NOT IN (
			SELECT id FROM device WHERE account_id = $2 AND forgotten_at IS NULL ORDER BY seen_at DESC, id DESC LIMIT $3)`,
		tx.Now, accountID, most)
	return err
}

// deleteDevices removes what was forgotten long ago, and what is not known any more.
func deleteDevices(tx *db.Tx, forgottenBefore clock.Instant) error {
	_, err := tx.Exec("DELETE FROM device WHERE expires_at <= $1 OR forgotten_at <= $2", tx.Now, forgottenBefore)
	return err
}
