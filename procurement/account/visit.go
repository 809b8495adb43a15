package account

import (
	"context"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// LastVisit is when the actor came in the time before this one; zero when this is their
// first.
func (s *Service) LastVisit(ctx context.Context, by access.Actor) (clock.Instant, error) {
	if err := by.Must(access.EditAccount); err != nil {
		return 0, err
	}
	var entries []clock.Instant
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		const thisOneAndTheOneBefore = 2
		entries, err = event.LastOf(tx, by.AccountID, thisOneAndTheOneBefore, event.SignedIn, event.AccountCreated)
		return err
	})
	if err != nil || len(entries) < 2 {
		return 0, err
	}
	return entries[1], nil
}
