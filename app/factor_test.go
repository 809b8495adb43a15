package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/totp"
)

const factorsPath = "/entreprise/double-authentification"

// typePassword fills in the sign-in form.
func typePassword(page *browsertest.Page, login string) {
	page.MustElement("#identifiant").MustSelectAllText().MustInput(login)
	page.MustElement("#mot_de_passe").MustInput(everybodysPassword)
	page.Leads(func() { page.MustElement("main form.card button[type=submit]").MustClick() })
}

// prove types the password that every change of factors asks for.
func prove(page *browsertest.Page) {
	page.MustElement("#mot_de_passe_actuel").MustInput(everybodysPassword)
	submitForm(page)
}

// addsPasskey registers a key of the tab's device, from the page of factors.
func addsPasskey(t *testing.T, page *browsertest.Page, name string) {
	t.Helper()
	click(page, "a", "Ajouter une clé d'accès")
	page.MustElement("#nom").MustInput(name)
	prove(page)
	page.Until(`!document.querySelector(".passkey-act").hidden`)
	click(page, "button", "Créer la clé d'accès")
}

// TestAPasskeyAsItsOwnerLivesIt adds a passkey, signs out, signs in by it alone, then by
// the password and it, and removes it.
func TestAPasskeyAsItsOwnerLivesIt(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { aPasskeyAsItsOwnerLivesIt(t, dialect) })
	}
}

func aPasskeyAsItsOwnerLivesIt(t *testing.T, dialect db.Dialect) {
	p := startAs(t, dialect, "localhost")
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := p.signedIn(t, b, who, factorsPath)
	page.AllowErrors("422")
	device := page.Authenticator()
	must(t, page, "Double authentification", "Inactive")
	addsPasskey(t, page, "Mon ordinateur")
	must(t, page, "Votre clé d'accès est ajoutée", "Vos codes de secours", "Ils ne seront plus montrés")
	if device.Keys() != 1 {
		t.Fatalf("%d keys in the device", device.Keys())
	}
	if file := *page.MustElement("a[download]").MustAttribute("href"); strings.Count(file, "-") < 30 || !strings.HasPrefix(file, "data:text/plain") {
		t.Errorf("the file of codes: %s", file)
	}
	click(page, "a", "J'ai gardé mes codes")
	must(t, page, "Active", "Mon ordinateur", "jamais", "Il vous reste 10 codes de secours sur 10")
	p.mail(t, who.Address, "Un second facteur a été ajouté")

	click(page, "button", "Se déconnecter")
	visit(page, p.url+"/connexion?suite=/entreprise/utilisateurs")
	device.Verifies(false)
	page.MustElementR("button", "Se connecter avec une clé d'accès").MustClick()
	page.Until(`document.querySelector("[data-says]").textContent.includes("La demande a été annulée")`)
	browsertest.Axe(t, page)
	device.Verifies(true)
	click(page, "button", "Se connecter avec une clé d'accès")
	must(t, page, "Liste des utilisateurs", "Odile Muller")

	click(page, "button", "Se déconnecter")
	visit(page, p.url+"/connexion?suite=/entreprise/utilisateurs")
	typePassword(page, "odile.muller")
	must(t, page, "Vérification", "Par votre clé d'accès")
	click(page, "button", "Utiliser ma clé d'accès")
	must(t, page, "Liste des utilisateurs")

	visit(page, p.url+factorsPath)
	must(t, page, p.clock.Now().In(clock.Paris).Format("02/01/2006"))
	click(page, "a", "Ajouter une clé d'accès")
	page.MustElement("#nom").MustInput("La même")
	prove(page)
	page.MustElementR("button", "Créer la clé d'accès").MustClick()
	page.Until(`document.querySelector("[data-says]").textContent.includes("a déjà une clé d'accès de votre compte")`)

	visit(page, p.url+factorsPath)
	click(page, "a", "Renommer")
	page.MustElement("#nom").MustSelectAllText().MustInput("Bureau")
	submitForm(page)
	must(t, page, "Votre clé d'accès est renommée", "Bureau")
	click(page, "a", "Retirer")
	prove(page)
	must(t, page, "« Bureau » est retirée", "Inactive")
	p.mail(t, who.Address, "Un second facteur a été retiré")

	click(page, "button", "Se déconnecter")
	visit(page, p.url+"/connexion")
	click(page, "button", "Se connecter avec une clé d'accès")
	must(t, page, "Cette clé d'accès n'est pas reconnue")
	typePassword(page, "odile.muller")
	must(t, page, "Mon espace de dématérialisation")
}

