package watch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/org"
)

// changeKind is the kind of change that says which watch to read again.
const changeKind = "watch"

// ErrSaved refuses what was typed over a version of a watch that is no longer the last:
// a colleague, or the same person in another tab, has saved one since.
var ErrSaved = fault.New(fault.Conflict, "Cette veille a été modifiée entre-temps, par vous dans un autre onglet ou par un collègue. Rien n'est perdu\u00a0: ouvrez-la à nouveau et comparez.")

var errNoWatch = fault.New(fault.NotFound, "Cette veille n'existe pas, ou plus.")

// Service holds the use cases of watches.
type Service struct {
	db      *db.DB
	journal *event.Journal
	notices *notice.Service
	matcher *Matcher
}

// NewService makes the room; its matcher is empty until Load.
func NewService(d *db.DB, j *event.Journal, notices *notice.Service) *Service {
	return &Service{db: d, journal: j, notices: notices, matcher: newMatcher(d)}
}

// Matcher tells which watches a notice concerns.
func (s *Service) Matcher() *Matcher { return s.matcher }

// List gives the actor's watches, oldest first.
func (s *Service) List(ctx context.Context, by access.Actor) ([]*Watch, error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return nil, err
	}
	var out []*Watch
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = inScope(tx, by.Scope())
		return err
	})
	return out, err
}

// Find gives one of the actor's watches; anybody else's does not exist.
func (s *Service) Find(ctx context.Context, by access.Actor, id string) (*Watch, error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return nil, err
	}
	var w *Watch
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		w, err = findInScope(tx, by.Scope(), id)
		return err
	})
	return w, err
}

// Saved is what became of a form.
type Saved struct {
	ID      string
	Ignored []string // function words left out, to be said
	Asked   []string // addresses of whom it is asked whether they agree
}

// body is what the journal keeps of a watch: the journal is for ever, and what somebody
// named and asked is theirs to erase.
type body struct {
	Active bool `json:"active"`
}

// Create makes a watch of the form.
func (s *Service) Create(ctx context.Context, by access.Actor, f Form) (Saved, error) {
	var saved Saved
	if err := by.Must(access.EditWatches); err != nil {
		return saved, err
	}
	main, err := account.ParseAddress(by.Address)
	if err != nil {
		return saved, fmt.Errorf("main address: %w", err)
	}
	d, err := f.check(main, s.db.Clock.Now())
	if err != nil {
		return saved, err
	}
	if err := d.checkOutside(by); err != nil {
		return saved, err
	}
	saved.Ignored = d.ignored
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		num, err := nextNum(tx) // before the count: who creates at the same time waits here
		if err != nil {
			return err
		}
		if err := room(tx, by.Scope()); err != nil {
			return err
		}
		w := &Watch{
			ID: db.NewID(), Num: uint64(num), Scope: by.Scope(), EstablishmentID: by.EstablishmentID, AccountID: by.AccountID,
			Version: 1, CreatedAt: tx.Now,
		}
		d.apply(w, by, tx.Now)
		if err := s.checkUse(tx, w); err != nil {
			return err
		}
		if err := insert(tx, w); err != nil {
			return nameTaken(err)
		}
		if _, err := insertRecipient(tx, w.ID, main, true, tx.Now); err != nil {
			return err
		}
		if saved.Asked, err = s.addRecipients(tx, by, w, d.recipients); err != nil {
			return err
		}
		saved.ID = w.ID
		return s.tell(tx, by, event.WatchCreated, w)
	})
	return saved, err
}

// Check says what is wrong with the form by itself, for a page that has something else
// to refuse and wants to say everything at once. main is the main address.
func (s *Service) Check(f Form, main string) error {
	a, err := account.ParseAddress(main)
	if err != nil {
		return fmt.Errorf("main address: %w", err)
	}
	_, err = f.check(a, s.db.Clock.Now())
	return err
}

// Now is the moment by which the room judges what is paused.
func (s *Service) Now() clock.Instant { return s.db.Clock.Now() }

// room refuses a watch too many.
func room(tx *db.Tx, scope string) error {
	var n int
	if err := tx.One(&n, "SELECT count(*) FROM watch WHERE scope = $1 AND deleted_at IS NULL", scope); err != nil {
		return err
	}
	if n >= MaxWatches {
		return fault.New(fault.Invalid, fmt.Sprintf("Votre établissement a déjà %d veilles, le maximum\u00a0: supprimez-en une, ou élargissez-en une autre.", MaxWatches)).On(FieldName)
	}
	return nil
}

// apply writes the draft on the watch. It becomes active now, or goes on being.
func (d draft) apply(w *Watch, by access.Actor, now clock.Instant) {
	w.EditedBy = by.AccountID
	d.share(w, by, now)
	if w.Frequency != d.frequency {
		w.RhythmSince = now
	}
	w.Name, w.Criteria, w.Frequency, w.Hour, w.Weekday, w.ChangedAt = d.name, d.criteria, d.frequency, d.hour, d.weekday, now
	switch paused := now < w.PausedUntil; {
	case d.pause.IsZero() && paused:
		w.PausedUntil = now // it ends here
	case !d.pause.IsZero():
		if !paused {
			w.PausedSince = now
		}
		w.PausedUntil = d.pause
	}
	switch {
	case d.active && !w.Active:
		w.Active, w.ActiveSince = true, now
	case !d.active:
		w.Active, w.ActiveSince = false, 0
	}
}

