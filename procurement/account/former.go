package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/mail"
	"parvis/procurement/event"
)

// An address that was left can be taken back by its mailbox for restoreLife after the
// mail that says so is composed. Until that is done, and no longer than a mail is
// owed, it waits for it.
const (
	restoreLife = 72 * time.Hour
	restoreWait = restoreLife + mail.Longest
)

// FormerAddress is an address that an account had. Nobody else may have it until
// Until: whoever got into the account and changed it must not keep it from its owner.
type FormerAddress struct {
	ID         string
	AccountID  string
	Address    string
	AddressKey string
	LeftAt     clock.Instant
	Until      clock.Instant
	ClosedAt   clock.Instant // taken back, or one that was left before it was
	Account    Account       `db:"-"`
}

func (f FormerAddress) open(at clock.Instant) bool { return f.ClosedAt.IsZero() && at < f.Until }

// leave keeps the address of an account that is about to have another one.
func leave(tx *db.Tx, a Account) (FormerAddress, error) {
	f := FormerAddress{ID: db.NewID(), AccountID: a.ID, Address: a.Address, AddressKey: a.AddressKey, LeftAt: tx.Now, Until: tx.Now.Add(restoreWait)}
	return f, insertFormer(tx, f)
}

// keptFor tells whether an address is kept for an account other than this one, and
// until when.
func keptFor(tx *db.Tx, addressKey, notAccountID string) (until clock.Instant, kept bool, err error) {
	f, err := keptAddress(tx, addressKey)
	if errors.Is(err, db.ErrNone) || err == nil && f.AccountID == notAccountID {
		return 0, false, nil
	}
	return f.Until, err == nil, err
}

// holderOf gives the account that has an address, or for which it is kept; db.ErrNone
// for an address that is free.
func holderOf(tx *db.Tx, addressKey string) (Account, error) {
	// Both are asked whatever the first answers: the time it takes tells nothing.
	f, errKept := keptAddress(tx, addressKey)
	a, err := accountByAddress(tx, addressKey)
	switch {
	case !errors.Is(err, db.ErrNone):
		return a, err
	case errKept != nil:
		return Account{}, errKept
	}
	return accountByID(tx, f.AccountID)
}

// HolderOf gives the account that has an address, or, when keptUntil is not zero, for
// which it is kept; db.ErrNone for an address that is free. For mails to that address:
// no page may tell what it answered.
func HolderOf(tx *db.Tx, a Address) (holder Account, keptUntil clock.Instant, err error) {
	if holder, err = holderOf(tx, a.Key); err != nil || holder.AddressKey == a.Key {
		return holder, 0, err
	}
	keptUntil, _, err = keptFor(tx, a.Key, "")
	return holder, keptUntil, err
}

// FindFormerAddress reads an address that was left; db.ErrNone when it was swept.
func FindFormerAddress(tx *db.Tx, id string) (FormerAddress, error) {
	f, err := formerBy(tx, "id", id)
	return f.withAccount(tx, err)
}

func (f FormerAddress) withAccount(tx *db.Tx, err error) (FormerAddress, error) {
	if err == nil {
		f.Account, err = accountByID(tx, f.AccountID)
	}
	return f, err
}

// MintRestoreToken makes the secret of the link that takes an address back, in the
// transaction that freezes its mail; the address is kept from then on as long as the
// link works. ErrStale when it cannot be taken back any more.
func MintRestoreToken(tx *db.Tx, formerID string) (token string, f FormerAddress, err error) {
	f, err = FindFormerAddress(tx, formerID)
	if errors.Is(err, db.ErrNone) || err == nil && !f.open(tx.Now) {
		return "", FormerAddress{}, ErrStale
	}
	if err != nil {
		return "", FormerAddress{}, err
	}
	token, hash := newToken()
	f.Until = tx.Now.Add(restoreLife)
	still, err := setFormerToken(tx, f.ID, hash, f.Until)
	if err == nil && !still {
		err = ErrStale
	}
	return token, f, err
}

// FormerAddressOf reads the address of a link that takes it back, for the page where
// it leads; the link stays good. What is used, void, expired or unknown is one
// fault.NotFound.
func (s *Service) FormerAddressOf(ctx context.Context, token string) (FormerAddress, error) {
	var f FormerAddress
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { f, err = openFormer(tx, token); return err })
	return f, err
}

