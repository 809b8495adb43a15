package company_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

const profilePath = "/entreprise/profil"

// listed is a directory whose answers are written down.
type listed map[refdata.SIRET]org.Entry

func (l listed) Find(_ context.Context, siret refdata.SIRET, _ time.Duration) (org.Entry, error) {
	if e, ok := l[siret]; ok {
		return e, nil
	}
	return org.Entry{}, org.ErrUnlisted
}

// contact is the profile's form as a browser sends it.
func contact(version string, pairs ...string) url.Values {
	f := url.Values{"version": {version}, "entreprise": {"Menuiserie Muller"}, "rue": {"12 rue des Tilleuls"}, "code_postal": {"67600"}, "ville": {"Sélestat"}, "telephone": {"03 88 00 00 00"}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// value is what an input of the page holds.
func (p page) value(name string) string {
	p.t.Helper()
	return attribute(p.byID(name), "value")
}

func TestAnAdministratorFillsTheProfileIn(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.get("/entreprise").says("Profil de l'entreprise")
		empty := odile.get(profilePath)
		empty.says("Établissement déclaré, non vérifié", "rien d'autre ne prouve", "SIRET 732 829 320 00074", "déclaré par l'entreprise", "Adresse de secours", "Pays : France")
		empty.silent("Actualiser depuis l'annuaire", "Dernières modifications", "Vos autres établissements")
		if got := empty.value("entreprise"); got != "Menuiserie Muller" {
			t.Errorf("the name is %q", got)
		}
		full := odile.follow(profilePath, contact("1"))
		full.says("Le profil est enregistré.")
		if full.value("rue") != "12 rue des Tilleuls" || full.value("code_postal") != "67600" || full.value("ville") != "Sélestat" || full.value("telephone") != "03 88 00 00 00" {
			t.Error(full.text())
		}
		rows := full.table("Dernières modifications")
		if len(rows) != 2 || rows[1][0] != "Modifié : rue, code postal, ville, téléphone" || rows[1][1] != "Odile Muller" || !strings.HasPrefix(rows[1][2], "24/11/2026 ") {
			t.Errorf("%q", rows)
		}
		odile.follow(profilePath, contact("2")).says("Rien n'a changé dans le profil.")
	})
}

func TestARefusedProfileKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		got := odile.post(profilePath, contact("1", "entreprise", "www.pirate.example", "code_postal", "6760 <b>", "ville", "", "telephone", "appelez"))
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("status %d", got.status)
		}
		got.says("4 corrections sont nécessaires", "Indiquez le nom de l'entreprise, sans adresse ni lien.", "Un code postal compte 5 chiffres", "indiquez la ville", "Un numéro de téléphone")
		if got.value("code_postal") != "6760 <b>" || got.value("rue") != "12 rue des Tilleuls" || got.value("entreprise") != "www.pirate.example" {
			t.Error(got.text())
		}
		for _, field := range []string{"entreprise", "code_postal", "ville", "telephone"} {
			if attribute(got.byID(field), "aria-invalid") != "true" {
				t.Errorf("%s is not marked", field)
			}
		}
		if n := p.count("SELECT count(*) FROM establishment WHERE version = 1 AND street = ''"); n != 1 {
			t.Error("a refused form was saved")
		}
	})
}

// Two administrators opened the form; the second to save sees both, and may insist.
func TestAProfileSavedMeanwhileIsShownBesideWhatIsTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.follow(profilePath, contact("1"))
		got := odile.post(profilePath, contact("1", "rue", "1 rue Basse", "telephone", ""))
		if got.status != http.StatusConflict {
			t.Errorf("status %d", got.status)
		}
		got.says("Le profil a été modifié entre-temps", "Enregistré entre-temps : « 12 rue des Tilleuls ».", "Enregistré entre-temps : « 03 88 00 00 00 ».")
		got.silent("Enregistré entre-temps : « Sélestat »")
		if got.value("rue") != "1 rue Basse" || len(got.all("input", func(n *html.Node) bool { return attribute(n, "name") == "version" && attribute(n, "value") == "2" })) != 1 {
			t.Error(got.text())
		}
		odile.follow(profilePath, contact("2", "rue", "1 rue Basse", "telephone", "")).says("Le profil est enregistré.")
	})
}

