package account

import (
	"context"
	"fmt"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/event"
)

// CreatedBody is the body of event.AccountCreated: what proved the mailbox.
type CreatedBody struct {
	SignUpID     string `json:"sign_up_id,omitempty"`
	InvitationID string `json:"invitation_id,omitempty"`
}

// InvitedForm is what somebody fills in whom an invitation has reached and who has
// no account yet.
type InvitedForm struct {
	Name string
	CredentialsForm
}

// ChooseInvited checks all fields together and hashes the password, as Choose does.
// Faults are on nom, identifiant, mot_de_passe, confirmation.
func (s *Service) ChooseInvited(ctx context.Context, address Address, form InvitedForm) (name string, chosen Credentials, err error) {
	name, wrong := readName(form.Name)
	chosen, err = s.Choose(ctx, SignUp{Address: address.Text, AddressKey: address.Key, Name: name}, form.CredentialsForm)
	var faults fault.List
	if e, ok := fault.As(wrong); ok {
		faults = append(faults, e.On("nom"))
	}
	if err := faults.Add(err); err != nil {
		return "", Credentials{}, err
	}
	return name, chosen, faults.Err()
}

// CreateInvited creates the account of somebody who holds the link of an invitation,
// which proves the mailbox as a sign-up's does; the links of sign-ups that the address
// has asked for are closed. An identifiant that is taken is a fault on identifiant; an
// address that has just got an account, a fault.Conflict.
func (s *Service) CreateInvited(tx *db.Tx, address Address, name string, chosen Credentials, invitationID string) (Account, error) {
	a := Account{ID: db.NewID(), Login: chosen.login.Text, Address: address.Text, AddressKey: address.Key, Name: name, CreatedAt: tx.Now}
	created, err := insertAccount(tx, a, chosen)
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	if !created {
		err := whyNotCreated(tx, a)
		if fault.Is(err, fault.NotFound) { // what a sign-up says of an address that is taken
			err = AlreadyKnown()
		}
		return Account{}, err
	}
	if err := useSignUps(tx, a.AddressKey); err != nil {
		return Account{}, err
	}
	return a, s.journal.Record(tx, a.actor(), event.AccountCreated, a.ID, CreatedBody{InvitationID: invitationID})
}

// AlreadyKnown refuses a second account to a mailbox whose holder has proved it: they
// may know.
func AlreadyKnown() *fault.Error {
	return fault.New(fault.Conflict, "Cette adresse a déjà un compte\u00a0: connectez-vous, puis suivez de nouveau le lien du message.")
}

// Take reads an account and locks its row for the transaction: what is counted of one
// person stays true. It is db.ErrNone when there is none.
func Take(tx *db.Tx, id string) (Account, error) {
	var a Account
	err := tx.One(&a, "UPDATE account SET login = login WHERE id = $1 RETURNING "+accountColumns, id)
	return a, err
}
