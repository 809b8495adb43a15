package account

import (
	"context"
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// AddressMove is an account that has just gone from one address to another.
type AddressMove struct {
	By       access.Actor // the person, at the new address
	From, To Address
}

// AddressChangedBody is the body of event.AddressChanged.
type AddressChangedBody struct {
	FormerID string `json:"former_id"` // the address that was left
}

// AddressChangeOf reads the change of a link, for the page where it leads; the link
// stays good. What is used, dropped, replaced, expired or unknown is one
// fault.NotFound; an address that somebody else has by now, a fault.Conflict: only who
// holds its mailbox has the link.
func (s *Service) AddressChangeOf(ctx context.Context, token string) (AddressChange, error) {
	var c AddressChange
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if c, err = openAddressChange(tx, token); err != nil {
			return err
		}
		return mayTake(tx, c.AddressKey, c.AccountID)
	})
	return c, err
}

func openAddressChange(tx *db.Tx, token string) (AddressChange, error) {
	return behind(tx, token, AddressChange.Open, staleAddress, func(hash string) (AddressChange, error) {
		c, err := addressChangeBy(tx, "token_hash", hash)
		return c.withAccount(tx, err)
	})
}

func staleAddress() *fault.Error {
	return fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: il a déjà servi, il date de plus de 24 heures, la demande a été annulée ou remplacée, "+
		"le mot de passe du compte a changé depuis ou le lien est incomplet. Au besoin, recommencez depuis «\u00a0Mes informations personnelles\u00a0».")
}

// mayTake refuses an address that another account has, or has just left.
func mayTake(tx *db.Tx, addressKey, accountID string) error {
	switch a, err := accountByAddress(tx, addressKey); {
	case err == nil && a.ID != accountID:
		return fault.New(fault.Conflict, "Cette adresse est maintenant celle d'un autre compte\u00a0: elle ne peut pas servir à deux. L'adresse du vôtre n'a pas changé.")
	case err != nil && !errors.Is(err, db.ErrNone):
		return err
	}
	until, kept, err := keptFor(tx, addressKey, accountID)
	if err != nil || !kept {
		return err
	}
	return fault.New(fault.Conflict, "Un autre compte vient de quitter cette adresse, qui lui reste réservée jusqu'au "+until.Long(clock.Paris)+
		". L'adresse du vôtre n'a pas changé\u00a0: recommencez après cette date.")
}

// ChangeAddress gives an account the address of a link, which serves once. The one
// that it leaves is kept for it for a while (former.go). Sessions end but the one of
// keptToken, if it is of this account; so do links of forgotten passwords and of
// sign-ups with the address. Of two who take an address at once the second waits, then
// meets db.IsUnique: it has to ask again, and is told. What the person receives
// elsewhere is for the caller to move, in the same transaction.
func (s *Service) ChangeAddress(tx *db.Tx, token, keptToken string) (AddressMove, error) {
	c, err := openAddressChange(tx, token)
	if err != nil {
		return AddressMove{}, err
	}
	a, _, err := lockAccount(tx, c.AccountID)
	if err != nil {
		return AddressMove{}, err
	}
	if err := mayTake(tx, c.AddressKey, a.ID); err != nil {
		return AddressMove{}, err
	}
	// Whoever changed the password, or took the address back, meanwhile has closed it.
	used, err := useAddressChange(tx, c.ID)
	switch {
	case err != nil:
		return AddressMove{}, err
	case !used:
		return AddressMove{}, staleAddress()
	}
	to := Address{Text: c.Address, Key: c.AddressKey}
	if err := setAddress(tx, a.ID, to); err != nil {
		return AddressMove{}, err
	}
	// Again: who was leaving it meanwhile has left.
	if err := mayTake(tx, c.AddressKey, a.ID); err != nil {
		return AddressMove{}, err
	}
	left, err := leave(tx, a)
	if err != nil {
		return AddressMove{}, err
	}
	kept, _ := digestOf(keptToken)
	if err := s.addressGone(tx, a, to, kept); err != nil {
		return AddressMove{}, err
	}
	moved := AddressMove{From: a.address(), To: to}
	a.Address, a.AddressKey = to.Text, to.Key
	moved.By = a.actor()
	return moved, s.journal.Record(tx, moved.By, event.AddressChanged, a.ID, AddressChangedBody{left.ID})
}

// addressGone closes what was opened by the address that an account leaves, or waits
// for the one that it takes.
func (s *Service) addressGone(tx *db.Tx, a Account, to Address, keptSession string) error {
	if err := closeResets(tx, a.ID, ""); err != nil {
		return err
	}
	if err := closeAddressChanges(tx, a.ID); err != nil {
		return err
	}
	if err := useSignUps(tx, to.Key); err != nil {
		return err
	}
	_, err := deleteSessions(tx, a.ID, keptSession)
	return err
}

func (a Account) address() Address { return Address{Text: a.Address, Key: a.AddressKey} }
