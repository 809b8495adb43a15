package account_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"parvis/kit/db"
	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

const (
	siret    = "73282932000074"
	password = "rabot varlope"
)

// room is the room with a subscriber to both kinds of sign-up, so that jobs can
// be counted.
func room(t *testing.T, d *db.DB) *account.Service {
	t.Helper()
	q := job.New(d, slog.New(slog.DiscardHandler))
	j := event.NewJournal(q)
	j.Subscribe("mail", []event.Kind{event.SignUpAsked, event.SignUpRepeated, event.SignInRefused},
		func(*db.Tx, event.Event) error { return nil })
	if err := q.Open(); err != nil {
		t.Fatal(err)
	}
	return account.New(d, j, slog.New(slog.DiscardHandler))
}

func form(address string) account.SignUpForm {
	return account.SignUpForm{SIRET: siret, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: address}
}

func read(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	read(t, d, func(tx *db.Tx) error { return tx.One(&n, query, args...) })
	return n
}

// lastSignUp is the id in the newest event of this kind.
func lastSignUp(t *testing.T, d *db.DB, kind event.Kind) string {
	t.Helper()
	var e event.Event
	read(t, d, func(tx *db.Tx) error {
		return tx.One(&e, `SELECT id, at, kind, actor_id, actor_name, subject, body FROM event
			WHERE kind = $1 ORDER BY id DESC LIMIT 1`, string(kind))
	})
	var body account.SignUpBody
	if err := e.Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body.SignUpID
}

// link signs up and gives the token that the mail would carry.
func link(t *testing.T, d *db.DB, s *account.Service, address string) (token string) {
	t.Helper()
	if err := s.AskSignUp(context.Background(), form(address), account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	id := lastSignUp(t, d, event.SignUpAsked)
	write(t, d, func(tx *db.Tx) (err error) { token, _, err = account.MintSignUpToken(tx, id); return err })
	return token
}

// create makes the account of a link.
func create(d *db.DB, s *account.Service, token, login string) (a account.Account, err error) {
	ctx := context.Background()
	from, err := s.SignUpOf(ctx, token)
	if err != nil {
		return a, err
	}
	chosen, err := s.Choose(ctx, from, account.CredentialsForm{Login: login, Password: password, Confirm: password})
	if err != nil {
		return a, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		a, _, err = s.CreateAccount(tx, token, chosen)
		return err
	})
	return a, err
}

// person makes an account with an approved membership.
func person(t *testing.T, d *db.DB, s *account.Service, login, address string) account.Account {
	t.Helper()
	a, err := create(d, s, link(t, d, s, address), login)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) error {
		_, err := s.AddMembership(tx, a, "establishment-1", access.CompanyAdmin, true)
		return err
	})
	return a
}

// actor is who a session says acts.
func actor(t *testing.T, d *db.DB, token string) access.Actor {
	t.Helper()
	a := access.Anybody()
	read(t, d, func(tx *db.Tx) error {
		session, found, err := account.SessionOf(tx, token)
		if found {
			a = session.Actor()
		}
		return err
	})
	return a
}

var errRollback = errors.New("rollback")

// opened gives the session that a sign-in opened.
func opened(in account.Entry, err error) (string, error) { return in.Session, err }
