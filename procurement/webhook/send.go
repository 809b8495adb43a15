package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

const (
	atOnce  = 8               // receivers written to at the same moment
	lease   = 2 * time.Minute // longer than the gateway's patience with one
	tick    = time.Second     // between two looks when nobody nudges
	excerpt = 200             // characters of an answer that are kept
)

// delays are before the attempt that follows the n-th failure: soon at first, because
// most troubles are short, then four times a day.
var delays = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour}

// delay is given or taken a fifth, so that what failed together does not come back
// together.
func delay(failures int64) time.Duration {
	d := delays[min(max(failures, 1), int64(len(delays)))-1]
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // nobody gains by guessing it
}

// Run sends what is due until ctx ends: at once when something is owed, and every
// second. What is under way is finished first.
func (s *Service) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := s.SendDue(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "webhooks are not sent; they will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-s.nudged:
		case <-time.After(tick):
		}
	}
}

// SendDue sends all that is due by the database's clock, one at a time to each webhook,
// and tells how many were taken.
func (s *Service) SendDue(ctx context.Context) (int, error) {
	taken := 0
	for ctx.Err() == nil {
		claimed, err := s.claim(ctx)
		if err != nil || len(claimed) == 0 {
			return taken, err
		}
		var all sync.WaitGroup
		accepted := make([]bool, len(claimed))
		failed := make([]error, len(claimed))
		for i, d := range claimed {
			all.Go(func() { accepted[i], failed[i] = s.process(context.WithoutCancel(ctx), d) })
		}
		all.Wait()
		for _, ok := range accepted {
			if ok {
				taken++
			}
		}
		if err := errors.Join(failed...); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// claim ends what is too old and leases what is due. Most of the time there is nothing:
// that is seen in a transaction that locks nothing.
func (s *Service) claim(ctx context.Context) (claimed []delivery, err error) {
	now := clock.System{}.Now()
	var ids, old []string
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		if old, err = overdue(tx, now); err != nil {
			return err
		}
		ids, err = due(tx, now, atOnce)
		return err
	}); err != nil || len(ids)+len(old) == 0 {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		claimed = nil
		for _, id := range old {
			if err := end(tx, id, "abandonné\u00a0: sept jours ont passé"); err != nil {
				return err
			}
		}
		for _, id := range ids {
			d, err := take(tx, id, now, now.Add(lease))
			if errors.Is(err, db.ErrNone) {
				continue // another replica was quicker
			}
			if err != nil {
				return err
			}
			claimed = append(claimed, d)
		}
		return nil
	})
	return claimed, err
}

// process sends one claimed delivery and writes down what came of it.
func (s *Service) process(ctx context.Context, d delivery) (accepted bool, err error) {
	var h Webhook
	ready := false
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		ready = false
		if h, err = byID(tx, d.WebhookID); errors.Is(err, db.ErrNone) {
			return nil // removed meanwhile, and the delivery with it
		} else if err != nil {
			return err
		}
		// Asked again at each attempt, for what has become unwanted; the bytes stay those
		// of the first.
		composed, err := s.compose(tx, h, d)
		var not unwanted
		var until later
		switch {
		case errors.As(err, &not):
			return end(tx, d.ID, "non envoyé\u00a0: "+string(not))
		case errors.As(err, &until):
			return putOff(tx, d.ID, clock.Instant(until))
		case err != nil:
			return err
		case d.Body == "":
			d.Body = composed
			err = freeze(tx, d.ID, composed)
		}
		ready = err == nil
		return err
	})
	if err != nil || !ready {
		return false, err
	}
	secrets := []string{h.Secret}
	if s.db.Clock.Now() < h.OldUntil {
		secrets = append(secrets, h.OldSecret)
	}
	headers, err := Sign(d.ID, s.db.Clock.Now().Time(), d.Body, secrets...)
	if err != nil {
		return false, err
	}
	a := s.post(ctx, Request{h.Address, headers, []byte(d.Body)})
	return a.accepted(), s.conclude(ctx, d, a)
}

// accepted is what the norm calls a success.
func (a Answer) accepted() bool { return a.Status >= 200 && a.Status <= 299 }

// conclude writes down what became of an attempt, of the delivery and of its webhook.
func (s *Service) conclude(ctx context.Context, d delivery, a Answer) error {
	a.Text = shown(a.Text)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		h, err := heldByID(tx, d.WebhookID)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		log := s.log.With("webhook", h.ID, "delivery", d.ID, "reason", d.Reason, "status", a.Status)
		switch {
		case a.accepted():
			tx.AfterCommit(func() { log.InfoContext(ctx, "webhook took what was sent", "attempts", d.Attempts+1) })
			return s.succeed(tx, h, d, a)
		case d.Reason == Trial:
			tx.AfterCommit(func() { log.InfoContext(ctx, "webhook refused a trial") })
			return settle(tx, d, a, tx.Now, false)
		}
		tx.AfterCommit(func() { log.WarnContext(ctx, "webhook did not take what was sent", "attempts", d.Attempts+1) })
		return s.fail(tx, h, d, a)
	})
}

func (s *Service) succeed(tx *db.Tx, h Webhook, d delivery, a Answer) error {
	if err := settle(tx, d, a, tx.Now, true); err != nil {
		return err
	}
	if d.Reason == Trial && !h.ConfirmedAt.IsZero() {
		return nil // it says nothing of what waits, which has its own turn
	}
	if err := markWell(tx, h.ID); err != nil {
		return err
	}
	if d.Reason != Trial {
		return nil
	}
	return s.journal.Record(tx, access.Platform("webhook"), event.WebhookConfirmed, h.ID, body{h.WatchID})
}

func (s *Service) fail(tx *db.Tx, h Webhook, d delivery, a Answer) error {
	d.DueAt = tx.Now.Add(delay(d.Attempts + 1))
	if err := settle(tx, d, a, 0, false); err != nil {
		return err
	}
	since := h.FailingSince
	if since.IsZero() {
		since = tx.Now
	}
	if !h.SuspendedAt.IsZero() || tx.Now.Sub(since) < SuspendAfter {
		return markIll(tx, h.ID, since, tx.Now.Add(delay(h.Failures+1)))
	}
	if err := suspend(tx, h.ID); err != nil {
		return err
	}
	return s.journal.Record(tx, access.Platform("webhook"), event.WebhookSuspended, h.ID, body{h.WatchID})
}

// shown is the beginning of a stranger's text as a page may show it: one line of
// characters that are seen.
func shown(said string) string {
	said = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(said, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
	if utf8.RuneCountInString(said) > excerpt {
		said = string([]rune(said)[:excerpt]) + "…"
	}
	return said
}
