package mail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// maxFaults is how often a mail that cannot be composed is tried before it is put
// aside for somebody to look at.
const maxFaults = 8

// maxMarks is how often marking a row is tried: a minute or so, well within the
// lease.
const maxMarks = 10

// delays are between attempts: soon at first, because most troubles are short
// (greylisting), then every half hour until the mail expires.
var delays = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute}

// delay is before the attempt that follows the n-th failure, give or take a fifth
// so that what failed together does not come back together.
func delay(n int64) time.Duration {
	d := delays[min(max(n, 1), int64(len(delays)))-1]
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // nobody gains by guessing it
}

// process sends one claimed row and says what became of it.
func (s *Sender) process(ctx context.Context, x *item, l *link, probe bool, sent *atomic.Int64) {
	closed := !probe && s.breaker.gate(s.now()) != gateOpen
	short := clock.System{}.Now().Add(s.relay.patience.whole+2*time.Minute) > x.LeaseUntil
	if closed || short || ctx.Err() != nil {
		s.release(ctx, []*item{x}) // the relay fell, or others took so long that the lease would not last
		return
	}
	bytes, err := s.ready(ctx, x)
	if err != nil {
		s.notReady(ctx, x, err)
		return
	}
	o := l.deliver(ctx, s.out.opts.From, x.Recipient, bytes)
	if o.verdict == relayDown {
		if s.breaker.trip(s.now()) {
			s.log.WarnContext(ctx, "mail relay is down: mails wait", "relay", s.relay.addr, "answer", o.answer)
		}
	} else if s.breaker.reset() {
		s.log.InfoContext(ctx, "mail relay answers again", "relay", s.relay.addr)
	}
	if o.verdict == accepted {
		sent.Add(1)
	}
	s.conclude(ctx, x, o)
}

