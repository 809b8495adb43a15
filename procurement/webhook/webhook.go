package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/watch"
)

// Limits and terms.
const (
	MaxPerWatch  = 3
	maxTrials    = 10 // an hour, for one webhook
	Overlap      = 24 * time.Hour
	ValidFor     = 7 * 24 * time.Hour  // after which a delivery is given up
	SuspendAfter = 3 * 24 * time.Hour  // of failures and nothing else
	Keep         = 90 * 24 * time.Hour // of the log
)

// FieldAddress names the address in forms.
const FieldAddress = "adresse"

// Webhook is an address and how it fares.
type Webhook struct {
	ID           string
	WatchID      string
	Address      string
	Secret       string
	OldSecret    string
	OldUntil     clock.Instant
	CreatedAt    clock.Instant
	ConfirmedAt  clock.Instant // when it first accepted a trial
	SuspendedAt  clock.Instant
	FailingSince clock.Instant // of the first of the failures since it last accepted something
	Failures     int64
	RetryAt      clock.Instant
}

// State is where a webhook stands.
type State string

// States of a webhook.
const (
	Awaited   State = "awaited" // no trial has been accepted yet
	Active    State = "active"
	Failing   State = "failing" // the last one failed; it is tried again
	Suspended State = "suspended"
)

// State computes where it stands from its dated facts.
func (h Webhook) State() State {
	switch {
	case !h.SuspendedAt.IsZero():
		return Suspended
	case h.ConfirmedAt.IsZero():
		return Awaited
	case !h.FailingSince.IsZero():
		return Failing
	}
	return Active
}

// Request is what is to be posted.
type Request struct {
	Address string
	Headers map[string]string
	Body    []byte
}

// Answer is what came of it. Status is zero when there was no answer; Text then says why
// in French, else it is the beginning of what the receiver said.
type Answer struct {
	Status int
	Text   string
}

// Post sends a request to a stranger's address: see gateway/receiver.
type Post func(context.Context, Request) Answer

// Service holds the use cases of webhooks.
type Service struct {
	db      *db.DB
	journal *event.Journal
	watches *watch.Service
	post    Post
	base    string
	log     *slog.Logger
	nudged  chan struct{}
}

// New makes the room: it listens to the journal. base begins every link, and its host
// is no receiver. post may be nil where nothing is sent.
func New(d *db.DB, j *event.Journal, watches *watch.Service, post Post, base string, log *slog.Logger) *Service {
	s := &Service{db: d, journal: j, watches: watches, post: post, base: base, log: log, nudged: make(chan struct{}, 1)}
	j.Subscribe("webhook", []event.Kind{event.NoticesRecorded}, s.hear)
	return s
}

var errNone = fault.New(fault.NotFound, "Ce webhook n'existe pas, ou plus.")

// newSecret makes a secret as the norm writes it: 256 bits.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

// body is what the journal keeps: ids, never an address.
type body struct {
	WatchID string `json:"watch_id"`
}

// change runs f on one of the actor's webhooks, in a transaction that holds their place.
func (s *Service) change(ctx context.Context, by access.Actor, watchID, id string, f func(tx *db.Tx, w *watch.Watch, h Webhook) error) error {
	if err := by.Must(access.EditWatches); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		w, err := watch.InScope(tx, by.Scope(), watchID)
		if err != nil {
			return err
		}
		if id == "" {
			return f(tx, w, Webhook{})
		}
		if !watch.IsID(id) {
			return errNone
		}
		h, err := held(tx, w.ID, id)
		if errors.Is(err, db.ErrNone) {
			return errNone
		}
		if err != nil {
			return err
		}
		return f(tx, w, h)
	})
}

// Add makes a webhook of a watch and sends it a first trial. The secret is told here and
// never again.
func (s *Service) Add(ctx context.Context, by access.Actor, watchID, typed string) (h Webhook, err error) {
	err = s.change(ctx, by, watchID, "", func(tx *db.Tx, w *watch.Watch, _ Webhook) error {
		address, err := ParseAddress(typed, s.base)
		if err != nil {
			return err
		}
		if err := holdTurn(tx); err != nil {
			return err
		}
		all, err := ofWatch(tx, w.ID)
		if err != nil {
			return err
		}
		for _, other := range all {
			if other.Address == address {
				return fault.New(fault.Invalid, "Cette veille envoie déjà à cette adresse.").On(FieldAddress)
			}
		}
		if len(all) >= MaxPerWatch {
			return fault.New(fault.Invalid, fmt.Sprintf("Une veille compte %d webhooks au plus\u00a0: supprimez-en un.", MaxPerWatch)).On(FieldAddress)
		}
		h = Webhook{ID: db.NewID(), WatchID: w.ID, Address: address, Secret: newSecret(), CreatedAt: tx.Now}
		if err := insert(tx, h); err != nil {
			return err
		}
		if err := s.try(tx, h.ID); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.WebhookAdded, h.ID, body{w.ID})
	})
	return h, err
}

