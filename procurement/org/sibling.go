package org

import "parvis/kit/db"

// VerifiedSiblings reads the other establishments of a company that have been proved,
// when this one has been too: what one shares with « l'entreprise » is for those.
// Anybody may declare another SIRET of a company and administer it, so that a declared
// establishment is nobody that a company can be said to know.
func VerifiedSiblings(tx *db.Tx, establishmentID string) ([]Establishment, error) {
	if establishmentID == "" {
		return nil, nil
	}
	own, err := establishmentByID(tx, establishmentID)
	if err != nil || own.VerifiedAt.IsZero() {
		return nil, err
	}
	var out []Establishment
	err = tx.All(&out, establishmentQuery+" WHERE e.company_id = $1 AND e.id <> $2 AND e.verified_at IS NOT NULL ORDER BY e.number", own.CompanyID, own.ID)
	return out, err
}
