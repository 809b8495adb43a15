package account

import (
	"context"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// ChangeName gives the actor another name, at once, by the rule of sign-ups. Lines of
// the journal keep the name that they were written with. The fault is on nom.
func (s *Service) ChangeName(ctx context.Context, by access.Actor, typed string) error {
	if err := by.Must(access.EditAccount); err != nil {
		return err
	}
	name, err := readName(typed)
	if e, ok := fault.As(err); ok {
		return e.On("nom")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := accountByID(tx, by.AccountID)
		if err != nil || a.Name == name {
			return err
		}
		if err := setName(tx, a.ID, name); err != nil {
			return err
		}
		return s.journal.Record(tx, a.actor(), event.NameChanged, a.ID, struct{}{})
	})
}
