package company_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// colleague is let in the establishment of its administrator.
func (b *browser) colleague(login, name string) *browser {
	b.t.Helper()
	c := b.platform.join(b.actor.SIRET, login)
	_, err := b.members.Accept(context.Background(), b.actor, c.actor.MembershipID)
	b.must(err)
	b.write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE account SET name = $1 WHERE id = $2", name, c.actor.AccountID)
		return err
	})
	c.actor.Role, c.actor.Name = access.CompanyUser, name
	return c
}

// both reads what the page says of a field: one's own version, then the saved one, the
// chosen one first marked.
func (p page) both(key string) (mine, saved, chosen string) {
	p.t.Helper()
	for _, input := range p.all("input", func(n *html.Node) bool { return attribute(n, "name") == "garder-"+key }) {
		for label := range input.Parent.Descendants() {
			if label.Type == html.ElementNode && label.Data == "label" {
				text := words(label)
				if rest, ok := strings.CutPrefix(text, "Votre version "); ok {
					mine = rest
				} else {
					saved = strings.TrimPrefix(text, "Version enregistrée ")
				}
			}
		}
		if has(input, "checked") {
			chosen = attribute(input, "value")
		}
	}
	return mine, saved, chosen
}

func TestAnEditOverAColleaguesEditShowsBothVersions(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Departments: []string{"67"}})
		path := watchesPage + "/" + w.ID
		mine, theirs := odile.get(path+"/modifier").form(), karim.get(path+"/modifier").form()
		theirs.Set("mots_cles", "bardage")
		theirs.Set("heure", "9")
		karim.follow(path, theirs)

		mine.Set("nom", "Bois massif")
		mine.Set("heure", "18")
		mine.Add("destinataire", "devis@muller.example")
		page := odile.post(path, mine)
		if page.status != 409 {
			t.Fatalf("status %d", page.status)
		}
		page.says("Deux versions de la veille « Bois »", "Version enregistrée par Karim Benali le ", "Rien n'est perdu")
		for key, want := range map[string][3]string{
			"nom":           {"Bois massif", "Bois", "ma_version"},
			"mots":          {"menuiserie", "bardage", "version_enregistree"}, // only the colleague changed it
			"rythme":        {"tous les jours à 18 h", "tous les jours à 9 h", "ma_version"},
			"destinataires": {"devis@muller.example", "non renseigné", "ma_version"},
		} {
			m, s, c := page.both(key)
			if got := [3]string{m, s, c}; got != want {
				t.Errorf("%s: %q, want %q", key, got, want)
			}
		}
		for _, key := range []string{"departements", "alerte", "organismes", "affiner", "pause", "partage"} {
			if m, s, _ := page.both(key); m+s != "" {
				t.Errorf("%s says the same in both, and is asked: %q and %q", key, m, s)
			}
		}
		if got := odile.find(w.ID); got.Name != "Bois" || got.Hour != 9 {
			t.Error("the colleague's edit was overwritten")
		}
		again := page.form()
		again.Set("garder-rythme", "version_enregistree")
		odile.follow(path, again).says("Les modifications de la veille")
		got := odile.find(w.ID)
		if got.Name != "Bois massif" || got.Hour != 9 || got.Version != 3 || !slices.Equal(got.Criteria.Keywords, []string{"bardage"}) ||
			!slices.Equal(got.Criteria.Departments, []string{"67"}) || len(got.Recipients) != 2 {
			t.Errorf("saved %+v", got)
		}
	})
}

func TestTheColleagueMaySaveOnceMoreMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID
		mine := odile.get(path + "/modifier").form()
		edit := func(name string) {
			f := karim.get(path + "/modifier").form()
			f.Set("nom", name)
			karim.follow(path, f)
		}
		edit("Bois de Karim")
		mine.Set("nom", "Bois d'Odile")
		page := odile.post(path, mine)
		edit("Bois de Karim, encore")
		page = odile.post(path, page.form())
		if m, s, c := page.both("nom"); page.status != 409 || m != "Bois d'Odile" || s != "Bois de Karim, encore" || c != "ma_version" {
			t.Fatalf("%d: %q, %q, %q", page.status, m, s, c)
		}
		odile.follow(path, page.form())
		if got := odile.find(w.ID); got.Name != "Bois d'Odile" {
			t.Errorf("%q", got.Name)
		}
	})
}

