package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/kit/passkey/passkeytest"
	"parvis/kit/totp"
	"parvis/procurement/account"
)

const (
	factorsPage = "/entreprise/double-authentification"
	rightWord   = "rabot varlope" // everybody's password here
)

func proving(more ...string) url.Values {
	form := url.Values{"mot_de_passe_actuel": {rightWord}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestAnApplicationOfCodesIsAddedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		if !slices.Contains(odile.get("/entreprise").links(), factorsPage) {
			t.Error("the space does not lead to the page")
		}
		odile.get(factorsPage).says("Double authentification", "Inactive", "Les clés d'accès ne peuvent pas servir ici", "Configurer une application")
		odile.post(factorsPage+"/application", url.Values{}).refused("mot_de_passe_actuel", "Saisissez votre mot de passe actuel.")
		odile.post(factorsPage+"/application", url.Values{"mot_de_passe_actuel": {"x"}}).refused("mot_de_passe_actuel", "Le mot de passe actuel est incorrect.")
		// What was not begun leads back to the list, which says so.
		odile.follow(factorsPage+"/application/code", url.Values{"code": {"123456"}}).says("n'est plus en cours", "Inactive")
		odile.follow(factorsPage+"/codes", proving()).says("Ajoutez d'abord une clé d'accès ou une application")
		odile.follow(factorsPage+"/application/retirer", proving()).says("n'a plus d'application")

		page := odile.follow(factorsPage+"/application", proving())
		page.says("photographiez ce code", "Code à six chiffres")
		if !strings.Contains(page.source, `src="data:image/png;base64,`) {
			t.Error("there is no picture of the code")
		}
		d, err := p.accounts.ApplicationDraft(t.Context(), odile.cookies["parvis-session"])
		p.must(err)
		page.says(totp.Spaced(d.Secret))
		odile.post(factorsPage+"/application/code", url.Values{"code": {"12345"}}).refused("code", "Ce code n'est pas le bon.")
		code, err := totp.Code(d.Secret, totp.StepAt(p.db.Clock.Now()))
		p.must(err)
		page = odile.post(factorsPage+"/application/code", url.Values{"code": {code}})
		page.says("Votre application de codes est configurée.", "Vos codes de secours", "Ils ne seront plus montrés")
		if strings.Contains(page.source, d.Secret) || !strings.Contains(page.source, `download="codes-de-secours-parvis.txt"`) {
			t.Error("the secret is shown once more, or there is no file of the codes")
		}
		odile.get(factorsPage).says("Active", "Configurée", "Il vous reste 10 codes de secours sur 10")
		odile.follow(factorsPage+"/application", proving()).says("a déjà une application de codes")
		odile.post(factorsPage+"/codes", proving()).says("Vos nouveaux codes sont prêts. Les précédents ne servent plus.")
		odile.get(factorsPage+"/application/retirer").says("Retirer l'application de codes ?", "Mot de passe actuel")
		odile.follow(factorsPage+"/application/retirer", proving()).says("Votre application de codes est retirée", "Inactive")
	})
}

func TestPasskeysAreListedRenamedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.accounts.At("https://parvis.example")
		odile, claire := p.join(muller, "odile"), p.join(another, "claire")
		key := passkeytest.New("https://parvis.example", "parvis.example")
		odile.post(factorsPage+"/cle-d-acces", url.Values{"nom": {strings.Repeat("a", 61)}}).refused("nom", "60 caractères au plus")
		page := odile.post(factorsPage+"/cle-d-acces", url.Values{"nom": {"Téléphone & <b>"}, "mot_de_passe_actuel": {"x"}})
		page.refused("mot_de_passe_actuel", "Le mot de passe actuel est incorrect.")
		if !strings.Contains(page.source, `value="Téléphone &amp; &lt;b&gt;"`) {
			t.Error("the name that was typed is lost")
		}
		odile.follow(factorsPage+"/cle-d-acces/creer", url.Values{"reponse": {"{}"}}).says("n'est plus en cours")
		odile.follow(factorsPage+"/cle-d-acces", proving("nom", "Téléphone & <b>")).says("« Téléphone & <b> »", "Créer la clé d'accès")
		options := odile.post(factorsPage+"/cle-d-acces/creer/defi", nil)
		answer := string(key.Create(t, []byte(options.source)))
		page = odile.post(factorsPage+"/cle-d-acces/creer", url.Values{"reponse": {answer[:40]}})
		if page.says("Votre appareil n'a pas créé de clé d'accès utilisable ici."); page.status != 422 {
			t.Errorf("an answer that is none: %d", page.status)
		}
		options = odile.post(factorsPage+"/cle-d-acces/creer/defi", nil)
		odile.post(factorsPage+"/cle-d-acces/creer", url.Values{"reponse": {string(key.Create(t, []byte(options.source)))}}).
			says("Votre clé d'accès est ajoutée.", "Vos codes de secours")
		odile.get(factorsPage).says("Active", "Téléphone & <b>", "jamais")

		f, err := p.accounts.FactorsOf(t.Context(), odile.actor)
		p.must(err)
		mine := factorsPage + "/cles/" + f.Passkeys[0].ID
		for _, act := range []string{"/renommer", "/retirer"} {
			if a, b := claire.get(mine+act).status, claire.post(mine+act, proving("nom", "À moi")).status; a != 404 || b != 404 {
				t.Errorf("somebody else: %s: %d and %d", act, a, b)
			}
		}
		odile.post(mine+"/renommer", url.Values{"nom": {" "}}).refused("nom", "Indiquez le nom de la clé.")
		odile.follow(mine+"/renommer", url.Values{"nom": {"Bureau"}}).says("Votre clé d'accès est renommée.", "Bureau")
		odile.get(mine + "/retirer").says("Retirer la clé d'accès « Bureau » ?")
		odile.post(mine+"/retirer", url.Values{}).refused("mot_de_passe_actuel", "Saisissez votre mot de passe actuel.")
		odile.follow(mine+"/retirer", proving()).says("« Bureau » est retirée", "Inactive")
		if n := p.count("SELECT count(*) FROM passkey"); n != 0 {
			t.Errorf("%d keys are left", n)
		}
	})
}

// The last codes are worth a warning.
func TestFewCodesLeftAreSaid(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.must(p.accounts.BeginApplication(t.Context(), odile.cookies["parvis-session"], rightWord, account.Visitor{}))
		d, err := p.accounts.ApplicationDraft(t.Context(), odile.cookies["parvis-session"])
		p.must(err)
		code, err := totp.Code(d.Secret, totp.StepAt(p.db.Clock.Now()))
		p.must(err)
		codes, err := p.accounts.AddApplication(t.Context(), odile.cookies["parvis-session"], code)
		p.must(err)
		for i, code := range codes {
			in, err := p.accounts.SignIn(t.Context(), "odile", rightWord, account.Visitor{})
			p.must(err)
			_, err = p.accounts.EnterRecoveryCode(t.Context(), in.Pending, code, account.Visitor{})
			p.must(err)
			switch page := odile.get(factorsPage); i {
			case 5:
				page.says("Il vous reste 4 codes")
				if strings.Contains(page.source, "sans attendre") {
					t.Error("four are few")
				}
			case 8:
				page.says("Il vous reste 1 code de secours sur 10.", "sans attendre")
			case 9:
				page.says("Tous vos codes de secours ont servi.", "sans attendre")
			}
		}
	})
}
