package company_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

func TestTheFormOfANewWatchHasTheGuidesLabels(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		page := p.join(muller, "odile").get("/entreprise/veilles/nouvelle")
		page.says("Choix du nom", "Nom associé à la veille", "Sélection des mots clés", "Mots clés",
			"Les mots clés doivent être séparés par des espaces et contenir au moins 3 caractères",
			"Rechercher tous les termes", "Rechercher n'importe lequel de ces termes",
			"Sélection du ou des organismes", "Organisme", "Veuillez saisir au moins une lettre pour afficher la liste des organismes",
			"Ajouter un organisme supplémentaire", "Sélection du ou des départements", "Acceptation de l'alerte",
			"Cocher la case puis « Valider » pour recevoir des alertes mails pour les marchés dématérialisés publiés sur la plate-forme.",
			"Décocher la case puis « Valider » pour ne plus recevoir d'alertes mails pour les marchés dématérialisés publiés sur la plate-forme.",
			"Une fois par jour", "Une fois par semaine, le", "Heure de l'envoi", "En pause jusqu'au", "Dès la publication", "Adresses mails où sera envoyée la veille de marché",
			"adresse principale : odile@muller.example", "Valider la création de ma veille", "Annuler")
		page.silent("Enregistrer les modifications", "tous les avis", "M'envoyer à nouveau")
		want := whole(url.Values{"nom": {""}, "mots_cles": {""}, "mode": {"any"}, "organisme-saisi": {""}, "alerte": {"oui"}, "rythme": {"daily"}, "jour": {"1"}, "heure": {"7"}, "pause": {""}})
		if diff := cmp.Diff(want, page.form()); diff != "" {
			t.Error(diff)
		}
		var hours []string
		for o := range page.byID("heure").Descendants() {
			if o.Data == "option" {
				hours = append(hours, attribute(o, "value"))
			}
		}
		if hours[0] != "5" || hours[len(hours)-1] != "21" || len(hours) != 17 {
			t.Errorf("hours %q", hours)
		}
	})
}

func TestTheFormIsFilledFromASearch(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat", city: "Sélestat"})
		id := p.buyer("ville de selestat")
		page := p.join(muller, "odile").get("/entreprise/veilles/nouvelle?mots_cles=voirie+enrob%C3%A9&mode=all&departement=67&departement=68&departement=2a&departement=69M&departement=XX&organisme=" + id)
		want := whole(url.Values{"nom": {""}, "mots_cles": {"voirie enrobé"}, "mode": {"all"}, "organisme": {id}, "organisme-saisi": {""},
			"departement": {"69", "2A", "67", "68"}, "alerte": {"oui"}, "rythme": {"daily"}, "jour": {"1"}, "heure": {"7"}, "pause": {""}})
		if diff := cmp.Diff(want, page.form()); diff != "" {
			t.Error(diff)
		}
		page.says("Ville de Sélestat — Sélestat", "(67) Bas-Rhin, (68) Haut-Rhin")
	})
}

func TestAWatchIsCreated(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat"})
		id := p.buyer("ville de selestat")
		odile := p.join(muller, "odile")
		page := odile.follow(watchesPage, filled("nom", " Bois  et béton ", "mots_cles", `menuiserie de "gros œuvre"`, "mode", "all", "organisme", id,
			"departement", "67", "region", "94", "rythme", "immediate", "heure", "18", "destinataire", "devis@muller.example", "destinataire", ""))
		page.says("La veille « Bois et béton » est créée.", "Mot trop courant, laissé de côté : « de ».",
			"Une demande de confirmation est adressée à devis@muller.example : rien d'autre ne sera envoyé avant d'avoir reçu cet accord.")
		odile.get(watchesPage).silent("est créée") // said once
		w := odile.list()[0]
		want := notice.Criteria{Mode: notice.All, Keywords: []string{"menuiserie", `"gros œuvre"`}, Buyers: []string{id}, Departments: []string{"2A", "2B", "67"}}
		if diff := cmp.Diff(want, w.Criteria); diff != "" {
			t.Error(diff)
		}
		if w.Name != "Bois et béton" || !w.Active || w.Frequency != watch.Immediate || w.Hour != 18 || len(w.Recipients) != 2 {
			t.Errorf("saved %+v", w)
		}
	})
}

