package account

import (
	"context"
	"errors"
	"fmt"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/event"
)

// CredentialsForm is what the holder of a mailbox chooses.
type CredentialsForm struct {
	Login    string
	Password string
	Confirm  string
}

// Credentials are chosen, checked and hashed: what CreateAccount stores.
type Credentials struct {
	login Login
	hash  string
}

// Choose checks all fields together and hashes the password; outside of any
// transaction, because hashing is slow on purpose. Faults are on identifiant,
// mot_de_passe, confirmation; whoever tries one identifiant after the other is told how
// long to wait (fault.Unavailable).
func (s *Service) Choose(ctx context.Context, by SignUp, form CredentialsForm) (Credentials, error) {
	var faults fault.List
	on := func(field string, err error) {
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.On(field))
		}
	}
	login, err := ParseLogin(form.Login)
	on("identifiant", err)
	password, err := checkPassword(form.Password, by.Address, by.AddressKey, form.Login, by.Name)
	on("mot_de_passe", err)
	if err == nil && form.Confirm != form.Password {
		on("confirmation", refuse("La confirmation diffère du mot de passe. Saisissez deux fois le même."))
	}
	if err := faults.Err(); err != nil {
		return Credentials{}, err
	}
	if err := s.db.Write(ctx, func(tx *db.Tx) error { return loginQuota.take(tx, by.AddressKey) }); err != nil {
		return Credentials{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	return Credentials{login: login, hash: hash}, err
}

// CreateAccount consumes the token of a sign-up and creates its account. Of
// several links of one address, used at once or in turn, exactly one makes an
// account; the others get the fault.NotFound of a stale link. An identifiant
// that is taken is a fault on identifiant, and consumes nothing once the caller
// rolls back.
func (s *Service) CreateAccount(tx *db.Tx, token string, chosen Credentials) (Account, SignUp, error) {
	from, err := openSignUp(tx, token)
	if err != nil {
		return Account{}, SignUp{}, err
	}
	a := Account{ID: db.NewID(), Login: chosen.login.Text, Address: from.Address, AddressKey: from.AddressKey,
		Name: from.Name, CreatedAt: tx.Now}
	// The address is unique: of two at once the second waits here for the first.
	created, err := insertAccount(tx, a, chosen)
	if err != nil {
		return Account{}, SignUp{}, err
	}
	if !created {
		return Account{}, SignUp{}, whyNotCreated(tx, a)
	}
	if err := useSignUps(tx, from.AddressKey); err != nil {
		return Account{}, SignUp{}, err
	}
	return a, from, s.journal.Record(tx, a.actor(), event.AccountCreated, a.ID, CreatedBody{SignUpID: from.ID})
}

func whyNotCreated(tx *db.Tx, a Account) error {
	switch _, err := accountByAddress(tx, a.AddressKey); {
	case err == nil:
		return staleLink()
	case !errors.Is(err, db.ErrNone):
		return fmt.Errorf("create account: %w", err)
	}
	return refuse("Cet identifiant est déjà pris. Choisissez-en un autre.").On("identifiant")
}
