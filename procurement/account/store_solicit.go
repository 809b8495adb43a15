package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

func countSolicitations(tx *db.Tx, who string, since clock.Instant) (int, error) {
	var n int
	err := tx.One(&n, "SELECT count(*) FROM solicitation WHERE who = $1 AND at > $2", who, since)
	return n, err
}

func insertSolicitation(tx *db.Tx, who string) error {
	_, err := tx.Exec("INSERT INTO solicitation (id, who, at) VALUES ($1, $2, $3)", db.NewID(), who, tx.Now)
	return err
}
