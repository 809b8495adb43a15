package company_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

func escaped(s string) string { return url.QueryEscape(s) }

const (
	contracts   = "Marchés correspondant à mes critères de recherche"
	noWatchYet  = "Vous n'avez pas encore paramétré de veille de marché"
	watchesPage = "/entreprise/veilles"
)

func TestTheListWithoutWatch(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		page := p.join(muller, "odile").get(watchesPage)
		page.says("Ma veille de marchés", "Mes veilles des marchés", "Liste des marchés correspondant à mes critères de recherche",
			"Créer une nouvelle veille", "Retour à mon espace candidat")
		if n := strings.Count(page.text(), noWatchYet); n != 2 {
			t.Errorf("the guide's sentence stands %d times", n)
		}
		for _, path := range []string{"/entreprise", "/entreprise/veilles/nouvelle"} {
			if !slices.Contains(page.links(), path) {
				t.Errorf("no link to %s", path)
			}
		}
		page.silent("n'envoie pas de mails", "refuse nos messages")
	})
}

func TestTheTableOfWatchesSaysWhatEachAsks(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Nice matin"}, call{id: "26-2", title: "Voirie", buyer: "Le Républicain Lorrain"})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "veille1", AcceptEmpty: true, Hour: 7})
		odile.watch(watch.Form{Name: "Un de chaque", Keywords: "test", Buyers: []string{p.buyer("nice matin")}, Departments: []string{"67"},
			Active: true, Frequency: "immediate"})
		odile.watch(watch.Form{Name: "Plusieurs", Keywords: `ola "gros œuvre" VRD`, Mode: "all", Buyers: []string{p.buyer("nice matin"), p.buyer("le republicain lorrain")},
			Departments: []string{"02", "2A"}, Active: true, Hour: 18, Recipients: []string{"devis@muller.example"}})
		got := odile.get(watchesPage).table("Mes veilles des marchés")
		want := [][]string{
			{"Nom de la veille", "Critères de recherche", "Statut", "Action"},
			{"veille1 tous les jours à 7 h",
				"Mot clé : non renseigné Organisme : non renseigné Département : non renseigné Email de destination : odile@muller.example",
				"Inactive", "Modifier la veille veille1 Flux privés de la veille veille1 Supprimer la veille veille1"},
			{"Un de chaque dès la publication",
				"Mot clé : test Organisme : Nice matin Département : Bas-Rhin (67) Email de destination : odile@muller.example",
				"Active", "Modifier la veille Un de chaque Flux privés de la veille Un de chaque Supprimer la veille Un de chaque"},
			{"Plusieurs tous les jours à 18 h",
				`Mots clés : ola "gros œuvre" VRD (tous les termes) Organismes : Nice matin Le Républicain Lorrain Départements : Aisne (02) Corse-du-Sud (2A) ` +
					"Emails de destination : odile@muller.example devis@muller.example à confirmer",
				"Active", "Modifier la veille Plusieurs Flux privés de la veille Plusieurs Supprimer la veille Plusieurs"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A pause leaves a watch active, and is said; the form shows its last day, and ends it
// when that is taken away.
func TestTheTableSaysTheDayOfTheWeekAndThePause(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "weekly", Weekday: 4, Hour: 7, Pause: "2026-12-24"})
		odile.get(watchesPage).says("chaque jeudi à 7 h", "Active", "En pause jusqu'au 24/12/2026 inclus")
		page := odile.get(watchesPage + "/" + w.ID + "/modifier")
		form := page.form()
		if form.Get("rythme") != "weekly" || form.Get("jour") != "4" || form.Get("pause") != "2026-12-24" {
			t.Errorf("%v", form)
		}
		form.Set("pause", "")
		odile.post(watchesPage+"/"+w.ID, form)
		odile.get(watchesPage).silent("En pause")
		if now := odile.find(w.ID); !now.Active || now.Paused(p.watches.Now()) {
			t.Errorf("%+v", now)
		}
	})
}

func TestTheTableSaysInWordsThatAnyTermWillDo(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie bardage", Mode: "any"})
		odile.get(watchesPage).says("Mots clés : menuiserie bardage (n'importe lequel de ces termes)")
	})
}

