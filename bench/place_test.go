package bench_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// An establishment that is here, and one that is not.
const (
	knownSIRET   = "12345678200002"
	unknownSIRET = "73282932000074"
)

const password = "rabot varlope bouvet"

// place is a platform on which many people have an account.
type place struct {
	*app.App
	t       testing.TB
	url     string
	session string // of the administrator of knownSIRET
	admin   string // their account
	watches []string
	version []int
	asked   int // requests so far: each comes from a network of its own
}

// somebody is the i-th person who is here, or the i-th who is not: names of one
// length, because what was typed is shown again.
func somebody(i int, here bool) string {
	if here {
		return fmt.Sprintf("present%05d", i)
	}
	return fmt.Sprintf("absence%05d", i)
}

func addressOf(login string) string { return login + "@exemple.example" }

// settle opens a program on an empty database, with a company that has so many
// watches and with so many other people. It does not serve yet.
func settle(t testing.TB, dialect db.Dialect, watches, people int, smtp string) *place {
	t.Helper()
	database := ""
	if dialect == db.Postgres {
		database = dbtest.URL(t, dialect)
	}
	a, err := app.Open(context.Background(), app.Config{
		Data: t.TempDir(), Database: database, SMTP: smtp, BaseURL: "http://parvis.example", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	p := &place{App: a, t: t}
	by := p.register()
	p.admin = by.AccountID
	for i := range watches {
		saved, err := a.Watches.Create(context.Background(), by, watch.Form{Name: fmt.Sprintf("Veille %d", i), Keywords: "menuiserie", Mode: "any", Active: true, Hour: 7})
		if err != nil {
			t.Fatal(err)
		}
		p.watches, p.version = append(p.watches, saved.ID), append(p.version, 1)
	}
	p.populate(by.AccountID, people)
	return p
}

// register signs up the administrator by the link that a mail would carry.
func (p *place) register() access.Actor {
	p.t.Helper()
	ctx := context.Background()
	err := p.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: knownSIRET, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: "odile@muller.example"}, account.Visitor{})
	if err != nil {
		p.t.Fatal(err)
	}
	var secret string
	p.write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM sign_up"); err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, id)
		return err
	})
	in, err := p.Orgs.Register(ctx, secret, org.RegisterForm{Login: "odile.muller", Password: password, Confirm: password})
	if err != nil {
		p.t.Fatal(err)
	}
	p.session = in.Session
	by, err := p.Orgs.ActorOf(ctx, p.session)
	if err != nil {
		p.t.Fatal(err)
	}
	return by
}

