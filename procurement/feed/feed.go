package feed

import (
	"context"
	"errors"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// Format is what programs read a feed as.
type Format string

// The formats.
const (
	Atom     Format = "atom"
	Calendar Format = "agenda"
	JSON     Format = "json"
)

// Formats lists them in the order in which a page offers them.
var Formats = []Format{Atom, Calendar, JSON}

// Feed is one private address, but for its secret, which nobody has but its owner.
type Feed struct {
	ID           string
	WatchID      string
	AccountID    string
	MembershipID string
	Format       Format
	CreatedAt    clock.Instant
	UsedOn       string // the last day of Paris on which a program asked, YYYY-MM-DD; "" for never
}

// Service holds the use cases of feeds.
type Service struct {
	db      *db.DB
	journal *event.Journal
	notices *notice.Service
	watches *watch.Service
}

// New makes the room.
func New(d *db.DB, j *event.Journal, notices *notice.Service, watches *watch.Service) *Service {
	return &Service{db: d, journal: j, notices: notices, watches: watches}
}

// errUnknown is the one answer to whoever has no good address, whatever is wrong with it.
var errUnknown = fault.New(fault.NotFound, "Ce flux n'existe pas, ou plus\u00a0: son adresse a été remplacée ou révoquée, ou sa veille est supprimée.")

var errFormat = fault.New(fault.Invalid, "Choisissez un format de flux\u00a0: Atom, agenda ou JSON.").On(FieldFormat)

// FieldFormat names the format in forms.
const FieldFormat = "format"

// body is what the journal keeps of a feed.
type body struct {
	Format Format `json:"format"`
}

// Of lists the actor's own feeds of a watch.
func (s *Service) Of(ctx context.Context, by access.Actor, watchID string) (w *watch.Watch, feeds []Feed, err error) {
	if w, err = s.watches.Find(ctx, by, watchID); err != nil {
		return nil, nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		feeds, err = ofWatch(tx, watchID, by.AccountID)
		return err
	})
	return w, feeds, err
}

// Open makes the actor's feed of a watch in a format, or gives it another address: the
// former one answers no more. The secret is told here and never again.
func (s *Service) Open(ctx context.Context, by access.Actor, watchID string, f Format) (secret string, err error) {
	if err := by.Must(access.EditWatches); err != nil {
		return "", err
	}
	secret = token.New()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.hold(tx, by, watchID, f); err != nil {
			return err
		}
		if _, err := closeOne(tx, watchID, by.AccountID, f); err != nil {
			return err
		}
		one := Feed{ID: db.NewID(), WatchID: watchID, AccountID: by.AccountID, MembershipID: by.MembershipID, Format: f}
		if err := insert(tx, one, token.Hash(secret)); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.FeedOpened, watchID, body{f})
	})
	return secret, err
}

// hold has the actor keep their place until the transaction ends, and refuses a watch
// that they cannot see: another's does not exist.
func (s *Service) hold(tx *db.Tx, by access.Actor, watchID string, f Format) error {
	if err := account.Hold(tx, by); err != nil {
		return err
	}
	if _, err := watch.InScope(tx, by.Scope(), watchID); err != nil {
		return err
	}
	if !slices.Contains(Formats, f) {
		return errFormat
	}
	return nil
}

// Close revokes the actor's feed of a watch in a format: its address answers no more.
func (s *Service) Close(ctx context.Context, by access.Actor, watchID string, f Format) error {
	if err := by.Must(access.EditWatches); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.hold(tx, by, watchID, f); err != nil {
			return err
		}
		switch n, err := closeOne(tx, watchID, by.AccountID, f); {
		case err != nil:
			return err
		case n == 0:
			return nil // it is closed already: by them, in another window
		}
		return s.journal.Record(tx, by, event.FeedClosed, watchID, body{f})
	})
}

// owner is whoever a feed belongs to, as they may see watches now; ErrNone when they
// have left where they made it, or are no more.
func owner(tx *db.Tx, f Feed, w *watch.Watch) (access.Actor, error) {
	a, err := account.Find(tx, f.AccountID)
	if err != nil {
		return access.Actor{}, err
	}
	if a.Address == "" { // erased
		return access.Actor{}, db.ErrNone
	}
	by := access.Actor{AccountID: a.ID, Role: access.Newcomer}
	if by.Scope() == w.Scope { // their own, wherever they belong
		return by, nil
	}
	m, err := account.FindMembership(tx, f.MembershipID)
	if err != nil {
		return access.Actor{}, err
	}
	by = access.Actor{AccountID: a.ID, MembershipID: m.ID, EstablishmentID: m.EstablishmentID, Role: m.ActingRole()}
	if !m.EndedAt.IsZero() || m.AccountID != a.ID || by.Scope() != w.Scope || !by.May(access.SeeWatches) {
		return access.Actor{}, db.ErrNone
	}
	return by, nil
}

// find reads the feed of a secret and its watch, as things are now.
func find(tx *db.Tx, secret string, f Format) (Feed, *watch.Watch, access.Actor, error) {
	var none access.Actor
	one, err := byHash(tx, token.Hash(secret), f)
	if err != nil {
		return one, nil, none, err
	}
	found, err := watch.ByIDs(tx, []string{one.WatchID})
	if err != nil {
		return one, nil, none, err
	}
	if len(found) == 0 || !found[0].DeletedAt.IsZero() {
		return one, nil, none, db.ErrNone
	}
	by, err := owner(tx, one, found[0])
	return one, found[0], by, err
}

// Sweep deletes the feeds that answer nothing any more.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		all, err := every(tx)
		if err != nil {
			return err
		}
		for _, f := range all {
			found, err := watch.ByIDs(tx, []string{f.WatchID})
			if err != nil {
				return err
			}
			over := len(found) == 0 || !found[0].DeletedAt.IsZero()
			if !over {
				_, err = owner(tx, f, found[0])
				over = errors.Is(err, db.ErrNone)
				if err != nil && !over {
					return err
				}
			}
			if over {
				if err := remove(tx, f.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// MadeBy lists the feeds of a person, for the copy of what is kept of them.
func MadeBy(tx *db.Tx, accountID string) ([]Feed, error) { return ofAccount(tx, accountID) }

// Erase ends all the feeds of a person who erases their account.
func Erase(tx *db.Tx, accountID string) error {
	_, err := tx.Exec("DELETE FROM feed WHERE account_id = $1", accountID)
	return err
}
