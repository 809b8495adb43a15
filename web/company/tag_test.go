package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

const tags = "/entreprise/etiquettes/"

// press sends the button of the row of a contract, as a browser does.
func (b *browser) press(p page, id, label string) page {
	b.t.Helper()
	for _, f := range p.all("form", func(n *html.Node) bool { return attribute(n, "action") == tags+id }) {
		sent := url.Values{}
		for n := range f.Descendants() {
			switch {
			case n.Data == "input":
				sent.Set(attribute(n, "name"), attribute(n, "value"))
			case n.Data == "button" && words(n) == label:
				sent.Set(attribute(n, "name"), attribute(n, "value"))
			}
		}
		if !sent.Has("etiquette") {
			b.t.Fatalf("no button %q", label)
		}
		return b.follow(tags+id, sent)
	}
	b.t.Fatalf("no tag form of %s in %s", id, p.text())
	return page{}
}

// pressed is the label of the button that is down in the row of a contract.
func (p page) pressed(id string) string {
	for _, f := range p.all("form", func(n *html.Node) bool { return attribute(n, "action") == tags+id }) {
		for n := range f.Descendants() {
			if n.Data == "button" && attribute(n, "aria-pressed") == "true" {
				return words(n)
			}
		}
	}
	return ""
}

func TestARowIsTaggedByItsButtonsAndComesBackToItself(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie de l'école"}, call{id: "26-2", title: "Menuiserie du lycée"})
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		id := p.idOf("26-1")
		list := odile.get(watchesPage + "?tri=parution")
		page := odile.post(tags+id, url.Values{"etiquette": {"on_y_va"}, "retour": {"/entreprise/veilles?tri=parution#marche-" + id}})
		if page.location != "/entreprise/veilles?tri=parution#marche-"+id {
			t.Errorf("comes back to %q", page.location)
		}
		list.byID("marche-" + id)
		seen := karim.get(watchesPage)
		seen.says("On y va, par Odile Muller, le 24/11/2026")
		if got := seen.pressed(id); got != "On y va" {
			t.Errorf("%q is down", got)
		}
		// Pressed once more, it is taken back.
		back := karim.press(seen, id, "On y va")
		if got := back.pressed(id); got != "" {
			t.Errorf("%q is still down", got)
		}
		back.says("Ce marché n'a plus d'étiquette.")
	})
}

func TestWhatOnePassesOnLeavesTheListAndOffersToExclude(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie de cercueils"}, call{id: "26-2", title: "Menuiserie du lycée"})
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		id := p.idOf("26-1")
		page := odile.press(odile.get(watchesPage), id, "On passe")
		page.says("1 élément correspond", "1 marché sur lequel on passe n'est pas montré.", "On passe : « Menuiserie de cercueils ». Ce marché ne vous sera plus signalé, et n'est plus dans la liste.", "Revenir sur cette décision",
			"Dans la veille « Bois », écarter :", "le mot « cercueils »", "l'organisme « Ville de Sélestat »", "rien ne change avant que vous l'enregistriez")
		for _, link := range []string{watchesPage + "/" + w.ID + "/modifier?exclure-mot=cercueils", watchesPage + "/" + w.ID + "/modifier?exclure-organisme=" + p.buyer("ville de selestat"),
			tags + id, watchesPage + "?etiquette=on_passe#marches"} {
			if !slices.Contains(page.links(), link) {
				t.Errorf("no link to %s in %q", link, page.links())
			}
		}
		if rows := page.table(contracts); len(rows) != 2 || !strings.Contains(rows[1][2], "lycée") {
			t.Errorf("%q", rows)
		}
		passed := odile.get(watchesPage + "?etiquette=on_passe")
		if rows := passed.table(contracts); len(rows) != 2 || !strings.Contains(rows[1][2], "cercueils") {
			t.Errorf("%q", rows)
		}
		odile.press(passed, id, "On passe")
		odile.get(watchesPage).says("2 éléments correspondent")
		// An old address says nothing of what was taken back, nor of what does not exist.
		for _, old := range []string{id, "rien", w.ID} {
			if page := odile.get(watchesPage + "?passe=" + old); page.status != 200 || strings.Contains(page.text(), "Revenir sur") {
				t.Errorf("%s: %d", old, page.status)
			}
		}
	})
}

func TestAContractIsNotedOnItsOwnPage(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie de l'école"})
		odile := p.join(muller, "odile")
		karim := odile.colleague("karim", "Karim Benali")
		id := p.idOf("26-1")
		at := "/annonces/" + id + "#decision"
		page := odile.get(tags + id + "?retour=" + escaped(at))
		page.says("Menuiserie de l'école", "Votre décision", "À étudier", "On y va", "On passe", "Sans étiquette", "Votre note", "Retour à l'annonce", "Ville de Sélestat")
		f := page.form()
		f.Set("etiquette", "a_etudier")
		f.Set("note", "Visite le 3.\n<b>Prix</b> plafond 40 k€")
		if done := odile.post(tags+id, f); done.status != 303 || done.location != at {
			t.Fatalf("%d to %q", done.status, done.location)
		}
		page = karim.get(tags + id)
		page.says("La note de votre collègue", "<b>Prix</b> plafond 40 k€", "par Odile Muller, le 24/11/2026", "à étudier")
		if got := page.form(); got.Get("note") != "" || got.Get("etiquette") != "a_etudier" {
			t.Errorf("%v", got)
		}
		f = page.form()
		f.Set("note", strings.Repeat("é", 2001))
		refused := karim.post(tags+id, f)
		refused.refused("note", "La note est trop longue : 2 000 caractères au plus.")
		if got := refused.form().Get("note"); len([]rune(got)) != 2001 {
			t.Errorf("%d characters came back", len([]rune(got)))
		}
		f.Set("note", "D'accord.")
		f.Set("etiquette", "on_passe")
		if done := karim.post(tags+id, f); !strings.HasPrefix(done.location, watchesPage+"?passe="+id) {
			t.Errorf("to %q", done.location)
		}
	})
}

