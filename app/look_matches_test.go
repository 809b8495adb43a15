package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// branchOfMuller is another establishment of Muller's company.
const branchOfMuller = "12345678200010"

// TestPagesOfTagsLookRight visits the list and the contract that a company has tagged,
// what it says of them, and two versions of one watch.
func TestPagesOfTagsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	karim := p.join(t, mullerSIRET, "Menuiserie Muller", "Karim "+unbreakable[:40], "karim.benali")
	if _, err := p.Members.Accept(t.Context(), who.Actor, karim.MembershipID); err != nil {
		t.Fatal(err)
	}
	karim.Actor.Role = access.CompanyUser
	p.take(t, append(every(), crowd()...)...)
	p.twin(t)
	id := fullWatches(t, p, who)
	live, err := p.Watches.Matches(t.Context(), who.Actor, watch.Ask{Size: 10, Order: notice.ByDeadline})
	if err != nil {
		t.Fatal(err)
	}
	for i, choice := range []watch.Choice{watch.Go, watch.Study, watch.Pass, watch.Go} {
		for _, by := range []person{who, karim} {
			note := strings.Repeat("À chiffrer avec l'atelier, visite le 3 décembre. ", 5) + hostile
			if err := p.Watches.Tag(t.Context(), by.Actor, live.Hits[i].ID, watch.TagForm{Choice: string(choice), Note: &note}); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := p.signedIn(t, b, who, "/entreprise/veilles?taille=10")
	must(t, page, "On y va, par Karim")
	everywhere(t, page, "etiquettes-liste")
	visit(page, p.url+"/entreprise/veilles?etiquette=on_passe&passe="+live.Hits[2].ID)
	must(t, page, "Revenir sur cette décision")
	everywhere(t, page, "etiquettes-on-passe")
	visit(page, p.url+"/entreprise/etiquettes/"+live.Hits[2].ID)
	must(t, page, "La note de votre collègue")
	everywhere(t, page, "etiquette")
	visit(page, p.url+"/annonces/"+live.Hits[0].ID)
	must(t, page, "Votre décision")
	everywhere(t, page, "etiquette-annonce")
	visit(page, p.url+"/entreprise")
	must(t, page, "Vos prochaines échéances")
	everywhere(t, page, "etiquettes-espace")

	visit(page, p.url+"/entreprise/veilles/"+id+"/modifier")
	p.editedBy(t, karim, id)
	page.AllowErrors("409")
	page.MustElement("#nom").MustSelectAllText().MustInput(unbreakable[:90])
	submit(page)
	must(t, page, "Deux versions de la veille")
	everywhere(t, page, "deux-versions")
}

// twin records the first call of the crowd in another gazette too.
func (p *platform) twin(t *testing.T) {
	t.Helper()
	n := crowd()[0]
	n.Source, n.SourceID, n.Kind = notice.SourceTED, "500123-2026", notice.Contract
	n.PublishedOn = "2026-11-24"
	if _, err := p.Notices.Record(t.Context(), access.Platform("test"), []notice.Record{n}, false); err != nil {
		t.Fatal(err)
	}
	if err := p.Notices.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// editedBy has a colleague save a watch with other criteria.
func (p *platform) editedBy(t *testing.T, by person, id string) {
	t.Helper()
	w, err := p.Watches.Find(t.Context(), by.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	f := watch.Form{Name: w.Name + " !", Keywords: "menuiserie bardage", Mode: "all", Departments: []string{"67"}, Active: true, Frequency: "weekly", Weekday: 4, Hour: 18, Version: w.Version}
	f.Name = f.Name[len(f.Name)-40:]
	if _, err := p.Watches.Update(t.Context(), by.Actor, id, f); err != nil {
		t.Fatal(err)
	}
}

// TestASharedWatchLooksRight visits what another establishment of the company reads.
func TestASharedWatchLooksRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	luc := p.join(t, branchOfMuller, "Menuiserie Muller", "Luc Martin", "luc.martin")
	for _, number := range []string{mullerSIRET, branchOfMuller} {
		if _, _, err := p.Profiles.Verify(t.Context(), access.Platform("test"), "FR", number, true); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{hundred[:100], unbreakable} {
		f := watch.Form{Name: name, Keywords: "menuiserie charpente", Mode: "any", Departments: []string{"67", "68"}, Active: true, Frequency: "daily", Hour: 7, Shared: true}
		if _, err := p.Watches.Create(t.Context(), who.Actor, f); err != nil {
			t.Fatal(err)
		}
	}
	page := p.signedIn(t, b, luc, "/entreprise/veilles")
	must(t, page, "Copier cette veille")
	everywhere(t, page, "veilles-partagees")
	click(page, "a", "Copier cette veille")
	must(t, page, "Partager avec les autres établissements")
	everywhere(t, page, "veille-copiee")
}

// TestEveryLinkOfTheSpaceLeadsSomewhere follows the links of the first page of a space,
// of a newcomer and of an administrator: each page exists.
func TestEveryLinkOfTheSpaceLeadsSomewhere(t *testing.T) {
	v := settle(t)
	for _, name := range []string{"newcomer", "user", "admin", "stranger"} {
		c := v.named(name)
		root, err := html.Parse(strings.NewReader(v.ask(c, http.MethodGet, "/entreprise", nil).body))
		if err != nil {
			t.Fatal(err)
		}
		followed := map[string]bool{}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || n.Data != "a" {
				continue
			}
			for _, a := range n.Attr {
				path, _, _ := strings.Cut(a.Val, "#")
				if a.Key != "href" || path == "" || followed[path] {
					continue
				}
				followed[path] = true
				if g := v.ask(c, http.MethodGet, path, io.Reader(nil)); g.status != http.StatusOK {
					t.Errorf("%s: %s answers %d", name, path, g.status)
				}
			}
		}
		if len(followed) < 12 {
			t.Errorf("%s: only %d links", name, len(followed))
		}
	}
}