func TestWhoSeesWhatOfAProfile(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.follow(profilePath, contact("1"))
		odile.follow(profilePath+"/secours", url.Values{"adresse_secours": {"contact@muller.example"}})

		newcomer := karim.get(profilePath)
		newcomer.says("Menuiserie Muller", "SIRET 732 829 320 00074", "vous seront montrées quand son administrateur")
		newcomer.silent("Tilleuls", "03 88", "contact@", "Dernières modifications", "Enregistrer")

		odile.accept(karim)
		user := karim.get(profilePath)
		user.says("12 rue des Tilleuls", "67600 Sélestat", "03 88 00 00 00", "contact@muller.example", "à confirmer", "Un administrateur de l'établissement peut les modifier.", "Dernières modifications")
		user.silent("Enregistrer", "Demander son accord", "Retirer", "Renvoyer")
		for _, f := range user.all("form", nil) {
			if strings.HasPrefix(attribute(f, "action"), profilePath) {
				t.Errorf("a user has the form %s", attribute(f, "action"))
			}
		}
		if got := karim.post(profilePath, contact("2")); got.status != http.StatusForbidden {
			t.Errorf("a user saves: %d", got.status)
		}
		claire := p.join(another, "claire")
		claire.get(profilePath).silent("Tilleuls", "contact@")
		id := p.fallbackID()
		for _, path := range []string{"/renvoyer", "/retirer"} {
			if got := claire.post(profilePath+"/secours/"+id+path, nil); got.status != http.StatusNotFound {
				t.Errorf("another company's mailbox: %s: %d", path, got.status)
			}
		}
		if got := claire.get(profilePath + "/secours/" + id + "/retirer"); got.status != http.StatusNotFound {
			t.Errorf("asking about another company's mailbox: %d", got.status)
		}
		karim.follow("/entreprise/utilisateurs/quitter", nil)
		karim.get(profilePath).says("Votre compte n'est rattaché à aucun établissement")
	})
}

// fallbackID is the mailbox that was asked last.
func (p *platform) fallbackID() (id string) {
	p.t.Helper()
	p.must(p.db.Read(p.t.Context(), func(tx *db.Tx) error {
		return tx.One(&id, "SELECT id FROM fallback_address WHERE removed_at IS NULL ORDER BY asked_at DESC, id DESC LIMIT 1")
	}))
	return id
}

// agree answers yes for the mailbox that was asked last, as its link does.
func (p *platform) agree() {
	p.t.Helper()
	id := p.fallbackID()
	var secret string
	p.write(func(tx *db.Tx) (err error) {
		secret, _, _, err = org.MintFallbackToken(tx, id)
		return err
	})
	_, err := p.profiles.AnswerFallback(p.t.Context(), secret, true)
	p.must(err)
}

func TestTheMailboxOnTheProfile(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		ask := func(address string) page {
			return odile.post(profilePath+"/secours", url.Values{"adresse_secours": {address}})
		}
		got := ask("contact@")
		if got.status != http.StatusUnprocessableEntity || got.value("adresse_secours") != "contact@" || attribute(got.byID("adresse_secours"), "aria-invalid") != "true" {
			t.Errorf("%d %s", got.status, got.text())
		}
		ask("odile@muller.example").says("C'est votre propre adresse")
		odile.follow(profilePath+"/secours", url.Values{"adresse_secours": {"contact@muller.example"}}).
			says("La demande est enregistrée.", "contact@muller.example", "à confirmer", "Autre adresse de secours", "Renvoyer la demande à contact@muller.example")
		odile.follow(profilePath+"/secours/"+p.fallbackID()+"/renvoyer", nil).says("Le lien précédent ne vaut plus.")
		p.agree()
		page := odile.get(profilePath)
		page.says("confirmée le 24/11/2026")
		page.silent("à confirmer", "Renvoyer la demande")
		again := ask("contact@muller.example")
		if again.status != http.StatusConflict {
			t.Errorf("the same again: %d", again.status)
		}
		again.says("déjà l'adresse de secours")
		odile.follow(profilePath+"/secours", url.Values{"adresse_secours": {"accueil@muller.example"}}).says("confirmée le", "à confirmer")

		url := profilePath + "/secours/" + p.fallbackID() + "/retirer"
		odile.get(url).says("Retirer l'adresse de secours accueil@muller.example ?", "la demande faite à cette adresse", "Ne rien changer")
		odile.follow(url, nil).says("L'adresse de secours est retirée.", "contact@muller.example")
		url = profilePath + "/secours/" + p.fallbackID() + "/retirer"
		odile.get(url).says("Un message le lui dira.")
		odile.follow(url, nil).silent("contact@muller.example", "Autre adresse de secours")
		if got := odile.post(url, nil); got.status != http.StatusNotFound {
			t.Errorf("removed twice: %d", got.status)
		}
		rows := odile.get(profilePath).table("Dernières modifications")
		if len(rows) < 6 || rows[1][0] != "Adresse de secours : retirée" || rows[1][1] != "Odile Muller" || rows[4][0] != "Adresse de secours : acceptée" || rows[4][1] != "adresse de secours" {
			t.Errorf("%q", rows)
		}
	})
}