// TestAnApplicationOfCodesWithoutScripts configures an application, signs in by its codes
// and by a recovery code, and takes it away, with scripts off.
func TestAnApplicationOfCodesWithoutScripts(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { anApplicationOfCodesWithoutScripts(t, dialect) })
	}
}

func anApplicationOfCodesWithoutScripts(t *testing.T, dialect db.Dialect) {
	p := start(t, dialect)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	page := b.Page(p.url+"/connexion?suite="+factorsPath, browsertest.Desktop.WithoutScript())
	page.AllowErrors("422")
	signIn := func() {
		t.Helper()
		fill(page, "#identifiant", "odile.muller")
		fill(page, "#mot_de_passe", everybodysPassword)
		press(t, page, "main form.card button[type=submit]")
	}
	main := func() { t.Helper(); press(t, page, "main form .acts.end button") }
	signIn()
	must(t, page, "Double authentification", "Inactive", "Les clés d'accès ne peuvent pas servir ici")
	if page.MustHas(`main a[href="` + factorsPath + `/cle-d-acces"]`) {
		t.Error("a passkey is offered where browsers allow none")
	}
	press(t, page, `main a[href="`+factorsPath+`/application"]`)
	fill(page, "#mot_de_passe_actuel", "un autre")
	main()
	must(t, page, "Le mot de passe actuel est incorrect")
	fill(page, "#mot_de_passe_actuel", everybodysPassword)
	main()
	must(t, page, "photographiez ce code")
	secret := strings.ReplaceAll(page.MustElement("code.secret").MustText(), " ", "")
	code := func() string {
		t.Helper()
		code, err := totp.Code(secret, totp.StepAt(p.clock.Now()))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	fill(page, "#code", "12345")
	main()
	must(t, page, "Ce code n'est pas le bon")
	fill(page, "#code", code())
	main()
	must(t, page, "Vos codes de secours")
	recovery := page.MustElement("ol.codes li").MustText()
	press(t, page, `main a[href="`+factorsPath+`"]`)
	must(t, page, "Active", "Configurée", "Il vous reste 10 codes")

	press(t, page, `form[action="/deconnexion"] button`)
	goes(t, page, func() { page.MustNavigate(p.url + "/connexion?suite=" + factorsPath) })
	signIn()
	must(t, page, "Vérification")
	fill(page, "#code", "000 000")
	main()
	must(t, page, "Ce code n'est pas le bon, ou il a déjà servi")
	p.clock.Move(time.Minute)
	fill(page, "#code", code())
	main()
	must(t, page, "Double authentification", "Active")

	press(t, page, `form[action="/deconnexion"] button`)
	goes(t, page, func() { page.MustNavigate(p.url + "/connexion?suite=" + factorsPath) })
	signIn()
	page.Focus("details summary")
	page.Keyboard.MustType(input.Enter)
	fill(page, "#code_secours", recovery)
	press(t, page, "details form .acts.end button")
	must(t, page, "Il vous reste 9 codes")
	p.mail(t, who.Address, "Un code de secours a servi")

	press(t, page, `main a[href="`+factorsPath+`/codes"]`)
	fill(page, "#mot_de_passe_actuel", everybodysPassword)
	main()
	must(t, page, "Les précédents ne servent plus")
	goes(t, page, func() { page.MustNavigate(p.url + factorsPath + "/application/retirer") })
	fill(page, "#mot_de_passe_actuel", everybodysPassword)
	main()
	must(t, page, "Votre application de codes est retirée", "Inactive")
	// A second step that is over leads back to the sign-in page, which says so.
	press(t, page, `form[action="/deconnexion"] button`)
	goes(t, page, func() { page.MustNavigate(p.url + "/connexion/verification") })
	must(t, page, "La vérification n'est plus en cours", "Se connecter")
}

// firstCode is what an application shows that was given the secret of the page.
func (p *platform) firstCode(t *testing.T, page *browsertest.Page) string {
	t.Helper()
	secret := strings.ReplaceAll(page.MustElement("code.secret").MustText(), " ", "")
	code, err := totp.Code(secret, totp.StepAt(p.clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return code
}
