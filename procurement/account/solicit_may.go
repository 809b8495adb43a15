package account

import "parvis/kit/db"

// MaySolicit tells whether an address may be written to now on somebody's word. Nothing
// is counted and nothing is held: Solicit decides.
func MaySolicit(tx *db.Tx, addressKey string) (bool, error) {
	n, err := countSolicitations(tx, keyOf("solicited\x00"+addressKey), tx.Now.Add(-solicitationMemory))
	return n < solicitationsPerDay, err
}