// ready gives the bytes to send: those frozen now, or those frozen earlier if they
// are still wanted.
func (s *Sender) ready(ctx context.Context, x *item) (string, error) {
	if x.Bytes != nil {
		return *x.Bytes, s.stillWanted(ctx, x)
	}
	unwanted := false
	err := s.out.db.Write(ctx, func(tx *db.Tx) error {
		m, err := s.compose(tx, x)
		if unwanted = errors.Is(err, ErrUnwanted); unwanted {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := Letter{
			Message: m, FromName: s.out.opts.FromName, From: s.out.opts.From, To: x.Recipient, MessageID: x.MessageID, Date: tx.Now,
		}.Bytes()
		if err != nil {
			return err
		}
		text := string(raw)
		n, err := freeze(tx, x, s.boot, text, m.Once)
		if err != nil {
			return err
		}
		if n == 0 {
			return errLeaseLost
		}
		x.Bytes, x.Once, x.fresh = &text, m.Once, true
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case unwanted:
		return "", ErrUnwanted
	}
	return *x.Bytes, nil
}

var (
	errLeaseLost = errors.New("mail: the lease was lost")
	errLook      = errors.New("mail: only looked")
)

// stillWanted asks the composer again, in a transaction that is rolled back if the mail
// still is: a composer that draws a new secret link must not outdate the one that is
// in the frozen bytes.
func (s *Sender) stillWanted(ctx context.Context, x *item) error {
	err := s.out.db.Write(ctx, func(tx *db.Tx) error {
		switch _, err := s.compose(tx, x); {
		case errors.Is(err, ErrUnwanted):
			return nil
		case err != nil:
			return err
		}
		return errLook
	})
	switch {
	case err == nil:
		return ErrUnwanted
	case errors.Is(err, errLook):
		return nil
	}
	return err
}

// compose calls the room's composer; a panic there is this mail's trouble only.
func (s *Sender) compose(tx *db.Tx, x *item) (m Message, err error) {
	f := s.out.composers[x.Kind]
	if f == nil {
		return m, fmt.Errorf("mail: nobody composes %q", x.Kind)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("mail: composing %q panicked: %v", x.Kind, r)
		}
	}()
	return f(tx, x.Ref, x.Recipient)
}

// notReady says what becomes of a row that could not be composed.
func (s *Sender) notReady(ctx context.Context, x *item, err error) {
	e := ending{state: Pending, attempts: x.Attempts, faults: x.Faults + 1, answer: clip(err.Error())}
	attrs := []any{"id", x.ID, "kind", x.Kind, "error", err}
	switch {
	case errors.Is(err, errLeaseLost):
		s.log.WarnContext(ctx, "mail lease lost before sending", attrs...)
		return
	case ctx.Err() != nil:
		s.release(ctx, []*item{x})
		return
	case errors.Is(err, ErrUnwanted):
		e = ending{state: Cancelled, attempts: x.Attempts, faults: x.Faults, wipe: true}
		s.log.InfoContext(ctx, "mail cancelled: not wanted any more", "id", x.ID, "kind", x.Kind)
	case e.faults >= maxFaults:
		e.state = Parked
		s.log.ErrorContext(ctx, "mail parked: it cannot be composed", append(attrs, "faults", e.faults)...)
	default:
		e.due = min(s.now().Add(delay(e.faults)), x.ExpiresAt)
		s.log.WarnContext(ctx, "mail cannot be composed", append(attrs, "faults", e.faults)...)
	}
	_ = s.settle(ctx, x, e, nil)
}

// conclude says what becomes of a row after a conversation.
func (s *Sender) conclude(ctx context.Context, x *item, o outcome) {
	e := ending{state: Pending, attempts: x.Attempts, faults: x.Faults, answer: o.answer}
	e.wipe = o.certain && x.fresh // thawed: nobody has seen these bytes
	log := s.log.With("id", x.ID, "kind", x.Kind, "answer", o.answer)
	switch o.verdict {
	case accepted:
		e.state, e.wipe = Sent, true // it holds links that are secrets; the answer and the Message-ID stay
		_ = s.settle(ctx, x, e, nil)
		log.InfoContext(ctx, "mail sent", "message_id", x.MessageID, "attempts", x.Attempts+1)
	case relayDown:
		_ = s.settle(ctx, x, e, nil)
	case later:
		s.again(ctx, x, e)
		log.WarnContext(ctx, "mail put off", "attempts", x.Attempts+1, "certain", o.certain)
	case noSuchOne:
		e.state, e.wipe = Refused, true
		log.WarnContext(ctx, "mail refused: no such recipient")
		if err := s.settle(ctx, x, e, s.refused(x, o.answer)); err != nil {
			log.ErrorContext(ctx, "refusal not recorded: the mail will be tried again", "error", err)
			e.state = Pending
			s.again(ctx, x, e)
		}
	case unsendable:
		e.state = Parked
		_ = s.settle(ctx, x, e, nil)
		log.ErrorContext(ctx, "mail parked: the relay refuses it")
	}
}

func (s *Sender) again(ctx context.Context, x *item, e ending) {
	e.attempts++
	e.due = min(s.now().Add(delay(e.attempts)), x.ExpiresAt)
	_ = s.settle(ctx, x, e, nil)
}

func (s *Sender) refused(x *item, answer string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		if s.out.refused == nil {
			return nil
		}
		return s.out.refused(tx, x.Recipient, answer)
	}
}

// release gives rows back untouched.
func (s *Sender) release(ctx context.Context, rows []*item) {
	for _, x := range rows {
		_ = s.settle(ctx, x, ending{state: Pending, attempts: x.Attempts, faults: x.Faults}, nil)
	}
}

// settle marks a row, and insists: what the relay has accepted must not be sent
// again because the database was away for a moment. The error is that of also,
// which is not insisted upon.
func (s *Sender) settle(ctx context.Context, x *item, e ending, also func(*db.Tx) error) error {
	var refusal error
	for try := 1; ; try++ {
		once, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err := s.out.db.Write(once, func(tx *db.Tx) error {
			refusal = nil
			n, err := settle(tx, x, s.boot, e)
			if err != nil {
				return err
			}
			if n == 0 {
				s.log.WarnContext(ctx, "mail lease lost", "id", x.ID, "kind", x.Kind, "meant", e.state)
				return nil
			}
			if also != nil {
				refusal = also(tx)
			}
			return refusal
		})
		cancel()
		if err == nil || refusal != nil {
			return refusal
		}
		s.log.ErrorContext(ctx, "mail cannot be marked", "id", x.ID, "kind", x.Kind, "meant", e.state, "try", try, "error", err)
		if try == maxMarks {
			return nil // the lease will lapse, and the row come back with the same bytes
		}
		select {
		case <-ctx.Done():
			return nil // the grace is over; the lease will lapse
		case <-time.After(min(time.Duration(try)*time.Second, 10*time.Second)):
		}
	}
}