func TestTheBoxIsTheStatus(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		form := filled()
		form.Del("alerte")
		odile.follow(watchesPage, form).says("La veille « Menuiseries » est créée. Elle est inactive : aucune alerte ne partira.")
		w := odile.list()[0]
		if w.Active {
			t.Fatal("a watch whose box was not ticked is active")
		}
		path := watchesPage + "/" + w.ID
		edited := odile.get(path + "/modifier").form()
		if edited.Has("alerte") {
			t.Error("the box of an inactive watch is ticked")
		}
		edited.Set("alerte", "oui")
		odile.follow(path, edited).says("Les modifications de la veille « Menuiseries » sont enregistrées.")
		if !odile.find(w.ID).Active {
			t.Error("ticking the box didn't activate the watch")
		}
	})
}

func TestAnEditedWatchIsShownAsItIsAndSavedAsItIsTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: `"gros œuvre" VRD`, Mode: "all", Departments: []string{"67"}, Active: true,
			Frequency: "daily", Hour: 3, Recipients: []string{"devis@muller.example", "atelier@muller.example"}})
		path := watchesPage + "/" + w.ID
		page := odile.get(path + "/modifier")
		page.says("Modifier la veille « Bois »", "Enregistrer les modifications", "à confirmer")
		page.silent("Valider la création de ma veille")
		got := page.form()
		if got.Get("etat") == "" {
			t.Error("the form does not say what the watch was")
		}
		got.Del("etat")
		slices.Sort(got["destinataire"])
		want := whole(url.Values{"version": {"1"}, "nom": {"Bois"}, "mots_cles": {`"gros œuvre" VRD`}, "mode": {"all"}, "organisme-saisi": {""}, "departement": {"67"},
			"alerte": {"oui"}, "rythme": {"daily"}, "jour": {"1"}, "heure": {"3"}, "pause": {""}, "destinataire": {"atelier@muller.example", "devis@muller.example"}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		got.Set("mots_cles", "bardage")
		got.Set("mode", "any")
		got.Set("heure", "9")
		got.Del("departement")
		got["destinataire"] = []string{"devis@muller.example"}
		odile.follow(path, got).silent("demande de confirmation")
		w = odile.find(w.ID)
		if diff := cmp.Diff(notice.Criteria{Mode: notice.Any, Keywords: []string{"bardage"}}, w.Criteria); diff != "" {
			t.Error(diff)
		}
		if w.Hour != 9 || w.Version != 2 || len(w.Recipients) != 2 {
			t.Errorf("saved %+v", w)
		}
	})
}

