package account

import (
	"encoding/base64"
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/passkey"
)

// application is the row of an authenticator application.
type application struct {
	Secret    string
	LastStep  int64
	CreatedAt clock.Instant
}

// applicationOf reads the application of an account; found is false for none.
func applicationOf(tx *db.Tx, accountID string) (a application, found bool, err error) {
	err = tx.One(&a, "SELECT secret, last_step, created_at FROM totp WHERE account_id = $1", accountID)
	if errors.Is(err, db.ErrNone) {
		return a, false, nil
	}
	return a, err == nil, err
}

// insertApplication is false when the account has one.
func insertApplication(tx *db.Tx, accountID, secret string, step int64) (bool, error) {
	n, err := tx.Exec("INSERT INTO totp (account_id, secret, last_step, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		accountID, secret, step, tx.Now)
	return n == 1, err
}

// spendStep is false when this step, or a later one, has served.
func spendStep(tx *db.Tx, accountID string, step int64) (bool, error) {
	n, err := tx.Exec("UPDATE totp SET last_step = $1 WHERE account_id = $2 AND last_step < $1", step, accountID)
	return n == 1, err
}

func deleteApplication(tx *db.Tx, accountID string) (bool, error) {
	n, err := tx.Exec("DELETE FROM totp WHERE account_id = $1", accountID)
	return n == 1, err
}

const passkeyColumns = "id, account_id, credential_id, public_key, sign_count, backup_eligible, transports, name, created_at, used_at"

// key is what checks the signatures of a row.
func (p Passkey) key() (passkey.Key, error) {
	id, err1 := base64.RawURLEncoding.DecodeString(p.CredentialID)
	public, err2 := base64.RawURLEncoding.DecodeString(p.PublicKey)
	return passkey.Key{ID: id, PublicKey: public, SignCount: uint32(p.SignCount), BackupEligible: p.BackupEligible, Transports: p.Transports},
		errors.Join(err1, err2)
}

func credentialID(k passkey.Key) string { return base64.RawURLEncoding.EncodeToString(k.ID) }

// insertPasskey is false when the key is somebody's already.
func insertPasskey(tx *db.Tx, id, accountID, name string, k passkey.Key) (bool, error) {
	n, err := tx.Exec(`INSERT INTO passkey (id, account_id, credential_id, public_key, sign_count, backup_eligible, transports, name, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		id, accountID, credentialID(k), base64.RawURLEncoding.EncodeToString(k.PublicKey), int64(k.SignCount), k.BackupEligible, k.Transports, name, tx.Now)
	return n == 1, err
}

func passkeysOf(tx *db.Tx, accountID string) ([]Passkey, error) {
	var out []Passkey
	err := tx.All(&out, "SELECT "+passkeyColumns+" FROM passkey WHERE account_id = $1 ORDER BY created_at, id", accountID)
	return out, err
}

func passkeyByID(tx *db.Tx, id string) (Passkey, error) {
	var p Passkey
	err := tx.One(&p, "SELECT "+passkeyColumns+" FROM passkey WHERE id = $1", id)
	return p, err
}

// usePasskey notes a use, by what the authenticator calls the key.
func usePasskey(tx *db.Tx, accountID string, k passkey.Key) error {
	_, err := tx.Exec("UPDATE passkey SET sign_count = $1, used_at = $2 WHERE credential_id = $3 AND account_id = $4",
		int64(k.SignCount), tx.Now, credentialID(k), accountID)
	return err
}

func renamePasskey(tx *db.Tx, accountID, id, name string) (bool, error) {
	n, err := tx.Exec("UPDATE passkey SET name = $1 WHERE id = $2 AND account_id = $3", name, id, accountID)
	return n == 1, err
}

func deletePasskey(tx *db.Tx, accountID, id string) (bool, error) {
	n, err := tx.Exec("DELETE FROM passkey WHERE id = $1 AND account_id = $2", id, accountID)
	return n == 1, err
}

func deletePasskeys(tx *db.Tx, accountID string) (int64, error) {
	return tx.Exec("DELETE FROM passkey WHERE account_id = $1", accountID)
}

// countFactors counts what an account can be asked for besides its password.
func countFactors(tx *db.Tx, accountID string) (int, error) {
	var n int
	err := tx.One(&n, "SELECT (SELECT count(*) FROM totp WHERE account_id = $1) + (SELECT count(*) FROM passkey WHERE account_id = $1)", accountID)
	return n, err
}

func deleteCodes(tx *db.Tx, accountID string) error {
	_, err := tx.Exec("DELETE FROM recovery_code WHERE account_id = $1", accountID)
	return err
}

func insertCode(tx *db.Tx, accountID, hash string) error {
	_, err := tx.Exec("INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2)", accountID, hash)
	return err
}

// spendCode is false when there is no such code, or it has served.
func spendCode(tx *db.Tx, accountID, hash string) (bool, error) {
	n, err := tx.Exec("UPDATE recovery_code SET used_at = $1 WHERE account_id = $2 AND code_hash = $3 AND used_at IS NULL", tx.Now, accountID, hash)
	return n == 1, err
}

func countCodes(tx *db.Tx, accountID string) (int, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL", accountID)
	return n, err
}

// draft is a factor that is being added.
type draft struct {
	AccountID     string
	Secret        string // of an application
	Name          string // of a passkey
	Ceremony      string
	CeremonyUntil clock.Instant
	ExpiresAt     clock.Instant
}

// draftOf reads what a session is adding; found is false for nothing, or too late.
func draftOf(tx *db.Tx, sessionHash string) (d draft, found bool, err error) {
	err = tx.One(&d, `SELECT account_id, coalesce(secret, '') AS secret, coalesce(name, '') AS name, coalesce(ceremony, '') AS ceremony,
			ceremony_until, expires_at FROM factor_draft WHERE session_hash = $1 AND expires_at > $2`, sessionHash, tx.Now)
	if errors.Is(err, db.ErrNone) {
		return d, false, nil
	}
	return d, err == nil, err
}

// putDraft replaces whatever the session was adding.
func putDraft(tx *db.Tx, sessionHash string, d draft) error {
	_, err := tx.Exec(`INSERT INTO factor_draft (session_hash, account_id, secret, name, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (session_hash) DO UPDATE SET account_id = excluded.account_id, secret = excluded.secret, name = excluded.name,
			ceremony = NULL, ceremony_until = NULL, expires_at = excluded.expires_at`,
		sessionHash, d.AccountID, d.Secret, d.Name, d.ExpiresAt)
	return err
}

func setDraftCeremony(tx *db.Tx, sessionHash, ceremony string, until clock.Instant) error {
	_, err := tx.Exec("UPDATE factor_draft SET ceremony = $1, ceremony_until = $2 WHERE session_hash = $3", ceremony, until, sessionHash)
	return err
}

func deleteDraft(tx *db.Tx, sessionHash string) error {
	_, err := tx.Exec("DELETE FROM factor_draft WHERE session_hash = $1", sessionHash)
	return err
}

func deleteDrafts(tx *db.Tx, accountID string) error {
	_, err := tx.Exec("DELETE FROM factor_draft WHERE account_id = $1", accountID)
	return err
}
