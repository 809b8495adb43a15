package webhook

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

const columns = "id, watch_id, address, secret, old_secret, old_until, created_at, confirmed_at, suspended_at, failing_since, failures, retry_at"

func insert(tx *db.Tx, h Webhook) error {
	_, err := tx.Exec("INSERT INTO webhook (id, watch_id, address, secret, created_at) VALUES ($1, $2, $3, $4, $5)", h.ID, h.WatchID, h.Address, h.Secret, tx.Now)
	return err
}

func query(tx *db.Tx, condition string, args ...any) (all []Webhook, err error) {
	err = tx.All(&all, "SELECT "+columns+" FROM webhook WHERE "+condition+" ORDER BY created_at, id", args...)
	return all, err
}

func ofWatch(tx *db.Tx, watchID string) ([]Webhook, error) {
	return query(tx, "watch_id = $1", watchID)
}

// listening lists the webhooks that are to hear of notices.
func listening(tx *db.Tx) ([]Webhook, error) {
	return query(tx, "confirmed_at IS NOT NULL AND suspended_at IS NULL")
}

func byID(tx *db.Tx, id string) (h Webhook, err error) {
	err = tx.One(&h, "SELECT "+columns+" FROM webhook WHERE id = $1", id)
	return h, err
}

func inWatch(tx *db.Tx, watchID, id string) (h Webhook, err error) {
	err = tx.One(&h, "SELECT "+columns+" FROM webhook WHERE id = $1 AND watch_id = $2", id, watchID)
	return h, err
}

// held reads a webhook and keeps others from changing it until the transaction ends.
func held(tx *db.Tx, watchID, id string) (h Webhook, err error) {
	err = tx.One(&h, "UPDATE webhook SET address = address WHERE id = $1 AND watch_id = $2 RETURNING "+columns, id, watchID)
	return h, err
}

// holdTurn has those who add a webhook take turns, so that limits hold: it is rare.
func holdTurn(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`, "webhook")
	return err
}

func remove(tx *db.Tx, id string) error {
	if _, err := tx.Exec("DELETE FROM webhook_delivery WHERE webhook_id = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM webhook WHERE id = $1", id)
	return err
}

func renew(tx *db.Tx, h Webhook) error {
	_, err := tx.Exec("UPDATE webhook SET secret = $1, old_secret = $2, old_until = $3 WHERE id = $4", h.Secret, h.OldSecret, h.OldUntil, h.ID)
	return err
}

func resume(tx *db.Tx, id string) error {
	if _, err := tx.Exec("UPDATE webhook_delivery SET due_at = $1 WHERE webhook_id = $2 AND ended_at IS NULL", tx.Now, id); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE webhook SET suspended_at = NULL, failing_since = NULL, failures = 0, retry_at = NULL WHERE id = $1", id)
	return err
}

func watched(tx *db.Tx) (ids []string, err error) {
	err = tx.All(&ids, "SELECT DISTINCT watch_id FROM webhook ORDER BY watch_id")
	return ids, err
}

func suspendedOf(tx *db.Tx, watchIDs []string) (ids []string, err error) {
	if len(watchIDs) == 0 {
		return nil, nil
	}
	args := make([]any, len(watchIDs))
	for i, id := range watchIDs {
		args[i] = id
	}
	err = tx.All(&ids, "SELECT DISTINCT watch_id FROM webhook WHERE suspended_at IS NOT NULL AND watch_id IN ("+db.Placeholders(1, len(args))+")", args...)
	return ids, err
}

func trialsSince(tx *db.Tx, id string, since clock.Instant) (n int, err error) {
	err = tx.One(&n, "SELECT count(*) FROM webhook_delivery WHERE webhook_id = $1 AND reason = $2 AND created_at >= $3", id, string(Trial), since)
	return n, err
}

// forget removes old lines and unwanted secrets.
func forget(tx *db.Tx, before clock.Instant) error {
	if _, err := tx.Exec("DELETE FROM webhook_delivery WHERE ended_at < $1 AND (deadline IS NULL OR deadline < $2)", before, tx.Now); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE webhook SET old_secret = '', old_until = NULL WHERE old_until < $1", tx.Now)
	return err
}
