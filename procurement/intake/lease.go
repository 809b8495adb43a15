package intake

import (
	"context"
	"errors"
	"sync"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// How long a lease lasts, and how often it is renewed. A process that is killed on
// SQLite keeps others away for that long.
const (
	leaseFor   = 3 * time.Minute
	renewEvery = 30 * time.Second
)

// Who fetches: a server, or a command beside it. The name of a lease's holder begins so.
const (
	server  = "server"
	command = "command"
)

var errLost = errors.New("intake: another run has taken over")

// held tells whether somebody is at it. A term that lies too far ahead was written by a
// clock that has gone back since.
func (st State) held(now clock.Instant) bool {
	return st.LeaseOwner != "" && st.LeaseUntil > now && st.LeaseUntil.Sub(now) <= leaseFor
}

// dueAt tells whether it is time; what is due too far ahead was written by a clock that
// has gone back since.
func (st State) dueAt(now clock.Instant) bool {
	return st.DueAt <= now || st.DueAt.Sub(now) > farthest
}

// under does the work while the lease is renewed. When it is lost, the work ends.
func (r *run) under(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var renewing sync.WaitGroup
	done := make(chan struct{})
	renewing.Go(func() {
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			err := r.db.Write(ctx, func(tx *db.Tx) error { return r.hold(tx, "") })
			if errors.Is(err, errLost) {
				cancel(err)
				return
			}
		}
	})
	err := work(ctx)
	close(done)
	renewing.Wait()
	return err
}

// hold makes sure, in a transaction that writes something, that the lease is ours, and
// renews it; whole is a day that was read to its end, if any.
func (r *run) hold(tx *db.Tx, whole string) error {
	tells := "" // written with the first day that proves our clock right
	if whole != "" {
		tells = r.tells
	}
	n, err := tx.Exec(`UPDATE gazette SET lease_until = $1, whole_to = CASE WHEN whole_to < $2 THEN $2 ELSE whole_to END,
		tells_from = CASE WHEN $3 <> '' THEN $3 ELSE tells_from END WHERE source = $4 AND lease_owner = $5`,
		tx.Now.Add(leaseFor), whole, tells, r.source, r.owner)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}
