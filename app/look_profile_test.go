package app_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"parvis/app"
	"parvis/gateway/directory/rehearsal"
	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// withDirectory starts a platform whose directory of companies is a program that
// answers like the State's.
func withDirectory(t *testing.T) *platform {
	t.Helper()
	s := httptest.NewServer(rehearsal.New(
		rehearsal.Company{SIREN: "123456782", Name: "MENUISERIE " + unbreakable + " " + hostile[:40], Places: []rehearsal.Place{
			{SIRET: mullerSIRET, Street: "12 RUE DES TILLEULS", Postcode: "67600", City: "SELESTAT"},
			{SIRET: "12345678200010", Street: "3 RUE DE LA SCIERIE", Postcode: "68000", City: "COLMAR", Closed: true},
		}},
	))
	t.Cleanup(s.Close)
	return start(t, db.SQLite, func(c *app.Config) { c.Directory = s.URL })
}

// TestPagesOfAProfileLookRight visits the profile of a company, empty, refused, full, in
// conflict, and as those who may not write it.
func TestPagesOfAProfileLookRight(t *testing.T) {
	p := withDirectory(t)
	b := browsertest.New(t)
	admin := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	user := p.join(t, mullerSIRET, "Menuiserie Muller", "Ursule Weber", "ursule.weber")
	newcomer := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim Benali", "karim.benali")
	if _, err := p.Members.Accept(t.Context(), admin.Actor, user.MembershipID); err != nil {
		t.Fatal(err)
	}
	page := p.signedIn(t, b, admin, "/entreprise/profil")
	page.AllowErrors("409", "422", "404")
	everywhere(t, page, "profil-vide")
	page.MustElement("#code_postal").MustInput("6760 " + hostile[:20])
	page.MustElement("#telephone").MustInput("appelez-moi")
	page.Leads(func() { page.MustElement("main form .acts.end button").MustClick() })
	must(t, page, "3 corrections sont nécessaires")
	everywhere(t, page, "profil-refuse")

	p.fillProfile(t, admin)
	visit(page, p.url+"/entreprise/profil")
	must(t, page, "à confirmer")
	everywhere(t, page, "profil-rempli")
	p.saveProfile(t, admin, 2, "1 rue Basse")
	page.MustElement("#rue").MustSelectAllText().MustInput("2 rue Haute")
	page.Leads(func() { page.MustElement("main form .acts.end button").MustClick() })
	must(t, page, "Enregistré entre-temps")
	everywhere(t, page, "profil-conflit")
	visit(page, p.url+"/entreprise/profil")
	page.Leads(func() { page.MustElementR("main button", "Actualiser depuis").MustClick() })
	must(t, page, "à jour d'après l'annuaire")
	everywhere(t, page, "profil-annuaire")
	page.Leads(func() { page.MustElementR("main a", "Retirer").MustClick() })
	must(t, page, "Retirer l'adresse de secours")
	look(t, page, "profil-secours-retirer")
	page = p.signedIn(t, b, user, "/entreprise/profil")
	everywhere(t, page, "profil-vu-par-un-utilisateur")
	page = p.signedIn(t, b, newcomer, "/entreprise/profil")
	look(t, page, "profil-vu-par-un-nouveau-venu")
}

