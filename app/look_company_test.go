package app_test

import (
	"fmt"
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/watch"
)

// TestPagesOfANewCompanyLookRight visits the space of a company that has nothing yet,
// as its administrator and as somebody who waits to be accepted.
func TestPagesOfANewCompanyLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	admin := p.join(t, mullerSIRET, unbreakable+" "+hostile[:40], "Odile "+unbreakable[:60], "odile.muller")
	newcomer := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim Benali", "karim.benali")
	page := p.signedIn(t, b, admin, "/entreprise")
	everywhere(t, page, "vide-espace")
	visit(page, p.url+"/entreprise/veilles")
	everywhere(t, page, "vide-veilles")
	visit(page, p.url+"/entreprise/veilles/nouvelle")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	everywhere(t, page, "vide-nouvelle")
	page.AllowErrors("422")
	page.MustElement("#nom").MustInput("Tout")
	submit(page)
	must(t, page, "Je souhaite recevoir tous les avis")
	everywhere(t, page, "veille-sans-critere")
	page = p.signedIn(t, b, newcomer, "/entreprise")
	must(t, page, "Votre rattachement n'est pas encore accepté")
	everywhere(t, page, "nouveau-venu-espace")
}

// TestPagesOfPeopleLookRight visits the list of a company's people and what it asks
// before it changes anything, as an administrator, a user and a newcomer.
func TestPagesOfPeopleLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	admin := p.join(t, mullerSIRET, "Menuiserie "+unbreakable, "Odile Muller", "odile.muller")
	user := p.join(t, mullerSIRET, "Menuiserie Muller", "Ursule "+unbreakable[:70], "ursule.weber")
	newcomer := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim l'Étudiant & fils", "karim.benali")
	if _, err := p.Members.Accept(t.Context(), admin.Actor, user.MembershipID); err != nil {
		t.Fatal(err)
	}
	page := p.signedIn(t, b, admin, "/entreprise/utilisateurs")
	page.AllowErrors("409", "422")
	everywhere(t, page, "utilisateurs")
	for _, c := range []struct{ name, path string }{
		{"refuser", newcomer.MembershipID + "/refuser"}, {"retirer", user.MembershipID + "/retirer"},
	} {
		visit(page, p.url+"/entreprise/utilisateurs/"+c.path)
		everywhere(t, page, "utilisateurs-"+c.name)
	}
	visit(page, p.url+"/entreprise/utilisateurs/quitter")
	look(t, page, "utilisateurs-quitter-seul-administrateur")
	page = p.signedIn(t, b, user, "/entreprise/utilisateurs")
	look(t, page, "utilisateurs-vus-par-un-utilisateur")
	visit(page, p.url+"/entreprise/utilisateurs/quitter")
	everywhere(t, page, "utilisateurs-quitter")
	page = p.signedIn(t, b, newcomer, "/entreprise/utilisateurs")
	look(t, page, "utilisateurs-vus-par-un-nouveau-venu")
}

// TestPagesOfPasswordsLookRight visits what changes a password, known or forgotten.
func TestPagesOfPasswordsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, "/entreprise/mot-de-passe")
	page.AllowErrors("422")
	everywhere(t, page, "mot-de-passe")
	submitForm(page)
	everywhere(t, page, "mot-de-passe-refuse")
	page = b.Page(p.url + "/mot-de-passe-oublie")
	page.AllowErrors("422")
	look(t, page, "mot-de-passe-oublie")
	submitForm(page)
	look(t, page, "mot-de-passe-oublie-refuse")
	page.MustElement(`main input:not([type=hidden])`).MustSelectAllText().MustInput(who.Address)
	submitForm(page)
	look(t, page, "mot-de-passe-oublie-envoye")
	visit(page, link(t, p.mail(t, who.Address, "mot de passe"), "/mot-de-passe/"))
	everywhere(t, page, "mot-de-passe-nouveau")
}

// submitForm presses the main button of the page's form.
func submitForm(p *browsertest.Page) {
	p.Leads(func() { p.MustElement("main form .acts.end button").MustClick() })
}

