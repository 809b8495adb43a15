package account

import (
	"context"
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/text"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// addressLife is how long the link that confirms a new address works after it was asked
// for.
const addressLife = 24 * time.Hour

// addressQuota is how often one person may ask: each time is a mail to an address that
// may be somebody else's.
var addressQuota = quota{"address", 5, 24 * time.Hour, "Vous avez demandé plusieurs changements d'adresse."}

// AddressForm is what somebody signed in fills in to have another address.
type AddressForm struct {
	Current string // password
	Address string
}

// read checks all that costs nothing. Faults are on adresse, mot_de_passe_actuel.
func (f AddressForm) read(a Account) (Address, error) {
	var faults fault.List
	wanted, err := ParseAddress(f.Address)
	e, wrong := fault.As(err)
	switch {
	case wrong:
	case wanted.Key == a.AddressKey:
		e, wrong = refuse("C'est déjà l'adresse de votre compte."), true
	case text.Fold(f.Current) == text.Fold(wanted.Text) || text.Fold(f.Current) == text.Fold(wanted.Key):
		e, wrong = refuse("Cette adresse est aussi votre mot de passe\u00a0: changez d'abord de mot de passe."), true
	}
	if wrong {
		faults = append(faults, e.On("adresse"))
	}
	if f.Current == "" {
		faults = append(faults, refuse("Saisissez votre mot de passe actuel.").On("mot_de_passe_actuel"))
	}
	return wanted, faults.Err()
}

// AddressChange is an address that somebody wants for their account, until its
// mailbox has answered.
type AddressChange struct {
	ID         string
	AccountID  string
	Address    string
	AddressKey string
	AskedAt    clock.Instant
	ExpiresAt  clock.Instant
	ClosedAt   clock.Instant // confirmed, dropped, or another one was asked for
	Account    Account       `db:"-"`
}

// Open tells whether it waits for its answer.
func (c AddressChange) Open(at clock.Instant) bool { return c.ClosedAt.IsZero() && at < c.ExpiresAt }

// AddressAskedBody is the body of event.AddressAsked and event.AddressDropped.
type AddressAskedBody struct {
	ChangeID string `json:"change_id"`
	Withheld bool   `json:"withheld,omitempty"` // not mailed: the address was written to often enough that day
}

// AskAddress has a link owed to the address that the person signed in wants, who
// proves who they are with their password: a wrong one counts like a wrong sign-in. Nothing
// changes until the link is used. An address that somebody else has is not told apart, neither by the answer nor by the work: it is mailed to its
// owner. Asking again takes the place of what waited. Faults are on adresse,
// mot_de_passe_actuel; too many errors or requests are told how long to wait
// (fault.Unavailable).
func (s *Service) AskAddress(ctx context.Context, sessionToken string, form AddressForm, from Visitor) error {
	_, a, hash, err := s.holder(ctx, sessionToken)
	if err != nil {
		return err
	}
	wanted, err := form.read(a)
	if err != nil {
		return err
	}
	meters, err := s.prove(ctx, a, hash, form.Current, from)
	if err != nil {
		return err
	}
	var refusal error
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := settle(tx, meters); err != nil {
			return err
		}
		if refusal = addressQuota.take(tx, a.ID); fault.Is(refusal, fault.Unavailable) {
			return nil // the password was right all the same
		} else if refusal != nil {
			return refusal
		}
		return s.askAddress(tx, a, hash, wanted)
	})
	if err != nil {
		return err
	}
	return refusal
}

func (s *Service) askAddress(tx *db.Tx, a Account, hash string, wanted Address) error {
	allowed, err := Solicit(tx, wanted.Key)
	if err != nil {
		return err
	}
	// Who changes the password meanwhile has closed, or closes next, what waits.
	switch _, now, err := lockAccount(tx, a.ID); {
	case err != nil:
		return err
	case now != hash:
		return errOldPassword
	}
	c := AddressChange{ID: db.NewID(), AccountID: a.ID, Address: wanted.Text, AddressKey: wanted.Key, AskedAt: tx.Now, ExpiresAt: tx.Now.Add(addressLife)}
	switch waits, err := waitingAddress(tx, a.ID); {
	case err != nil && !errors.Is(err, db.ErrNone):
		return err
	case err == nil && waits.AddressKey == wanted.Key && !allowed:
		c.ClosedAt = tx.Now // what was mailed earlier stays good: it is all that there will be today
	default:
		if err := closeAddressChanges(tx, a.ID); err != nil {
			return err
		}
	}
	if err := insertAddressChange(tx, c); err != nil {
		return err
	}
	if !allowed {
		s.log.WarnContext(tx.Context(), "change of address not mailed: too many mails for one address", "change", c.ID)
	}
	return s.journal.Record(tx, a.actor(), event.AddressAsked, a.ID, AddressAskedBody{c.ID, !allowed})
}

// Self reads the actor's own account, and the address that they wait for; waits is
// false for none.
func (s *Service) Self(ctx context.Context, by access.Actor) (a Account, wanted AddressChange, waits bool, err error) {
	if err := by.Must(access.EditAccount); err != nil {
		return a, wanted, false, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if a, err = accountByID(tx, by.AccountID); err != nil {
			return err
		}
		wanted, err = waitingAddress(tx, by.AccountID)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		waits = err == nil
		return err
	})
	return a, wanted, waits, err
}

// DropAddress gives up the address that the actor waits for, whose link then opens
// nothing; waited is false when there was none any more.
func (s *Service) DropAddress(ctx context.Context, by access.Actor) (waited bool, err error) {
	if err := by.Must(access.EditAccount); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, _, err := lockAccount(tx, by.AccountID)
		if err != nil {
			return err
		}
		c, err := waitingAddress(tx, a.ID)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		waited = true
		if err := closeAddressChanges(tx, a.ID); err != nil {
			return err
		}
		return s.journal.Record(tx, a.actor(), event.AddressDropped, a.ID, AddressAskedBody{ChangeID: c.ID})
	})
	return waited, err
}

// FindAddressChange reads a change with its account; db.ErrNone when it was swept.
func FindAddressChange(tx *db.Tx, id string) (AddressChange, error) {
	c, err := addressChangeBy(tx, "id", id)
	return c.withAccount(tx, err)
}

func (c AddressChange) withAccount(tx *db.Tx, err error) (AddressChange, error) {
	if err == nil {
		c.Account, err = accountByID(tx, c.AccountID)
	}
	return c, err
}

// MintAddressToken makes the secret of the link, in the transaction that freezes its
// mail; any earlier one of that change opens nothing. ErrStale when the change must
// not be mailed any more. Whether the address is free is the composer's to ask
// (HolderOf): who has it gets another mail.
func MintAddressToken(tx *db.Tx, changeID string) (token string, c AddressChange, err error) {
	c, err = FindAddressChange(tx, changeID)
	if errors.Is(err, db.ErrNone) || err == nil && !c.Open(tx.Now) {
		return "", AddressChange{}, ErrStale
	}
	if err != nil {
		return "", AddressChange{}, err
	}
	token, hash := newToken()
	still, err := setAddressToken(tx, c.ID, hash)
	if err == nil && !still {
		err = ErrStale
	}
	return token, c, err
}
