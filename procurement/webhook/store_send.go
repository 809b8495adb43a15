package webhook

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// due lists what may be sent now, at most one for each webhook that is not being sent to,
// so that one with much that waits holds up no other: trials whenever they are asked,
// the rest to those that are neither suspended nor resting. machine is the time by which
// leases are counted.
func due(tx *db.Tx, machine clock.Instant, most int) (ids []string, err error) {
	var hooks []string
	const ready = `d.ended_at IS NULL AND d.due_at <= $1 AND d.expires_at > $1 AND (d.reason = $2 OR h.suspended_at IS NULL AND (h.retry_at IS NULL OR h.retry_at <= $1))`
	if err := tx.All(&hooks, `SELECT h.id FROM webhook_delivery d JOIN webhook h ON h.id = d.webhook_id WHERE `+ready+`
			AND NOT EXISTS (SELECT 1 FROM webhook_delivery o WHERE o.webhook_id = h.id AND o.ended_at IS NULL AND o.lease_until >= $3)
		GROUP BY h.id ORDER BY min(d.due_at), h.id LIMIT $4`, tx.Now, string(Trial), machine, most); err != nil {
		return nil, err
	}
	for _, hook := range hooks {
		var first []string
		if err := tx.All(&first, `SELECT d.id FROM webhook_delivery d JOIN webhook h ON h.id = d.webhook_id WHERE d.webhook_id = $3 AND `+ready+`
			ORDER BY CASE WHEN d.reason = $2 THEN 0 ELSE 1 END, d.due_at, d.id LIMIT 1`, tx.Now, string(Trial), hook); err != nil {
			return nil, err
		}
		ids = append(ids, first...)
	}
	return ids, nil
}

// overdue lists what was not taken in time.
func overdue(tx *db.Tx, machine clock.Instant) (ids []string, err error) {
	err = tx.All(&ids, `SELECT id FROM webhook_delivery WHERE ended_at IS NULL AND expires_at <= $1 AND (lease_until IS NULL OR lease_until < $2)
		ORDER BY id LIMIT 200`, tx.Now, machine)
	return ids, err
}

// take leases a delivery if nobody has it.
func take(tx *db.Tx, id string, machine, until clock.Instant) (d delivery, err error) {
	err = tx.One(&d, `UPDATE webhook_delivery SET lease_until = $1 WHERE id = $2 AND ended_at IS NULL AND (lease_until IS NULL OR lease_until < $3)
		RETURNING `+deliveryColumns, until, id, machine)
	return d, err
}

func freeze(tx *db.Tx, id, body string) error {
	_, err := tx.Exec("UPDATE webhook_delivery SET body = $1 WHERE id = $2", body, id)
	return err
}

// end gives a delivery up, and says why in its line of the log.
func end(tx *db.Tx, id, why string) error {
	_, err := tx.Exec(`UPDATE webhook_delivery SET ended_at = $1, answer = CASE WHEN answer = '' THEN $2 ELSE $2 || ' — ' || answer END, body = '', lease_until = NULL
		WHERE id = $3 AND ended_at IS NULL`, tx.Now, why, id)
	return err
}

// putOff has a delivery wait for the end of a pause.
func putOff(tx *db.Tx, id string, until clock.Instant) error {
	_, err := tx.Exec("UPDATE webhook_delivery SET due_at = $1, expires_at = $2, lease_until = NULL WHERE id = $3", until, until.Add(ValidFor), id)
	return err
}

// settle writes what came of an attempt, under its lease: whoever took it up since has
// the last word. What was taken is marked in any case.
func settle(tx *db.Tx, d delivery, a Answer, ended clock.Instant, delivered bool) error {
	var at clock.Instant
	if delivered {
		at = tx.Now
	}
	_, err := tx.Exec(`UPDATE webhook_delivery SET attempts = attempts + 1, tried_at = $1, status = $2, answer = $3, delivered_at = $4, ended_at = $5,
			due_at = $6, body = CASE WHEN $7 THEN '' ELSE body END, lease_until = NULL
		WHERE id = $8 AND ended_at IS NULL AND ($9 OR lease_until = $10)`,
		tx.Now, a.Status, a.Text, at, ended, d.DueAt, !ended.IsZero(), d.ID, delivered, d.LeaseUntil)
	return err
}

func heldByID(tx *db.Tx, id string) (h Webhook, err error) {
	err = tx.One(&h, "UPDATE webhook SET address = address WHERE id = $1 RETURNING "+columns, id)
	return h, err
}

func markWell(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE webhook SET confirmed_at = coalesce(confirmed_at, $1), failing_since = NULL, failures = 0, retry_at = NULL WHERE id = $2", tx.Now, id)
	return err
}

func markIll(tx *db.Tx, id string, since, retry clock.Instant) error {
	_, err := tx.Exec("UPDATE webhook SET failing_since = $1, failures = failures + 1, retry_at = $2 WHERE id = $3", since, retry, id)
	return err
}

func suspend(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE webhook SET suspended_at = $1, failures = failures + 1 WHERE id = $2", tx.Now, id)
	return err
}
