package company_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/watch"
)

// verify has the operator prove an establishment.
func (p *platform) verify(siret string) {
	p.t.Helper()
	_, _, err := p.profiles.Verify(context.Background(), access.Platform("test"), "FR", siret, true)
	p.must(err)
}

const partagees = "Veilles partagées par les autres établissements de l'entreprise"

func TestASharedWatchIsReadAndCopiedByTheOthersOfTheCompany(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, luc := p.join(muller, "odile"), p.join(branch, "luc")
		p.verify(muller)
		p.verify(branch)
		form := odile.get(watchesPage + "/nouvelle")
		form.says("Partager avec les autres établissements de l'entreprise", "Aujourd'hui : 1 autre établissement vérifié.")
		f := form.form()
		f.Set("nom", "Bois du siège")
		f.Set("mots_cles", "menuiserie charpente")
		f.Set("partager", "oui")
		f.Add("destinataire", "secret@muller.example")
		odile.follow(watchesPage, f).says("partagée avec l'entreprise")
		w := odile.list()[0]
		p.record(call{id: "26-1", title: "Menuiserie"})

		page := luc.get(watchesPage)
		page.says("Veilles partagées par les autres établissements", "Copier cette veille")
		page.silent("secret@muller.example", "odile@muller.example", "1 élément")
		got := page.table(partagees)
		want := [][]string{{"Nom de la veille", "Critères de recherche", "Établissement", "Action"},
			{"Bois du siège", "Mots clés : menuiserie charpente (n'importe lequel de ces termes) Organisme : non renseigné Département : non renseigné",
				"Menuiserie Muller, SIRET 732 829 320 00074", "Copier cette veille Bois du siège"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for _, path := range []string{"/modifier", "/supprimer", ""} {
			if page := luc.get(watchesPage + "/" + w.ID + path); page.status != 404 {
				t.Errorf("%s: %d", path, page.status)
			}
		}
		if page := luc.post(watchesPage+"/"+w.ID, filled("version", "1")); page.status != 404 {
			t.Errorf("another establishment saves it: %d", page.status)
		}
		copied := luc.get(watchesPage + "/nouvelle?copier=" + w.ID).form()
		if copied.Get("nom") != "Bois du siège" || copied.Get("mots_cles") != "menuiserie charpente" || copied.Get("destinataire") != "" || copied.Has("partager") || copied.Has("version") {
			t.Errorf("%v", copied)
		}
		luc.follow(watchesPage, copied).says("La veille « Bois du siège » est créée.", "1 élément correspond")
		if mine := luc.list(); len(mine) != 1 || mine[0].ID == w.ID || len(mine[0].Recipients) != 1 {
			t.Errorf("%+v", mine)
		}
		// Shared no more, it is seen no more.
		edited := odile.get(watchesPage + "/" + w.ID + "/modifier").form()
		edited.Del("partager")
		odile.follow(watchesPage+"/"+w.ID, edited)
		luc.get(watchesPage).silent("Copier cette veille")
	})
}

func TestASharedWatchIsNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, luc, zoe := p.join(muller, "odile"), p.join(branch, "luc"), p.join(another, "zoe")
		waiting := p.join(branch, "attente")
		p.verify(muller)
		p.verify(another)
		w := odile.watch(watch.Form{Name: "Bois du siège", Keywords: "menuiserie", Active: true, Shared: true})
		sees := func(who *browser) bool {
			page, form := who.get(watchesPage), who.get(watchesPage+"/nouvelle?copier="+w.ID)
			seen := strings.Contains(page.source, "Bois du siège")
			if seen != (form.status == 200) || !seen && strings.Contains(form.source, "menuiserie") {
				t.Errorf("%s: the list says %v, the copy %d", who.actor.Address, seen, form.status)
			}
			return seen
		}
		// Anybody can declare another SIRET of the company, and administer it.
		if sees(luc) {
			t.Error("an establishment that nobody has proved reads it")
		}
		p.verify(branch)
		for who, want := range map[*browser]bool{luc: true, waiting: false, zoe: false} {
			if sees(who) != want {
				t.Errorf("%s: want %v", who.actor.Address, want)
			}
		}
		// Who waits has nothing of the company's to share.
		waiting.get(watchesPage + "/nouvelle").silent("Partager avec")
		f := filled("partager", "oui", "nom", "Pour tous")
		waiting.follow(watchesPage, f)
		if luc.get(watchesPage); slices.ContainsFunc(waiting.list(), func(w *watch.Watch) bool { return !w.SharedAt.IsZero() }) {
			t.Error("somebody who waits shares")
		}
		p.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE establishment SET verified_at = NULL WHERE number = $1", muller)
			return err
		})
		if sees(luc) {
			t.Error("what an establishment that is proved no more shares is still read")
		}
	})
}