func TestATagLeadsBackNowhereElse(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie"})
		odile := p.join(muller, "odile")
		id := p.idOf("26-1")
		for _, where := range []string{"https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example", "", "javascript:alert(1)"} {
			if page := odile.post(tags+id, url.Values{"etiquette": {"on_y_va"}, "retour": {where}}); page.location != watchesPage+"#marches" {
				t.Errorf("%q leads to %q", where, page.location)
			}
			if page := odile.get(tags + id + "?retour=" + escaped(where)); page.status != 200 || slices.Contains(page.links(), where) && where != "" {
				t.Errorf("%q is a link of the page", where)
			}
		}
		for _, wrong := range []string{"rien", "01a1ffff-0000-7000-8000-000000000000"} {
			if page := odile.get(tags + wrong); page.status != 404 {
				t.Errorf("GET %s: %d", wrong, page.status)
			}
			if page := odile.post(tags+wrong, url.Values{"etiquette": {"on_y_va"}}); page.status != 404 {
				t.Errorf("POST %s: %d", wrong, page.status)
			}
		}
		if page := odile.post(tags+id, url.Values{"etiquette": {"bof"}}); page.status != 422 {
			t.Errorf("%d", page.status)
		}
	})
}

func TestProbableDuplicatesAreOneRow(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie de l'école"})
		p.recordFrom(notice.SourceTED, call{id: "500-2026", title: "Menuiserie de l'école"}, call{id: "501-2026", title: "Menuiserie de l'école", deadline: dbtest.Start.AddDate(0, 0, 31)})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		page := odile.get(watchesPage)
		page.says("2 éléments correspondent", "Doublon probable aussi dans : JOUE n° 500-2026")
		rows := page.table(contracts)
		if len(rows) != 3 || !strings.Contains(rows[1][2], "Doublon probable") || strings.Contains(rows[2][2], "Doublon") {
			t.Errorf("%q", rows)
		}
		for _, id := range []string{"26-1", "500-2026"} {
			if !slices.Contains(page.links(), "/annonces/"+p.idOf(id)) {
				t.Errorf("%s cannot be reached", id)
			}
		}
	})
}

func TestTheListIsFilteredByWatchAndByTag(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie"}, call{id: "26-2", title: "Voirie"}, call{id: "26-3", title: "Pavage"})
		odile := p.join(muller, "odile")
		bois := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		odile.watch(watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		off := odile.watch(watch.Form{Name: "Pavés", Keywords: "pavage"})
		odile.post(tags+p.idOf("26-1"), url.Values{"etiquette": {"a_etudier"}})
		for query, want := range map[string]string{
			"?veille=" + bois.ID: "Menuiserie", "?veille=" + off.ID: "Pavage", "?etiquette=a_etudier": "Menuiserie", "?etiquette=sans_etiquette": "Voirie",
			"?veille=" + bois.ID + "&etiquette=sans_etiquette": "", "?veille=inconnue": "Menuiserie Voirie", "?etiquette=inconnue": "Menuiserie Voirie",
			"?tri=pertinence": "Menuiserie Voirie",
		} {
			page := odile.get(watchesPage + query)
			var got []string
			if strings.Contains(page.text(), "Exporter la liste") {
				for _, row := range page.table(contracts)[1:] {
					title, _, _ := strings.Cut(row[2], " ")
					got = append(got, title)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
			if want == "" && !slices.Contains(page.links(), watchesPage+"#marches") {
				t.Errorf("%s: no way out of an empty list", query)
			}
		}
		page := odile.get(watchesPage + "?veille=" + bois.ID + "&tri=parution&taille=10")
		if !slices.Contains(page.links(), watchesPage+"/marches.csv?tri=parution&veille="+bois.ID) {
			t.Errorf("the file forgets the filter: %q", page.links())
		}
	})
}

func TestTheListSaysWhichWatchFindsNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Sabots", Keywords: "sabotier", Active: true})
		p.age(31)
		p.record(call{id: "26-1", title: "Voirie", published: "2026-12-24"})
		page := odile.get(watchesPage)
		page.says("Aucun avis depuis 30 jours pour la veille « Sabots » : élargir ?")
		if !slices.Contains(page.links(), watchesPage+"/"+w.ID+"/modifier") {
			t.Error("no link to widen it")
		}
	})
}
