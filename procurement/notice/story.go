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
	Changes       []Change  // what happened to it, in the order of publication
	Alike         []*Notice // calls of other sources that are probably the same contract
	History
	At clock.Instant
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
		all, err := Histories(tx, []*Notice{st.Notice})
		st.History = all[st.ID]
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
	at := make(map[string]clock.Instant, len(notices))
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		all, err := Histories(tx, notices)
		for id, h := range all {
			at[id] = h.TouchedAt
		}
		return err
	})
	return at, err
}
