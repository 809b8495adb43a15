package account

import (
	"errors"
	"fmt"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
)

// behind reads what the link of a mail leads to. What is unknown or not open any more,
// and what is no token at all, is the one sentence of stale: which of them it is could
// tell a stranger something.
func behind[T any](tx *db.Tx, token string, open func(T, clock.Instant) bool, stale func() *fault.Error, read func(hash string) (T, error)) (T, error) {
	var none T
	hash, ok := digestOf(token)
	if !ok {
		return none, stale()
	}
	found, err := read(hash)
	switch {
	case errors.Is(err, db.ErrNone), err == nil && !open(found, tx.Now):
		return none, stale()
	case err != nil:
		return none, fmt.Errorf("%T of a link: %w", none, err)
	}
	return found, nil
}
