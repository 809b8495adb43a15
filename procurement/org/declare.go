package org

import (
	"parvis/kit/db"
	"parvis/procurement/account"
)

// Declare finds the establishment that somebody names, or makes it with its company,
// and locks it for the transaction. A company keeps the name under which it was
// declared first.
func Declare(tx *db.Tx, from account.SignUp) (Establishment, error) { return declare(tx, from) }
