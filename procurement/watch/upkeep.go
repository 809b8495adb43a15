package watch

import (
	"context"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// Lapsed tells that an address was asked whether it wants the watch and has not answered
// in time: it is mailed nothing, and its link says so. It may be asked anew.
func (r Recipient) Lapsed(at clock.Instant) bool {
	return r.State() == Awaited && at > r.AskedAt.Add(consentFor)
}

// Reached is whom an address receives watches of: an establishment, or somebody alone.
type Reached struct{ Scope, EstablishmentID string }

// ReachedBy lists whose watches are mailed to an address that has not failed yet.
func ReachedBy(tx *db.Tx, addressKey string) (out []Reached, err error) {
	err = tx.All(&out, `SELECT DISTINCT w.scope, w.establishment_id FROM watch_recipient r JOIN watch w ON w.id = r.watch_id
		WHERE r.address_key = $1 AND r.failed_at IS NULL AND r.removed_at IS NULL AND w.deleted_at IS NULL ORDER BY w.scope`, addressKey)
	return out, err
}

// Failing is an address that its server refuses, and the watches that it misses.
type Failing struct {
	Recipient
	Watches []*Watch
}

// FailingIn lists the addresses that fail in a scope.
func FailingIn(tx *db.Tx, scope string) ([]Failing, error) {
	watches, err := inScope(tx, scope)
	return FailingOf(watches), err
}

// FailingOf lists the addresses of watches that fail, each once.
func FailingOf(watches []*Watch) (out []Failing) {
	for _, w := range watches {
		for _, r := range w.Recipients {
			if r.State() != Failed {
				continue
			}
			at := slices.IndexFunc(out, func(f Failing) bool { return f.AddressKey == r.AddressKey })
			if at < 0 {
				at, out = len(out), append(out, Failing{Recipient: r})
			}
			out[at].Watches = append(out[at].Watches, w)
		}
	}
	return out
}

// Recall has an address mailed again that was refused by its server, in all watches of
// the actor's, once whoever knows it has put it right; or asks again one that has not
// answered in time. Who has said stop is left in peace.
func (s *Service) Recall(ctx context.Context, by access.Actor, recipientID string) (r Recipient, asked bool, err error) {
	if err := by.Must(access.EditWatches); err != nil {
		return r, false, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		w, err := s.watchOf(tx, by, recipientID, &r)
		if err != nil {
			return err
		}
		switch {
		case r.State() == Failed:
			asked, err = s.unfail(tx, by, r)
			return err
		case r.Lapsed(tx.Now):
			asked = true
			return s.askAnew(tx, by, w, r)
		}
		return fault.New(fault.Conflict, "Il n'y a rien à faire pour cette adresse\u00a0: elle n'est pas en échec, ou quelqu'un vient de s'en occuper.")
	})
	return r, asked, err
}

var errNoAddress = fault.New(fault.NotFound, "Cette adresse n'est plus dans vos veilles.")

// watchOf reads a recipient of one of the actor's watches, and the watch.
func (s *Service) watchOf(tx *db.Tx, by access.Actor, recipientID string, r *Recipient) (*Watch, error) {
	if !IsID(recipientID) {
		return nil, errNoAddress
	}
	var err error
	if *r, err = recipientBy(tx, "id = $1", recipientID); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, errNoAddress
		}
		return nil, err
	}
	w, err := findInScope(tx, by.Scope(), r.WatchID)
	if fault.Is(err, fault.NotFound) {
		return nil, errNoAddress
	}
	return w, err
}

// unfail takes a refusal back in all watches of the actor's. An address that never agreed,
// because the request itself was refused, is asked anew.
func (s *Service) unfail(tx *db.Tx, by access.Actor, r Recipient) (asked bool, err error) {
	watches, err := inScope(tx, by.Scope())
	if err != nil {
		return false, err
	}
	for _, w := range watches {
		for _, one := range w.Recipients {
			if one.AddressKey != r.AddressKey || one.State() != Failed {
				continue
			}
			if err := setRecipient(tx, one.ID, "failed_at", 0); err != nil {
				return false, err
			}
			if one.ConfirmedAt.IsZero() && one.StoppedAt.IsZero() {
				asked = true
				if err := s.askAnew(tx, by, w, one); err != nil {
					return false, err
				}
			}
			if err := s.journal.Record(tx, by, event.RecipientRecalled, w.ID, struct{}{}); err != nil {
				return false, err
			}
		}
	}
	return asked, nil
}

// askAnew puts a new request in the place of one that nobody has answered: its link is no
// longer good.
func (s *Service) askAnew(tx *db.Tx, by access.Actor, w *Watch, r Recipient) error {
	if err := removeRecipient(tx, r.ID); err != nil {
		return err
	}
	_, err := s.addRecipients(tx, by, w, []account.Address{{Text: r.Address, Key: r.AddressKey}})
	return err
}

// AskWithheld asks the addresses that had been written to often enough on the day that
// they were put in a watch, once they may be again. After a week nobody waits for them.
func (s *Service) AskWithheld(ctx context.Context) error {
	if err := access.Platform("destinataires").Must(access.SendAlerts); err != nil {
		return err
	}
	since := s.db.Clock.Now().Add(-consentFor)
	var free []string
	if err := s.db.Read(ctx, func(tx *db.Tx) error {
		var waiting []struct{ ID, AddressKey string }
		if err := tx.All(&waiting, `SELECT r.id, r.address_key FROM watch_recipient r JOIN watch w ON w.id = r.watch_id
			WHERE r.withheld AND r.asked_at > $1 AND r.removed_at IS NULL AND w.deleted_at IS NULL ORDER BY r.asked_at, r.id`, since); err != nil {
			return err
		}
		for _, r := range waiting {
			may, err := account.MaySolicit(tx, r.AddressKey)
			if err != nil {
				return err
			}
			if may {
				free = append(free, r.ID)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, id := range free {
		if err := s.db.Write(ctx, func(tx *db.Tx) error { return s.askWithheld(tx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// askWithheld asks one address, unless another replica just has, or somebody else has
// taken its last mail of the day.
func (s *Service) askWithheld(tx *db.Tx, id string) error {
	n, err := tx.Exec("UPDATE watch_recipient SET withheld = $1, asked_at = $2 WHERE id = $3 AND withheld AND removed_at IS NULL", false, tx.Now, id)
	if err != nil || n == 0 {
		return err
	}
	r, err := recipientBy(tx, "id = $1", id)
	if err != nil {
		return err
	}
	switch allowed, err := account.Solicit(tx, r.AddressKey); {
	case err != nil:
		return err
	case !allowed:
		return withhold(tx, id)
	}
	return s.journal.Record(tx, access.Platform("destinataires"), event.RecipientAsked, id, AskedBody{})
}

// withhold notes that an address was not asked yet.
func withhold(tx *db.Tx, recipientID string) error {
	_, err := tx.Exec("UPDATE watch_recipient SET withheld = $1 WHERE id = $2", true, recipientID)
	return err
}

// EveryOf lists the watches of a scope, the deleted ones that are not forgotten included:
// the log of what was sent names them.
func EveryOf(tx *db.Tx, scope string) ([]*Watch, error) {
	return query(tx, "scope = $1 ORDER BY created_at, id", scope)
}

// ConsentDays is how many days a request waits for its answer.
const ConsentDays = int(consentFor / (24 * time.Hour))
