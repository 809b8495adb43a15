package org

import "parvis/kit/db"

// lockBuyers has those who add to the register wait for each other; those who read
// it do not notice. SQLite's writers wait for each other anyway.
//
// It gives how often the register was locked so far, this time included: whoever read the
// register the time before knows that nobody has changed it since.
func lockBuyers(tx *db.Tx) (times int64, err error) {
	if tx.Dialect() == db.Postgres {
		if _, err := tx.Exec("LOCK TABLE buyer IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return 0, err
		}
	}
	err = tx.One(&times, `INSERT INTO counter (name, value) VALUES ('buyer register', 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`)
	return times, err
}

// timesLocked is what lockBuyers gave to the last one who changed the register.
func timesLocked(tx *db.Tx) (times int64, err error) {
	err = tx.One(&times, "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'buyer register'")
	return times, err
}
