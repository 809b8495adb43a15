package app_test

import (
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// The password of everybody, and the establishments of two companies.
const (
	everybodysPassword = "un mot de passe assez long"
	mullerSIRET        = "12345678200002"
	fontaineSIRET      = "98765432400001"
)

// person is somebody with an account and an open session.
type person struct {
	access.Actor
	session string
	login   string
}

// join signs somebody up as they do, by the link of the mail that reaches them.
func (p *platform) join(t *testing.T, siret, company, name, login string) person {
	t.Helper()
	address := login + "@exemple.example"
	if err := p.Accounts.AskSignUp(t.Context(), account.SignUpForm{SIRET: siret, CompanyName: company, Name: name, Address: address}, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	where := link(t, p.mail(t, address, "Terminez votre inscription"), "/inscription/")
	token := where[strings.LastIndex(where, "/")+1:]
	in, err := p.Orgs.Register(t.Context(), token, org.RegisterForm{
		Login: login, Password: everybodysPassword, Confirm: everybodysPassword, From: account.Visitor{Remote: "127.0.0.1", Browser: "test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	by, err := p.Orgs.ActorOf(t.Context(), in.Session)
	if err != nil {
		t.Fatal(err)
	}
	return person{by, in.Session, login}
}
