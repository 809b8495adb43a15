package notice

import "parvis/kit/db"

// ChangesOf lists what happened to a notice, in the order of publication, in the
// transaction of whoever tells of it.
func ChangesOf(tx *db.Tx, id string) ([]Change, error) { return changesOf(tx, id) }
