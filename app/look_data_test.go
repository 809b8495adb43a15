package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/watch"
)

// dataURL is « Mes données personnelles ».
const dataURL = "/entreprise/mes-donnees"

// TestPagesOfPersonalDataLookRight visits what is kept of a person, the copy that they
// take away, and what asks before they erase their account.
func TestPagesOfPersonalDataLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	odile := p.join(t, mullerSIRET, "Menuiserie "+unbreakable, "Odile "+unbreakable[:60], "odile.muller")
	claire := p.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
	for who, f := range map[person]watch.Form{
		odile:  {Name: unbreakable, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: []string{claire.Address}},
		claire: {Name: hundred[:100], Keywords: "vitrerie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: []string{odile.Address}},
	} {
		if _, err := p.Watches.Create(t.Context(), who.Actor, f); err != nil {
			t.Fatal(err)
		}
	}
	p.mail(t, odile.Address, "Souhaitez-vous recevoir")
	p.publish(t, rich)
	p.mail(t, odile.Address, "Nouveau marché")
	page := p.signedIn(t, b, odile, dataURL)
	page.AllowErrors("422", "409")
	everywhere(t, page, "donnees")
	visit(page, p.url+dataURL+"/supprimer")
	everywhere(t, page, "donnees-supprimer")
	submitForm(page)
	must(t, page, "Saisissez votre mot de passe actuel.")
	everywhere(t, page, "donnees-supprimer-refuse")

	karim := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim Benali", "karim.benali")
	if _, err := p.Members.Accept(t.Context(), odile.Actor, karim.MembershipID); err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+dataURL+"/supprimer")
	must(t, page, "Vous êtes le seul administrateur de")
	everywhere(t, page, "donnees-supprimer-seul-administrateur")

	// The copy is opened as from a folder, where no server is.
	file := filepath.Join(t.TempDir(), "copie.html")
	if err := os.WriteFile(file, []byte(p.fetch(t, odile, dataURL+"/export.html")), 0o600); err != nil {
		t.Fatal(err)
	}
	page = b.Page("file://" + file)
	must(t, page, "Mes données personnelles", "odile.muller@exemple.example", "Ce que le journal dit de vous", "Pourquoi, et combien de temps")
	everywhere(t, page, "donnees-copie")
}

// fetch gets what a browser would keep in a folder.
func (p *platform) fetch(t *testing.T, who person, path string) string {
	t.Helper()
	v := &village{platform: p, t: t}
	g := v.ask(&caller{person: who}, "GET", path, nil)
	if g.status != 200 || !strings.HasPrefix(g.header.Get("Content-Disposition"), "attachment;") || g.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s: %d %v", path, g.status, g.header)
	}
	return g.body
}

// TestSomebodyTakesTheirDataAndGoes is the journey of whoever has had enough, without
// scripts, and comes back later.
func TestSomebodyTakesTheirDataAndGoes(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			p := start(t, dialect)
			odile := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
			b := browsertest.New(t)
			page := b.Page(p.url+dataURL, browsertest.Desktop.WithoutScript())
			signsIn := func() {
				fill(page, "#identifiant", odile.Address)
				fill(page, "#mot_de_passe", everybodysPassword)
				press(t, page, "main form button[type=submit]")
			}
			signsIn()
			must(t, page, "Mes données personnelles", odile.Address)
			for _, file := range []string{"/export.json", "/export.html"} {
				if !page.MustHas(`main a[href="` + dataURL + file + `"]`) {
					t.Errorf("no link to %s", file)
				}
				if copied := p.fetch(t, odile, dataURL+file); !strings.Contains(copied, odile.Address) || !strings.Contains(copied, "Menuiserie Muller") {
					t.Errorf("%s: %s", file, copied)
				}
			}
			press(t, page, `main a[href="`+dataURL+`/supprimer"]`)
			must(t, page, "Ce qui disparaît tout de suite", "Ce qui reste, et pourquoi")
			picture(t, page, "sans-script-supprimer-compte")
			page.AllowErrors("422")
			fill(page, "#mot_de_passe_actuel", everybodysPassword)
			press(t, page, "main form .acts.end button")
			must(t, page, "Votre compte est supprimé. Un dernier message vous le confirme.")
			m := p.mail(t, odile.Address, "Votre compte est supprimé")
			if strings.Contains(m.Text, "Odile") {
				t.Errorf("the last mail still knows a name:\n%s", m.Text)
			}
			goes(t, page, func() { page.MustNavigate(p.url + "/connexion") })
			signsIn()
			must(t, page, "Identifiant ou mot de passe incorrect.")

			first := p.mail(t, odile.Address, "Terminez votre inscription")
			if err := p.Accounts.AskSignUp(t.Context(), account.SignUpForm{SIRET: mullerSIRET, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: odile.Address}, account.Visitor{}); err != nil {
				t.Fatal(err)
			}
			again, err := p.box.Wait(t.Context(), func(m mailbox.Message) bool {
				return m.To[0] == odile.Address && m.Subject == first.Subject && m.Text != first.Text
			})
			if err != nil {
				t.Fatal(err)
			}
			goes(t, page, func() { page.MustNavigate(link(t, again, "/inscription/")) })
			fill(page, "#identifiant", odile.login)
			fill(page, "#mot_de_passe", everybodysPassword)
			fill(page, "#confirmation", everybodysPassword)
			press(t, page, "main form button[type=submit]")
			must(t, page, "Mon espace de dématérialisation")
			press(t, page, `form[action="/deconnexion"] button`)
			goes(t, page, func() { page.MustNavigate(p.url + "/connexion?suite=/entreprise") })
			signsIn()
			must(t, page, "Mon espace de dématérialisation", "Vous n'avez pas encore paramétré de veille de marché")
		})
	}
}
