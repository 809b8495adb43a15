package person

import (
	"context"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/account"
)

// ConfirmAddress gives an account the address of a link, whose mailbox has so answered,
// and moves with it what the person receives. The session of sessionToken goes on if it
// is theirs, their others end. What is used, dropped, replaced, expired or unknown is a
// fault.NotFound; an address that somebody else has by now, a fault.Conflict.
func (s *Service) ConfirmAddress(ctx context.Context, token, sessionToken string) (account.AddressMove, error) {
	var moved account.AddressMove
	err := s.write(ctx, func(tx *db.Tx) (err error) {
		if moved, err = s.accounts.ChangeAddress(tx, token, sessionToken); err != nil {
			return err
		}
		if err := s.watches.Follow(tx, moved, false); err != nil {
			return err
		}
		return s.alerts.Follow(tx, moved.From, moved.To)
	})
	return moved, err
}

// RestoreAddress gives an account back the address of a link, with what it received,
// and ends every session. No password opens the account until another is chosen by the
// link of a forgotten one whose token it gives. What is used, void, expired or unknown
// is a fault.NotFound.
func (s *Service) RestoreAddress(ctx context.Context, token string) (resetToken string, err error) {
	err = s.write(ctx, func(tx *db.Tx) error {
		back, err := s.accounts.RestoreAddress(tx, token)
		if err != nil {
			return err
		}
		if back.From.Key != back.To.Key {
			if err := s.watches.Follow(tx, back.AddressMove, true); err != nil {
				return err
			}
		}
		resetToken = back.Reset
		return s.alerts.Restore(tx, back.From, back.To, back.Others, back.LeftAt)
	})
	if err != nil {
		return "", err
	}
	return resetToken, nil
}

// write looks again when somebody took meanwhile what had just been looked at: an
// address, or a recipient's place in a watch. What stays taken says so the second time.
func (s *Service) write(ctx context.Context, attempt func(*db.Tx) error) error {
	const attempts = 3
	for n := 1; ; n++ {
		err := s.db.Write(ctx, attempt)
		switch {
		case !db.IsUnique(err):
			return err
		case n == attempts:
			return fault.New(fault.Conflict, "Quelqu'un a fait la même chose au même moment\u00a0: rien n'a changé. Recommencez.").Because(err)
		}
	}
}
