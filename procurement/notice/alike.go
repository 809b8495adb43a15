package notice

import "parvis/kit/db"

// Alike lists the calls of other sources that are probably the same contract as a
// notice, in the transaction of whoever tells of it: same buyer, title and deadline.
func Alike(tx *db.Tx, n *Notice) ([]*Notice, error) { return alike(tx, n) }

// ChangesOf lists what happened to a notice, in the order of publication, in the
// transaction of whoever tells of it.
func ChangesOf(tx *db.Tx, id string) ([]Change, error) { return changesOf(tx, id) }
