package mail

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// item is a row in the hands of a sender.
type item struct {
	ID         string
	Kind       string
	Ref        string
	Recipient  string
	MessageID  string
	Attempts   int64
	Faults     int64
	Bytes      *string
	Once       bool
	ExpiresAt  clock.Instant
	LeaseUntil clock.Instant // on the machine's clock

	fresh bool `db:"-"` // its bytes were frozen under this lease: nobody else has sent them
}

const itemColumns = "id, kind, ref, recipient, message_id, attempts, faults, bytes, once, expires_at, lease_until"

func insert(tx *db.Tx, id, messageID string, m Owed) error {
	_, err := tx.Exec(`INSERT INTO outbox (id, kind, ref, recipient, message_id, state, due_at, expires_at, attempts, faults, once, answer, created_at)
		VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, 0, 0, $8, '', $9) ON CONFLICT (kind, ref) DO NOTHING`,
		id, m.Kind, m.Ref, m.Recipient, messageID, m.Due, m.Due.Add(m.ValidFor), false, tx.Now)
	return err
}

// due lists rows to claim, and whether some have expired instead.
func due(tx *db.Tx, limit int) (ids []string, err error) {
	err = tx.All(&ids, `SELECT id FROM outbox WHERE state = 'pending' AND due_at <= $1 AND expires_at > $1
		ORDER BY due_at LIMIT $2`, tx.Now, limit)
	return ids, err
}

func overdue(tx *db.Tx, limit int) (ids []string, err error) {
	err = tx.All(&ids, `SELECT id FROM outbox WHERE state = 'pending' AND expires_at <= $1 LIMIT $2`, tx.Now, limit)
	return ids, err
}

// claim takes the row if it is still there to be taken. On PostgreSQL a second
// claimer waits for the first, then finds the condition false.
func claim(tx *db.Tx, id, owner string, until clock.Instant) (*item, error) {
	var x item
	err := tx.One(&x, `UPDATE outbox SET state = 'sending', lease_owner = $2, lease_until = $3
		WHERE id = $1 AND state = 'pending' AND due_at <= $4 AND expires_at > $4 RETURNING `+itemColumns, id, owner, until, tx.Now)
	if err != nil {
		return nil, err
	}
	return &x, nil
}

// expire ends a row whose time has passed. Bytes whose fate is unknown stay, as
// evidence, unless they hold a secret.
func expire(tx *db.Tx, id string) (kind string, err error) {
	err = tx.One(&kind, `UPDATE outbox SET state = 'expired', ended_at = $2, bytes = CASE WHEN once THEN NULL ELSE bytes END
		WHERE id = $1 AND state = 'pending' AND expires_at <= $2 RETURNING kind`, id, tx.Now)
	return kind, err
}

func freeze(tx *db.Tx, x *item, owner, bytes string, once bool) (int64, error) {
	return tx.Exec(`UPDATE outbox SET bytes = $4, once = $5
		WHERE id = $1 AND state = 'sending' AND lease_owner = $2 AND lease_until = $3`, x.ID, owner, x.LeaseUntil, bytes, once)
}

// ending is what becomes of a claimed row.
type ending struct {
	state    State
	due      clock.Instant // when pending; 0: as it was
	attempts int64
	faults   int64
	answer   string
	wipe     bool // the bytes
}

// settle lets go of a row. What the relay has accepted is marked even when the
// lease was lost: whoever has it now will find nothing left to do. Anything else
// is for the holder of the lease only.
func settle(tx *db.Tx, x *item, owner string, e ending) (int64, error) {
	ended := clock.Instant(0)
	switch e.state {
	case Sent, Refused, Cancelled, Expired:
		ended = tx.Now
	}
	return tx.Exec(`UPDATE outbox SET state = $4, due_at = CASE WHEN CAST($5 AS BIGINT) > 0 THEN CAST($5 AS BIGINT) ELSE due_at END, attempts = $6, faults = $7,
			answer = CASE WHEN $8 = '' THEN answer ELSE $8 END, bytes = CASE WHEN $9 THEN NULL ELSE bytes END, ended_at = $10, lease_owner = NULL, lease_until = NULL
		WHERE id = $1 AND ended_at IS NULL
			AND ($11 OR (state = 'sending' AND lease_owner = $2 AND lease_until = $3))`,
		x.ID, owner, x.LeaseUntil, string(e.state), int64(e.due), e.attempts, e.faults, e.answer, e.wipe, ended, e.state == Sent)
}

// holders lists who holds leases, us excepted.
func holders(tx *db.Tx, us string) (owners []string, err error) {
	err = tx.All(&owners, "SELECT DISTINCT lease_owner FROM outbox WHERE state = 'sending' AND lease_owner <> $1", us)
	return owners, err
}

// held lists the rows of a holder, in the order in which all replicas free them.
func held(tx *db.Tx, owner string) (ids []string, err error) {
	err = tx.All(&ids, "SELECT id FROM outbox WHERE state = 'sending' AND lease_owner = $1 ORDER BY id", owner)
	return ids, err
}

// lapsed lists the rows whose lease is over, whoever held them.
func lapsed(tx *db.Tx, now clock.Instant) (ids []string, err error) {
	err = tx.All(&ids, "SELECT id FROM outbox WHERE state = 'sending' AND lease_until <= $1 ORDER BY id", now)
	return ids, err
}

// takeBack frees a row of a dead holder, or one whose lease is over. Its bytes
// stay: what was sent of them, nobody knows.
func takeBack(tx *db.Tx, id, owner string, now clock.Instant) (int64, error) {
	return tx.Exec(`UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL
		WHERE id = $1 AND state = 'sending' AND (lease_owner = $2 OR lease_until <= $3)`, id, owner, now)
}

func count(tx *db.Tx, into map[State]int) error {
	return tx.Each(func(scan func(...any) error) error {
		var s string
		var n int
		if err := scan(&s, &n); err != nil {
			return err
		}
		into[State(s)] = n
		return nil
	}, "SELECT state, count(*) FROM outbox GROUP BY state")
}

const rowColumns = "id, kind, ref, recipient, message_id, state, attempts, answer, due_at, expires_at, created_at, ended_at"

func list(tx *db.Tx, s State, limit int) (rows []Row, err error) {
	err = tx.All(&rows, "SELECT "+rowColumns+" FROM outbox WHERE state = $1 ORDER BY id DESC LIMIT $2", string(s), limit)
	return rows, err
}

func find(tx *db.Tx, id string) (r Row, err error) {
	err = tx.One(&r, "SELECT "+rowColumns+" FROM outbox WHERE id = $1", id)
	return r, err
}

func unpark(tx *db.Tx, id string, expires clock.Instant) (int64, error) {
	return tx.Exec(`UPDATE outbox SET state = 'pending', due_at = $2, expires_at = $3, attempts = 0, faults = 0
		WHERE id = $1 AND state = 'parked'`, id, tx.Now, expires)
}
