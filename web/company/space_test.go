package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/watch"
)

func TestTheSpaceOfACompanyWithoutWatch(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		page := p.join(muller, "odile").get("/entreprise")
		if page.status != 200 {
			t.Fatalf("status %d", page.status)
		}
		page.says("Mon espace de dématérialisation", "Menuiserie Muller", "SIRET 732 829 320 00074", "Établissement déclaré, non vérifié",
			"Vous n'avez pas encore paramétré de veille de marché", "Accès direct aux annonces", "Ma veille de marchés", "Mon compte", "Liste des utilisateurs")
		page.silent("votre rattachement", "Votre rattachement", "Mes marchés")
		for _, url := range []string{"/annonces", "/entreprise/veilles", "/entreprise/veilles/nouvelle"} {
			if !slices.Contains(page.links(), url) {
				t.Errorf("no link to %s", url)
			}
		}
	})
}

func TestTheSpaceShowsWhatClosesWithinTwoWeeks(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(
			call{id: "26-1", title: "Menuiseries du gymnase", deadline: dbtest.Start.AddDate(0, 0, 14)},
			call{id: "26-2", title: "Menuiserie de l'école", deadline: dbtest.Start.AddDate(0, 0, 2)},
			call{id: "26-3", title: "Menuiserie de la mairie", deadline: dbtest.Start.AddDate(0, 0, 15)},
			call{id: "26-4", title: "Voirie", deadline: dbtest.Start.AddDate(0, 0, 1)},
		)
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		page := odile.get("/entreprise")
		page.says("3 marchés ouverts correspondent à vos veilles", "Menuiseries du gymnase", "dans 2 jours", "dans 14 jours", "veille « Bois », sur « menuiserie »")
		page.silent("de la mairie", "Voirie")
		if !slices.Contains(page.links(), "/entreprise/veilles#marches") {
			t.Error("no link to the list of contracts")
		}
	})
}

func TestTheSpaceCountsOneContractInTheSingular(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie de la mairie"})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		odile.get("/entreprise").says("1 marché ouvert correspond à vos veilles", "Aucune échéance dans les 14 jours.")
	})
}

func TestTheSpaceOfACompanyWhoseWatchesAreAllInactive(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		odile.get("/entreprise").says("Toutes vos veilles sont inactives")
	})
}

func TestANewcomerIsToldThatTheyActInTheirOwnName(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.join(muller, "odile").watch(watch.Form{Name: "Bois de l'entreprise", Keywords: "menuiserie", Active: true})
		page := p.join(muller, "emile").get("/entreprise")
		page.says("Votre rattachement n'est pas encore accepté.", "Vous agissez en votre nom", "quand son administrateur aura accepté votre rattachement",
			"Vous n'avez pas encore paramétré de veille de marché")
		page.silent("Bois de l'entreprise")
	})
}

func TestAVisitorIsLedToSignIn(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		for _, path := range []string{"/entreprise", "/entreprise/veilles", "/entreprise/veilles/nouvelle"} {
			if page := p.visitor().get(path); page.status != 303 || page.location != "/connexion?suite="+escaped(path) {
				t.Errorf("GET %s: %d to %q", path, page.status, page.location)
			}
		}
		if page := p.visitor().post("/entreprise/veilles", filled()); page.status != 303 || page.location != "/connexion" {
			t.Errorf("POST: %d to %q", page.status, page.location)
		}
		if n := p.count("SELECT count(*) FROM watch"); n != 0 {
			t.Errorf("%d watches", n)
		}
	})
}

// What one means to answer comes first, whatever closes before it; what one passes on
// does not come.
func TestTheSpacePutsOnesOwnDeadlinesFirst(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(
			call{id: "26-1", title: "Menuiserie du gymnase", deadline: dbtest.Start.AddDate(0, 0, 2)},
			call{id: "26-2", title: "Menuiserie de l'école", deadline: dbtest.Start.AddDate(0, 0, 25)},
			call{id: "26-3", title: "Menuiserie du lycée", deadline: dbtest.Start.AddDate(0, 0, 3)},
			call{id: "26-4", title: "Voirie", deadline: dbtest.Start.AddDate(0, 0, 20)},
		)
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		for id, choice := range map[string]string{"26-2": "on_y_va", "26-3": "on_passe", "26-4": "a_etudier"} {
			odile.post(tags+p.idOf(id), url.Values{"etiquette": {choice}})
		}
		page := odile.get("/entreprise")
		page.says("Vos prochaines échéances", "Les autres échéances, sous 14 jours", "2 marchés ouverts correspondent à vos veilles", "on y va", "à étudier")
		page.silent("du lycée")
		last := -1
		for _, title := range []string{"Voirie", "Menuiserie de l'école", "Menuiserie du gymnase"} {
			at := strings.Index(page.text(), title)
			if at < last || strings.Count(page.text(), title) != 1 {
				t.Errorf("%q is not in its place, once: %s", title, page.text())
			}
			last = at
		}
	})
}

func TestTheSpaceSaysWhatIsNew(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		p.record(call{id: "26-1", title: "Menuiserie du gymnase"})
		first := odile.get("/entreprise")
		first.says("1 nouveau en 7 jours")
		first.silent("connexion précédente")
		p.clock.Move(8 * 24 * time.Hour)
		again := odile.again("odile", "Firefox")
		p.record(call{id: "26-2", title: "Menuiserie de l'école", published: "2026-12-02"}, call{id: "26-3", title: "Menuiserie du lycée", published: "2026-12-02"})
		again.get("/entreprise").says("3 marchés ouverts", "2 nouveaux en 7 jours", "2 nouveaux depuis votre connexion précédente, le mardi 24 novembre 2026")
		p.clock.Move(8 * 24 * time.Hour)
		last := again.again("odile", "Firefox")
		last.get("/entreprise").says("aucun nouveau en 7 jours", "2 nouveaux depuis votre connexion précédente")
		if page := last.get("/entreprise"); !slices.Contains(page.links(), "/entreprise/veilles?tri=parution#marches") {
			t.Errorf("%q", page.links())
		}
	})
}

// What one follows by a mail is one's own too, whether a watch still finds it or not.
func TestTheSpaceShowsWhatOneFollows(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie suivie", deadline: dbtest.Start.AddDate(0, 0, 40)}, call{id: "26-2", title: "Voirie dite"})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		p.write(func(tx *db.Tx) error {
			for id, since := range map[string]clock.Instant{"26-1": tx.Now, "26-2": 0} {
				if _, err := tx.Exec("INSERT INTO told (address_key, notice_id, mailing_id, at, followed_at) VALUES ($1, $2, 'm', $3, $4)", "odile@muller.example", p.idOf(id), tx.Now, since); err != nil {
					return err
				}
			}
			return nil
		})
		page := odile.get("/entreprise")
		page.says("Vos prochaines échéances", "Voirie suivie", "dans 40 jours")
		page.silent("Voirie dite")
		odile.post(tags+p.idOf("26-1"), url.Values{"etiquette": {"on_passe"}})
		odile.get("/entreprise").silent("Voirie suivie")
	})
}
