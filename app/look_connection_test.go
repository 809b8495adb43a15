package app_test

import (
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/account"
)

// Browsers as they name themselves.
var browsers = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
	unbreakable + hostile,
}

// TestPagesOfConnectionsLookRight visits « Mes connexions » with one connection and
// with several, and closes them as a person does.
func TestPagesOfConnectionsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, "/entreprise/connexions")
	everywhere(t, page, "connexions-une-seule")
	for _, said := range browsers {
		if _, err := p.Accounts.SignIn(t.Context(), who.login, everybodysPassword, account.Visitor{Remote: "192.0.2.17", Browser: said}); err != nil {
			t.Fatal(err)
		}
	}
	visit(page, p.url+"/entreprise/connexions")
	everywhere(t, page, "connexions")
	click(page, "button", `Fermer\s+la connexion de Safari sur iPhone`)
	must(t, page, "Cette connexion est fermée")
	click(page, "button", "Fermer toutes les autres connexions")
	must(t, page, "3 autres connexions sont fermées")
	click(page, "button", "Oublier")
	must(t, page, "Aucun navigateur connu")
	everywhere(t, page, "connexions-aucun-navigateur")
	p.mail(t, who.Address, "Nouvelle connexion à votre compte")
}