// fullWatches makes watches of every shape.
func fullWatches(t *testing.T, p *platform, who person) (rich string) {
	t.Helper()
	var ids []string
	for _, letter := range []string{"c", "s", "v"} {
		buyers, err := p.Orgs.Suggest(t.Context(), letter, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range buyers {
			ids = append(ids, b.ID)
		}
	}
	var recipients []string
	for i := range watch.MaxRecipients - 1 {
		recipients = append(recipients, fmt.Sprintf("%s%d@exemple.example", strings.ToLower(unbreakable[:40]), i))
	}
	forms := []watch.Form{
		{Name: hundred[:100], Keywords: `menuiserie charpente "gros œuvre" TP anticonstitutionnellement bardage couverture zinguerie serrurerie`, Mode: "any",
			Departments: []string{"67", "68", "88", "54", "57"}, Recipients: recipients, Active: true, Frequency: "daily", Hour: 7},
		{Name: unbreakable, Keywords: "menuiserie intérieure", Mode: "all", Active: true, Frequency: "immediate", Hour: 7},
		{Name: hostile, Buyers: ids, Mode: "any", Active: true, Frequency: "daily", Hour: 18},
		{Name: "Inactive", Keywords: "menuiserie", Mode: "any", Frequency: "daily", Hour: 7},
		{Name: "Tout recevoir", Mode: "any", Active: true, Frequency: "daily", Hour: 7, AcceptEmpty: true},
	}
	for i, f := range forms {
		saved, err := p.Watches.Create(t.Context(), who.Actor, f)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			rich = saved.ID
		}
	}
	return rich
}

// TestPagesOfABusyCompanyLookRight visits the space of a company with watches of
// every shape and more results than a page holds.
func TestPagesOfABusyCompanyLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.take(t, append(every(), crowd()...)...)
	page := p.signedIn(t, b, who, "/entreprise")
	page.Until(`fetch("/organismes?q=haut").then(r => r.json()).then(all => all.length > 0)`)
	id := fullWatches(t, p, who)
	visit(page, p.url+"/entreprise")
	everywhere(t, page, "plein-espace")
	visit(page, p.url+"/entreprise/veilles?taille=10&page=2")
	must(t, page, "Nombre d'éléments par page")
	everywhere(t, page, "plein-veilles")
	visit(page, p.url+"/entreprise/veilles/"+id+"/modifier")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	everywhere(t, page, "plein-modifier")
	page.AllowErrors("422")
	page.MustElement("#nom").MustSelectAllText().MustInput(strings.Repeat(unbreakable, 2))
	page.MustElement("#mots_cles").MustSelectAllText().MustInput("bx yz " + strings.Repeat("mot ", 60))
	page.MustElement("[name=destinataire]").MustSelectAllText().MustInput(hostile)
	submit(page)
	everywhere(t, page, "plein-refusee")
	visit(page, p.url+"/entreprise/veilles/"+id+"/supprimer")
	everywhere(t, page, "plein-supprimer")
}

// TestPagesOfMailsLookRight opens what the links of mails lead to.
func TestPagesOfMailsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	const colleague = "devis@menuiserie-muller.example"
	for _, name := range []string{hundred[:100], hostile} {
		if _, err := p.Watches.Create(t.Context(), who.Actor, watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Recipients: []string{colleague}, Active: true, Frequency: "immediate", Hour: 7}); err != nil {
			t.Fatal(err)
		}
	}
	first := p.mail(t, colleague, "Souhaitez-vous recevoir")
	page := b.Page(link(t, first, "/confirmation/"))
	everywhere(t, page, "confirmation")
	click(page, "button", "Accepter")
	look(t, page, "confirmation-acceptee")
	r := rich
	p.publish(t, r)
	m := p.mail(t, colleague, "Nouveau marché")
	visit(page, link(t, m, "/desabonnement/"))
	everywhere(t, page, "desabonnement")
	click(page, "button", "Ne plus recevoir")
	look(t, page, "desabonnement-fait")
}
