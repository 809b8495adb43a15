package org

import "parvis/kit/db"

// lockBuyers has those who add to the register wait for each other; those who read
// it do not notice. SQLite's writers wait for each other anyway.
func lockBuyers(tx *db.Tx) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	_, err := tx.Exec("LOCK TABLE buyer IN SHARE ROW EXCLUSIVE MODE")
	return err
}