func TestButtonsOfTheFormKeepEverythingAndSaveNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat"}, call{id: "26-2", title: "Voirie", buyer: "Commune de Barr"},
			call{id: "26-3", title: "Voirie", buyer: "Département du Bas-Rhin"}, call{id: "26-4", title: "Voirie", buyer: "Syndicat des eaux de Sélestat"})
		selestat, barr := p.buyer("ville de selestat"), p.buyer("commune de barr")
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		base := func() url.Values {
			return filled("nom", "Bois brut", "mots_cles", "bx", "mode", "all", "departement", "67", "rythme", "immediate", "heure", "9",
				"destinataire", "devis@", "destinataire", "atelier@muller.example", "organisme", barr)
		}
		for _, c := range []struct {
			name         string
			press, value string
			typed        string // in the organism's field
			changes      url.Values
			says         string
		}{
			{"add a recipient", "action", "ajouter-destinataire", "", url.Values{"destinataire": {"devis@", "atelier@muller.example", ""}}, ""},
			{"drop a recipient", "retirer-destinataire", "0", "", url.Values{"destinataire": {"atelier@muller.example"}}, ""},
			{"drop a recipient that is not there", "retirer-destinataire", "12", "", nil, ""},
			{"drop nothing", "retirer-destinataire", "-1", "", nil, ""},
			{"drop an organism", "retirer-organisme", barr, "", url.Values{"organisme": nil}, ""},
			{"add an organism by its name", "action", "ajouter-organisme", "VILLE DE SELESTAT", url.Values{"organisme": {barr, selestat}}, ""},
			{"add one that is chosen", "action", "ajouter-organisme", "Commune de Barr", nil, ""},
			{"several organisms", "action", "ajouter-organisme", "sélestat", url.Values{"organisme-saisi": {"sélestat"}, "organisme-demande": {"sélestat"}}, "Plusieurs organismes correspondent"},
			{"no organism", "action", "ajouter-organisme", "Atlantide", url.Values{"organisme-saisi": {"Atlantide"}}, "Aucun organisme du répertoire ne porte le nom « Atlantide »"},
			{"nothing typed", "action", "ajouter-organisme", "  ", nil, ""},
		} {
			form := base()
			form.Set("organisme-saisi", c.typed)
			form.Set(c.press, c.value)
			want := base()
			for name, values := range c.changes {
				want[name] = values
				if values == nil {
					delete(want, name)
				}
			}
			page := odile.post(watchesPage, form)
			if page.status != 200 {
				t.Errorf("%s: %d", c.name, page.status)
			}
			if diff := cmp.Diff(want, page.form()); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
			page.says(c.says, "Valider la création de ma veille")
			form.Set("version", "1")
			want.Set("version", "1")
			page = odile.post(watchesPage+"/"+w.ID, form)
			if diff := cmp.Diff(want, page.form()); diff != "" || page.status != 200 {
				t.Errorf("%s, editing: %d %s", c.name, page.status, diff)
			}
			page.says("Modifier la veille « Bois »")
		}
		if all := odile.list(); len(all) != 1 || all[0].Name != "Bois" || all[0].Version != 1 {
			t.Error("a button saved something")
		}
	})
}

func TestAnOrganismLeftInTheFieldIsNotForgotten(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Voirie", buyer: "Ville de Sélestat"}, call{id: "26-2", title: "Voirie", buyer: "Syndicat des eaux de Sélestat"})
		selestat := p.buyer("ville de selestat")
		odile := p.join(muller, "odile")
		odile.follow(watchesPage, filled("nom", "A", "organisme-saisi", "Ville de Selestat"))
		if got := odile.list()[0].Criteria.Buyers; !slices.Equal(got, []string{selestat}) {
			t.Errorf("buyers %q", got)
		}
		page := odile.post(watchesPage, filled("nom", "B", "organisme-saisi", "Atlantide"))
		page.refused("organisme", "Aucun organisme du répertoire ne porte le nom « Atlantide »")
		page = odile.post(watchesPage, url.Values{"organisme-saisi": {"Atlantide"}, "mots_cles": {""}, "destinataire": {"paul@"}})
		page.refused("organisme", "Aucun organisme") // and everything else at once
		page.refused("nom", "Donnez un nom à la veille")
		page.refused("destinataire-1", "Une adresse s'écrit avec un seul « @ »")
		page.silent("aucun critère")

		page = odile.post(watchesPage, filled("nom", "B", "organisme-saisi", "selestat"))
		page.refused("organisme", "« selestat » peut désigner plusieurs organismes : cochez ceux que vous cherchez, ou videz ce champ.")
		page.says("Syndicat des eaux de Sélestat")
		if n := len(odile.list()); n != 1 {
			t.Fatalf("%d watches", n)
		}
		form := page.form()
		form.Add("organisme", selestat) // ticked among the candidates
		odile.follow(watchesPage, form)
		if got := odile.list()[1].Criteria.Buyers; !slices.Equal(got, []string{selestat}) {
			t.Errorf("buyers %q", got)
		}
	})
}

