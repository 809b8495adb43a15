package alert

import (
	"errors"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// What follows moves alerts when a person's address changes: it is what this room
// offers to the transaction that changes it, in the room person. The rows of
// watch_recipient move there too; together they see to it that nobody is told twice
// and nobody misses anything.

// errMoved says that a mail must be written anew: its reader has another address since
// it was taken up.
var errMoved = errors.New("alert: the recipient has another address now")

// Follow has the alerts that no relay has taken yet reach the address that a person
// takes, and its ledger know what they were told at the one that they leave. What is
// being sent at this moment arrives there. Other mails stay where they are owed: they
// are about the account, and who held it should read them.
func (s *Service) Follow(tx *db.Tx, from, to account.Address) error {
	if err := s.holdAlerts(tx); err != nil {
		return err
	}
	if err := s.followUnsent(tx, from, to); err != nil {
		return err
	}
	if err := tellToo(tx, from, to, ""); err != nil {
		return err
	}
	return s.followChanges(tx, from, to)
}

// Restore has the alerts of a person who takes back an address reach it: those that
// have not left, and, in one mail, those that the other addresses were told of since
// and this one was not. It was not them whom those told.
func (s *Service) Restore(tx *db.Tx, from, to account.Address, others []string, since clock.Instant) error {
	if err := s.holdAlerts(tx); err != nil {
		return err
	}
	if from.Key != to.Key {
		if err := s.followUnsent(tx, from, to); err != nil {
			return err
		}
		if err := s.followChanges(tx, from, to); err != nil {
			return err
		}
	}
	return s.catchUp(tx, to, others, since)
}

// holdAlerts lets those who are telling somebody finish, and has the others wait until
// the transaction ends. Digests that are being sent are looked at again: whom they
// were for has moved.
func (s *Service) holdAlerts(tx *db.Tx) error {
	if _, err := takeSlot(tx, "UPDATE"); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE digest_run SET ran_at = ran_at + 1 WHERE done_at IS NULL")
	return err
}

// followUnsent moves what has not left, less what the new address was told by itself:
// the old one was not told of it after all. A digest becomes a mail like another: the
// new address may have its own of that slot.
func (s *Service) followUnsent(tx *db.Tx, from, to account.Address) error {
	unsent, err := s.outbox.Unsent(tx, mailNotices, from.Mailbox())
	if err != nil {
		return err
	}
	for _, id := range unsent {
		// The mailing before its mail: who composes it takes them in that order.
		n, err := tx.Exec("UPDATE mailing SET address = $1, address_key = $2, kind = $3, slot = NULL, created_at = $4 WHERE id = $5 AND address_key = $6",
			to.Text, to.Key, immediateMailing, tx.Now, id, from.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM mailing_item WHERE mailing_id = $1 AND notice_id IN (SELECT notice_id FROM told WHERE address_key = $2)`, id, to.Key); err != nil {
			return err
		}
		if err := tellToo(tx, from, to, id); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM told WHERE address_key = $1 AND mailing_id = $2", from.Key, id); err != nil {
			return err
		}
		if err := s.outbox.Readdress(tx, mailNotices, id, to.Mailbox()); err != nil {
			return err
		}
	}
	return nil
}

// followChanges moves the mails about changes that have not left. What they say is
// compared with what the new address was told when they are written.
func (s *Service) followChanges(tx *db.Tx, from, to account.Address) error {
	unsent, err := s.outbox.Unsent(tx, mailChanges, from.Mailbox())
	if err != nil {
		return err
	}
	for _, id := range unsent {
		n, err := tx.Exec("UPDATE mailing SET address = $1, address_key = $2 WHERE id = $3 AND address_key = $4", to.Text, to.Key, id, from.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := s.outbox.Readdress(tx, mailChanges, id, to.Mailbox()); err != nil {
			return err
		}
	}
	return nil
}

// tellToo writes that an address was told what another one was, in one mailing or, for
// none, in all.
func tellToo(tx *db.Tx, from, to account.Address, mailingID string) error {
	query, args := `INSERT INTO told (address_key, notice_id, mailing_id, at, stated, followed_at, followed_in) SELECT $1, notice_id, mailing_id, at, stated, followed_at, followed_in FROM told
		WHERE address_key = $2`, []any{to.Key, from.Key}
	if mailingID != "" {
		query, args = query+" AND mailing_id = $3", append(args, mailingID)
	}
	_, err := tx.Exec(query+" ON CONFLICT (address_key, notice_id) DO NOTHING", args...)
	return err
}

// catchUp owes one mail with what others were told since an instant. The watches are
// back by then.
func (s *Service) catchUp(tx *db.Tx, to account.Address, others []string, since clock.Instant) error {
	if len(others) == 0 {
		return nil
	}
	args := []any{to.Key, since}
	for _, key := range others {
		args = append(args, key)
	}
	var rows []struct{ NoticeID, Watches string }
	if err := tx.All(&rows, `SELECT i.notice_id, i.watches FROM mailing_item i JOIN mailing m ON m.id = i.mailing_id
		WHERE m.created_at >= $2 AND m.kind <> '`+changeMailing+`' AND m.address_key IN (`+db.Placeholders(3, len(others))+`)
			AND NOT EXISTS (SELECT 1 FROM told t WHERE t.address_key = $1 AND t.notice_id = i.notice_id)
		ORDER BY m.created_at, m.id, i.position`, args...); err != nil {
		return err
	}
	theirs, err := watch.Receiving(tx, to.Key)
	if err != nil {
		return err
	}
	m := mailing{ID: db.NewID(), Kind: immediateMailing, Address: to.Text, AddressKey: to.Key}
	var items []item
	for _, row := range rows {
		named := slices.DeleteFunc(strings.Split(row.Watches, ","), func(id string) bool {
			return !slices.ContainsFunc(theirs, func(w *watch.Watch) bool { return w.ID == id })
		})
		if len(named) == 0 {
			continue // the other mailbox had it by itself
		}
		at := slices.IndexFunc(items, func(it item) bool { return it.NoticeID == row.NoticeID })
		if at < 0 {
			if _, err := ledger(tx, to.Key, row.NoticeID, m.ID); err != nil {
				return err
			}
			items = append(items, item{NoticeID: row.NoticeID, watches: named})
			continue
		}
		for _, id := range named {
			if !contains(items[at].watches, id) {
				items[at].watches = append(items[at].watches, id)
			}
		}
	}
	if err := s.catchUpChanges(tx, to, others, since); err != nil || len(items) == 0 {
		return err
	}
	if err := insertMailing(tx, m, 0, items); err != nil {
		return err
	}
	return s.owe(tx, mailNotices, m.ID, m.Address)
}

// catchUpChanges owes one mail with what the others heard, of notices that this address
// was told of, since an instant.
func (s *Service) catchUpChanges(tx *db.Tx, to account.Address, others []string, since clock.Instant) error {
	args := []any{since}
	for _, key := range others {
		args = append(args, key)
	}
	var ids []string
	if err := tx.All(&ids, `SELECT DISTINCT i.notice_id FROM mailing_item i JOIN mailing m ON m.id = i.mailing_id
		WHERE m.created_at >= $1 AND m.kind = '`+changeMailing+`' AND m.address_key IN (`+db.Placeholders(2, len(others))+")", args...); err != nil || len(ids) == 0 {
		return err
	}
	notices, err := notice.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	return s.tellChanges(tx, notices, to.Key)
}

// holdMailing reads a mailing and keeps its reader from moving until the transaction
// ends.
func holdMailing(tx *db.Tx, id string) (mailing, error) {
	var m mailing
	err := tx.One(&m, "UPDATE mailing SET kind = kind WHERE id = $1 RETURNING "+mailingColumns, id)
	return m, err
}
