package notice

import (
	"context"

	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
)

// Story is one notice with those that it follows and those that follow it.
type Story struct {
	*Notice
	Before, After []*Notice
	Changes       []Change      // what happened to it, in the order of publication
	Alike         []*Notice     // calls of other sources that are probably the same contract
	TouchedAt     clock.Instant // when it was last altered, by its source or by another notice
	At            clock.Instant
}

var errNoNotice = fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")

// Find reads one notice with its story.
func (s *Service) Find(ctx context.Context, by access.Actor, id string) (Story, error) {
	var st Story
	if err := by.Must(access.SearchNotices); err != nil {
		return st, err
	}
	if uuid.Validate(id) != nil { // an address holds any bytes, some of which a database refuses
		return st, errNoNotice
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		st.At = tx.Now
		found, err := ByIDs(tx, []string{id})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoNotice
		}
		st.Notice = found[0]
		if st.Before, err = findBySource(tx, st.Source, st.Linked); err != nil {
			return err
		}
		if st.After, err = followers(tx, st.Source, append([]string{st.SourceID}, st.Aliases...)); err != nil {
			return err
		}
		if st.Changes, err = changesOf(tx, st.ID); err != nil {
			return err
		}
		if st.Alike, err = alike(tx, st.Notice); err != nil {
			return err
		}
		at, err := touched(tx, []*Notice{st.Notice})
		st.TouchedAt = at[st.ID]
		return err
	})
	return st, err
}

// Touched tells when each of these notices was last altered, by its source or by
// another notice that moved, cancelled or awarded it.
func (s *Service) Touched(ctx context.Context, by access.Actor, notices []*Notice) (map[string]clock.Instant, error) {
	if err := by.Must(access.SearchNotices); err != nil {
		return nil, err
	}
	var at map[string]clock.Instant
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		at, err = touched(tx, notices)
		return err
	})
	return at, err
}

func touched(tx *db.Tx, notices []*Notice) (map[string]clock.Instant, error) {
	at := make(map[string]clock.Instant, len(notices))
	args := make([]any, len(notices))
	for i, n := range notices {
		at[n.ID], args[i] = max(n.RecordedAt, n.ChangedAt, n.CancelledAt), n.ID
	}
	if len(args) == 0 {
		return at, nil
	}
	var rows []struct {
		NoticeID string
		NotedAt  clock.Instant
	}
	if err := tx.All(&rows, "SELECT notice_id, MAX(noted_at) AS noted_at FROM notice_change WHERE notice_id IN ("+db.Placeholders(1, len(args))+") GROUP BY notice_id", args...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		at[r.NoticeID] = max(at[r.NoticeID], r.NotedAt)
	}
	return at, nil
}
