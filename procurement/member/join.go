package member

import (
	"context"
	"errors"
	"slices"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// An establishment is asked by the same person so often in that time: each request is a
// mail to its administrators.
const (
	asksPerMonth = 3
	month        = 30 * 24 * time.Hour
)

var errUnknown = fault.New(fault.NotFound, "Vous ne pouvez demander à rejoindre que des établissements auxquels vous avez déjà été rattaché.")

// AskAgain asks to join once more an establishment that refused the actor or that they
// have left. It gives the id of the membership that waits, to act under.
func (s *Service) AskAgain(ctx context.Context, by access.Actor, establishmentID string) (membershipID string, err error) {
	if err := by.Must(access.JoinCompany); err != nil {
		return "", err
	}
	err = s.attempt(ctx, func(tx *db.Tx) error {
		past, err := account.PastMembershipsOf(tx, by.AccountID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(past, func(m account.Membership) bool { return m.EstablishmentID == establishmentID }) {
			return errUnknown
		}
		switch _, err := org.TakeEstablishment(tx, establishmentID); {
		case errors.Is(err, db.ErrNone):
			return errUnknown
		case err != nil:
			return err
		}
		if membershipID, err = waitsAlready(tx, by.AccountID, establishmentID); err != nil || membershipID != "" {
			return err
		}
		a, err := account.Find(tx, by.AccountID)
		if err != nil {
			return err
		}
		m, err := s.admit(tx, by, a, establishmentID)
		membershipID = m.ID
		return err
	})
	return membershipID, err
}

// askedTooOften refuses one request more to an establishment that has had its month's.
func askedTooOften(tx *db.Tx, past []account.Membership, establishmentID string) error {
	recent := 0
	for _, m := range past {
		if m.EstablishmentID == establishmentID && m.CreatedAt > tx.Now.Add(-month) {
			recent++
		}
	}
	if recent >= asksPerMonth {
		return fault.New(fault.Unavailable, "Vous avez déjà demandé plusieurs fois à rejoindre cet établissement ces trente derniers jours. Parlez-en à son administrateur avant de recommencer.")
	}
	return nil
}

// waitsAlready finds the membership that asking twice would make twice.
func waitsAlready(tx *db.Tx, accountID, establishmentID string) (string, error) {
	mine, err := account.MembershipsOf(tx, accountID)
	for _, m := range mine {
		if m.EstablishmentID == establishmentID {
			return m.ID, err
		}
	}
	return "", err
}