var errName = fault.New(fault.Invalid, "Une veille de votre établissement porte déjà ce nom\u00a0: choisissez-en un autre.").On(FieldName)

// nameTaken says so when the index of names refused the watch: another one took
// the name since it was checked.
func nameTaken(err error) error {
	if db.IsUnique(err) {
		return errName.Because(err)
	}
	return err
}

var errBuyer = fault.New(fault.Invalid, "Un organisme choisi n'est plus au répertoire\u00a0: retirez-le et choisissez-le à nouveau.").On(notice.FieldBuyers)

// checkUse refuses a name that another watch of the scope bears, and buyers
// that are not in the register.
func (s *Service) checkUse(tx *db.Tx, w *Watch) error {
	var faults fault.List
	var n int
	if err := tx.One(&n, "SELECT count(*) FROM watch WHERE scope = $1 AND name_key = $2 AND id <> $3 AND deleted_at IS NULL",
		w.Scope, nameKey(w.Name), w.ID); err != nil {
		return err
	}
	if n > 0 {
		faults = append(faults, errName)
	}
	ids := slices.DeleteFunc(slices.Concat(w.Criteria.Buyers, w.Criteria.ExcludeBuyers, w.named), func(id string) bool { return !IsID(id) })
	found, err := org.BuyersNamed(tx, ids)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(w.Criteria.Buyers, func(id string) bool { return found[id].ID == "" }) {
		faults = append(faults, errBuyer)
	}
	gone := func(id string) bool { return found[id].ID == "" }
	w.Criteria.Buyers = asNamed(w.Criteria.Buyers, w.named, found)
	w.Criteria.ExcludeBuyers = asNamed(slices.DeleteFunc(w.Criteria.ExcludeBuyers, gone), w.named, found)
	return faults.Err()
}

// asNamed keeps the buyers that were chosen before under the ids that they had then: the
// form shows the one that they were merged into, and a merge may be undone.
func asNamed(chosen, before []string, found map[string]org.Buyer) []string {
	var out []string
	for _, id := range chosen {
		known := len(out)
		for _, was := range before {
			if found[was].ID != "" && found[was].ID == found[id].ID && !slices.Contains(out, was) {
				out = append(out, was)
			}
		}
		if len(out) == known && !slices.ContainsFunc(out, func(has string) bool { return found[has].ID == found[id].ID }) {
			out = append(out, id)
		}
	}
	return out
}

// tell records the event and wakes the matchers.
func (s *Service) tell(tx *db.Tx, by access.Actor, kind event.Kind, w *Watch) error {
	if err := tx.Changed(changeKind, w.ID); err != nil {
		return err
	}
	return s.journal.Record(tx, by, kind, w.ID, body{w.Active})
}

// Update saves an edited form. A colleague who saved meanwhile is not overwritten.
func (s *Service) Update(ctx context.Context, by access.Actor, id string, f Form) (Saved, error) {
	saved := Saved{ID: id}
	if err := by.Must(access.EditWatches); err != nil {
		return saved, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		w, err := findInScope(tx, by.Scope(), id)
		if err != nil {
			return err
		}
		d, err := f.check(w.main(), tx.Now)
		if err != nil {
			return err
		}
		if err := d.checkOutside(by); err != nil {
			return err
		}
		saved.Ignored = d.ignored
		d.apply(w, by, tx.Now)
		w.Version++
		if err := s.checkUse(tx, w); err != nil {
			return err
		}
		switch ok, err := update(tx, w, f.Version); {
		case err != nil:
			return nameTaken(err)
		case !ok:
			return ErrSaved
		}
		if saved.Asked, err = s.replaceRecipients(tx, by, w, d.recipients, f.Resume); err != nil {
			return err
		}
		return s.tell(tx, by, event.WatchChanged, w)
	})
	return saved, err
}

// main is the address of the account that made the watch.
func (w *Watch) main() account.Address {
	for _, r := range w.Recipients {
		if r.Main {
			return account.Address{Text: r.Address, Key: r.AddressKey}
		}
	}
	return account.Address{}
}

// Delete removes a watch: it sends nothing from now on. What was sent is kept.
func (s *Service) Delete(ctx context.Context, by access.Actor, id string) (name string, err error) {
	if err := by.Must(access.EditWatches); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		w, err := findInScope(tx, by.Scope(), id)
		if err != nil {
			return err
		}
		name = w.Name
		if err := markDeleted(tx, id); err != nil {
			return err
		}
		return s.tell(tx, by, event.WatchDeleted, w)
	})
	return name, err
}

// PerWeek estimates how many notices a week the criteria would have brought over
// the last four weeks: what the page says before an empty watch is accepted.
func (s *Service) PerWeek(c notice.Criteria) (int, error) {
	q, err := notice.Compile(c)
	if err != nil {
		return 0, err
	}
	const weeks = 4
	n := s.notices.Index().CallsSince(q, s.db.Clock.Now().Add(-weeks*7*24*time.Hour))
	return (n + weeks - 1) / weeks, nil
}
