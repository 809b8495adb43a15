package alert

import (
	"context"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// Sent is one message of the log of an establishment: to whom, about what, and what their
// server answered.
type Sent struct {
	ID      string
	OwedAt  clock.Instant
	Address string
	Digest  bool
	Change  bool         // about what has become of notices
	Watches []string     // names of the establishment's, those deleted since included
	Notices []SentNotice // of those watches only
	Mail    mail.Row     // zero when the log of deliveries no longer has it
	Logged  bool         // the log of deliveries has it
}

// SentNotice is a notice of a message. Left out: it was over, or its watch was, before
// the message left.
type SentNotice struct {
	ID, Title string
	LeftOut   bool
}

// SentPage is some lines of the log, the newest first.
type SentPage struct {
	Lines   []Sent
	Watches []*watch.Watch // all that the log may name
	Older   string         // what to ask to go on from; empty: that is all
	At      clock.Instant
}

// Sent reads the log of what the actor's watches have sent: one watch's, or all for "";
// from the newest, or from what an earlier page said to go on from.
func (s *Service) Sent(ctx context.Context, by access.Actor, watchID, from string, size int) (SentPage, error) {
	page := SentPage{At: s.db.Clock.Now()}
	if err := by.Must(access.SeeWatches); err != nil {
		return page, err
	}
	if from != "" && !watch.IsID(from) {
		from = ""
	}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if page.Watches, err = watch.EveryOf(tx, by.Scope()); err != nil {
			return err
		}
		var rows []mailing
		if rows, err = mailingsOf(tx, by.Scope(), watchID, from, size+1); err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			page.Older = rows[size-1].ID
		}
		page.Lines, err = sentLines(tx, rows, page.Watches)
		return err
	})
	return page, err
}

// mailingsOf lists the messages that are for watches of a scope, the newest first.
func mailingsOf(tx *db.Tx, scope, watchID, from string, most int) (rows []mailing, err error) {
	condition, args := "w.scope = $1", []any{scope}
	if watchID != "" {
		condition, args = condition+" AND w.id = $2", append(args, watchID)
	}
	if from != "" {
		args = append(args, from)
		condition += " AND mw.mailing_id < " + db.Placeholders(len(args), 1)
	}
	args = append(args, most)
	err = tx.All(&rows, "SELECT "+mailingColumns+` FROM mailing WHERE id IN (SELECT DISTINCT mw.mailing_id FROM mailing_watch mw JOIN watch w ON w.id = mw.watch_id
		WHERE `+condition+" ORDER BY mw.mailing_id DESC LIMIT "+db.Placeholders(len(args), 1)+") ORDER BY id DESC", args...)
	return rows, err
}

func sentLines(tx *db.Tx, rows []mailing, watches []*watch.Watch) ([]Sent, error) {
	names := map[string]string{}
	for _, w := range watches {
		names[w.ID] = w.Name
	}
	var ids []string
	for _, m := range rows {
		ids = append(ids, m.ID)
	}
	mails, err := mail.StandingsOf(tx, mailNotices, ids)
	if err != nil {
		return nil, err
	}
	changes, err := mail.StandingsOf(tx, mailChanges, ids)
	if err != nil {
		return nil, err
	}
	var out []Sent
	for _, m := range rows {
		line := Sent{ID: m.ID, OwedAt: m.CreatedAt, Address: m.Address, Digest: m.Kind == digestMailing, Change: m.Kind == changeMailing}
		if line.Mail, line.Logged = mails[m.ID]; !line.Logged {
			line.Mail, line.Logged = changes[m.ID]
		}
		if err := line.about(tx, names); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// about adds what a message is about, as far as it concerns these watches: the same
// message may tell its reader of another establishment's.
func (line *Sent) about(tx *db.Tx, names map[string]string) error {
	items, err := itemsOf(tx, line.ID)
	if err != nil {
		return err
	}
	written := slices.ContainsFunc(items, func(it item) bool { return it.Said })
	var ids []string
	left := map[string]bool{}
	for _, it := range items {
		theirs := false
		for _, id := range it.watches {
			name, ok := names[id]
			if theirs = theirs || ok; ok && !contains(line.Watches, name) {
				line.Watches = append(line.Watches, name)
			}
		}
		if theirs {
			ids = append(ids, it.NoticeID)
			left[it.NoticeID] = written && !it.Said
		}
	}
	notices, err := notice.ByIDs(tx, ids)
	for _, n := range notices {
		line.Notices = append(line.Notices, SentNotice{n.ID, n.Title, left[n.ID]})
	}
	return err
}
