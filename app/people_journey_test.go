package app_test

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// TestACompanyInvitesAndSomebodyActsForTwo is several companies as people live them: an
// administrator invites, somebody without an account accepts and makes one, declares a
// company of their own, and goes from one to the other, whose data stay apart.
func TestACompanyInvitesAndSomebodyActsForTwo(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			p := start(t, dialect)
			b := browsertest.New(t)
			p.publish(t, notice.Record{SourceID: "26-1001", Title: "Réfection des menuiseries du gymnase", Buyer: notice.BuyerRecord{Name: "Ville de Valmont"}, Departments: []string{"67"}})
			admin := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
			if _, err := p.Watches.Create(t.Context(), admin.Actor, watch.Form{Name: "Menuiseries de Muller", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7}); err != nil {
				t.Fatal(err)
			}
			office := p.signedIn(t, b, admin, "/entreprise")
			invites(t, office)
			home := browsertest.New(t)
			page := accepts(t, p, home)
			declaresTheirs(t, page)
			switches(t, p, home, page)
		})
	}
}

// invites is done by the keyboard alone.
func invites(t *testing.T, page *browsertest.Page) {
	click(page, "a", "Liste des utilisateurs")
	click(page, "a", "Inviter une personne")
	page.Focus("#adresse")
	keys(page, "claire@exemple.example", input.Tab, input.ArrowDown, input.ArrowUp)
	submit(page)
	must(t, page, "Une invitation est adressée à claire@exemple.example", "Invitations en attente")
}

func accepts(t *testing.T, p *platform, home *browsertest.Browser) *browsertest.Page {
	page := home.Page(link(t, p.mail(t, "claire@exemple.example", "Invitation à rejoindre"), "/invitation/"))
	must(t, page, "Menuiserie Muller", "Odile Muller", "claire@exemple.example")
	page.Focus("#nom")
	keys(page, "Claire Fontaine", input.Tab, "claire", input.Tab, everybodysPassword)
	page.Focus("#confirmation")
	keys(page, everybodysPassword)
	submit(page)
	must(t, page, "bienvenue sur Parvis", "Vous faites maintenant partie de « Menuiserie Muller »")
	p.mail(t, "odile.muller@exemple.example", "a rejoint")
	visit(page, p.url+"/entreprise/veilles")
	must(t, page, "Menuiseries de Muller", "Réfection des menuiseries du gymnase")
	return page
}

func declaresTheirs(t *testing.T, page *browsertest.Page) {
	click(page, "a", "Mon espace")
	click(page, "a", "Mes rattachements")
	click(page, "a", "Rejoindre ou déclarer un autre établissement")
	page.Focus("#siret")
	keys(page, fontaineSIRET)
	page.Focus("#entreprise")
	keys(page, "Propreté des Vosges")
	submit(page)
	must(t, page, "Vous administrez maintenant « Propreté des Vosges »", "vous agissez pour celui-ci")
}

// switches goes to the other company in a second tab, by the bar, without a script.
func switches(t *testing.T, p *platform, home *browsertest.Browser, page *browsertest.Page) {
	visit(page, p.url+"/entreprise/veilles/nouvelle")
	page.Focus("#nom")
	keys(page, "Bois", input.Tab, "menuiserie")

	second := home.Page(p.url+"/entreprise", browsertest.Phone)
	second.MustElement(".menu-button").MustClick()
	second.MustElement(".hats summary").MustClick()
	browsertest.Axe(t, second)
	browsertest.Screenshot(t, second, "changer-375")
	click(second, ".hats button", "Propreté des Vosges")
	must(t, second, "Vous agissez maintenant pour « Propreté des Vosges »", "Vous n'avez pas encore paramétré de veille de marché")
	visit(second, p.url+"/entreprise/veilles")
	if strings.Contains(text(second), "Menuiseries de Muller") {
		t.Error("the other company's watches are shown")
	}

	page.MustActivate() // a tab behind another one draws nothing
	page.AllowErrors("409")
	page.Focus("#nom")
	submit(page) // typed for Muller
	must(t, page, "Vous agissez maintenant pour « Propreté des Vosges »", "rien n'a été enregistré")
	look(t, page, "deux-onglets")
	click(page, "a", "Mes rattachements")
	click(page, "button", "Agir pour cet établissement")
	must(t, page, "Vous agissez maintenant pour « Menuiserie Muller »")
	visit(page, p.url+"/entreprise/veilles")
	must(t, page, "Menuiseries de Muller")
	if strings.Contains(text(page), "Bois") {
		t.Error("what was refused was saved")
	}
}
