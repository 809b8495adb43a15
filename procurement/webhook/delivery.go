package webhook

import (
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// Reason is why something is sent.
type Reason string

// Reasons.
const (
	Matched   Reason = "matched"   // a new notice
	Moved     Reason = "moved"     // the deadline of one that was told
	Cancelled Reason = "cancelled" // one that was told
	Reopened  Reason = "reopened"  // one that was told to be cancelled
	Trial     Reason = "trial"
)

// delivery is one thing to tell one webhook.
type delivery struct {
	ID             string
	WebhookID      string
	NoticeID       string // "" for a trial
	Revision       int64  // of what is told of this notice, from 0
	Reason         Reason
	Deadline       clock.Instant // as it is told
	DeadlineBefore clock.Instant // as it was told before
	Cancelled      bool
	Body           string // frozen at the first attempt
	CreatedAt      clock.Instant
	DueAt          clock.Instant
	ExpiresAt      clock.Instant
	LeaseUntil     clock.Instant // on the machine's clock
	Attempts       int64
}

const deliveryColumns = "id, webhook_id, notice_id, revision, reason, deadline, deadline_before, cancelled, body, created_at, due_at, expires_at, lease_until, attempts"

// owe writes a delivery, due now unless it says when. It fails when another has written
// the same revision: whoever compared with what was told has to compare again.
func owe(tx *db.Tx, d delivery) error {
	due := max(d.DueAt, tx.Now)
	_, err := tx.Exec(`INSERT INTO webhook_delivery (id, webhook_id, notice_id, revision, reason, deadline, deadline_before, cancelled, created_at, due_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		d.ID, d.WebhookID, d.NoticeID, d.Revision, string(d.Reason), d.Deadline, d.DeadlineBefore, d.Cancelled, tx.Now, due, due.Add(ValidFor))
	return err
}

// lastTold gives the last thing told of a notice to each webhook that was told of it.
func lastTold(tx *db.Tx, noticeID string) (map[string]delivery, error) {
	var rows []delivery
	if err := tx.All(&rows, "SELECT "+deliveryColumns+" FROM webhook_delivery WHERE notice_id = $1 ORDER BY revision", noticeID); err != nil {
		return nil, err
	}
	last := map[string]delivery{}
	for _, d := range rows {
		last[d.WebhookID] = d
	}
	return last, nil
}

// next is what is to be told of a notice after d, and whether anything is.
func (d delivery) next(n *notice.Notice) (delivery, bool) {
	is := !n.CancelledAt.IsZero()
	out := delivery{
		ID: db.NewID(), WebhookID: d.WebhookID, NoticeID: d.NoticeID, Revision: d.Revision + 1,
		Deadline: n.Deadline, DeadlineBefore: d.Deadline, Cancelled: is,
	}
	switch {
	case is && !d.Cancelled:
		out.Reason = Cancelled
	case !is && d.Cancelled:
		out.Reason = Reopened
	case !is && n.Deadline != d.Deadline:
		out.Reason = Moved
	default:
		return out, false
	}
	return out, true
}

// Line is a line of the log.
type Line struct {
	ID          string
	NoticeID    string
	Title       string // of the notice; empty for a trial
	Reason      Reason
	CreatedAt   clock.Instant
	DueAt       clock.Instant
	TriedAt     clock.Instant
	Attempts    int64
	Status      int64
	Answer      string
	DeliveredAt clock.Instant
	EndedAt     clock.Instant
}

// logOf lists the last things sent to a webhook, the latest first.
func logOf(tx *db.Tx, id string, most int) ([]Line, error) {
	var lines []Line
	if err := tx.All(&lines, `SELECT id, notice_id, '' AS title, reason, created_at, due_at, tried_at, attempts, status, answer, delivered_at, ended_at
		FROM webhook_delivery WHERE webhook_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, id, most); err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range lines {
		if l.NoticeID != "" {
			ids = append(ids, l.NoticeID)
		}
	}
	found, err := notice.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, n := range found {
		titles[n.ID] = n.Title
	}
	for i := range lines {
		lines[i].Title = titles[lines[i].NoticeID]
	}
	return lines, nil
}
