package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
)

// ErrUnwanted is a composer's word that nobody wants this mail any more: the watch
// is deleted or paused, the person has left. The row is cancelled; what the composer
// wrote before it said so is kept.
var ErrUnwanted = errors.New("mail: not wanted any more")

// Composer writes the mail of a row: ref is what it is about. What it writes in
// tx is kept with the frozen bytes, or not at all. It is also asked just before
// bytes that were frozen earlier are sent again, only to hear ErrUnwanted: what it
// wrote and returned that time is thrown away.
type Composer func(tx *db.Tx, ref, recipient string) (Message, error)

// Owed is a mail that a fact makes due.
type Owed struct {
	Kind      string        // which composer
	Ref       string        // what it is about; a kind is owed once per ref
	Recipient string        // bare address
	Due       clock.Instant // 0: now
	ValidFor  time.Duration // after Due, it is not sent any more; 0: Longest
}

// Options is who the mail comes from.
type Options struct {
	FromName string // « Parvis » when empty
	From     string // bare address
	Domain   string // of Message-IDs and of EHLO; the domain of From when empty
	Log      *slog.Logger
}

// Outbox is the table of what is owed.
type Outbox struct {
	db        *db.DB
	opts      Options
	log       *slog.Logger
	composers map[string]Composer
	refused   func(tx *db.Tx, recipient, answer string) error
	nudged    chan struct{}
}

// New makes the outbox of d.
func New(d *db.DB, o Options) (*Outbox, error) {
	if err := checkAddress(o.From); err != nil {
		return nil, err
	}
	if o.FromName == "" {
		o.FromName = "Parvis"
	}
	if err := checkLine(o.FromName); err != nil {
		return nil, fmt.Errorf("mail: sender's name: %w", err)
	}
	if o.Domain == "" {
		_, o.Domain, _ = strings.Cut(o.From, "@")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Outbox{db: d, opts: o, log: o.Log, composers: map[string]Composer{}, nudged: make(chan struct{}, 1)}, nil
}

// Compose says how mails of this kind are written. Before the sender starts.
func (o *Outbox) Compose(kind string, f Composer) { o.composers[kind] = f }

// OnRefused has f called, in the transaction that marks the row, when a relay says
// that a recipient does not exist. If f fails, the mail is tried again later.
func (o *Outbox) OnRefused(f func(tx *db.Tx, recipient, answer string) error) { o.refused = f }

// Owe writes down a mail in the transaction of the fact, once per kind and ref:
// owing it again changes nothing. The sender is nudged after the commit.
func (o *Outbox) Owe(tx *db.Tx, m Owed) error {
	if m.Kind == "" || m.Ref == "" || m.Recipient == "" {
		return fmt.Errorf("mail: owed without kind, ref or recipient: %q %q", m.Kind, m.Ref)
	}
	if m.Due == 0 {
		m.Due = tx.Now
	}
	if m.ValidFor == 0 {
		m.ValidFor = Longest
	}
	id := db.NewID()
	if err := insert(tx, id, "<"+id+"@"+o.opts.Domain+">", m); err != nil {
		return fmt.Errorf("owe %s: %w", m.Kind, err)
	}
	tx.AfterCommit(o.Nudge)
	return nil
}

// Nudge has the sender look now rather than within the second: something is owed,
// or the clock was moved.
func (o *Outbox) Nudge() {
	select {
	case o.nudged <- struct{}{}:
	default: // it is about to look anyway
	}
}

// State is where a row stands.
type State string

// The states of a row; see the package comment.
const (
	Pending   State = "pending"
	Sending   State = "sending"
	Sent      State = "sent"
	Refused   State = "refused"
	Parked    State = "parked"
	Expired   State = "expired"
	Cancelled State = "cancelled"
)

// States are all of them.
var States = []State{Pending, Sending, Sent, Refused, Parked, Expired, Cancelled}

// Counts tells how many rows stand in each state, zeros included.
func (o *Outbox) Counts(ctx context.Context) (map[State]int, error) {
	counts := make(map[State]int, len(States))
	for _, s := range States {
		counts[s] = 0
	}
	err := o.db.Read(ctx, func(tx *db.Tx) error { return count(tx, counts) })
	return counts, err
}

// Row is what an administrator may see of a row.
type Row struct {
	ID        string
	Kind      string
	Ref       string
	Recipient string
	MessageID string
	State     State
	Attempts  int64  // conversations with the relay that failed for a time
	Answer    string // the last thing said about it, by the relay or by us
	DueAt     clock.Instant
	ExpiresAt clock.Instant
	CreatedAt clock.Instant
	EndedAt   clock.Instant // 0 while it may still be sent
}

// List gives rows in this state, the newest first.
func (o *Outbox) List(ctx context.Context, s State, limit int) (rows []Row, err error) {
	err = o.db.Read(ctx, func(tx *db.Tx) error { rows, err = list(tx, s, limit); return err })
	return rows, err
}

// Retry puts a parked mail back in the queue, with as much time to live as it had.
func (o *Outbox) Retry(ctx context.Context, id string) error {
	return o.db.Write(ctx, func(tx *db.Tx) error {
		r, err := find(tx, id)
		if errors.Is(err, db.ErrNone) {
			return fault.New(fault.NotFound, "Ce message n’existe pas ou a été effacé.")
		}
		if err != nil {
			return err
		}
		n, err := unpark(tx, id, tx.Now.Add(r.ExpiresAt.Sub(r.CreatedAt)))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "Ce message n’est plus mis de côté : il n’y a pas lieu de le renvoyer.")
		}
		o.log.InfoContext(ctx, "mail retried", "id", id, "kind", r.Kind)
		tx.AfterCommit(o.Nudge)
		return nil
	})
}

// Forget removes the rows that ended before this instant, and those put aside that
// nobody has asked for since, and tells how many. A mail forgotten could be owed
// again: keep them longer than facts may repeat.
func (o *Outbox) Forget(ctx context.Context, before clock.Instant) (n int64, err error) {
	err = o.db.Write(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM outbox WHERE ended_at < $1 OR state = 'parked' AND due_at < $1", before)
		return err
	})
	return n, err
}
