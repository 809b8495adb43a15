package watch

import "parvis/kit/db"

// InScope reads a watch of this scope in the transaction of another room; anybody
// else's does not exist.
func InScope(tx *db.Tx, scope, id string) (*Watch, error) { return findInScope(tx, scope, id) }
