package account

import (
	"context"
	"errors"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/event"
)

// NewPassword is a password chosen in place of another.
type NewPassword struct {
	Password string
	Confirm  string
}

// read applies the rule of sign-ups. Faults are on mot_de_passe, confirmation.
func (f NewPassword) read(a Account) (password string, faults fault.List) {
	password, err := checkPassword(f.Password, a.Address, a.AddressKey, a.Login, a.Name)
	if e, ok := fault.As(err); ok {
		return "", fault.List{e.On("mot_de_passe")}
	}
	if f.Confirm != f.Password {
		faults = append(faults, refuse("La confirmation diffère du mot de passe. Saisissez deux fois le même.").On("confirmation"))
	}
	return password, faults
}

// ChangeForm is what somebody signed in fills in to change their password.
type ChangeForm struct {
	Current string
	NewPassword
}

// read checks all that costs nothing. Faults are on mot_de_passe_actuel,
// mot_de_passe, confirmation.
func (f ChangeForm) read(a Account) (string, error) {
	var faults fault.List
	if f.Current == "" {
		faults = append(faults, refuse("Saisissez votre mot de passe actuel.").On("mot_de_passe_actuel"))
	}
	password, chosen := f.NewPassword.read(a)
	faults = append(faults, chosen...)
	if len(faults) == 0 && f.Password == f.Current {
		faults = append(faults, refuse("Le nouveau mot de passe est le même que l'actuel\u00a0: choisissez-en un autre.").On("mot_de_passe"))
	}
	return password, faults.Err()
}

var errOldPassword = fault.New(fault.Conflict, "Votre mot de passe vient d'être changé par ailleurs. Recommencez avec le nouveau.")

// ChangedBody is the body of event.PasswordChanged.
type ChangedBody struct {
	ByLink bool `json:"by_link"` // of a mail; else with the current password
}

// ChangePassword replaces the password of the person signed in, who proves it with
// the current one: a session left open on a desk is not enough. A wrong one counts
// like a wrong sign-in. This session goes on, the person's others end, their browsers
// are forgotten, and so are links to choose another password. Faults are on mot_de_passe_actuel,
// mot_de_passe, confirmation; too many errors are told how long to wait
// (fault.Unavailable).
func (s *Service) ChangePassword(ctx context.Context, sessionToken string, form ChangeForm, from Visitor) error {
	open, a, old, err := s.holder(ctx, sessionToken)
	if err != nil {
		return err
	}
	password, err := form.read(a)
	if err != nil {
		return err
	}
	meters, err := s.prove(ctx, a, old, form.Current, from)
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return errors.Join(err, s.forgive(ctx, meters))
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := settle(tx, meters); err != nil {
			return err
		}
		swapped, err := swapPassword(tx, a.ID, old, hash)
		switch {
		case err != nil:
			return err
		case !swapped:
			return errOldPassword
		}
		return s.passwordChanged(tx, a, open, ChangedBody{})
	})
}

// prove has somebody signed in say their password again, and counts the attempt:
// it stays counted when it is wrong, and is the caller's to settle when it is right.
func (s *Service) prove(ctx context.Context, a Account, hash, password string, from Visitor) (meters []meter, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if meters, err = metersOf(tx, a.ID, from); err != nil {
			return err
		}
		countUnder(meters, a.Login)
		return count(tx, meters)
	})
	if err != nil {
		return nil, err
	}
	right, err := s.hasher.verify(ctx, hash, password)
	if err != nil {
		return nil, errors.Join(err, s.forgive(ctx, meters))
	}
	if !right {
		return nil, refuse("Le mot de passe actuel est incorrect.").On("mot_de_passe_actuel")
	}
	return meters, nil
}

// forgive takes back an attempt that failed by our fault.
func (s *Service) forgive(ctx context.Context, meters []meter) error {
	return s.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return forgive(tx, meters) })
}

// passwordChanged is what follows a change, in its transaction: who knew only the
// old password is out, whatever they hold. kept is the session that made the change;
// by a link there is none.
func (s *Service) passwordChanged(tx *db.Tx, a Account, kept Session, how ChangedBody) error {
	if err := closeResets(tx, a.ID, ""); err != nil {
		return err
	}
	if err := closeAddressChanges(tx, a.ID); err != nil {
		return err
	}
	if _, err := forgetDevices(tx, a.ID, kept.DeviceID); err != nil {
		return err
	}
	if _, err := deleteSessions(tx, a.ID, kept.TokenHash); err != nil {
		return err
	}
	if err := deletePendings(tx, a.ID); err != nil {
		return err
	}
	return s.journal.Record(tx, a.actor(), event.PasswordChanged, a.ID, how)
}