// populate copies the account of the administrator, password included: a hash each
// would take minutes.
func (p *place) populate(accountID string, people int) {
	p.t.Helper()
	p.write(func(tx *db.Tx) error {
		for i := range people {
			login := somebody(i, true)
			if _, err := tx.Exec(`INSERT INTO account (id, login, login_key, address, address_key, name, password_hash, created_at)
				SELECT $1, $2, $2, $3, $3, name, password_hash, created_at FROM account WHERE id = $4`, db.NewID(), login, addressOf(login), accountID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *place) write(f func(*db.Tx) error) {
	p.t.Helper()
	if err := p.DB.Write(context.Background(), f); err != nil {
		p.t.Fatal(err)
	}
}

// question is what a door is asked about one person.
type question struct {
	path    string
	form    url.Values
	session string
	typed   string // what was said of the person
	after   func() // once it is answered
}

// door is a form by which a stranger could try to learn who is here.
type door struct {
	name string
	ask  func(p *place, i int, here bool) question
	mail func(i int, here bool) []string // who is written to, besides nobody
	last bool                            // asking again takes the place of what waited: fewer mails leave
}

// doors are all of them. A new one is one more line: the same question about somebody
// who is here and about somebody who is not.
var doors = []door{
	{name: "connexion, par identifiant", ask: askSignIn(somebody), mail: nobody},
	{name: "connexion, par adresse", ask: askSignIn(atAddress), mail: nobody},
	{name: "inscription, adresse", ask: askSignUp, mail: whoever},
	{name: "inscription, SIRET", ask: askCompany, mail: func(i int, here bool) []string { return []string{addressOf(fresh(i, here))} }},
	{name: "mot de passe oublié, par identifiant", ask: askReset(somebody), mail: whoIsHere},
	{name: "mot de passe oublié, par adresse", ask: askReset(atAddress), mail: whoIsHere},
	{name: "destinataire d'une veille", ask: askRecipient, mail: whoever},
	{name: "invitation", ask: askInvitation, mail: whoever, last: true},
	{name: "changement d'adresse", ask: askNewAddress, mail: whoever, last: true},
}

func atAddress(i int, here bool) string { return addressOf(somebody(i, here)) }
func fresh(i int, here bool) string     { return "nouveau-" + somebody(i, here) }

func nobody(int, bool) []string         { return nil }
func whoever(i int, here bool) []string { return []string{atAddress(i, here)} }
func whoIsHere(i int, here bool) []string {
	if here {
		return whoever(i, here)
	}
	return nil
}

func askSignIn(name func(int, bool) string) func(*place, int, bool) question {
	return func(_ *place, i int, here bool) question {
		typed := name(i, here)
		return question{path: "/connexion", typed: typed, form: url.Values{"identifiant": {typed}, "mot_de_passe": {"pas le bon mot de passe"}}}
	}
}

func askSignUp(_ *place, i int, here bool) question {
	typed := atAddress(i, here)
	return question{path: "/inscription", typed: typed, form: signUp(unknownSIRET, typed)}
}

func signUp(siret, address string) url.Values {
	return url.Values{"siret": {siret}, "entreprise": {"Vitrerie Weber"}, "nom": {"Ursule Weber"}, "adresse": {address}}
}

// askCompany asks whether an establishment has people, with an address of nobody's.
func askCompany(_ *place, i int, here bool) question {
	siret := unknownSIRET
	if here {
		siret = knownSIRET
	}
	typed := addressOf(fresh(i, here))
	return question{path: "/inscription", typed: typed, form: signUp(siret, typed)}
}

func askReset(name func(int, bool) string) func(*place, int, bool) question {
	return func(_ *place, i int, here bool) question {
		typed := name(i, here)
		return question{path: "/mot-de-passe-oublie", typed: typed, form: url.Values{"identifiant": {typed}}}
	}
}

// askRecipient changes the recipients of one of the watches.
func askRecipient(p *place, i int, here bool) question {
	typed, n := atAddress(i, here), p.asked%len(p.watches)
	return question{path: "/entreprise/veilles/" + p.watches[n], typed: typed, session: p.session, after: func() { p.version[n]++ }, form: url.Values{
		"nom": {fmt.Sprintf("Veille %d", n)}, "mots_cles": {"menuiserie"}, "mode": {"any"}, "rythme": {"daily"}, "heure": {"7"}, "alerte": {"oui"},
		"version": {fmt.Sprint(p.version[n])}, "destinataire": {typed},
	}}
}

// askInvitation has the administrator invite somebody. Twenty a day are not enough here:
// those that were sent are of another day.
func askInvitation(p *place, i int, here bool) question {
	typed := atAddress(i, here)
	return question{path: "/entreprise/utilisateurs/inviter", typed: typed, session: p.session, form: url.Values{"adresse": {typed}, "role": {"user"}},
		after: func() {
			p.write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE invitation SET invited_at = $1", tx.Now.Add(-25*time.Hour))
				return err
			})
		}}
}

// askNewAddress has the administrator want another address. Five a day are not enough
// here.
func askNewAddress(p *place, i int, here bool) question {
	typed := atAddress(i, here)
	return question{path: "/entreprise/mes-informations/adresse", typed: typed, session: p.session, form: url.Values{"adresse": {typed}, "mot_de_passe_actuel": {password}},
		after: func() {
			p.write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE attempt SET failures = 0 WHERE key = $1", token.Hash("quota\x00address\x00"+p.admin))
				return err
			})
		}}
}

// answered is all that whoever asked can see.
type answered struct {
	Status int
	Header http.Header
	Body   string
}

// request writes a question as a browser would send it, from a network of its own.
func (p *place) request(q question) *http.Request {
	p.t.Helper()
	p.asked++
	r, err := http.NewRequest(http.MethodPost, p.url+q.path, strings.NewReader(q.form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("%d.%d.%d.7", 11+p.asked>>16, p.asked>>8&255, p.asked&255))
	if q.session != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-session", Value: q.session})
	}
	return r
}

// ask sends a question and reads the whole answer.
func (p *place) ask(q question) answered {
	p.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(p.request(q))
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = res.Body.Close()
	if q.after != nil {
		q.after()
	}
	return answered{res.StatusCode, res.Header, string(body)}
}

// without replaces what was typed, wherever it is shown again, and takes away the hour.
func (a answered) without(typed string) answered {
	header := a.Header.Clone()
	header.Del("Date")
	for i, c := range header["Set-Cookie"] {
		name, rest, _ := strings.Cut(c, "=")
		value, attributes, _ := strings.Cut(rest, ";")
		if text, err := base64.RawURLEncoding.DecodeString(value); err == nil && bytes.Contains(text, []byte("{")) {
			header["Set-Cookie"][i] = name + "=" + strings.ReplaceAll(string(text), typed, "TYPED") + ";" + attributes
		}
	}
	return answered{a.Status, header, strings.ReplaceAll(a.Body, typed, "TYPED")}
}
