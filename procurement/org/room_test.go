package org_test

import (
	"context"
	"log/slog"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

const (
	seat     = "73282932000074"
	branch   = "73282932000082" // another establishment of the same company
	other    = "35600000000048" // of another company
	password = "rabot varlope"
)

var silent = slog.New(slog.DiscardHandler)

type rooms struct {
	accounts *account.Service
	org      *org.Service
}

func open(t *testing.T, d *db.DB) rooms {
	t.Helper()
	r, _ := openWithJournal(t, d)
	return r
}

func openWithJournal(t *testing.T, d *db.DB) (rooms, *event.Journal) {
	t.Helper()
	q := job.New(d, silent)
	j := event.NewJournal(q)
	a := account.New(d, j, silent)
	if err := q.Open(); err != nil {
		t.Fatal(err)
	}
	return rooms{a, org.New(d, a)}, j
}

// house is the rooms with the people that tests of profiles need.
type house struct {
	rooms
	t       *testing.T
	DB      *db.DB
	Clock   *clock.Movable
	Journal *event.Journal
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		h := &house{t: t, DB: d, Clock: c}
		h.rooms, h.Journal = openWithJournal(t, d)
		f(t, h)
	})
}

// Join signs somebody up at an establishment, by the real way in.
func (h *house) Join(siret, login, address string) access.Actor {
	h.t.Helper()
	in, err := h.org.Register(context.Background(), h.link(h.t, h.DB, form(siret, address)), chosen(login))
	if err != nil {
		h.t.Fatal(err)
	}
	by, err := h.org.ActorOf(context.Background(), in.Session)
	if err != nil {
		h.t.Fatal(err)
	}
	return by
}

func (h *house) Read(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Read(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) Write(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) Count(query string, args ...any) int {
	h.t.Helper()
	return number(h.t, h.DB, query, args...)
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
