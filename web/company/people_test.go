package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/watch"
)

const peoplePath = "/entreprise/utilisateurs"

// accept has b let somebody in through the page's own form.
func (b *browser) accept(who *browser) {
	b.t.Helper()
	b.follow(peoplePath+"/"+who.actor.MembershipID+"/accepter", nil)
}

func (b *browser) url(act string) string { return peoplePath + "/" + b.actor.MembershipID + "/" + act }

// actions gives where the forms of a page post to.
func (p page) actions() []string {
	var out []string
	for _, f := range p.all("form", nil) {
		if action := attribute(f, "action"); strings.HasPrefix(action, peoplePath) {
			out = append(out, action)
		}
	}
	return out
}

func TestAnAdministratorSeesRequestsAndPeople(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		page := odile.get(peoplePath)
		page.says("Liste des utilisateurs", "Menuiserie Muller", "SIRET 732 829 320 00074", "Aucune demande à approuver", "Vous êtes seul pour l'instant")
		karim, emile := p.join(muller, "karim"), p.join(muller, "emile")
		odile.get("/entreprise").says("2 demandes à approuver")
		page = odile.get(peoplePath)
		rows := page.table("Demandes à approuver")
		if len(rows) != 3 || !slices.Equal(rows[1], []string{"Odile Muller", "karim@muller.example", "24/11/2026", "Accepter Odile Muller Refuser Odile Muller"}) {
			t.Errorf("requests: %q", rows)
		}
		odile.follow(karim.url("accepter"), nil).says("Odile Muller fait maintenant partie de l'établissement.")
		odile.follow(karim.url("administrateur"), nil).says("Odile Muller est maintenant administrateur.")
		odile.follow(emile.url("refuser"), nil).says("La demande de Odile Muller est refusée.", "Aucune demande à approuver")
		page = odile.get(peoplePath)
		page.silent("emile@")
		want := [][]string{
			{"Nom", "Adresse électronique", "Rôle", "Depuis", "Action"},
			{"Odile Muller vous", "odile@muller.example", "Administrateur", "24/11/2026", "Rendre utilisateur Odile Muller Quitter l'établissement"},
			{"Odile Muller", "karim@muller.example", "Administrateur", "24/11/2026", "Rendre utilisateur Odile Muller Retirer Odile Muller"},
		}
		if got := page.table("Liste des utilisateurs"); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("people: %q", got)
		}
		odile.get("/entreprise").silent("à approuver")
	})
}

func TestAUserSeesColleaguesAndNoAct(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		emile := p.join(muller, "emile")
		page := karim.get(peoplePath)
		page.says("odile@muller.example", "karim@muller.example", "Quitter l'établissement")
		page.silent("Demandes à approuver", "emile@", "Retirer", "Rendre", "Accepter")
		if got := page.actions(); got != nil {
			t.Errorf("forms: %q", got)
		}
		for _, path := range []string{emile.url("accepter"), emile.url("refuser"), odile.url("retirer"), odile.url("utilisateur"), karim.url("administrateur")} {
			if page := karim.post(path, nil); page.status != 403 {
				t.Errorf("POST %s: %d", path, page.status)
			}
		}
		for _, path := range []string{emile.url("refuser"), odile.url("retirer"), odile.url("utilisateur")} {
			if page := karim.get(path); page.status != 403 {
				t.Errorf("GET %s: %d", path, page.status)
			}
		}
		if page := karim.post(peoplePath+"/rejoindre", url.Values{"etablissement": {odile.actor.EstablishmentID}}); page.status != 403 {
			t.Errorf("a member asks to join: %d", page.status)
		}
	})
}

func TestANewcomerSeesTheirRequestAlone(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, emile := p.join(muller, "odile"), p.join(muller, "emile")
		page := emile.get(peoplePath)
		page.says("En attente d'approbation", "Demande du 24/11/2026.", "Retirer ma demande")
		page.silent("odile@", "Administrateur", "Demandes à approuver")
		if page := emile.post(emile.url("accepter"), nil); page.status != 403 {
			t.Errorf("accepting oneself: %d", page.status)
		}
		// The right is there at the next request, in the same session.
		odile.accept(emile)
		emile.get(peoplePath).says("odile@muller.example", "Administrateur")
	})
}

func TestAnotherEstablishmentsPeopleDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		zoe := p.join(another, "zoe")
		for _, id := range []string{odile.actor.MembershipID, karim.actor.MembershipID, "0198c0de-0000-7000-8000-000000000000", "%00", "%ff", "..%2f.."} {
			for _, act := range []string{"accepter", "refuser", "administrateur", "utilisateur", "retirer"} {
				page := zoe.post(peoplePath+"/"+id+"/"+act, nil)
				if page.status != 404 {
					t.Errorf("POST %s of %s: %d", act, id, page.status)
				}
				page.silent("odile@", "karim@")
			}
			for _, act := range []string{"refuser", "utilisateur", "retirer"} {
				if page := zoe.get(peoplePath + "/" + id + "/" + act); page.status != 404 {
					t.Errorf("GET %s of %s: %d", act, id, page.status)
				}
			}
		}
		zoe.get(peoplePath).silent("odile@", "karim@")
	})
}

func TestSomebodyIsRemovedAfterAsking(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		karim.get(peoplePath)
		karim.actor.Role = "user"
		karim.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		page := odile.get(karim.url("retirer"))
		page.says("Retirer Odile Muller de l'établissement ?", "elles passent à votre nom", "Retirer de l'établissement", "Ne rien changer")
		karim.get("/entreprise/veilles").says("Bois")
		odile.follow(karim.url("retirer"), nil).says("Odile Muller ne fait plus partie de l'établissement.", "1 veille est passée à Odile Muller.")
		page = karim.get(peoplePath) // in the session that was open
		page.says("Vous n'êtes rattaché à aucun établissement")
		page.silent("odile@")
		karim.get("/entreprise/veilles").silent("Bois")
		karim.get("/entreprise").says("Votre compte n'est rattaché à aucun établissement.")
		if page := odile.post(karim.url("retirer"), nil); page.status != 404 {
			t.Errorf("removing twice: %d", page.status)
		}
	})
}

func TestTheLastAdministratorIsToldWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		for _, path := range []string{peoplePath + "/quitter", odile.url("utilisateur"), odile.url("retirer")} {
			page := odile.post(path, nil)
			if page.status != 409 {
				t.Errorf("POST %s: %d", path, page.status)
			}
			page.says("L'établissement n'a pas d'autre administrateur.", "rendez d'abord administrateur une autre personne", "karim@muller.example")
		}
		odile.follow(karim.url("administrateur"), nil)
		odile.get(odile.url("utilisateur")).says("Renoncer au rôle d'administrateur ?", "Seul un autre administrateur pourra vous rendre ce rôle.")
		odile.follow(odile.url("utilisateur"), nil).says("Odile Muller est maintenant utilisateur.")
		if page := odile.post(karim.url("retirer"), nil); page.status != 403 {
			t.Errorf("whoever was an administrator: %d", page.status)
		}
	})
}

func TestSomebodyLeavesAndAsksToComeBack(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		if page := karim.get(karim.url("retirer")); page.status != 403 {
			t.Errorf("a user's page that removes: %d", page.status)
		}
		if page := odile.get(odile.url("retirer")); page.location != peoplePath+"/quitter" {
			t.Errorf("removing oneself leads to %q", page.location)
		}
		karim.get(peoplePath+"/quitter").says("Quitter l'établissement « Menuiserie Muller » ?", "elles passent à un administrateur")
		karim.get(peoplePath).says("odile@") // asking did nothing
		page := karim.follow(peoplePath+"/quitter", nil)
		page.says("Vous avez quitté l'établissement.", "Vous n'êtes rattaché à aucun établissement", "Demander à rejoindre")
		if page := karim.post(peoplePath+"/quitter", nil); page.status != 404 {
			t.Errorf("leaving twice: %d", page.status)
		}
		if page := karim.get(peoplePath + "/quitter"); page.status != 404 {
			t.Errorf("asking to leave nothing: %d", page.status)
		}
		before := karim.cookies["parvis-session"]
		page = karim.follow(peoplePath+"/rejoindre", page.form())
		page.says("Votre demande est envoyée aux administrateurs", "En attente d'approbation")
		if karim.cookies["parvis-session"] == before {
			t.Error("the session was not renewed with its membership")
		}
		odile.get(peoplePath).says("Demandes à approuver", "karim@muller.example")
		if page := karim.post(peoplePath+"/rejoindre", url.Values{"etablissement": {"autre"}}); page.status != 404 {
			t.Errorf("asking an establishment never belonged to: %d", page.status)
		}
		karim.get(peoplePath+"/quitter").says("Retirer votre demande de rejoindre « Menuiserie Muller » ?", "les veilles que vous avez créées en attendant")
		karim.follow(peoplePath+"/quitter", nil).says("Votre demande est retirée.")
	})
}

func TestAskingTooOftenIsSaidOnThePage(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.join(muller, "odile")
		emile := p.join(muller, "emile")
		again := url.Values{"etablissement": {emile.actor.EstablishmentID}}
		for range 2 {
			emile.follow(peoplePath+"/quitter", nil)
			emile.follow(peoplePath+"/rejoindre", again)
		}
		emile.follow(peoplePath+"/quitter", nil)
		page := emile.post(peoplePath+"/rejoindre", again)
		page.says("Vous avez déjà demandé plusieurs fois à rejoindre cet établissement", "Vous n'êtes rattaché à aucun établissement")
		if page.status != 429 {
			t.Errorf("status %d", page.status)
		}
	})
}

func TestAFormFromAnotherSiteChangesNobody(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		for _, path := range []string{karim.url("accepter"), karim.url("refuser"), peoplePath + "/quitter"} {
			if page := odile.send("POST", path, nil, map[string]string{"Sec-Fetch-Site": "cross-site"}); page.status != 403 {
				t.Errorf("POST %s: %d", path, page.status)
			}
			if page := odile.get(path); page.status == 303 {
				t.Errorf("GET %s acts", path)
			}
		}
		if n := p.count("SELECT count(*) FROM membership WHERE approved_at IS NULL AND ended_at IS NULL"); n != 1 {
			t.Error("a form from another site was obeyed")
		}
	})
}

// Addresses 63 of the abuses: what destroys asks first, and only a form does it.
func TestQuestionsDestroyNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		for _, c := range []struct{ path, says string }{
			{karim.url("refuser"), "Refuser la demande de Odile Muller ?"},
			{odile.url("utilisateur"), "Renoncer au rôle d'administrateur ?"},
			{karim.url("utilisateur"), "Retirer à Odile Muller le rôle d'administrateur ?"},
			{karim.url("retirer"), "Retirer Odile Muller de l'établissement ?"},
			{peoplePath + "/quitter", "Quitter l'établissement « Menuiserie Muller » ?"},
		} {
			page := odile.get(c.path)
			page.says(c.says, "Ne rien changer")
			if got := page.actions(); !slices.Equal(got, []string{c.path}) {
				t.Errorf("%s posts to %q", c.path, got)
			}
		}
		if n := p.count("SELECT count(*) FROM membership WHERE ended_at IS NULL"); n != 2 {
			t.Error("a question acted")
		}
	})
}
