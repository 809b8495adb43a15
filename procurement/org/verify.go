package org

import (
	"context"
	"errors"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// Verify records that the operator has checked, by a second proof, that an
// establishment's people are its own; or takes it back. changed is false when it was so
// already. number is a SIRET in France, the national identifier elsewhere.
func (p *Profiles) Verify(ctx context.Context, by access.Actor, country, number string, verified bool) (e Establishment, changed bool, err error) {
	if err := by.Must(access.VerifyCompanies); err != nil {
		return e, false, err
	}
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		found, err := establishmentByNumber(tx, country, number)
		if errors.Is(err, db.ErrNone) {
			return fault.New(fault.NotFound, "Personne n'est inscrit sur cette plateforme avec ce numéro.")
		}
		if err != nil {
			return err
		}
		if e, err = TakeEstablishment(tx, found.ID); err != nil {
			return err
		}
		if changed = e.VerifiedAt.IsZero() == verified; !changed {
			return nil
		}
		kind := event.EstablishmentUnverified
		e.VerifiedAt = 0
		if verified {
			kind, e.VerifiedAt = event.EstablishmentVerified, tx.Now
		}
		if err := setVerified(tx, e); err != nil {
			return err
		}
		return p.journal.Record(tx, by, kind, e.ID, struct{}{})
	})
	return e, changed, err
}
