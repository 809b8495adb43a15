package alert

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// Kinds of mail about the address of an account.
const (
	mailAddressAsked    = "address_asked"
	mailAddressChanged  = "address_changed"
	mailAddressRestored = "address_restored"
)

// composeAddresses tells the outbox who writes the mails of this file.
func (s *Service) composeAddresses() {
	s.outbox.Compose(mailAddressAsked, s.composeAddressAsked)
	s.outbox.Compose(mailAddressChanged, s.composeAddressChanged)
	s.outbox.Compose(mailAddressRestored, s.composeAddressRestored)
}

// mailAddressAsked owes one mail to the address that somebody wants, whoever has it:
// what it says is decided when it is composed.
func (s *Service) mailAddressAsked(tx *db.Tx, e event.Event) error {
	var body account.AddressAskedBody
	if err := e.Decode(&body); err != nil || body.Withheld {
		return err
	}
	c, err := account.FindAddressChange(tx, body.ChangeID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailAddressAsked, c.ID, c.Address)
}

// composeAddressAsked writes a link to who can have the address, and a warning to who
// has it. Nothing of the person who asked is in it: free words of a stranger are not
// ours to send.
func (s *Service) composeAddressAsked(tx *db.Tx, ref, recipient string) (mail.Message, error) {
	c, err := account.FindAddressChange(tx, ref)
	if errors.Is(err, db.ErrNone) || err == nil && !c.Open(tx.Now) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	holder, keptUntil, err := account.HolderOf(tx, account.Address{Text: c.Address, Key: c.AddressKey})
	switch {
	case errors.Is(err, db.ErrNone) || err == nil && holder.ID == c.AccountID:
		return s.composeAddressConfirm(tx, c)
	case err != nil:
		return mail.Message{}, err
	case !keptUntil.IsZero():
		return addressKept(recipient, keptUntil)
	}
	return write("address_taken", "Quelqu'un a voulu utiliser votre adresse", map[string]string{
		"Name": holder.Name, "Login": holder.Login, "Link": s.baseURL + "/connexion",
	})
}

func (s *Service) composeAddressConfirm(tx *db.Tx, c account.AddressChange) (mail.Message, error) {
	secret, c, err := account.MintAddressToken(tx, c.ID)
	if errors.Is(err, account.ErrStale) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	m, err := write("address_confirm", "Confirmez votre nouvelle adresse", map[string]string{
		"Link": s.baseURL + "/adresse/confirmation/" + secret, "Until": c.ExpiresAt.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

// addressKept tells a mailbox that its address cannot serve yet.
func addressKept(address string, until clock.Instant) (mail.Message, error) {
	return write("address_kept", "Cette adresse est réservée pour quelques jours", map[string]string{
		"Address": address, "Until": until.Long(clock.Paris),
	})
}

// mailAddressChanged owes the address that was left, always, the means to come back.
func (s *Service) mailAddressChanged(tx *db.Tx, e event.Event) error {
	var body account.AddressChangedBody
	if err := e.Decode(&body); err != nil {
		return err
	}
	return s.mailFormer(tx, mailAddressChanged, body.FormerID)
}

func (s *Service) mailFormer(tx *db.Tx, kind, formerID string) error {
	f, err := account.FindFormerAddress(tx, formerID)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.owe(tx, kind, f.ID, f.Address)
}

func (s *Service) composeAddressChanged(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, f, err := account.MintRestoreToken(tx, ref)
	if errors.Is(err, account.ErrStale) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	m, err := write("address_changed", "L'adresse de votre compte a changé", map[string]string{
		"Name": f.Account.Name, "Login": f.Account.Login, "Address": f.Address, "When": f.LeftAt.Long(clock.Paris),
		"Link": s.baseURL + "/adresse/annulation/" + secret, "Until": f.Until.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

// mailAddressRestored owes a word to the address that is not the account's any more.
func (s *Service) mailAddressRestored(tx *db.Tx, e event.Event) error {
	var body account.AddressRestoredBody
	if err := e.Decode(&body); err != nil || body.ReplacedID == "" {
		return err
	}
	return s.mailFormer(tx, mailAddressRestored, body.ReplacedID)
}

func (s *Service) composeAddressRestored(tx *db.Tx, ref, _ string) (mail.Message, error) {
	f, err := account.FindFormerAddress(tx, ref)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	return write("address_restored", "Un changement d'adresse a été annulé", map[string]string{
		"Address": f.Address, "When": f.LeftAt.Long(clock.Paris), "Link": s.baseURL + "/mentions",
	})
}
