package alert

import (
	"context"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
)

// Followed lists the notices that the actor follows by the mails that they receive
// (« Suivre cette consultation »).
func (s *Service) Followed(ctx context.Context, by access.Actor) (ids []string, err error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return nil, err
	}
	a, err := account.ParseAddress(by.Address)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.All(&ids, "SELECT notice_id FROM told WHERE address_key = $1 AND followed_at IS NOT NULL ORDER BY notice_id", a.Key)
	})
	return ids, err
}
