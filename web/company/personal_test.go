package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/event"
)

const personalPage = "/entreprise/mes-informations"

func wantingAddress(address, current string) url.Values {
	return url.Values{"adresse": {address}, "mot_de_passe_actuel": {current}}
}

func TestThePageOfOnesOwnInformation(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		if !slices.Contains(odile.get("/entreprise").links(), personalPage) {
			t.Error("the space does not lead to the page")
		}
		page := odile.get(personalPage)
		page.says("Mes informations personnelles", "Identifiant : odile", "L'identifiant ne se change pas", "Adresse actuelle : odile@muller.example",
			"Nouvelle adresse électronique", "Mot de passe actuel", "72 heures")
		page.silent("En attente de confirmation")
		if got := attribute(page.byID("nom"), "value"); got != "Odile Muller" {
			t.Errorf("the name is %q", got)
		}
		if page := p.visitor().get(personalPage); page.status != 303 || page.location != "/connexion?suite="+escaped(personalPage) {
			t.Errorf("a visitor: %d to %q", page.status, page.location)
		}
		p.join(muller, "emile").get(personalPage).says("Adresse actuelle : emile@muller.example") // a newcomer has one too
	})
}

func TestChangingOnesName(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.follow(personalPage, url.Values{"nom": {" Odile  Weber "}}).says("Votre nom est enregistré.", "Odile Weber")
		page := odile.post(personalPage, url.Values{"nom": {"voir https://pirate.example"}})
		page.refused("nom", "Indiquez votre nom, sans adresse ni lien.")
		if got := attribute(page.byID("nom"), "value"); got != "voir https://pirate.example" {
			t.Errorf("what was typed became %q", got)
		}
		odile.post(personalPage, url.Values{"nom": {"<b>\x00\u202e"}}).refused("nom", "caractère invisible")
		odile.get(personalPage).says("Odile Weber")
		if n := p.count("SELECT count(*) FROM event WHERE kind = $1", string(event.NameChanged)); n != 1 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

func TestAskingForAnotherAddressAndGivingItUp(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		page := odile.follow(personalPage+"/adresse", wantingAddress("odile@neuve.example", "rabot varlope"))
		page.says("Un message vient d'être envoyé à la nouvelle adresse.", "En attente de confirmation par odile@neuve.example", "Annuler cette demande", "Adresse actuelle : odile@muller.example")
		odile.follow(personalPage+"/adresse", wantingAddress("odile@autre.example", "rabot varlope")).says("En attente de confirmation par odile@autre.example")
		page = odile.follow(personalPage+"/adresse/annuler", nil)
		page.says("La demande est annulée")
		page.silent("En attente de confirmation")
		odile.follow(personalPage+"/adresse/annuler", nil).says("Aucun changement d'adresse n'était en attente.")
		odile.get(personalPage + "/adresse").says("Mes informations personnelles") // the address of a form that was refused
	})
}

func TestABadChangeOfAddressSaysWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		for _, c := range []struct {
			form url.Values
			id   string
			says string
		}{
			{wantingAddress("", "rabot varlope"), "adresse", "Indiquez une adresse électronique."},
			{wantingAddress("odile@exemple", "rabot varlope"), "adresse", "n'est pas un nom de domaine"},
			{wantingAddress("Odile@Muller.example", "rabot varlope"), "adresse", "C'est déjà l'adresse de votre compte."},
			{wantingAddress("odile@neuve.example", ""), "mot_de_passe_actuel", "Saisissez votre mot de passe actuel."},
			{wantingAddress("odile@neuve.example", "rabot varlopf"), "mot_de_passe_actuel", "Le mot de passe actuel est incorrect."},
		} {
			page := odile.post(personalPage+"/adresse", c.form)
			page.refused(c.id, c.says)
			if got := attribute(page.byID("adresse"), "value"); got != c.form.Get("adresse") {
				t.Errorf("the address typed became %q", got)
			}
			if got := attribute(page.byID("nom"), "value"); got != "Odile Muller" {
				t.Errorf("the name became %q", got)
			}
			if strings.Contains(page.source, "varlop") {
				t.Error("the password came back")
			}
		}
		// Abuse 15: another header, typed as an address.
		odile.post(personalPage+"/adresse", wantingAddress("a@b.fr\r\nBcc: x@y.fr", "rabot varlope")).refused("adresse", "caractère invisible")
		if n := p.count("SELECT count(*) FROM address_change"); n != 0 {
			t.Errorf("%d changes wait", n)
		}
		for range 5 {
			odile.post(personalPage+"/adresse", wantingAddress("odile@neuve.example", "rabot varlopf"))
		}
		if page := odile.post(personalPage+"/adresse", wantingAddress("odile@neuve.example", "rabot varlope")); page.status != 429 {
			t.Errorf("after six errors: %d", page.status)
		}
	})
}

// Abuse 69: nothing on the page tells whether somebody has the address.
func TestAskingForAnAddressTellsNobodyWhoHasIt(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.join(another, "olivier")
		shown := func(address string) string {
			answer := odile.post(personalPage+"/adresse", wantingAddress(address, "rabot varlope"))
			page := odile.get(answer.location)
			return strings.ReplaceAll(strings.Join([]string{answer.location, answer.text(), page.source}, "\n"), address, "ADRESSE")
		}
		free := shown("personne@muller.example")
		for _, taken := range []string{"olivier@muller.example", "OLIVIER@muller.example"} {
			if got := shown(taken); got != free {
				t.Errorf("%s differs from a free address:\n%s\n%s", taken, got, free)
			}
		}
	})
}
