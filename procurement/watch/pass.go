package watch

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// What follows moves watches when people come and go: it is what this room offers to
// the transaction that changes a membership, in the room member.

// The scopes of watches, as access.Actor.Scope writes them.
func ownScope(accountID string) string {
	return access.Actor{AccountID: accountID, Role: access.Newcomer}.Scope()
}

func establishmentScope(id string) string {
	return access.Actor{EstablishmentID: id, Role: access.CompanyUser}.Scope()
}

// Adopt hands to an establishment the watches that a person made while waiting to be
// let in. A name that is taken there gets the person's after it. More than MaxWatches
// may come of it: nothing that somebody follows is lost, only no more can be made. It
// tells how many moved.
func (s *Service) Adopt(tx *db.Tx, by access.Actor, owner account.Account, establishmentID string) (int, error) {
	if err := adoptTags(tx, owner.ID, establishmentID); err != nil {
		return 0, err
	}
	theirs, err := ownWatches(tx, owner.ID, establishmentID)
	if err != nil || len(theirs) == 0 {
		return 0, err
	}
	scope := establishmentScope(establishmentID)
	present, err := inScope(tx, scope)
	if err != nil {
		return 0, err
	}
	taken := map[string]bool{}
	for _, w := range present {
		taken[nameKey(w.Name)] = true
	}
	for _, w := range theirs {
		w.Name = freeName(w.Name, owner.Name, taken)
		taken[nameKey(w.Name)] = true
		w.Scope, w.EstablishmentID, w.Version = scope, establishmentID, w.Version+1
		if err := move(tx, w); err != nil {
			return 0, err
		}
		if err := s.tell(tx, by, event.WatchChanged, w); err != nil {
			return 0, err
		}
	}
	return len(theirs), nil
}

// freeName gives the name, or, when it is taken, the name with the person's after it,
// and a number when that is taken too. The name gives way to what is added.
func freeName(name, person string, taken map[string]bool) string {
	const mostPerson = 60
	if r := []rune(person); len(r) > mostPerson {
		person = strings.TrimSpace(string(r[:mostPerson])) + "…"
	}
	free := name
	for n := 2; taken[nameKey(free)]; n++ {
		added := " (" + person + ")"
		if n > 2 {
			added = fmt.Sprintf(" (%s, %d)", person, n-1)
		}
		kept := []rune(name)
		free = properName(string(kept[:min(len(kept), maxNameRunes-utf8.RuneCountInString(added))])) + added
	}
	return free
}

// PassOn hands the watches that a person made in an establishment to somebody else
// there, whose address becomes the main one; the other recipients go on. Nothing of the
// establishment's is mailed to whoever has gone, other people's watches included. It
// tells how many changed hands.
func (s *Service) PassOn(tx *db.Tx, by access.Actor, from, to account.Account, establishmentID string) (int, error) {
	all, err := inScope(tx, establishmentScope(establishmentID))
	if err != nil {
		return 0, err
	}
	passed := 0
	for _, w := range all {
		theirs := w.AccountID == from.ID
		if !theirs && !receives(w, from) {
			continue
		}
		owner := w.AccountID
		if theirs {
			owner = to.ID
		}
		if w, err = give(tx, w.ID, owner); err != nil {
			return 0, err
		}
		if !w.DeletedAt.IsZero() {
			continue // just now
		}
		for _, r := range w.Recipients {
			if r.AddressKey == from.AddressKey {
				if err := removeRecipient(tx, r.ID); err != nil {
					return 0, err
				}
			}
		}
		if theirs {
			passed++
			if err := putMain(tx, w, to); err != nil {
				return 0, err
			}
		}
		if err := s.tell(tx, by, event.WatchChanged, w); err != nil {
			return 0, err
		}
	}
	return passed, nil
}

func receives(w *Watch, a account.Account) bool {
	return slices.ContainsFunc(w.Recipients, func(r Recipient) bool { return r.AddressKey == a.AddressKey })
}

// putMain makes the owner's address the main one. If it received the watch already it
// goes on as it was: whoever has said stop is not mailed again.
func putMain(tx *db.Tx, w *Watch, owner account.Account) error {
	for _, r := range w.Recipients {
		if r.AddressKey == owner.AddressKey {
			return promoteRecipient(tx, r)
		}
	}
	_, err := insertRecipient(tx, w.ID, account.Address{Text: owner.Address, Key: owner.AddressKey}, true, tx.Now)
	return err
}

// Disown leaves to a person who was refused the watches that they made while waiting:
// they go on for that person alone. Whoever else received them had agreed to a watch of
// the establishment, which these no longer are.
func (s *Service) Disown(tx *db.Tx, by access.Actor, owner account.Account, establishmentID string) error {
	if err := disownTags(tx, owner.ID, establishmentID); err != nil {
		return err
	}
	theirs, err := ownWatches(tx, owner.ID, establishmentID)
	if err != nil {
		return err
	}
	for _, w := range theirs {
		for _, r := range w.Recipients {
			if r.Main {
				continue
			}
			if err := removeRecipient(tx, r.ID); err != nil {
				return err
			}
		}
		w.EstablishmentID, w.Version = "", w.Version+1
		if err := move(tx, w); err != nil {
			return err
		}
		if err := s.tell(tx, by, event.WatchChanged, w); err != nil {
			return err
		}
	}
	return nil
}

// EndOwn ends the watches that a person made while waiting for an establishment that
// they no longer wish to join. It tells how many.
func (s *Service) EndOwn(tx *db.Tx, by access.Actor, owner account.Account, establishmentID string) (int, error) {
	if err := endTags(tx, owner.ID, establishmentID); err != nil {
		return 0, err
	}
	theirs, err := ownWatches(tx, owner.ID, establishmentID)
	if err != nil {
		return 0, err
	}
	for _, w := range theirs {
		if err := markDeleted(tx, w.ID); err != nil {
			return 0, err
		}
		if err := s.tell(tx, by, event.WatchDeleted, w); err != nil {
			return 0, err
		}
	}
	return len(theirs), nil
}

// checkOutside refuses further recipients to a person of no establishment: the request
// that is sent to an address says which one wants to write to it.
func (d draft) checkOutside(by access.Actor) error {
	if by.EstablishmentID != "" || len(d.recipients) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "Votre compte n'est rattaché à aucun établissement\u00a0: vos veilles ne sont envoyées qu'à votre adresse. Retirez les autres destinataires.").On(FieldRecipients)
}
