package org

import (
	"sync"

	"parvis/kit/db"
)

// Register keeps what one import transaction read of the register of buyers for the next
// one of this process: an import of the past meets the same buyers in each of its
// hundreds of transactions. What it keeps is used only as long as nobody else has
// recorded sightings, or changed the register, in between.
type Register struct {
	mu    sync.Mutex
	cache *BuyerCache
	turn  int64 // of the transaction that left the cache
}

// keepBuyers is how many buyers' keys are kept: beyond, the next transaction reads again.
const keepBuyers = 200_000

// Cache is the cache of a transaction. Those that record sightings wait for each other,
// and turn is the rank of this one among all of them.
func (r *Register) Cache(tx *db.Tx, turn int64) (*BuyerCache, error) {
	r.mu.Lock()
	c, last := r.cache, r.turn
	r.cache = nil // if this transaction fails, what it did to the cache did not happen
	r.mu.Unlock()
	times, err := timesLocked(tx)
	if err != nil {
		return nil, err
	}
	if c == nil || last+1 != turn || c.times != times || len(c.asked) > keepBuyers || len(c.cleaned) > keepBuyers {
		c = NewBuyerCache(tx)
	}
	c.tx, c.locked = tx, false
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.cache, r.turn = c, turn
	})
	return c, nil
}
