package alert

import (
	"context"
	"errors"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/notice"
)

// Telling is what a mail told its reader of: the page that its links lead to shows it to
// whoever holds the mail, account or not.
type Telling struct {
	Address string
	SentAt  clock.Instant // when it was owed
	At      clock.Instant
	Notices []ToldNotice
}

// ToldNotice is a notice of a mail, as it stands.
type ToldNotice struct {
	*notice.Notice
	Follows bool // its reader hears of all that becomes of it
}

// Following counts the notices that the reader follows.
func (t Telling) Following() (n int) {
	for _, one := range t.Notices {
		if one.Follows {
			n++
		}
	}
	return n
}

// Of is one notice of the mail; ok is false when it is not there.
func (t Telling) Of(noticeID string) (one ToldNotice, ok bool) {
	i := slices.IndexFunc(t.Notices, func(n ToldNotice) bool { return n.ID == noticeID })
	if i < 0 {
		return one, false
	}
	return t.Notices[i], true
}

// Telling reads what the mail of a link told; nothing is changed.
func (s *Service) Telling(ctx context.Context, secret string) (out Telling, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		_, out, err = telling(tx, secret)
		return err
	})
	return out, err
}

// FollowNotice has the reader of a mail hear of all that becomes of one of its notices
// (« Suivre cette consultation »), or no more of it than anybody else.
func (s *Service) FollowNotice(ctx context.Context, secret, noticeID string, on bool) (out Telling, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		m, before, err := telling(tx, secret)
		if err != nil {
			return err
		}
		if _, ok := before.Of(noticeID); !ok {
			return fault.New(fault.NotFound, "Cette consultation n'est pas dans ce message.")
		}
		if on {
			_, err = tx.Exec("UPDATE told SET followed_at = $1 WHERE address_key = $2 AND notice_id = $3 AND followed_at IS NULL", tx.Now, m.AddressKey, noticeID)
		} else {
			err = unfollow(tx, m.AddressKey, noticeID)
		}
		if err != nil {
			return err
		}
		_, out, err = telling(tx, secret)
		return err
	})
	return out, err
}

func telling(tx *db.Tx, secret string) (mailing, Telling, error) {
	m, err := mailingByToken(tx, secret)
	if errors.Is(err, db.ErrNone) {
		return m, Telling{}, fault.New(fault.NotFound, "Ce lien n'est plus connu\u00a0: utilisez celui d'un message plus récent.")
	}
	if err != nil {
		return m, Telling{}, err
	}
	out := Telling{Address: m.Address, SentAt: m.CreatedAt, At: tx.Now}
	items, err := itemsOf(tx, m.ID)
	if err != nil {
		return m, out, err
	}
	var ids []string
	for _, it := range items {
		if it.Said {
			ids = append(ids, it.NoticeID)
		}
	}
	follows := map[string]bool{}
	var followed []string
	if err := tx.All(&followed, `SELECT t.notice_id FROM told t JOIN mailing_item i ON i.notice_id = t.notice_id
		WHERE i.mailing_id = $1 AND t.address_key = $2 AND t.followed_at IS NOT NULL`, m.ID, m.AddressKey); err != nil {
		return m, out, err
	}
	for _, id := range followed {
		follows[id] = true
	}
	notices, err := notice.ByIDs(tx, ids)
	for _, n := range notices {
		out.Notices = append(out.Notices, ToldNotice{n, follows[n.ID]})
	}
	return m, out, err
}
