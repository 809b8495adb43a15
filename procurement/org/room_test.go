package org_test

import (
	"context"
	"log/slog"
	"testing"

	"parvis/kit/db"
	"parvis/kit/job"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

const (
	seat     = "73282932000074"
	branch   = "73282932000082" // another establishment of the same company
	password = "rabot varlope"
)

type rooms struct {
	accounts *account.Service
	org      *org.Service
}

func open(t *testing.T, d *db.DB) rooms {
	t.Helper()
	q := job.New(d, slog.New(slog.DiscardHandler))
	a := account.New(d, event.NewJournal(q), slog.New(slog.DiscardHandler))
	if err := q.Open(); err != nil {
		t.Fatal(err)
	}
	return rooms{a, org.New(d, a)}
}

func form(siret, address string) account.SignUpForm {
	return account.SignUpForm{SIRET: siret, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: address}
}

// link signs up and gives the token that the mail would carry.
func (r rooms) link(t *testing.T, d *db.DB, f account.SignUpForm) (token string) {
	t.Helper()
	ctx := context.Background()
	if err := r.accounts.AskSignUp(ctx, f, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT subject FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.SignUpAsked)); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintSignUpToken(tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func chosen(login string) org.RegisterForm {
	return org.RegisterForm{Login: login, Password: password, Confirm: password, From: account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"}}
}

func number(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.Read(context.Background(), func(tx *db.Tx) error { return tx.One(&n, query, args...) }); err != nil {
		t.Fatal(err)
	}
	return n
}