func TestTheListOfContractsSaysWhyEachIsThere(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(
			call{id: "26-1", title: "Travaux de menuiserie, voirie et réseaux", reference: "2026-T-041", buyer: "Ville de Sélestat", departments: []string{"67"},
				deadline: time.Date(2026, 12, 12, 12, 0, 0, 0, clock.Paris)},
			call{id: "26-2", title: "Construction d'un gymnase", buyer: "Commune de Barr", departments: []string{"974"},
				deadline: time.Date(2026, 12, 20, 16, 0, 0, 0, clock.Paris),
				lots:     []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiseries bois"}, {Number: "3", Title: "Bardage"}}},
			call{id: "26-3", title: "Espaces verts"},
		)
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		odile.watch(watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		odile.watch(watch.Form{Name: "Jardins", Keywords: "espaces"})
		page := odile.get(watchesPage)
		got := page.table(contracts)
		for i := range got {
			got[i] = got[i][:4]
			got[i][2], _, _ = strings.Cut(got[i][2], " À étudier On y va On passe")
		}
		want := [][]string{
			{"Organisme", "Référence", "Objet", "Date limite ↑"},
			{"Ville de Sélestat", "2026-T-041 paru le 20/11/2026",
				"Travaux de menuiserie, voirie et réseaux veille « Bois », sur « menuiserie » veille « Routes », sur « voirie »", "12/12/2026 12:00 dans 18 jours"},
			{"Commune de Barr", "BOAMP n° 26-2 paru le 20/11/2026",
				"Construction d'un gymnase veille « Bois », sur « menuiseries » Lot qui correspond : lot 2, Menuiseries bois", "20/12/2026 19:00 dans 26 jours heure locale : La Réunion"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		var marks []string
		for _, m := range page.all("mark", nil) {
			marks = append(marks, words(m))
		}
		if diff := cmp.Diff([]string{"menuiserie", "voirie", "Menuiseries"}, marks); diff != "" {
			t.Error("marked words:", diff)
		}
		if n := strings.Count(page.text(), "2 éléments correspondent à vos critères de recherche"); n != 2 {
			t.Errorf("the count stands %d times", n)
		}
		id := p.idOf("26-1")
		if !slices.Contains(page.links(), "/annonces/"+id) {
			t.Error("« Afficher » doesn't lead to the notice")
		}
	})
}

func (p *platform) idOf(sourceID string) (id string) {
	p.must(p.db.Read(context.Background(), func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice WHERE source_id = $1", sourceID) }))
	return id
}

func TestAnElementCorrespondsAndNoneDoes(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		odile.get(watchesPage).says("Aucun élément ne correspond à vos critères de recherche")
		p.record(call{id: "26-1", title: "Menuiserie"})
		page := odile.get(watchesPage)
		if n := strings.Count(page.text(), "1 élément correspond à vos critères de recherche"); n != 2 {
			t.Errorf("the count stands %d times", n)
		}
	})
}

func TestInactiveWatchesShowNoContract(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie"})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		page := odile.get(watchesPage)
		page.says("Toutes vos veilles sont inactives")
		page.silent("1 élément", "Afficher")
	})
}

func TestContractsArePaged(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(numbered(45, "Menuiserie")...)
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		for _, c := range []struct {
			query   string
			rows    int
			current string
		}{
			{"", 20, "1"},
			{"?page=3", 5, "3"},
			{"?page=4", 5, "3"},            // beyond the last: the last
			{"?page=999999999999", 5, "3"}, // however far
			{"?page=0", 20, "1"},
			{"?page=-3", 20, "1"},
			{"?page=deux", 20, "1"},
			{"?page=99999999999999999999999", 20, "1"}, // not a number of ours
			{"?taille=10&page=5", 5, "5"},
			{"?taille=50", 45, ""},
			{"?taille=100", 45, ""},
			{"?taille=7", 20, "1"}, // not offered
		} {
			page := odile.get(watchesPage + c.query)
			if got := len(page.table(contracts)) - 1; got != c.rows {
				t.Errorf("%s: %d rows, want %d", c.query, got, c.rows)
			}
			current := ""
			for _, n := range page.all("span", nil) {
				if attribute(n, "aria-current") == "page" {
					current = strings.TrimPrefix(words(n), "Page ")
				}
			}
			if current != c.current {
				t.Errorf("%s: page %q, want %q", c.query, current, c.current)
			}
			if n := strings.Count(page.text(), "45 éléments correspondent à vos critères de recherche"); n != 2 {
				t.Errorf("%s: the count stands %d times", c.query, n)
			}
			page.says("Nombre d'éléments par page : 10 20 50 100")
		}
		page := odile.get(watchesPage + "?taille=10&tri=parution&page=2")
		if !slices.Contains(page.links(), "/entreprise/veilles?page=3&taille=10&tri=parution#marches") {
			t.Errorf("the next page forgets the order or the size: %q", page.links())
		}
	})
}

