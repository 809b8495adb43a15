package org

import (
	"context"
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/refdata"
)

// Establishment is one of a company's, with the company's name.
type Establishment struct {
	ID          string
	CompanyID   string
	CompanyName string
	Country     string // ISO 3166, two letters
	Number      string // SIRET in France, the national identifier elsewhere
	DeclaredAt  clock.Instant
	VerifiedAt  clock.Instant // zero: declared only

	NameListedAt clock.Instant // when the directory gave the name; zero: its people declared it
	Street       string
	Postcode     string
	City         string
	Phone        string
	Version      int64 // of the name, the address and the telephone together
}

// Postal is where the establishment receives its post.
func (e Establishment) Postal() account.PostalAddress {
	return account.PostalAddress{Street: e.Street, Postcode: e.Postcode, City: e.City}
}

// SIRET is empty for a foreign establishment.
func (e Establishment) SIRET() refdata.SIRET {
	if e.Country != account.France {
		return ""
	}
	return refdata.SIRET(e.Number)
}

// Pretty is the establishment's number as people read it.
func (e Establishment) Pretty() string {
	if e.Country == account.France {
		return "SIRET " + refdata.SIRET(e.Number).Pretty()
	}
	return e.Country + "\u00a0" + e.Number
}

// Status is what people read of its proof.
func (e Establishment) Status() string {
	if e.VerifiedAt.IsZero() {
		return "Établissement déclaré, non vérifié"
	}
	return "Établissement vérifié"
}

// Service holds the use cases of this room.
type Service struct {
	db       *db.DB
	accounts *account.Service
	register *register
}

// New makes the room on this database.
func New(d *db.DB, accounts *account.Service) *Service {
	return &Service{db: d, accounts: accounts, register: newRegister(d)}
}

// RegisterForm is what the holder of a sign-up link chooses, and where from.
type RegisterForm struct {
	Login    string
	Password string
	Confirm  string
	From     account.Visitor
}

// Register makes the account of a sign-up link, its company and establishment when
// they are new, and its membership, in one transaction, and signs in: the browser is
// known from now on. Faults are on identifiant, mot_de_passe, confirmation; a
// link that is no longer good is fault.NotFound.
func (s *Service) Register(ctx context.Context, token string, form RegisterForm) (in account.Entry, err error) {
	from, err := s.accounts.SignUpOf(ctx, token)
	if err != nil {
		return account.Entry{}, err
	}
	chosen, err := s.accounts.Choose(ctx, from, account.CredentialsForm{Login: form.Login, Password: form.Password, Confirm: form.Confirm})
	if err != nil {
		return account.Entry{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, from, err := s.accounts.CreateAccount(tx, token, chosen)
		if err != nil {
			return err
		}
		m, err := s.join(tx, a, from)
		if err != nil {
			return err
		}
		in, err = account.OpenSession(tx, a, m.ID, form.From)
		return err
	})
	if err != nil {
		return account.Entry{}, err
	}
	return in, nil
}

// join brings the person into their establishment. The establishment's row is
// locked from here on, so that of two first persons only one is the first.
func (s *Service) join(tx *db.Tx, a account.Account, from account.SignUp) (account.Membership, error) {
	establishment, err := declare(tx, from)
	if err != nil {
		return account.Membership{}, err
	}
	return s.Admit(tx, a, establishment.ID)
}

// TakeEstablishment reads an establishment and locks it for the transaction: whoever
// changes who belongs to it queues here, so that what is read of its people stays
// true. It is db.ErrNone when there is none.
func TakeEstablishment(tx *db.Tx, id string) (Establishment, error) {
	if err := lockEstablishment(tx, id); err != nil {
		return Establishment{}, err
	}
	return establishmentByID(tx, id)
}

// Admit ties the person to an establishment that the caller has locked: the first one
// administers it, a later one asks to join.
func (s *Service) Admit(tx *db.Tx, a account.Account, establishmentID string) (account.Membership, error) {
	members, err := account.MembersOf(tx, establishmentID)
	if err != nil {
		return account.Membership{}, err
	}
	role, first := access.CompanyUser, len(members) == 0
	if first {
		role = access.CompanyAdmin
	}
	return s.accounts.AddMembership(tx, a, establishmentID, role, first)
}

// declare finds the establishment, or makes it with its company. An establishment
// keeps the name and the address under which it was declared first: somebody who
// types its SIRET does not rename it.
func declare(tx *db.Tx, from account.SignUp) (Establishment, error) {
	companyNumber := from.Number
	if from.Country == account.France {
		companyNumber = refdata.SIRET(from.Number).SIREN().String()
	}
	companyID, err := takeCompany(tx, from.Country, companyNumber)
	if err != nil {
		return Establishment{}, err
	}
	id, err := takeEstablishment(tx, companyID, from)
	if err != nil {
		return Establishment{}, err
	}
	return EstablishmentByID(tx, id)
}

// EstablishmentByID reads an establishment, db.ErrNone when there is none.
func EstablishmentByID(tx *db.Tx, id string) (Establishment, error) { return establishmentByID(tx, id) }

// ActorOf says who acts: the person of the session under their membership, or a
// visitor when there is no session, none any more, or garbage in its place.
func (s *Service) ActorOf(ctx context.Context, sessionToken string) (access.Actor, error) {
	if !account.IsToken(sessionToken) {
		return access.Anybody(), nil
	}
	actor := access.Anybody()
	var open account.Session
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		session, found, err := account.SessionOf(tx, sessionToken)
		if err != nil || !found {
			return err
		}
		open, actor = session, session.Actor()
		return describe(tx, &actor)
	})
	if err != nil || !actor.SignedIn() {
		return access.Anybody(), err
	}
	if err := s.accounts.KeepAlive(ctx, open); err != nil {
		return access.Anybody(), err
	}
	return actor, nil
}

// describe adds what the actor's company is called.
func describe(tx *db.Tx, actor *access.Actor) error {
	if actor.EstablishmentID == "" {
		return nil
	}
	e, err := establishmentByID(tx, actor.EstablishmentID)
	if errors.Is(err, db.ErrNone) {
		return nil // a membership of an older kind of body: the person keeps their own name
	}
	actor.CompanyName, actor.SIRET, actor.Verified = e.CompanyName, e.SIRET().String(), !e.VerifiedAt.IsZero()
	return err
}

// Hat is a membership with its establishment (« Rattachement »).
type Hat struct {
	account.Membership
	Establishment Establishment
}

// Memberships lists what the person may act under, the oldest first.
func (s *Service) Memberships(ctx context.Context, by access.Actor) ([]Hat, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.SignIn, "Connectez-vous pour continuer.")
	}
	var hats []Hat
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		mine, err := account.MembershipsOf(tx, by.AccountID)
		if err != nil {
			return err
		}
		for _, m := range mine {
			e, err := establishmentByID(tx, m.EstablishmentID)
			if err != nil {
				return err
			}
			hats = append(hats, Hat{m, e})
		}
		return nil
	})
	return hats, err
}
