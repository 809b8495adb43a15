package alert

import (
	"errors"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/token"
)

// openSlot gives the slot that notices matched now fall in, and holds it open:
// who closes it waits for this transaction.
func openSlot(tx *db.Tx) (int64, error) { return takeSlot(tx, "SHARE") }

// closeSlot ends the open slot once every matcher in it has committed, and opens
// the next. It gives the number of the one closed.
func closeSlot(tx *db.Tx) (int64, error) {
	number, err := takeSlot(tx, "UPDATE")
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec("UPDATE slot SET closed_at = $1 WHERE number = $2", tx.Now, number); err != nil {
		return 0, err
	}
	_, err = tx.Exec("INSERT INTO slot (number, opened_at) VALUES ($1, $2)", number+1, tx.Now)
	return number, err
}

// takeSlot locks the open slot. Matchers share it on PostgreSQL and a closer is
// alone; SQLite's writers queue anyway and know no such words.
func takeSlot(tx *db.Tx, lock string) (int64, error) {
	query := "SELECT number FROM slot WHERE closed_at IS NULL"
	if tx.Dialect() == db.Postgres {
		query += " FOR " + lock
	}
	for {
		var number int64
		err := tx.One(&number, query)
		if !errors.Is(err, db.ErrNone) {
			return number, err
		}
		// Either nobody has opened the first one, or another closed it while we
		// waited and its successor is there for the next look.
		if _, err := tx.Exec(`INSERT INTO slot (number, opened_at) SELECT 1, $1
			WHERE NOT EXISTS (SELECT 1 FROM slot) ON CONFLICT DO NOTHING`, tx.Now); err != nil {
			return 0, err
		}
	}
}

// holdRun has those who finish the same run take turns until their transaction
// ends; false when it is done, or when somebody's address has changed since it was
// read: whom it is for has to be asked again.
func holdRun(tx *db.Tx, r run) (bool, error) {
	n, err := tx.Exec("UPDATE digest_run SET ran_at = ran_at WHERE day = $1 AND hour = $2 AND ran_at = $3 AND done_at IS NULL", r.Day, r.Hour, r.RanAt)
	return n == 1, err
}

// hasDigest tells whether the recipient was sent the digest of the slot, before a
// cut or by another replica. What was edited since then is for the next one.
func hasDigest(tx *db.Tx, addressKey string, slot int64) (bool, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM mailing WHERE kind = 'digest' AND address_key = $1 AND slot = $2", addressKey, slot)
	return n > 0, err
}

// addMatch writes the one row of a matched notice; false when it was matched before.
func addMatch(tx *db.Tx, noticeID string, slot int64) (bool, error) {
	n, err := tx.Exec(`INSERT INTO notice_match (notice_id, slot, matched_at) VALUES ($1, $2, $3)
		ON CONFLICT (notice_id) DO NOTHING`, noticeID, slot, tx.Now)
	return n == 1, err
}

// matched is a notice with the slot that it fell in.
type matched struct {
	NoticeID string
	Slot     int64
}

func matchedBetween(tx *db.Tx, from, to int64) ([]matched, error) {
	var out []matched
	err := tx.All(&out, "SELECT notice_id, slot FROM notice_match WHERE slot BETWEEN $1 AND $2 ORDER BY slot, matched_at, notice_id", from, to)
	return out, err
}

// untell takes back that a recipient was told of a notice in a mailing that it is left
// out of. Who follows it from its page goes on.
func untell(tx *db.Tx, addressKey, noticeID, mailingID string) error {
	if _, err := tx.Exec("UPDATE told SET mailing_id = '' WHERE address_key = $1 AND notice_id = $2 AND mailing_id = $3 AND followed_in <> ''", addressKey, noticeID, mailingID); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM told WHERE address_key = $1 AND notice_id = $2 AND mailing_id = $3", addressKey, noticeID, mailingID)
	return err
}

// ledger writes that the recipient is told of the notice in this mailing; false
// when they were told before. Who only follows it from its page was not.
func ledger(tx *db.Tx, addressKey, noticeID, mailingID string) (bool, error) {
	n, err := tx.Exec(`INSERT INTO told (address_key, notice_id, mailing_id, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (address_key, notice_id) DO UPDATE SET mailing_id = excluded.mailing_id, at = excluded.at WHERE told.mailing_id = ''`, addressKey, noticeID, mailingID, tx.Now)
	return n == 1, err
}

// mailing is one message to one recipient.
type mailing struct {
	ID         string
	Kind       string
	Address    string
	AddressKey string
	CreatedAt  clock.Instant
}

const mailingColumns = "id, kind, address, address_key, created_at"

// Kinds of mailing.
const (
	immediateMailing = "immediate"
	digestMailing    = "digest"
	changeMailing    = "change" // what has become of notices that its reader was told of
)

func insertMailing(tx *db.Tx, m mailing, slot int64, items []item) error {
	var digestSlot *int64
	if m.Kind == digestMailing {
		digestSlot = &slot
	}
	if _, err := tx.Exec(`INSERT INTO mailing (`+mailingColumns+`, slot) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ID, m.Kind, m.Address, m.AddressKey, tx.Now, digestSlot); err != nil {
		return err
	}
	for i, it := range items {
		if _, err := tx.Exec(`INSERT INTO mailing_item (mailing_id, notice_id, watches, position) VALUES ($1, $2, $3, $4)`,
			m.ID, it.NoticeID, strings.Join(it.watches, ","), i); err != nil {
			return err
		}
	}
	for _, id := range named(items) {
		if _, err := tx.Exec("INSERT INTO mailing_watch (watch_id, mailing_id) VALUES ($1, $2)", id, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// item is one notice of a mailing and the watches that it is there for.
type item struct {
	NoticeID string
	Said     bool     // it is in the mail as it was written
	known    snapshot // of a mail about changes: what its reader knew before
	watches  []string // ids
}

func itemsOf(tx *db.Tx, mailingID string) ([]item, error) {
	var rows []struct {
		NoticeID, Watches, Known string
		Said                     bool
	}
	if err := tx.All(&rows, "SELECT notice_id, watches, known, said FROM mailing_item WHERE mailing_id = $1 ORDER BY position", mailingID); err != nil {
		return nil, err
	}
	out := make([]item, len(rows))
	for i, r := range rows {
		known, err := readSnapshot(r.Known)
		if err != nil {
			return nil, err
		}
		out[i] = item{NoticeID: r.NoticeID, Said: r.Said, known: known}
		if r.Watches != "" { // else its reader follows it from its page
			out[i].watches = strings.Split(r.Watches, ",")
		}
	}
	return out, nil
}

// named lists the watches that items are there for, each once.
func named(items []item) (ids []string) {
	for _, it := range items {
		for _, id := range it.watches {
			if !contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// watchesNamed lists the watches that a mailing names, each once.
func watchesNamed(tx *db.Tx, mailingID string) ([]string, error) {
	items, err := itemsOf(tx, mailingID)
	return named(items), err
}

func mailingByToken(tx *db.Tx, secret string) (mailing, error) {
	var m mailing
	err := tx.One(&m, "SELECT "+mailingColumns+" FROM mailing WHERE token_hash = $1", token.Hash(secret))
	return m, err
}