// What bumps a version without changing what the form says is no conflict.
func TestTwoVersionsThatSayTheSameNeedNoChoice(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID
		mine := odile.get(path + "/modifier").form()
		karim.follow(path, karim.get(path+"/modifier").form())
		odile.follow(path, mine).says("Les modifications de la veille « Bois » sont enregistrées.")
	})
}

// Two people save at the same moment: one is first, the other one sees both.
func TestTwoPeopleWhoSaveAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID
		for round := range 5 {
			name := func(b *browser) string { return fmt.Sprintf("Bois de %s, %d", b.actor.AccountID[24:], round) }
			forms := []url.Values{odile.get(path + "/modifier").form(), karim.get(path + "/modifier").form()}
			var pages [2]page
			var both sync.WaitGroup
			for i, b := range []*browser{odile, karim} {
				forms[i].Set("nom", name(b))
				both.Go(func() { pages[i] = b.post(path, forms[i]) })
			}
			both.Wait()
			statuses := []int{pages[0].status, pages[1].status}
			slices.Sort(statuses)
			if !slices.Equal(statuses, []int{303, 409}) {
				t.Fatalf("%v", statuses)
			}
			late, who := pages[0], odile
			if late.status != 409 {
				late, who = pages[1], karim
			}
			m, s, _ := late.both("nom")
			if m != name(who) || s != odile.find(w.ID).Name || m == s {
				t.Errorf("%q and %q", m, s)
			}
			who.follow(path, late.form())
			if got := odile.find(w.ID); got.Name != m {
				t.Errorf("%q, want %q", got.Name, m)
			}
		}
	})
}

func TestRefinedCriteriaAreComparedWhole(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		p.record(call{id: "26-1", title: "Menuiserie"})
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Refine: notice.Refinement{Exclude: "plomberie"}})
		path := watchesPage + "/" + w.ID
		mine, theirs := odile.get(path+"/modifier").form(), karim.get(path+"/modifier").form()
		theirs.Set("exclus", "plomberie amiante")
		theirs.Add("organisme_exclu", p.buyer("ville de selestat"))
		karim.follow(path, theirs)
		mine.Set("exclus", "")
		mine.Set("jours_restants", "10")
		page := odile.post(path, mine)
		m, s, c := page.both("affiner")
		if m != "Jours restants : 10 au moins" || s != "Mots exclus : plomberie, amiante, Organisme exclu : Ville de Sélestat" || c != "ma_version" {
			t.Errorf("%q, %q, %q", m, s, c)
		}
		f := page.form()
		f.Set("garder-affiner", "version_enregistree")
		odile.follow(path, f)
		if got := odile.find(w.ID).Criteria; !slices.Equal(got.Exclude, []string{"plomberie", "amiante"}) || got.MinDays != 0 || len(got.ExcludeBuyers) != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// A colleague who deletes the watch that one is editing takes nothing of what was typed.
func TestAnEditOfAWatchThatAColleagueDeletesBecomesANewOne(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID
		mine := odile.get(path + "/modifier").form()
		karim.follow(path+"/supprimer", karim.get(path+"/supprimer").form())
		mine.Set("nom", "Bois massif")
		mine.Set("mots_cles", "menuiserie bardage")
		page := odile.post(path, mine)
		if page.status != 404 {
			t.Errorf("status %d", page.status)
		}
		page.says("Créer une nouvelle veille", "elle a été supprimée entre-temps", "Votre saisie est gardée")
		odile.follow(watchesPage, page.form()).says("La veille « Bois massif » est créée")
		if all := odile.list(); len(all) != 1 || all[0].ID == w.ID || !slices.Equal(all[0].Criteria.Keywords, []string{"menuiserie", "bardage"}) {
			t.Errorf("%+v", all)
		}
		// Whoever never had it learns nothing: their own form comes back as well.
		stranger := p.join("12345678200010", "paul")
		if got := stranger.post(watchesPage+"/"+odile.list()[0].ID, mine); got.status != 404 {
			t.Errorf("a stranger: status %d", got.status)
		}
	})
}