// Remove ends a webhook; its log goes with it, and what was to be sent.
func (s *Service) Remove(ctx context.Context, by access.Actor, watchID, id string) error {
	return s.change(ctx, by, watchID, id, func(tx *db.Tx, w *watch.Watch, h Webhook) error {
		if err := remove(tx, h.ID); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.WebhookRemoved, h.ID, body{w.ID})
	})
}

// Renew gives a webhook another secret, told here and never again. For a day both sign.
func (s *Service) Renew(ctx context.Context, by access.Actor, watchID, id string) (h Webhook, err error) {
	err = s.change(ctx, by, watchID, id, func(tx *db.Tx, w *watch.Watch, was Webhook) error {
		h = was
		h.OldSecret, h.OldUntil, h.Secret = was.Secret, tx.Now.Add(Overlap), newSecret()
		if err := renew(tx, h); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.WebhookRenewed, h.ID, body{w.ID})
	})
	return h, err
}

// Resume has a suspended webhook be sent to again, what waits for it first.
func (s *Service) Resume(ctx context.Context, by access.Actor, watchID, id string) error {
	return s.change(ctx, by, watchID, id, func(tx *db.Tx, w *watch.Watch, h Webhook) error {
		if h.SuspendedAt.IsZero() {
			return nil // it is: by a colleague, or in another window
		}
		if err := resume(tx, h.ID); err != nil {
			return err
		}
		tx.AfterCommit(s.Nudge)
		return s.journal.Record(tx, by, event.WebhookResumed, h.ID, body{w.ID})
	})
}

// Try sends a trial: the receiver's answer is in the log.
func (s *Service) Try(ctx context.Context, by access.Actor, watchID, id string) error {
	return s.change(ctx, by, watchID, id, func(tx *db.Tx, _ *watch.Watch, h Webhook) error {
		n, err := trialsSince(tx, h.ID, tx.Now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if n >= maxTrials {
			return fault.New(fault.Unavailable, fmt.Sprintf("%d essais ont été envoyés à cette adresse depuis une heure\u00a0: attendez un peu.", n))
		}
		return s.try(tx, h.ID)
	})
}

func (s *Service) try(tx *db.Tx, id string) error {
	tx.AfterCommit(s.Nudge)
	return owe(tx, delivery{ID: db.NewID(), WebhookID: id, Reason: Trial})
}

// List gives the webhooks of one of the actor's watches, oldest first.
func (s *Service) List(ctx context.Context, by access.Actor, watchID string) (w *watch.Watch, all []Webhook, err error) {
	if w, err = s.watches.Find(ctx, by, watchID); err != nil {
		return nil, nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = ofWatch(tx, w.ID)
		return err
	})
	return w, all, err
}

// Log gives one webhook and what was last sent to it, the latest first.
func (s *Service) Log(ctx context.Context, by access.Actor, watchID, id string, most int) (w *watch.Watch, h Webhook, lines []Line, err error) {
	if w, err = s.watches.Find(ctx, by, watchID); err != nil {
		return nil, h, nil, err
	}
	if !watch.IsID(id) {
		return nil, h, nil, errNone
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if h, err = inWatch(tx, w.ID, id); err != nil {
			return err
		}
		lines, err = logOf(tx, h.ID, most)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		err = errNone
	}
	return w, h, lines, err
}

// Troubled tells which of these watches have a webhook that is suspended.
func (s *Service) Troubled(ctx context.Context, watchIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		ids, err := suspendedOf(tx, watchIDs)
		for _, id := range ids {
			out[id] = true
		}
		return err
	})
	return out, err
}

// Find reads a webhook for the room that tells of its suspension.
func Find(tx *db.Tx, id string) (Webhook, error) { return byID(tx, id) }

// OfWatch lists the webhooks of a watch, for the copy of what is kept of a person.
func OfWatch(tx *db.Tx, watchID string) ([]Webhook, error) { return ofWatch(tx, watchID) }

// Sweep removes the webhooks of watches that are over.
func Sweep(tx *db.Tx) error {
	ids, err := watched(tx)
	if err != nil {
		return err
	}
	found, err := watch.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	for _, w := range found {
		if w.DeletedAt.IsZero() {
			continue
		}
		all, err := ofWatch(tx, w.ID)
		if err != nil {
			return err
		}
		for _, h := range all {
			if err := remove(tx, h.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget removes the webhooks of watches that are over and the lines of the log that are
// older than Keep, but for those of calls that are still open: they say what was told.
func (s *Service) Forget(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := Sweep(tx); err != nil {
			return err
		}
		return forget(tx, tx.Now.Add(-Keep))
	})
}

// Nudge has the sender look now rather than within the second.
func (s *Service) Nudge() {
	select {
	case s.nudged <- struct{}{}:
	default: // it is about to look anyway
	}
}
