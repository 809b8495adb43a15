package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/account"
	"parvis/procurement/event"
)

const passwordPage = "/entreprise/mot-de-passe"

func changing(current, next, confirm string) url.Values {
	return url.Values{"mot_de_passe_actuel": {current}, "mot_de_passe": {next}, "confirmation": {confirm}}
}

func TestChangingOnesPassword(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		if !slices.Contains(odile.get("/entreprise").links(), passwordPage) {
			t.Error("the space does not lead to the page")
		}
		elsewhere := *odile
		token, err := opened(p.accounts.SignIn(t.Context(), "odile", "rabot varlope", account.Visitor{Remote: "198.51.100.4"}))
		p.must(err)
		elsewhere.cookies = map[string]string{"parvis-session": token}
		odile.get(passwordPage).says("Changer de mot de passe", "Mot de passe actuel", "Nouveau mot de passe", "Confirmer")
		odile.follow(passwordPage, changing("rabot varlope", "maillet ciseau gouge", "maillet ciseau gouge")).
			says("Mon espace de dématérialisation", "Votre mot de passe est changé.", "Odile Muller")
		if page := elsewhere.get("/entreprise"); page.status != 303 {
			t.Errorf("the other session goes on: %d", page.status)
		}
		if n := p.count("SELECT count(*) FROM event WHERE kind = $1 AND subject = $2", string(event.PasswordChanged), odile.actor.AccountID); n != 1 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

func TestABadChangeOfPasswordSaysWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		const next = "maillet ciseau gouge"
		for _, c := range []struct {
			form url.Values
			id   string
			says string
		}{
			{changing("", next, next), "mot_de_passe_actuel", "Saisissez votre mot de passe actuel."},
			{changing("rabot varlopf", next, next), "mot_de_passe_actuel", "Le mot de passe actuel est incorrect."},
			{changing("rabot varlope", "gouge", "gouge"), "mot_de_passe", "au moins 12 caractères"},
			{changing("rabot varlope", "odile@muller.example", "odile@muller.example"), "mot_de_passe", "ne peut pas être votre adresse"},
			{changing("rabot varlope", "rabot varlope", "rabot varlope"), "mot_de_passe", "est le même que l'actuel"},
			{changing("rabot varlope", next, "maillet"), "confirmation", "La confirmation diffère du mot de passe."},
		} {
			page := odile.post(passwordPage, c.form)
			page.refused(c.id, c.says)
			if strings.Contains(page.source, "varlop") || strings.Contains(page.source, "gouge") {
				t.Errorf("%v: what was typed came back", c.form)
			}
		}
		if _, err := p.accounts.SignIn(t.Context(), "odile", "rabot varlope", account.Visitor{Remote: "192.0.2.17"}); err != nil {
			t.Errorf("a refused form changed the password: %v", err)
		}
	})
}

func TestTooManyWrongCurrentPasswordsMustWait(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		var got page
		for range 12 {
			got = odile.post(passwordPage, changing("rabot varlopf", "maillet ciseau gouge", "maillet ciseau gouge"))
		}
		if got.status != 429 {
			t.Errorf("status %d", got.status)
		}
		got.says("Trop d'essais infructueux.")
	})
}

func TestOnlyThePersonChangesTheirPassword(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		form := changing("rabot varlope", "maillet ciseau gouge", "maillet ciseau gouge")
		if page := p.visitor().get(passwordPage); page.status != 303 || page.location != "/connexion?suite="+escaped(passwordPage) {
			t.Errorf("GET: %d to %q", page.status, page.location)
		}
		if page := p.visitor().post(passwordPage, form); page.status != 303 || page.location != "/connexion" {
			t.Errorf("POST: %d to %q", page.status, page.location)
		}
		odile, newcomer := p.join(muller, "odile"), p.join(muller, "emile")
		if page := odile.send("POST", passwordPage, form, map[string]string{"Sec-Fetch-Site": "cross-site"}); page.status != 403 {
			t.Errorf("from another site: %d", page.status)
		}
		newcomer.follow(passwordPage, form).says("Votre mot de passe est changé.")
	})
}

// opened gives the session that a sign-in opened.
func opened(in account.Entry, err error) (string, error) { return in.Session, err }