func TestAWatchWithoutCriterionIsWarnedOfThenAccepted(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(numbered(9, "Voirie")...)
		odile := p.join(muller, "odile")
		form := filled("nom", "Tout", "mots_cles", " ", "rythme", "immediate")
		page := odile.post(watchesPage, form)
		page.refused("tout_recevoir", "Cette veille n'a aucun critère : elle recevrait tous les avis. Cela ferait environ 3 avis par semaine d'après les quatre dernières.")
		page.says("Je souhaite recevoir tous les avis, en un récapitulatif par jour")
		again := page.form()
		if again.Has("tout_recevoir") || again.Get("nom") != "Tout" || again.Get("rythme") != "immediate" {
			t.Errorf("shown again as %v", again)
		}
		again.Set("tout_recevoir", "oui")
		odile.follow(watchesPage, again).says("La veille « Tout » est créée.", "tous les jours à 7 h")
		w := odile.list()[0]
		if !w.Criteria.Empty() || w.Frequency != watch.Daily {
			t.Errorf("saved %+v", w)
		}
		page = odile.get(watchesPage + "/" + w.ID + "/modifier")
		if !page.form().Has("tout_recevoir") {
			t.Error("an edit asks again what was accepted")
		}
		if page = odile.post(watchesPage+"/"+w.ID, page.form()); page.status != 303 {
			t.Errorf("editing it: %d", page.status)
		}
	})
}

func TestAFaultDoesNotHideAColleaguesEdit(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID
		mine := odile.get(path + "/modifier").form()
		theirs := odile.get(path + "/modifier").form()
		theirs.Set("mots_cles", "bardage")
		odile.follow(path, theirs)
		mine.Set("nom", "")
		page := odile.post(path, mine)
		page.refused("nom", "Donnez un nom à la veille")
		again := page.form()
		again.Set("nom", "Bois")
		if page = odile.post(path, again); page.status != 409 {
			t.Errorf("status %d", page.status)
		}
	})
}

func TestOnlyItsOwnerTakesBackAnUnsubscription(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		p.write(func(tx *db.Tx) error { return p.watches.Stop(tx, "odile@muller.example", []string{w.ID}, false) })
		path := watchesPage + "/" + w.ID
		state := func() watch.RecipientState { return odile.find(w.ID).Recipients[0].State() }

		emile := p.join(muller, "emile")
		p.write(func(tx *db.Tx) error { // the administrator accepts him
			_, err := tx.Exec("UPDATE membership SET approved_at = $1 WHERE id = $2", tx.Now, emile.actor.MembershipID)
			return err
		})
		page := emile.get(path + "/modifier")
		page.says("L'adresse principale s'est désabonnée de cette veille", "adresse principale : odile@muller.example")
		page.silent("M'envoyer à nouveau les alertes")
		form := page.form()
		form.Set("reprendre", "oui")
		emile.follow(path, form)
		if state() != watch.Stopped {
			t.Error("a colleague subscribed somebody again")
		}

		page = odile.get(path + "/modifier")
		page.says("M'envoyer à nouveau les alertes")
		form = page.form()
		odile.follow(path, form)
		if state() != watch.Stopped {
			t.Error("an edit subscribed its owner again without being asked")
		}
		form = odile.get(path + "/modifier").form()
		form.Set("reprendre", "oui")
		odile.follow(path, form)
		if state() != watch.Confirmed {
			t.Errorf("state %s", state())
		}
		odile.get(path+"/modifier").silent("s'est désabonnée", "M'envoyer à nouveau")
	})
}

func TestTheStatesOfAddressesAreShownInTheForm(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Recipients: []string{"devis@muller.example"}})
		path := watchesPage + "/" + w.ID + "/modifier"
		row := func() string { return words(odile.get(path).byID("destinataire")) }
		if !strings.Contains(row(), "à confirmer") {
			t.Errorf("asked: %s", row())
		}
		var secret string
		p.write(func(tx *db.Tx) (err error) {
			secret, _, _, err = watch.MintToken(tx, odile.find(w.ID).Recipients[1].ID)
			return err
		})
		_, err := p.watches.Answer(context.Background(), secret, true)
		p.must(err)
		if !strings.Contains(row(), "confirmée") {
			t.Errorf("confirmed: %s", row())
		}
		p.write(func(tx *db.Tx) error { return watch.Fail(tx, "devis@muller.example") })
		if !strings.Contains(row(), "en échec") {
			t.Errorf("failed: %s", row())
		}
		p.write(func(tx *db.Tx) error { return watch.Fail(tx, "odile@muller.example") })
		odile.get(path).says("L'adresse principale refuse nos messages")
	})
}
