package app_test

import (
	"fmt"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// TestAnAddressFromThePageToTheWayBack is a change of address as a person lives it: they
// ask for it, the new mailbox answers, their watches follow; then the old mailbox says
// that it was not them, and they choose another password.
func TestAnAddressFromThePageToTheWayBack(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			p := start(t, dialect)
			b := browsertest.New(t)
			who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
			if _, err := p.Watches.Create(t.Context(), who.Actor, watch.Form{Name: "Bois", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7}); err != nil {
				t.Fatal(err)
			}
			page := p.signedIn(t, b, who, "/entreprise")
			click(page, "a", "Mes informations personnelles")
			page.Focus("#adresse")
			keys(page, "odile@neuve.example", input.Tab, everybodysPassword)
			submit(page)
			must(t, page, "Un message vient d'être envoyé", "En attente de confirmation par odile@neuve.example", who.Address)

			visit(page, link(t, p.mail(t, "odile@neuve.example", "Confirmez votre nouvelle adresse"), "/adresse/confirmation/"))
			must(t, page, "Odile Muller", "odile.muller", "odile@neuve.example")
			p.presses(page, "Confirmer cette adresse")
			must(t, page, "Votre adresse est changée.", "odile@neuve.example")
			visit(page, p.url+"/entreprise/veilles")
			must(t, page, "odile@neuve.example")
			p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiseries du gymnase", Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100"}, Departments: []string{"67"}})
			p.mail(t, "odile@neuve.example", "Menuiseries du gymnase")

			old := b.Page(link(t, p.mail(t, who.Address, "L'adresse de votre compte a changé"), "/adresse/annulation/"))
			must(t, old, "Annuler le changement d'adresse", who.Address)
			p.presses(old, "Reprendre cette adresse")
			must(t, old, "Votre adresse est rétablie", "Choisir un nouveau mot de passe")
			p.mail(t, who.Address, "Menuiseries du gymnase") // what the other mailbox was told meanwhile
			p.mail(t, "odile@neuve.example", "Un changement d'adresse a été annulé")
			old.Focus("#mot_de_passe")
			keys(old, "quatre petits rabots neufs")
			old.Focus("#confirmation")
			keys(old, "quatre petits rabots neufs")
			submit(old)
			must(t, old, "Votre mot de passe est changé")
			old.Focus("#identifiant")
			keys(old, who.Address, input.Tab, "quatre petits rabots neufs")
			submit(old)
			visit(old, p.url+"/entreprise/veilles")
			must(t, old, "Bois", who.Address)
			if by, err := p.Orgs.ActorOf(t.Context(), who.session); err != nil || by.SignedIn() {
				t.Errorf("the session of whoever changed it goes on: %v", err)
			}
		})
	}
}

// TestAnAddressChangesWithoutScripts does the same by the keyboard in a browser whose
// scripts are off.
func TestAnAddressChangesWithoutScripts(t *testing.T) {
	p := start(t, db.SQLite)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := browsertest.New(t).Page(p.url+"/entreprise/mes-informations", browsertest.Desktop.WithoutScript())
	fill(page, "#identifiant", "odile.muller")
	keys(page, input.Tab, everybodysPassword)
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Mes informations personnelles", who.Address)
	fill(page, "#nom", "Odile Weber")
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "Votre nom est enregistré.", "Odile Weber")
	page.AllowErrors("422")
	fill(page, "#adresse", "odile@neuve")
	press(t, page, `form[action$="/adresse"] .acts button`)
	must(t, page, "2 corrections sont nécessaires")
	fill(page, "#adresse", "odile@neuve.example")
	keys(page, input.Tab, everybodysPassword)
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	must(t, page, "En attente de confirmation par odile@neuve.example")
	press(t, page, `form[action$="/annuler"] button`)
	must(t, page, "La demande est annulée")
	fill(page, "#adresse", "odile@autre.example")
	keys(page, input.Tab, everybodysPassword)
	goes(t, page, func() { page.Keyboard.MustType(input.Enter) })
	to := link(t, p.mail(t, "odile@autre.example", "Confirmez"), "/adresse/confirmation/")
	goes(t, page, func() { page.MustNavigate(to) })
	press(t, page, "main form button")
	must(t, page, "Votre adresse est changée.", "odile@autre.example")
	back := link(t, p.mail(t, who.Address, "L'adresse de votre compte a changé"), "/adresse/annulation/")
	goes(t, page, func() { page.MustNavigate(back) })
	press(t, page, "main form button")
	must(t, page, "Votre adresse est rétablie", "Choisir un nouveau mot de passe")
}

// aNewAddress and aFormerAddress are links of an account of nobody in the village.
func (v *village) aNewAddress(...string) (token string) {
	v.withAddress("address_change (id, account_id, address, address_key, asked_at, expires_at)", func(tx *db.Tx, id string) (err error) {
		token, _, err = account.MintAddressToken(tx, id)
		return err
	})
	return token
}

func (v *village) aFormerAddress(...string) (token string) {
	v.withAddress("former_address (id, account_id, address, address_key, left_at, until)", func(tx *db.Tx, id string) (err error) {
		token, _, err = account.MintRestoreToken(tx, id)
		return err
	})
	return token
}

// withAddress makes an account that has one address, and a row about another one, as
// asking and confirming would without the time that a password takes.
func (v *village) withAddress(into string, mint func(tx *db.Tx, id string) error) {
	v.t.Helper()
	v.letters++
	id, name := db.NewID(), fmt.Sprintf("zoe%d", v.letters)
	v.write(func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO account (id, login, login_key, address, address_key, name, password_hash, created_at)
			VALUES ($1, $2, $2, $3, $3, 'Zoé', '', $4)`, id, name, name+"@exemple.example", tx.Now); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO "+into+" VALUES ($1, $1, $2, $2, $3, $4)", id, name+"@autre.example", tx.Now, tx.Now+3_600_000); err != nil {
			return err
		}
		return mint(tx, id)
	})
}
