package company_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

var feedAddress = regexp.MustCompile(`https://parvis\.example/flux/(atom|agenda|json)/[\w-]{43}/veille\.(atom|ics|json)`)

func TestAPrivateAddressIsShownOnce(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID + "/flux"
		odile.get(watchesPage).says("Flux privés de la veille Bois")
		odile.get(path).says("Flux privés de la veille « Bois »", "Aucune", "Créer l'adresse du flux Atom", "Créer l'adresse de l'agenda des échéances", "Webhooks de cette veille")
		made := odile.post(path, url.Values{"format": {"agenda"}})
		made.says("L'adresse est prête.", "Cette adresse ne sera plus montrée", "Ajouter à mon agenda")
		first := feedAddress.FindString(made.source)
		if made.status != 200 || first == "" || !strings.Contains(made.source, `href="webcal://parvis.example/flux/agenda/`) {
			t.Errorf("%d %s", made.status, made.source)
		}
		again := odile.get(path)
		again.says("Créée le 24/11/2026", "jamais", "Remplacer l'adresse de l'agenda des échéances")
		if feedAddress.MatchString(again.source) {
			t.Error("it is shown again")
		}
		odile.get(path+"/renouveler?format=agenda").says("Remplacer l'adresse de l'agenda des échéances ?", "n'y liront plus rien")
		made = odile.post(path, url.Values{"format": {"agenda"}})
		made.says("La nouvelle adresse est prête. La précédente ne répond plus.")
		if feedAddress.FindString(made.source) == first {
			t.Error("it is the same")
		}
		odile.get(path + "/revoquer?format=agenda").says("Révoquer l'adresse de l'agenda des échéances ?")
		odile.follow(path+"/revoquer", url.Values{"format": {"agenda"}}).says("est révoquée : elle ne répond plus.", "Aucune")
		if n := p.count("SELECT count(*) FROM feed"); n != 0 {
			t.Errorf("%d feeds", n)
		}
		for _, bad := range []url.Values{{}, {"format": {"pdf"}}} {
			if page := odile.post(path, bad); page.status != 422 {
				t.Errorf("%v: %d", bad, page.status)
			}
		}
		if page := odile.get(path + "/revoquer?format=pdf"); page.status != 303 {
			t.Errorf("%d", page.status)
		}
	})
}

func TestAWebhookIsAddedTriedRenewedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		path := watchesPage + "/" + w.ID + "/webhooks"
		odile.get(path).says("Ajouter un webhook", "Dès qu'un marché correspond")
		odile.post(path, url.Values{"adresse": {"http://x.fr/"}}).refused("adresse", "L'adresse doit commencer par https://")
		if form := odile.post(path, url.Values{"adresse": {"http://x.fr/"}}).form(); form.Get("adresse") != "http://x.fr/" {
			t.Errorf("what was typed is lost: %v", form)
		}
		made := odile.post(path, url.Values{"adresse": {"https://outils.exemple.fr/parvis"}})
		made.says("Ce secret ne sera plus montré")
		secret := regexp.MustCompile(`whsec_[\w+/]{43}=`).FindString(made.source)
		if secret == "" {
			t.Fatal("no secret")
		}
		odile.get(path).says("https://outils.exemple.fr/parvis", "En attente d'un essai réussi")
		_, all, err := p.webhooks.List(t.Context(), odile.actor, w.ID)
		p.must(err)
		one := path + "/" + all[0].ID
		p.receiver = webhook.Answer{Status: 418, Text: `<script>alert("x")</script> ` + strings.Repeat("é", 300)}
		if _, err := p.webhooks.SendDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := odile.get(one)
		page.says("Webhook vers outils.exemple.fr", "Essai", "Refusé", "418", `<script>alert("x")</script> éé`, "…", "l'adresse doit d'abord accepter un essai")
		if strings.Contains(page.source, "<script>alert") || strings.Contains(page.source, strings.Repeat("é", 200)) || strings.Contains(page.source, secret) {
			t.Error("markup of the receiver's, more than 200 characters of it, or the secret")
		}
		p.receiver = webhook.Answer{Status: 204}
		odile.follow(one+"/essai", nil).says("L'essai part maintenant")
		if _, err := p.webhooks.SendDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		odile.get(one).says("Actif", "Reçu", "204")
		for range 8 {
			odile.post(one+"/essai", nil)
		}
		odile.follow(one+"/essai", nil).says("10 essais ont été envoyés à cette adresse depuis une heure")
		odile.get(one+"/secret").says("Remplacer le secret de ce webhook ?", "dans 24 heures")
		odile.post(one+"/secret", nil).says("Le précédent signe aussi, pendant 24 heures.", "Secret du webhook")
		odile.get(one + "/supprimer").says("Supprimer le webhook vers outils.exemple.fr ?")
		odile.follow(one+"/supprimer", nil).says("Le webhook est supprimé.")
		if page := odile.get(one); page.status != 404 {
			t.Errorf("%d", page.status)
		}
	})
}

func TestASuspendedWebhookIsSaidWhereItIsSeen(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		h, err := p.webhooks.Add(t.Context(), odile.actor, w.ID, "https://outils.exemple.fr/parvis")
		p.must(err)
		odile.get(watchesPage).silent("est suspendu")
		p.set("webhook SET confirmed_at = 1, suspended_at = 1")
		odile.get(watchesPage).says("Un webhook de la veille « Bois » est suspendu")
		one := watchesPage + "/" + w.ID + "/webhooks/" + h.ID
		odile.get(one).says("Ce webhook est suspendu", "Reprendre l'envoi")
		odile.follow(one+"/reprendre", nil).says("L'envoi à cette adresse reprend.", "Actif")
		odile.get(watchesPage).silent("est suspendu")
	})
}

// set changes a table as only days could.
func (p *platform) set(what string) {
	p.t.Helper()
	p.write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE " + what); return err })
}
