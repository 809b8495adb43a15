package alert

import (
	"encoding/json"
	"fmt"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// snapshot is what a mail said of a notice. Comparing it with the notice as it stands
// tells what its reader does not know yet.
type snapshot struct {
	Deadline  clock.Instant `json:"deadline,omitempty"`
	Visit     clock.Instant `json:"visit,omitempty"`
	Questions clock.Instant `json:"questions,omitempty"`
	Cancelled bool          `json:"cancelled,omitempty"`
	AwardedOn string        `json:"awarded_on,omitempty"`
	Result    notice.What   `json:"result,omitempty"`
	ChangedAt clock.Instant `json:"changed_at,omitempty"` // when its source last published it otherwise
	Unclear   string        `json:"unclear,omitempty"`    // see clear; empty: said before this was told
}

// clear is said of a notice whose deadline no corrigendum leaves to be checked; otherwise it
// is the id of the last corrigendum that does.
const clear = "no"

// unsaid tells that nothing was said yet.
func (s snapshot) unsaid() bool { return s == snapshot{} }

// snapshotOf is what a mail would say of a notice now.
func snapshotOf(tx *db.Tx, n *notice.Notice) (snapshot, error) {
	is := snapshot{n.Deadline, n.VisitAt, n.QuestionsUntil, !n.CancelledAt.IsZero(), n.AwardedOn, n.Result, n.ChangedAt, clear}
	if !n.DeadlineDoubtful {
		return is, nil
	}
	changes, err := notice.ChangesOf(tx, n.ID)
	for _, c := range changes {
		switch c.What {
		case notice.Unclear:
			is.Unclear = c.ByID
		case notice.Moved, notice.Restated:
			is.Unclear = clear // a later one says it
		}
	}
	return is, err
}

func (s snapshot) text() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func readSnapshot(text string) (s snapshot, err error) {
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("alert: what was said of a notice: %w", err)
	}
	if s.AwardedOn != "" && s.Result == "" { // said before results were told apart
		s.Result = notice.Awarded
	}
	return s, nil
}

// state writes what the mail that is being composed says of a notice to its reader.
func state(tx *db.Tx, m mailing, n *notice.Notice) error {
	is, err := snapshotOf(tx, n)
	if err != nil {
		return err
	}
	said, err := is.text()
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE told SET stated = $1 WHERE address_key = $2 AND notice_id = $3", said, m.AddressKey, n.ID); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE mailing_item SET said = $1 WHERE mailing_id = $2 AND notice_id = $3", true, m.ID, n.ID)
	return err
}

// ledgerLine is what is known of a recipient and a notice that they were told of.
type ledgerLine struct {
	AddressKey string
	NoticeID   string
	MailingID  string // the first that told them; empty: they only follow it, from its page
	Stated     string
	FollowedAt clock.Instant
	FollowedIn string // the scope under which they follow it from its page; empty: they do not
}

const ledgerColumns = "address_key, notice_id, mailing_id, stated, followed_at, followed_in"

// toldOf lists who was told of these notices, in a stable order.
func toldOf(tx *db.Tx, noticeIDs []string) (lines []ledgerLine, err error) {
	for from := 0; from < len(noticeIDs); from += notice.Chunk {
		some := noticeIDs[from:min(from+notice.Chunk, len(noticeIDs))]
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		var part []ledgerLine
		if err := tx.All(&part, "SELECT "+ledgerColumns+" FROM told WHERE notice_id IN ("+db.Placeholders(1, len(args))+") ORDER BY address_key, notice_id", args...); err != nil {
			return nil, err
		}
		lines = append(lines, part...)
	}
	return lines, nil
}
