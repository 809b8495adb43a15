package feed

import "parvis/kit/db"

const columns = "id, watch_id, account_id, membership_id, format, created_at, used_on"

func insert(tx *db.Tx, f Feed, hash string) error {
	_, err := tx.Exec(`INSERT INTO feed (id, watch_id, account_id, membership_id, format, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.WatchID, f.AccountID, f.MembershipID, string(f.Format), hash, tx.Now)
	return err
}

func ofWatch(tx *db.Tx, watchID, accountID string) (all []Feed, err error) {
	err = tx.All(&all, "SELECT "+columns+" FROM feed WHERE watch_id = $1 AND account_id = $2 ORDER BY format", watchID, accountID)
	return all, err
}

func ofAccount(tx *db.Tx, accountID string) (all []Feed, err error) {
	err = tx.All(&all, "SELECT "+columns+" FROM feed WHERE account_id = $1 ORDER BY created_at, id", accountID)
	return all, err
}

func every(tx *db.Tx) (all []Feed, err error) {
	err = tx.All(&all, "SELECT "+columns+" FROM feed ORDER BY id")
	return all, err
}

// byHash finds the feed of a secret; one of another format is none: an address that was
// given to a diary opens no news.
func byHash(tx *db.Tx, hash string, f Format) (one Feed, err error) {
	err = tx.One(&one, "SELECT "+columns+" FROM feed WHERE token_hash = $1 AND format = $2", hash, string(f))
	return one, err
}

func closeOne(tx *db.Tx, watchID, accountID string, f Format) (int64, error) {
	return tx.Exec("DELETE FROM feed WHERE watch_id = $1 AND account_id = $2 AND format = $3", watchID, accountID, string(f))
}

func remove(tx *db.Tx, id string) error {
	_, err := tx.Exec("DELETE FROM feed WHERE id = $1", id)
	return err
}

// use notes the day of a reading; once a day is enough to be told whether it still serves.
func use(tx *db.Tx, id, day string) error {
	_, err := tx.Exec("UPDATE feed SET used_on = $1 WHERE id = $2 AND used_on < $1", day, id)
	return err
}
