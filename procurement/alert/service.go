package alert

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/cpv"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// Service tells people.
type Service struct {
	db      *db.DB
	journal *event.Journal
	outbox  *mail.Outbox
	watches *watch.Service
	baseURL string
	log     *slog.Logger

	operator string       // mailbox of whoever runs the platform; empty: not known
	codes    *cpv.Service // nil: the groups that the program carries
}

// NewService makes the room: it listens to the journal and composes its mails.
// baseURL begins every link: never what a request says, which a stranger chooses.
func NewService(d *db.DB, j *event.Journal, o *mail.Outbox, w *watch.Service, baseURL string, log *slog.Logger) *Service {
	s := &Service{db: d, journal: j, outbox: o, watches: w, baseURL: baseURL, log: log}
	j.Subscribe("alert", told(), s.hear)
	o.Compose(mailSignUp, s.composeSignUp)
	o.Compose(mailSignUpRepeated, s.composeSignUpRepeated)
	o.Compose(mailReset, s.composeReset)
	o.Compose(mailPasswordChanged, s.composePasswordChanged)
	o.Compose(mailSignedIn, s.composeSignedIn)
	o.Compose(mailErased, s.composeErased)
	o.Compose(mailRequest, s.composeRequest)
	o.Compose(mailNotices, s.composeNotices)
	o.Compose(mailChanges, s.composeChanges)
	o.Compose(mailFailing, s.composeFailing)
	s.composeMembers()
	s.composeEstablishments()
	o.OnRefused(s.suspend)
	o.Compose(mailFactor, s.composeFactor)
	s.composeAddresses()
	s.composeInvitations()
	s.composeDisputes()
	o.Compose(mailSourceSilent, s.composeSourceSilent)
	o.Compose(mailWebhookSuspended, s.composeWebhookSuspended)
	return s
}

// suspend stops mailing an address that its server says does not exist. Those whom it
// was the own address of are alerted no more: their establishments are told.
func (s *Service) suspend(tx *db.Tx, recipient, _ string) error {
	a, err := account.ParseAddress(recipient)
	if err != nil {
		return nil // it was never ours
	}
	theirs, err := watch.MainOf(tx, a.Key)
	if err != nil {
		return err
	}
	reached, err := watch.ReachedBy(tx, a.Key)
	if err != nil {
		return err
	}
	if err := errors.Join(watch.Fail(tx, a.Key), org.FailFallback(tx, a.Key)); err != nil {
		return err
	}
	for _, whose := range reached {
		if err := s.journal.Record(tx, access.Platform("messagerie"), event.RecipientFailed, whose.Scope, failingBody{whose.EstablishmentID}); err != nil {
			return err
		}
	}
	for _, who := range theirs {
		if err := s.journal.Record(tx, access.Platform("messagerie"), event.AddressFailed, who.EstablishmentID, failedBody{who.AccountID}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mailSignUp(tx *db.Tx, e event.Event) error {
	up, err := account.FindSignUp(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return nil // swept meanwhile
	}
	if err != nil || !up.UsedAt.IsZero() { // closed: withheld, or finished by another link
		return err
	}
	return s.owe(tx, mailSignUp, e.Subject, up.Address)
}

// mailSignUpRepeated owes one mail per attempt: the event is what it is about. It goes
// to the address that was typed: the account may just have left it.
func (s *Service) mailSignUpRepeated(tx *db.Tx, e event.Event) error {
	var body account.SignUpBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	up, err := account.FindSignUp(tx, body.SignUpID)
	if errors.Is(err, db.ErrNone) {
		return nil // swept meanwhile
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailSignUpRepeated, e.ID, up.Address)
}

func (s *Service) mailRequest(tx *db.Tx, e event.Event) error {
	var body watch.AskedBody
	if err := e.Decode(&body); err != nil || body.Withheld {
		return err
	}
	r, ok, err := watch.FindRecipient(tx, e.Subject)
	if err != nil || !ok {
		return err
	}
	return s.owe(tx, mailRequest, e.Subject, r.Address)
}

// Stopping is what the page of an unsubscribe link shows: the watches that the
// mail named, and where each stands for this address.
type Stopping struct {
	Address  string
	Watches  []StoppingWatch
	Followed []*notice.Notice // followed from their pages, which no watch stops
}

// StoppingWatch is one watch of the link.
type StoppingWatch struct {
	ID      string
	Name    string
	Stopped bool
}

// Stopping reads what an unsubscribe link is about; nothing is changed.
func (s *Service) Stopping(ctx context.Context, secret string) (Stopping, error) {
	var out Stopping
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		_, out, err = s.stopping(tx, secret)
		return err
	})
	return out, err
}

func (s *Service) stopping(tx *db.Tx, secret string) (mailing, Stopping, error) {
	m, err := mailingByToken(tx, secret)
	if errors.Is(err, db.ErrNone) {
		return m, Stopping{}, fault.New(fault.NotFound, "Ce lien de désabonnement n'est plus connu\u00a0: utilisez celui d'un message plus récent.")
	}
	if err != nil {
		return m, Stopping{}, err
	}
	out := Stopping{Address: m.Address}
	ids, err := watchesNamed(tx, m.ID)
	if err != nil {
		return m, out, err
	}
	if out.Followed, err = followedIn(tx, m); err != nil {
		return m, out, err
	}
	watches, err := watch.ByIDs(tx, ids)
	for _, w := range watches {
		for _, r := range w.Recipients {
			if r.AddressKey == m.AddressKey {
				out.Watches = append(out.Watches, StoppingWatch{w.ID, w.Name, r.State() == watch.Stopped})
			}
		}
	}
	return m, out, err
}

// Stop ends the watches of the link for its address: those of ids, or all that
// the mail named when ids is nil. With again it takes a stop back.
func (s *Service) Stop(ctx context.Context, secret string, ids []string, again bool) (Stopping, error) {
	var out Stopping
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		m, before, err := s.stopping(tx, secret)
		if err != nil {
			return err
		}
		var chosen []string
		for _, w := range before.Watches {
			if ids == nil || contains(ids, w.ID) {
				chosen = append(chosen, w.ID)
			}
		}
		if err := s.watches.Stop(tx, m.AddressKey, chosen, again); err != nil {
			return err
		}
		if ids == nil { // all, what is followed from its page included
			if err := unfollowThose(tx, m); err != nil {
				return err
			}
		}
		_, out, err = s.stopping(tx, secret)
		return err
	})
	return out, err
}

// Keep is how long the ledger, what was in each message and the log of deliveries are
// kept.
const Keep = 365 * 24 * time.Hour

// Forget removes what is older than a year: the mails, and who was told of what.
// Only notices recorded since a watch's last digest are told of, so that a ledger
// a year old has nothing left to prevent.
func (s *Service) Forget(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		before := tx.Now.Add(-Keep)
		for _, statement := range []string{
			"DELETE FROM told WHERE at < $1",
			"DELETE FROM mailing_item WHERE mailing_id IN (SELECT id FROM mailing WHERE created_at < $1)",
			"DELETE FROM mailing_watch WHERE mailing_id IN (SELECT id FROM mailing WHERE created_at < $1)",
			"DELETE FROM mailing WHERE created_at < $1",
			"DELETE FROM notice_match WHERE matched_at < $1",
		} {
			if _, err := tx.Exec(statement, before); err != nil {
				return err
			}
		}
		_, err := tx.Exec("DELETE FROM watch_progress WHERE watch_id NOT IN (SELECT id FROM watch)")
		return err
	})
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}
