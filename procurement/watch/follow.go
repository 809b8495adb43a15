package watch

import (
	"cmp"
	"slices"

	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// What follows moves recipients when a person's address changes: it is what this room
// offers to the transaction that changes it, in the room person.
//
// Who confirms an address agrees that it receives what the other one did. So its rows
// follow, those that a colleague's watch has of it included, with what the person has
// said of each watch. What a mailbox was asked and has not answered is its own to
// answer, and stays.

// Follow has what is mailed to the address that a person leaves be mailed to the one
// that they take. With back, they take back an address that somebody else may have
// changed: only what was theirs goes back, and the other mailbox keeps what it had
// agreed to by itself.
func (s *Service) Follow(tx *db.Tx, moved account.AddressMove, back bool) error {
	touched, err := receivedAt(tx, moved.From.Key, moved.By.AccountID, back)
	if err != nil {
		return err
	}
	for _, id := range touched {
		w, err := touch(tx, id)
		if err != nil {
			return err
		}
		if !w.DeletedAt.IsZero() {
			continue // just now
		}
		did, err := followIn(tx, w, moved, back)
		if err != nil {
			return err
		}
		if did {
			if err := s.tell(tx, moved.By, event.WatchChanged, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// followIn moves the person's row in one watch; false when it is not theirs to move.
func followIn(tx *db.Tx, w *Watch, moved account.AddressMove, back bool) (bool, error) {
	at := func(key string) (Recipient, bool) {
		i := slices.IndexFunc(w.Recipients, func(r Recipient) bool { return r.AddressKey == key })
		if i < 0 {
			return Recipient{}, false
		}
		return w.Recipients[i], true
	}
	r, found := at(moved.From.Key)
	if !found || r.State() == Awaited {
		return false, nil
	}
	if back {
		theirs, err := follows(tx, r, moved.By.AccountID)
		if err != nil || !theirs && !(r.Main && w.AccountID == moved.By.AccountID) {
			return false, err
		}
	}
	r.FailedAt = 0 // whoever has just used a link can be reached
	if there, taken := at(moved.To.Key); taken && there.ID != r.ID {
		// One address of the same person receives what either did.
		r.Main = r.Main || there.Main
		if !there.ConfirmedAt.IsZero() && there.StoppedAt.IsZero() {
			r.ConfirmedAt, r.StoppedAt = cmp.Or(r.ConfirmedAt, there.ConfirmedAt), 0
		}
		if err := setAside(tx, there.ID, moved.By.AccountID); err != nil {
			return false, err
		}
	}
	if err := readdress(tx, r, moved.To, moved.By.AccountID); err != nil {
		return false, err
	}
	return true, bringBack(tx, w.ID, moved.From.Key, moved.By.AccountID)
}