func TestContractsAreSortedByDeadlineOrByPublication(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie tard", published: "2026-11-23", deadline: dbtest.Start.AddDate(0, 0, 40)},
			call{id: "26-2", title: "Menuiserie tôt", deadline: dbtest.Start.AddDate(0, 0, 4)})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		for query, first := range map[string]string{"": "tôt", "?tri=echeance": "tôt", "?tri=hasard": "tôt", "?tri=parution": "tard"} {
			if rows := odile.get(watchesPage + query).table(contracts); !strings.Contains(rows[1][2], first) {
				t.Errorf("%s: first is %q", query, rows[1][2])
			}
		}
	})
}

func TestTheListWarnsOfAnAddressThatRefuses(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Recipients: []string{"devis@muller.example"}})
		p.write(func(tx *db.Tx) error { return watch.Fail(tx, "devis@muller.example") })
		page := odile.get(watchesPage)
		page.says("L'adresse devis@muller.example refuse nos messages et ne reçoit plus d'alerte. Vérifiez-la dans la veille « Bois »", "devis@muller.example en échec")
		odile.watch(watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		p.write(func(tx *db.Tx) error { return watch.Fail(tx, "odile@muller.example") })
		page = odile.get(watchesPage)
		page.says("2 adresses en échec : odile@muller.example et devis@muller.example refusent nos messages et ne reçoivent plus d'alerte.")
		if n := strings.Count(page.text(), "en échec : "); n != 1 {
			t.Errorf("%d warnings for two addresses", n)
		}
	})
}

func TestTheListSaysWhoHasUnsubscribed(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		p.write(func(tx *db.Tx) error { return p.watches.Stop(tx, "odile@muller.example", []string{w.ID}, false) })
		odile.get(watchesPage).says("odile@muller.example désabonnée")
	})
}

func TestTheListWarnsThatNoMailIsSent(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.mailDown = true
		odile.get(watchesPage).says("Cette plateforme n'envoie pas de mails pour l'instant.")
	})
}

func TestTypedTextIsShownAsText(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		const hostile = `<script>alert(1)</script>"><img src=x onerror=alert(2)> {{7*7}} ${7*7}`
		p.record(call{id: "26-1", title: "Menuiserie " + hostile, buyer: hostile, reference: hostile,
			lots: []notice.Lot{{Number: "<b>1", Title: "Menuiserie <i>bois"}}, deadline: dbtest.Start.AddDate(0, 0, 3)})
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: hostile, Keywords: `"<script>menuiserie" menuiserie`, Active: true})
		for _, path := range []string{"/entreprise", watchesPage, watchesPage + "/" + w.ID + "/modifier", watchesPage + "/" + w.ID + "/supprimer",
			watchesPage + "/nouvelle?mots_cles=" + escaped(hostile) + "&nom=" + escaped(hostile) + "&organisme=" + escaped(hostile)} {
			page := odile.get(path)
			if page.status != 200 {
				t.Errorf("GET %s: %d", path, page.status)
			}
			scripts := page.all("script", func(n *html.Node) bool { return attribute(n, "src") == "" })
			if len(scripts)+len(page.all("img", nil))+len(page.all("b", func(n *html.Node) bool { return words(n) != "v" }))+len(page.all("i", nil)) > 0 {
				t.Errorf("%s: typed text became markup", path)
			}
			if !strings.Contains(html.UnescapeString(page.source), hostile) {
				t.Errorf("%s doesn't show what was typed", path)
			}
		}
	})
}
