package app_test

import (
	"fmt"
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/member"
)

// TestPagesOfSeveralCompaniesLookRight visits what somebody of several establishments
// sees: the bar unfolded, the list, the form, and a link about another of them.
func TestPagesOfSeveralCompaniesLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	p.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
	who := p.join(t, mullerSIRET, "Menuiserie "+unbreakable, "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, "/entreprise/rattachements")
	page.AllowErrors("422", "409")
	everywhere(t, page, "rattachements-un")
	for _, siret := range []string{fontaineSIRET, "12345678200010"} {
		if _, err := p.Members.Declare(t.Context(), who.Actor, account.CompanyForm{SIRET: siret, CompanyName: "Escaliers Muller"}); err != nil {
			t.Fatal(err)
		}
	}
	visit(page, p.url+"/entreprise/rattachements")
	everywhere(t, page, "rattachements")
	for _, v := range []browsertest.View{browsertest.Desktop, browsertest.Phone, browsertest.Narrow} {
		visit(page, p.url+"/entreprise")
		page.Viewport(v.Width, v.Height)
		if v.Width < 1184 {
			page.MustElement(".menu-button").MustClick()
		}
		page.MustElement(".hats summary").MustClick()
		for _, fault := range browsertest.Violations(t, page) {
			t.Errorf("changer-%d: axe: %s: %s\n\t%s", v.Width, fault.ID, fault.Help, strings.Join(fault.Targets, "\n\t"))
		}
		browsertest.Screenshot(t, page, fmt.Sprintf("changer-%d", v.Width))
		if over := page.MustEval(tooWide).Str(); over != "" {
			t.Errorf("changer-%d scrolls sideways: %s", v.Width, over)
		}
	}
	page.Viewport(0, 0)
	hats, err := p.Orgs.Memberships(t.Context(), who.Actor)
	if err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+"/entreprise/veilles?pour="+hats[1].EstablishmentID)
	must(t, page, "vous agissez pour")
	everywhere(t, page, "lien-vers-un-autre")
	visit(page, p.url+"/entreprise/rattachements/"+who.MembershipID+"/quitter")
	submitForm(page)
	must(t, page, "n'a pas d'autre administrateur")
	look(t, page, "rattachements-refus")
	visit(page, p.url+"/entreprise/rattachements/nouveau")
	everywhere(t, page, "rattachement-nouveau")
	submitForm(page)
	everywhere(t, page, "rattachement-nouveau-refuse")
}

// TestPagesOfInvitationsLookRight visits where one invites, the list, and the link as
// each of those who may follow it.
func TestPagesOfInvitationsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	admin := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile "+unbreakable[:60], "odile.muller")
	other := p.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
	page := p.signedIn(t, b, admin, "/entreprise/utilisateurs/inviter")
	page.AllowErrors("422", "409")
	everywhere(t, page, "inviter")
	page.MustElement("#adresse").MustInput(hostile[:40])
	submitForm(page)
	everywhere(t, page, "inviter-refuse")
	long := strings.ToLower(unbreakable[:60]) + "@exemple.example"
	for _, f := range []member.InvitationForm{{Address: long, Role: "user"}, {Address: other.Address, Role: "admin"}} {
		if err := p.Members.Invite(t.Context(), admin.Actor, f); err != nil {
			t.Fatal(err)
		}
	}
	visit(page, p.url+"/entreprise/utilisateurs")
	everywhere(t, page, "utilisateurs-invitations")
	stranger := link(t, p.mail(t, long, "Invitation"), "/invitation/")
	known := link(t, p.mail(t, other.Address, "Invitation"), "/invitation/")
	visit(page, known)
	everywhere(t, page, "invitation-pour-une-autre-adresse")
	page = p.signedIn(t, b, other, known[strings.Index(known, "/invitation/"):])
	everywhere(t, page, "invitation-accepter")
	visitor := browsertest.New(t).Page(stranger)
	visitor.AllowErrors("422", "404")
	everywhere(t, visitor, "invitation-sans-compte")
	submitForm(visitor)
	everywhere(t, visitor, "invitation-refusee")
	visit(visitor, known)
	everywhere(t, visitor, "invitation-connectez-vous")
	visit(visitor, p.url+"/invitation/rien")
	look(t, visitor, "invitation-perimee")
}

// TestPagesOfADisputeLookRight visits them as the person who contests.
func TestPagesOfADisputeLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	newcomer := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim Benali", "karim.benali")
	page := p.signedIn(t, b, newcomer, "/entreprise/utilisateurs")
	page.AllowErrors("422")
	everywhere(t, page, "demande")
	click(page, "a", "Contester l'administrateur")
	everywhere(t, page, "contester")
	submitForm(page)
	everywhere(t, page, "contester-refuse")
	page.MustElement("#motif").MustInput(unbreakable + "\n" + hostile)
	submitForm(page)
	must(t, page, "En attente de décision")
	everywhere(t, page, "contestation-en-cours")
}
