package alert

import (
	"context"
	"errors"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// What follows is « Suivre cette consultation » as the page of a notice has it: whoever is
// signed in follows a call that no mail has told them of, at the address of their account.

// Follows tells whether the actor follows a notice, by its page or by a mail.
func (s *Service) Follows(ctx context.Context, by access.Actor, noticeID string) (follows bool, err error) {
	if err := by.Must(access.EditWatches); err != nil {
		return false, err
	}
	a, err := account.ParseAddress(by.Address)
	if err != nil {
		return false, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.One(&n, "SELECT count(*) FROM told WHERE address_key = $1 AND notice_id = $2 AND followed_at IS NOT NULL", a.Key, noticeID)
		follows = n > 0
		return err
	})
	return follows, err
}

// FollowOpenly has the actor hear of all that becomes of a call, or no more of it than
// their watches tell. What is known of it when they press is what later mails compare
// with; a watch that finds it still announces it.
func (s *Service) FollowOpenly(ctx context.Context, by access.Actor, noticeID string, on bool) error {
	if err := by.Must(access.EditWatches); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		who, err := account.Find(tx, by.AccountID)
		if err != nil {
			return err
		}
		if !on {
			return unfollow(tx, who.AddressKey, noticeID)
		}
		found, err := notice.ByIDs(tx, []string{noticeID})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")
		}
		if found[0].Kind != notice.Contract {
			return fault.New(fault.Invalid, "Seul un appel à la concurrence peut être suivi.")
		}
		is, err := snapshotOf(tx, found[0])
		if err != nil {
			return err
		}
		seen, err := is.text()
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO told (address_key, notice_id, mailing_id, at, stated, followed_at, followed_in) VALUES ($1, $2, '', $3, $4, $3, $5)
			ON CONFLICT (address_key, notice_id) DO UPDATE SET followed_in = excluded.followed_in, followed_at = coalesce(told.followed_at, excluded.followed_at)`,
			who.AddressKey, found[0].ID, tx.Now, seen, by.Scope())
		return err
	})
}

// unfollow has an address hear no more of a notice than who was told of it, and nothing
// when it was not.
func unfollow(tx *db.Tx, addressKey, noticeID string) error {
	if _, err := tx.Exec("DELETE FROM told WHERE address_key = $1 AND notice_id = $2 AND mailing_id = ''", addressKey, noticeID); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE told SET followed_at = NULL, followed_in = '' WHERE address_key = $1 AND notice_id = $2 AND followed_at IS NOT NULL", addressKey, noticeID)
	return err
}

// unfollowAll forgets what an address follows from the pages of notices.
func unfollowAll(tx *db.Tx, addressKey string) error {
	if _, err := tx.Exec("DELETE FROM told WHERE address_key = $1 AND mailing_id = ''", addressKey); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE told SET followed_at = NULL, followed_in = '' WHERE address_key = $1 AND followed_in <> ''", addressKey)
	return err
}

// followedIn lists what of a mail its reader follows from its page.
func followedIn(tx *db.Tx, m mailing) ([]*notice.Notice, error) {
	var ids []string
	if err := tx.All(&ids, `SELECT t.notice_id FROM told t JOIN mailing_item i ON i.notice_id = t.notice_id
		WHERE i.mailing_id = $1 AND t.address_key = $2 AND t.followed_in <> '' ORDER BY i.position`, m.ID, m.AddressKey); err != nil || len(ids) == 0 {
		return nil, err
	}
	return notice.ByIDs(tx, ids)
}

// unfollowThose ends it.
func unfollowThose(tx *db.Tx, m mailing) error {
	followed, err := followedIn(tx, m)
	for _, n := range followed {
		if err == nil {
			err = unfollow(tx, m.AddressKey, n.ID)
		}
	}
	return err
}

// followsAlone is the address of who follows a notice from its page, empty when they are
// not to be written to: the account is gone or has another address, its mails come back,
// or its people pass on the notice.
func followsAlone(tx *db.Tx, l ledgerLine, n *notice.Notice) (address string, err error) {
	who, err := account.FindByAddress(tx, account.Address{Key: l.AddressKey})
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	theirs := &watch.Watch{Scope: l.FollowedIn}
	passes, err := watch.Passed(tx, []*watch.Watch{theirs}, []*notice.Notice{n})
	if err != nil || passes.Silence(theirs, n.ID) {
		return "", err
	}
	if fails, err := watch.Fails(tx, l.AddressKey); err != nil || fails {
		return "", err
	}
	return who.Address, nil
}

// StopFollowing ends what the reader of a mail follows of it from its page, account open
// or not.
func (s *Service) StopFollowing(ctx context.Context, secret string) (out Stopping, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		m, _, err := s.stopping(tx, secret)
		if err != nil {
			return err
		}
		if err := unfollowThose(tx, m); err != nil {
			return err
		}
		_, out, err = s.stopping(tx, secret)
		return err
	})
	return out, err
}
