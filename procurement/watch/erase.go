package watch

import (
	"context"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// Keep is how long a deleted watch, an address that was taken out of one and an address
// that never answered are kept: as long as the log of what was sent for them. So are what
// was decided about a contract and what was noted of it.
const Keep = 365 * 24 * time.Hour

// MadeBy lists the watches that are somebody's, in an establishment or alone, those
// deleted and not yet forgotten too.
func MadeBy(tx *db.Tx, accountID string) ([]*Watch, error) {
	return query(tx, "account_id = $1 ORDER BY created_at, id", accountID)
}

// Tally counts the watches of an establishment, and those of somebody among them.
func Tally(tx *db.Tx, establishmentID, accountID string) (all, theirs int, err error) {
	watches, err := inScope(tx, establishmentScope(establishmentID))
	for _, w := range watches {
		if w.AccountID == accountID {
			theirs++
		}
	}
	return len(watches), theirs, err
}

// OwnCount counts the watches that somebody has alone.
func OwnCount(tx *db.Tx, accountID string) (int, error) {
	own, err := inScope(tx, ownScope(accountID))
	return len(own), err
}

// Received is a watch that is, or is to be, mailed to an address.
type Received struct {
	Recipient
	WatchName       string
	WatchOf         string // the account that made it
	Own             bool   // which has it alone
	EstablishmentID string
	CompanyName     string // of the establishment; empty for none
}

// ReceivedAt lists what an address receives, was asked to receive, or said stop to.
func ReceivedAt(tx *db.Tx, addressKey string) ([]Received, error) {
	var rows []Recipient
	if err := tx.All(&rows, "SELECT "+recipientColumns+" FROM watch_recipient WHERE address_key = $1 AND removed_at IS NULL ORDER BY asked_at, id", addressKey); err != nil {
		return nil, err
	}
	var out []Received
	for _, r := range rows {
		found, err := ByIDs(tx, []string{r.WatchID})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || !found[0].DeletedAt.IsZero() {
			continue
		}
		w := found[0]
		one := Received{Recipient: r, WatchName: w.Name, WatchOf: w.AccountID, Own: w.Scope == ownScope(w.AccountID), EstablishmentID: w.EstablishmentID}
		if w.EstablishmentID != "" {
			e, err := org.EstablishmentByID(tx, w.EstablishmentID)
			if err != nil {
				return nil, err
			}
			one.CompanyName = e.CompanyName
		}
		out = append(out, one)
	}
	return out, nil
}

// EraseAll ends the watches of an establishment that nobody is left in; see EraseOwn.
func (s *Service) EraseAll(tx *db.Tx, by access.Actor, establishmentID string) error {
	return s.erase(tx, by, establishmentScope(establishmentID))
}

// EraseOwn ends the watches that the actor has alone and removes at once what they asked
// and to whom they went, of those deleted earlier too. A row without words stays until
// Forget: matchers learn from it that the watch is over.
func (s *Service) EraseOwn(tx *db.Tx, by access.Actor) error {
	if err := unnameTags(tx, by.AccountID); err != nil {
		return err
	}
	return s.erase(tx, by, ownScope(by.AccountID))
}

func (s *Service) erase(tx *db.Tx, by access.Actor, scope string) error {
	all, err := query(tx, "scope = $1 ORDER BY created_at, id", scope)
	if err != nil {
		return err
	}
	if err := eraseTags(tx, scope); err != nil {
		return err
	}
	for _, w := range all {
		if w.DeletedAt.IsZero() {
			if err := s.tell(tx, by, event.WatchDeleted, w); err != nil {
				return err
			}
		}
		if err := emptyWatch(tx, w.ID); err != nil {
			return err
		}
	}
	return nil
}

// EraseAddress removes what is left of an address in watches that are over, and where it
// was taken out. Where it still receives something of the same establishment, what it
// said stop to is remembered, so that nobody asks it again.
func EraseAddress(tx *db.Tx, addressKey string) error {
	_, err := tx.Exec("DELETE FROM watch_recipient WHERE address_key = $1 AND ("+over+") AND NOT ("+opposed+")", addressKey)
	return err
}

// Forget removes what was over a year ago: watches, and addresses taken out of others;
// the addresses that have not answered for as long, and tags and notes of that age.
func (s *Service) Forget(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return forget(tx, tx.Now.Add(-Keep)) })
}

func forget(tx *db.Tx, before clock.Instant) error {
	const old = "SELECT id FROM watch WHERE deleted_at < $1"
	for _, statement := range []string{
		"DELETE FROM watch_recipient WHERE (removed_at < $1 OR watch_id IN (" + old + ")) AND NOT (" + opposed + ")",
		"DELETE FROM watch_recipient WHERE asked_at < $1 AND NOT main AND confirmed_at IS NULL AND stopped_at IS NULL AND failed_at IS NULL",
		"DELETE FROM watch WHERE deleted_at < $1 AND id NOT IN (SELECT watch_id FROM watch_recipient)",
		// Those that must remember a stop keep nothing else.
		"UPDATE watch SET name = '', criteria = '{}' WHERE deleted_at < $1 AND criteria <> '{}'",
		"DELETE FROM tag WHERE at < $1",
		"DELETE FROM tag_note WHERE at < $1",
	} {
		if _, err := tx.Exec(statement, before); err != nil {
			return err
		}
	}
	return nil
}