// fillProfile gives an establishment all that a profile can show.
func (p *platform) fillProfile(t *testing.T, who person) {
	t.Helper()
	ctx := t.Context()
	p.saveProfile(t, who, 1, "12 rue des Tilleuls")
	branch := p.join(t, "12345678200010", "Menuiserie "+unbreakable, "Paul Muller", "paul.muller")
	if err := p.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := account.Find(tx, who.AccountID)
		if err != nil {
			return err
		}
		_, err = p.Orgs.Admit(tx, a, branch.EstablishmentID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.Profiles.AskFallback(ctx, who.Actor, "contact@muller.example"); err != nil {
		t.Fatal(err)
	}
	where := link(t, p.mail(t, "contact@muller.example", "Adresse de secours"), "/adresse-de-secours/")
	if _, err := p.Profiles.AnswerFallback(ctx, where[strings.LastIndex(where, "/")+1:], true); err != nil {
		t.Fatal(err)
	}
	if err := p.Profiles.AskFallback(ctx, who.Actor, strings.ToLower(unbreakable[:50])+"@muller.example"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Profiles.Verify(ctx, access.Platform("exploitant"), "FR", mullerSIRET, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Profiles.Verify(ctx, access.Platform("exploitant"), "FR", mullerSIRET, false); err != nil {
		t.Fatal(err)
	}
}

func (p *platform) saveProfile(t *testing.T, who person, version int64, street string) {
	t.Helper()
	if _, err := p.Profiles.Save(t.Context(), who.Actor, org.ProfileForm{
		Name: "Menuiserie Muller", Postal: account.PostalAddress{Street: street, Postcode: "67600", City: "Sélestat"}, Phone: "03 88 00 00 00", Version: version,
	}); err != nil {
		t.Fatal(err)
	}
}

// TestPagesOfASignUpWithADirectoryLookRight signs up as with a keyboard: the name comes
// when the SIRET has been typed, and goes when it changes.
func TestPagesOfASignUpWithADirectoryLookRight(t *testing.T) {
	p := withDirectory(t)
	page := browsertest.New(t).Page(p.url + "/inscription")
	page.AllowErrors("422")
	everywhere(t, page, "inscription-annuaire")
	siret := page.MustElement("#siret")
	siret.MustInput("123 456 782 00002")
	page.Until(`document.querySelector("[data-said] strong")?.textContent.startsWith("MENUISERIE") && document.querySelector("[data-typed]").hidden`)
	everywhere(t, page, "inscription-trouvee")
	siret.MustSelectAllText().MustInput("12345678200010")
	page.Until(`document.querySelector("[data-said]").textContent.includes("fermé")`)
	look(t, page, "inscription-fermee")
	siret.MustSelectAllText().MustInput("47818111800025")
	page.Until(`document.querySelector("[data-said]").textContent.includes("ne connaît pas") && document.querySelector("[data-typed] details").open`)
	everywhere(t, page, "inscription-inconnue")
	page.MustElement("#entreprise").MustInput("Menuiserie Muller")
	page.MustElement("#nom").MustInput("Odile Muller")
	page.MustElement("#adresse").MustInput("odile@muller.example")
	page.MustElement("#code_postal").MustInput("67")
	page.Leads(func() { page.MustElement("main form .acts.end button").MustClick() })
	must(t, page, "corrections sont nécessaires")
	look(t, page, "inscription-adresse-refusee")
	page.MustElement("#siret").MustSelectAllText().MustInput(mullerSIRET)
	page.Until(`document.querySelector("[data-typed]").hidden`)
	page.Leads(func() { page.MustElement("main form .acts.end button").MustClick() })
	must(t, page, "Un message vient de vous être envoyé")
	everywhere(t, page, "inscription-envoyee")
	if got := p.mail(t, "odile@muller.example", "Terminez votre inscription"); got.Subject == "" {
		t.Error("no mail")
	}
}

// TestPagesOfAMailboxLookRight opens the page where the link of a request leads.
func TestPagesOfAMailboxLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	admin := p.join(t, mullerSIRET, "Menuiserie "+unbreakable, "Odile Muller", "odile.muller")
	if err := p.Profiles.AskFallback(t.Context(), admin.Actor, "contact@muller.example"); err != nil {
		t.Fatal(err)
	}
	page := browsertest.New(t).Page(link(t, p.mail(t, "contact@muller.example", "Adresse de secours"), "/adresse-de-secours/"))
	everywhere(t, page, "secours-demande")
	page.Leads(func() { page.MustElementR("main button", "Accepter").MustClick() })
	must(t, page, "Vous avez accepté")
	look(t, page, "secours-acceptee")
	page.Leads(func() { page.MustElementR("main button", "Ne plus être").MustClick() })
	must(t, page, "Vous avez arrêté")
	look(t, page, "secours-arretee")
}