func TestTheProfileIsBroughtUpToDateFromTheDirectory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		p := openWith(t, d, listed{muller: {Name: "MULLER ET FILS", Postal: account.PostalAddress{Street: "1 RUE BASSE", Postcode: "67000", City: "STRASBOURG"}, Closed: true, At: c.Now()}})
		odile, claire := p.join(muller, "odile"), p.join(another, "claire")
		odile.get(profilePath).says("Actualiser depuis l'annuaire")
		page := odile.follow(profilePath+"/annuaire", nil)
		page.says("Le profil est à jour d'après l'annuaire des entreprises : nom, rue, code postal, ville.", "L'annuaire dit cet établissement fermé.",
			"MULLER ET FILS (d'après l'annuaire des entreprises, le 24/11/2026)", "faites-le corriger auprès de l'Insee", "Modifié d'après l'annuaire : nom, rue, code postal, ville")
		if len(page.all("input", func(n *html.Node) bool { return attribute(n, "name") == "entreprise" })) != 0 {
			t.Error("the name can be typed")
		}
		odile.follow(profilePath+"/annuaire", nil).says("dit déjà ce que dit l'annuaire")
		odile.follow(profilePath, url.Values{"version": {"2"}, "rue": {""}, "code_postal": {""}, "ville": {""}, "telephone": {""}}).says("MULLER ET FILS", "Le profil est enregistré.")

		got := claire.post(profilePath+"/annuaire", nil)
		if got.status != http.StatusConflict {
			t.Errorf("status %d", got.status)
		}
		got.says("ne connaît pas ce SIRET. Le profil n'a pas changé.")
		for range 25 {
			got = claire.post(profilePath+"/annuaire", nil)
		}
		if got.status != http.StatusTooManyRequests {
			t.Errorf("asked again and again: %d", got.status)
		}
	})
}

func TestAVerifiedEstablishmentAndItsSiblings(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		paul := p.join("73282932000082", "paul")
		odile.get(profilePath).silent("Vos autres établissements")
		_, _, err := p.profiles.Verify(t.Context(), access.Platform("exploitant"), "FR", muller, true)
		p.must(err)
		page := odile.get(profilePath)
		page.says("Établissement vérifié", "Ce nom a été vérifié par l'exploitant", "exploitant")
		page.silent("non vérifié")
		p.write(func(tx *db.Tx) error {
			a, err := account.Find(tx, odile.actor.AccountID)
			if err != nil {
				return err
			}
			_, err = p.org.Admit(tx, a, paul.actor.EstablishmentID)
			return err
		})
		rows := odile.get(profilePath).table("Vos autres établissements de cette entreprise")
		if len(rows) != 2 || strings.Join(rows[1], "|") != "Menuiserie Muller|SIRET 732 829 320 00082|non renseignée|En attente d'approbation" {
			t.Errorf("%q", rows)
		}
		paul.get(profilePath).silent("Vos autres établissements", "732 829 320 00074")
	})
}
