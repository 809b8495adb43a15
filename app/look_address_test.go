package app_test

import (
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/account"
)

// TestPagesOfAddressesLookRight visits « Mes informations personnelles » and where the
// links of its mails lead.
func TestPagesOfAddressesLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile "+unbreakable[:70], "odile.muller")
	page := p.signedIn(t, b, who, "/entreprise/mes-informations")
	page.AllowErrors("422", "409")
	everywhere(t, page, "informations")
	page.MustElement("#adresse").MustInput("odile@" + unbreakable[:40] + ".example")
	page.MustElement("#mot_de_passe_actuel").MustInput(everybodysPassword)
	p.presses(page, "Changer d'adresse")
	must(t, page, "En attente de confirmation par odile@"+unbreakable[:40])
	everywhere(t, page, "informations-en-attente")
	page.MustElement("#nom").MustSelectAllText().MustInput(hostile + " @")
	p.presses(page, "Enregistrer le nom")
	everywhere(t, page, "informations-nom-refuse")
	visit(page, p.url+"/entreprise/mes-informations")
	page.MustElement("#adresse").MustInput("odile@exemple")
	p.presses(page, "Changer d'adresse")
	everywhere(t, page, "informations-adresse-refusee")

	if err := p.Accounts.AskAddress(t.Context(), who.session, account.AddressForm{Current: everybodysPassword, Address: "odile@neuve.example"}, account.Visitor{Remote: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	visit(page, link(t, p.mail(t, "odile@neuve.example", "Confirmez"), "/adresse/confirmation/"))
	everywhere(t, page, "adresse-confirmer")
	p.presses(page, "Confirmer cette adresse")
	look(t, page, "adresse-confirmee")
	visit(page, link(t, p.mail(t, who.Address, "L'adresse de votre compte a changé"), "/adresse/annulation/"))
	everywhere(t, page, "adresse-annuler")
	p.presses(page, "Reprendre cette adresse")
	look(t, page, "adresse-reprise")
}

// presses presses the button of that label.
func (p *platform) presses(page *browsertest.Page, label string) { click(page, "main button", label) }
