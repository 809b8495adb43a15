package app_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/browsertest"
	"parvis/kit/db"
)

// TestPagesOfASecondFactorLookRight visits « Double authentification » in each of its
// states, what it asks, and the second step of a sign-in.
func TestPagesOfASecondFactorLookRight(t *testing.T) {
	p := startAs(t, db.SQLite, "localhost")
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, factorsPath)
	page.AllowErrors("422", "429")
	device := page.Authenticator()
	everywhere(t, page, "double-authentification-aucune")
	visit(page, p.url+factorsPath+"/application")
	everywhere(t, page, "double-authentification-application")
	submitForm(page)
	everywhere(t, page, "double-authentification-application-refusee")
	prove(page)
	everywhere(t, page, "double-authentification-code")
	submitForm(page)
	everywhere(t, page, "double-authentification-code-refuse")
	code := p.firstCode(t, page)
	page.MustElement("#code").MustInput(code)
	submitForm(page)
	everywhere(t, page, "double-authentification-codes-de-secours")
	visit(page, p.url+factorsPath+"/cle-d-acces")
	submitForm(page)
	everywhere(t, page, "double-authentification-cle-refusee")
	page.MustElement("#nom").MustInput(unbreakable[:60])
	prove(page)
	page.Until(`!document.querySelector(".passkey-act").hidden`)
	everywhere(t, page, "double-authentification-creer-cle")
	click(page, "button", "Créer la clé d'accès")
	device.Forget()
	addsPasskey(t, page, hostile[:60])
	everywhere(t, page, "double-authentification-toutes")
	for _, c := range []struct{ name, link string }{{"renommer", "Renommer"}, {"retirer-cle", "Retirer"}} {
		click(page, ".acting a", c.link)
		everywhere(t, page, "double-authentification-"+c.name)
		visit(page, p.url+factorsPath)
	}
	for name, path := range map[string]string{"retirer-application": "/application/retirer", "nouveaux-codes": "/codes"} {
		visit(page, p.url+factorsPath+path)
		look(t, page, "double-authentification-"+name)
	}
	visit(page, p.url+"/entreprise")
	look(t, page, "double-authentification-tuile")
	p.secondStepLooksRight(t, page)
}

// secondStepLooksRight signs out, and in again as far as the second step.
func (p *platform) secondStepLooksRight(t *testing.T, page *browsertest.Page) {
	t.Helper()
	click(page, "button", "Se déconnecter")
	visit(page, p.url+"/connexion")
	page.Until(`!document.querySelector(".passkey-act").hidden`)
	everywhere(t, page, "connexion-avec-cle")
	typePassword(page, "odile.muller")
	page.Until(`!document.querySelector(".passkey-act").hidden`)
	everywhere(t, page, "verification")
	for _, fold := range page.MustElements("details.fold summary") {
		fold.MustClick()
	}
	everywhere(t, page, "verification-depliee")
	submitForm(page)
	everywhere(t, page, "verification-refusee")
	for range 9 {
		if strings.Contains(text(page), "Trop d'essais") {
			break
		}
		page.MustElement("#code").MustSelectAllText().MustInput("000000")
		page.Leads(func() { page.MustElementR("button", "Vérifier").MustClick() })
	}
	must(t, page, "Trop d'essais infructueux")
	everywhere(t, page, "verification-attendre")
	p.clock.Move(11 * time.Minute)
	visit(page, p.url+"/connexion/verification")
	must(t, page, "La vérification n'est plus en cours")
	look(t, page, "verification-terminee")
}

// TestPagesOfASecondFactorLookRightWithoutPasskeys visits the same where browsers allow
// none.
func TestPagesOfASecondFactorLookRightWithoutPasskeys(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, factorsPath)
	everywhere(t, page, "double-authentification-sans-cles")
}
