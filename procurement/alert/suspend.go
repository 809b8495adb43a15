package alert

import (
	"context"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/watch"
)

// Suspend stops mailing an address that whoever runs the platform knows to be dead: a
// bounce has come back to the sender's mailbox after the relay had taken the mail, and
// nothing here reads that mailbox. It tells how many watches the address received; what
// follows is what a refusal of the relay makes follow.
func (s *Service) Suspend(ctx context.Context, by access.Actor, typed string) (watches int, err error) {
	if err := by.Must(access.SendAlerts); err != nil {
		return 0, err
	}
	a, err := account.ParseAddress(typed)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if watches, err = watch.Receives(tx, a.Key); err != nil {
			return err
		}
		if watches == 0 {
			return fault.New(fault.NotFound, "Aucune veille n'est envoyée à cette adresse, ou elle est déjà suspendue.")
		}
		return s.suspend(tx, a.Mailbox(), "")
	})
	return watches, err
}
