package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
)

const (
	connections = 4                // conversations at once
	ahead       = 8                // rows claimed at a time
	grace       = 30 * time.Second // for what is under way when asked to stop
	tick        = time.Second      // between two looks when nobody nudges
	roundsman   = 5 * time.Second  // between two looks for rows of the dead
	idleLink    = 5 * time.Second  // how long a connection is kept for the next mail
)

// Sender sends what an outbox owes. Several, in several processes, may share one
// database.
type Sender struct {
	out     *Outbox
	log     *slog.Logger
	relay   *relay // nil when none is configured
	breaker breaker
	boot    string
	bootMu  sync.Mutex
	gone    map[string]bool // runs that were not there at the last look; of Recover alone
}

// NewSender makes a sender to the relay of smtpURL:
// smtp://user:password@host:port?starttls=auto|require|no, or smtps://…. With ""
// mail stays owed until a relay is configured.
func NewSender(o *Outbox, smtpURL string, log *slog.Logger) (*Sender, error) {
	s := &Sender{out: o, log: log}
	if s.log == nil {
		s.log = o.log
	}
	if smtpURL == "" {
		return s, nil
	}
	var err error
	s.relay, err = parseRelay(smtpURL, o.opts.Domain)
	return s, err
}

// Configured tells whether there is a relay to send to.
func (s *Sender) Configured() bool { return s.relay != nil }

// RelayDown tells that the relay does not answer, for a health page: mails wait.
func (s *Sender) RelayDown() bool {
	s.breaker.mu.Lock()
	defer s.breaker.mu.Unlock()
	return s.breaker.down
}

// SendDue sends all that is due by the database's clock, and tells how many mails
// the relay took. When ctx ends it takes up nothing more and finishes what is
// under way.
func (s *Sender) SendDue(ctx context.Context) (int, error) {
	if !s.Configured() {
		return 0, nil
	}
	return s.dispatch(ctx, false)
}

// Run recovers what dead senders left, then sends what is due until ctx ends: at
// once when something is owed, and every second. It returns once what was under
// way is finished and marked, or after thirty seconds. Without a relay it only
// waits.
func (s *Sender) Run(ctx context.Context) error {
	if !s.Configured() {
		s.log.WarnContext(ctx, "no mail relay is configured: mail waits in the outbox")
		<-ctx.Done()
		return nil
	}
	_, err := s.dispatch(ctx, true)
	return err
}

// dispatch feeds the rows that are due to the workers.
func (s *Sender) dispatch(ctx context.Context, forever bool) (int, error) {
	work, stop := graceful(ctx)
	defer stop()
	rows := make(chan *item)
	var sent atomic.Int64
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() { s.worker(work, rows, &sent) })
	}
	err := s.feed(ctx, work, rows, &sent, forever)
	close(rows)
	workers.Wait()
	return int(sent.Load()), err
}

// graceful gives a context that outlives ctx by the grace.
func graceful(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return work, func() { unhook(); cancel() }
}

// feed claims and hands out rows until nothing is due, or ctx ends.
func (s *Sender) feed(ctx, work context.Context, rows chan<- *item, sent *atomic.Int64, forever bool) error {
	var rounds time.Time
	for ctx.Err() == nil {
		if forever && time.Since(rounds) >= roundsman {
			rounds = time.Now()
			if err := s.Recover(ctx); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "mail recovery failed", "error", err)
			}
		}
		more, err := s.round(ctx, work, rows, sent)
		switch {
		case ctx.Err() != nil:
			return nil // asked to stop: not an error, whatever the database said of it
		case err != nil && !forever:
			return err
		case err != nil:
			s.log.ErrorContext(ctx, "outbox cannot be read", "error", err)
		case more:
			continue
		case !forever:
			return nil
		}
		select {
		case <-ctx.Done():
		case <-s.out.nudged:
		case <-time.After(tick):
		}
	}
	return nil
}

// round claims some rows and hands them out; more tells that others may be due.
func (s *Sender) round(ctx, work context.Context, rows chan<- *item, sent *atomic.Int64) (more bool, err error) {
	if err := s.expireOverdue(ctx); err != nil {
		return false, err
	}
	limit := ahead
	g := s.breaker.gate(s.now())
	switch g {
	case gateShut:
		return false, nil
	case gateProbe:
		limit = 1
	}
	found, claimed, err := s.claim(ctx, limit)
	if err != nil {
		return false, err
	}
	if g == gateProbe && len(claimed) == 1 {
		l := &link{relay: s.relay}
		defer l.hangUp()
		s.process(work, claimed[0], l, true, sent)
		return true, nil
	}
	for i, x := range claimed {
		select {
		case <-ctx.Done():
			s.release(work, claimed[i:])
			return false, nil
		case rows <- x:
		}
	}
	return found > 0, nil
}

// claim leases rows that are due. The transaction is short: composing and sending
// come later, row by row. found counts those that another sender took first, too.
func (s *Sender) claim(ctx context.Context, limit int) (found int, claimed []*item, err error) {
	boot, err := s.bootID(ctx)
	if err != nil {
		return 0, nil, err
	}
	var ids []string
	// Looked at first in a transaction that locks nothing: most of the time there
	// is nothing to do.
	if err := s.out.db.Read(ctx, func(tx *db.Tx) error { ids, err = due(tx, limit); return err }); err != nil || len(ids) == 0 {
		return 0, nil, err
	}
	// In one order for all senders, so that two of them never wait for each other:
	// rows of one hour come back in any order.
	slices.Sort(ids)
	until := clock.System{}.Now().Add(lease)
	err = s.out.db.Write(ctx, func(tx *db.Tx) error {
		claimed = claimed[:0]
		for _, id := range ids {
			x, err := claim(tx, id, boot, until)
			if errors.Is(err, db.ErrNone) {
				continue // another sender was quicker
			}
			if err != nil {
				return fmt.Errorf("claim: %w", err)
			}
			claimed = append(claimed, x)
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	return len(ids), claimed, nil
}

func (s *Sender) bootID(ctx context.Context) (string, error) {
	s.bootMu.Lock()
	defer s.bootMu.Unlock()
	if s.boot == "" {
		var err error
		if s.boot, err = s.out.db.Boot(ctx); err != nil {
			return "", err
		}
	}
	return s.boot, nil
}

func (s *Sender) now() clock.Instant { return s.out.db.Clock.Now() }

// worker sends the rows handed to it over one connection, until there are no more.
func (s *Sender) worker(ctx context.Context, rows <-chan *item, sent *atomic.Int64) {
	l := &link{relay: s.relay}
	defer l.hangUp()
	for {
		var rest <-chan time.Time
		if l.client != nil {
			rest = time.After(idleLink)
		}
		select {
		case x, ok := <-rows:
			if !ok {
				return
			}
			s.process(ctx, x, l, false, sent)
		case <-rest:
			l.hangUp()
		}
	}
}