func openFormer(tx *db.Tx, token string) (FormerAddress, error) {
	return behind(tx, token, FormerAddress.open, staleFormer, func(hash string) (FormerAddress, error) {
		f, err := formerBy(tx, "token_hash", hash)
		return f.withAccount(tx, err)
	})
}

func staleFormer() *fault.Error {
	return fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: il a déjà servi, il date de plus de 72 heures, le compte a déjà repris une adresse plus ancienne ou le lien est incomplet. "+
		"Si l'adresse de votre compte a changé sans vous, écrivez à l'exploitant de la plateforme, nommé dans les mentions légales.")
}

// AddressRestoredBody is the body of event.AddressRestored.
type AddressRestoredBody struct {
	FormerID   string `json:"former_id"`             // the address that was taken back
	ReplacedID string `json:"replaced_id,omitempty"` // the one that it took the place of
}

// AddressRestored is an account that has its former address again.
type AddressRestored struct {
	AddressMove
	LeftAt clock.Instant
	Others []string // keys of the addresses that it had meanwhile
	Reset  string   // token of a link to choose a password, for whoever took it back
}

// RestoreAddress gives an account back the address of a link, which serves once.
// Whoever changed it knew the password and held a session in a browser that is known:
// none of it is worth anything any more, nor is any link that waits,
// nor a second factor added since, nor the right to take back an address that was
// taken later. Addresses left earlier keep theirs: the oldest wins. Somebody who has
// got the address meanwhile, its time being over, is db.IsUnique. What the person
// receives elsewhere is for the caller to move back, in the same transaction.
func (s *Service) RestoreAddress(tx *db.Tx, token string) (AddressRestored, error) {
	f, err := openFormer(tx, token)
	if err != nil {
		return AddressRestored{}, err
	}
	a, _, err := lockAccount(tx, f.AccountID)
	if err != nil {
		return AddressRestored{}, err
	}
	out := AddressRestored{LeftAt: f.LeftAt, AddressMove: AddressMove{From: a.address(), To: Address{Text: f.Address, Key: f.AddressKey}}}
	switch used, err := useFormer(tx, f.ID); {
	case err != nil:
		return out, err
	case !used:
		return out, staleFormer()
	}
	if out.Others, err = closeFormersSince(tx, f); err != nil {
		return out, err
	}
	body := AddressRestoredBody{FormerID: f.ID}
	if out.From.Key != out.To.Key {
		if !slices.Contains(out.Others, out.From.Key) {
			out.Others = append(out.Others, out.From.Key)
		}
		replaced := FormerAddress{ID: db.NewID(), AccountID: a.ID, Address: a.Address, AddressKey: a.AddressKey, LeftAt: tx.Now, Until: tx.Now.Add(restoreWait), ClosedAt: tx.Now}
		if err := insertFormer(tx, replaced); err != nil {
			return out, err
		}
		body.ReplacedID = replaced.ID
	}
	if err := restore(tx, a.ID, out.To); err != nil {
		return out, err
	}
	if err := s.addressGone(tx, a, out.To, ""); err != nil {
		return out, err
	}
	if _, err := forgetDevices(tx, a.ID, ""); err != nil {
		return out, err
	}
	// A factor added meanwhile would keep whoever took the account inside.
	if err := deleteFactorsSince(tx, a.ID, f.LeftAt); err != nil {
		return out, err
	}
	a.Address, a.AddressKey = out.To.Text, out.To.Key
	out.By = a.actor()
	if err := s.journal.Record(tx, out.By, event.AddressRestored, a.ID, body); err != nil {
		return out, err
	}
	out.Reset, err = openResetFor(tx, a)
	return out, err
}

// openResetFor opens a link to choose a password for somebody who has proved that they
// hold the mailbox: it needs no mail.
func openResetFor(tx *db.Tx, a Account) (token string, err error) {
	id := db.NewID()
	if err := insertReset(tx, id, a); err != nil {
		return "", err
	}
	token, hash := newToken()
	_, err = setResetToken(tx, id, hash, tx.Now.Add(resetLife))
	return token, err
}

// MayGoBack tells whether an address that the account has left can still take it back.
func MayGoBack(tx *db.Tx, accountID string) (bool, error) {
	all, err := formersOf(tx, accountID)
	return slices.ContainsFunc(all, func(f FormerAddress) bool { return f.open(tx.Now) }), err
}
