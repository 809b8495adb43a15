package company_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parvis/procurement/access"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

const hatsPath = "/entreprise/rattachements"

// branch is another establishment of Muller's company.
const branch = "73282932000082"

// declares names another establishment through the page's own form.
func (b *browser) declares(siret string) page {
	b.t.Helper()
	return b.follow(hatsPath, url.Values{"siret": {siret}, "entreprise": {"Menuiserie Muller"}})
}

// hat is the id of the person's membership in the establishment of that number.
func (b *browser) hat(siret string) string {
	b.t.Helper()
	hats, err := b.org.Memberships(context.Background(), b.actor)
	b.must(err)
	for _, h := range hats {
		if h.Establishment.Number == siret {
			return h.ID
		}
	}
	b.t.Fatalf("no membership in %s", siret)
	return ""
}

// switches acts for another establishment by the button of the bar.
func (b *browser) switches(siret string) page {
	b.t.Helper()
	return b.follow(hatsPath+"/"+b.hat(siret)+"/choisir", nil)
}

// bar is the text of the bar, as on every page.
func (p page) bar() string { return words(p.all("header", nil)[0]) }

func TestTheBarOffersTheOtherEstablishments(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		if bar := odile.get("/entreprise").bar(); strings.Contains(bar, "Changer") || strings.Contains(bar, "732 829 320") {
			t.Errorf("with one establishment: %s", bar)
		}
		odile.declares(branch)
		p.join(another, "zoe")
		odile.declares(another)
		page := odile.get("/entreprise")
		for _, want := range []string{"Menuiserie Muller SIRET 732 829 320 00074", "Changer d'établissement", "Agir pour : Menuiserie Muller SIRET 732 829 320 00082 · Administrateur",
			"SIRET 443 061 841 00047 · En attente d'approbation", "Mes rattachements"} {
			if !strings.Contains(page.bar(), want) {
				t.Errorf("the bar doesn't say %q: %s", want, page.bar())
			}
		}
		before := odile.cookies["parvis-session"]
		page = odile.switches(branch)
		page.says("Vous agissez maintenant pour « Menuiserie Muller », SIRET 732 829 320 00082.")
		if odile.cookies["parvis-session"] == before {
			t.Error("the session was not renewed")
		}
		odile.cookies["parvis-session"] = before
		if page := odile.get("/entreprise"); page.status != http.StatusSeeOther {
			t.Errorf("the session of before still opens: %d", page.status)
		}
	})
}

func TestTheListOfMembershipsAndItsActs(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.join(another, "zoe")
		page := odile.get(hatsPath + "/nouveau")
		page.says("Rejoindre ou déclarer un autre établissement", "La première personne d'un établissement l'administre")
		odile.declares(branch).says("Vous administrez maintenant « Menuiserie Muller », SIRET 732 829 320 00082.")
		odile.declares(branch).says("Vous êtes déjà rattaché à « Menuiserie Muller »")
		page = odile.declares(another)
		page.says("Votre demande de rejoindre « Menuiserie Muller », SIRET 443 061 841 00047 est envoyée à ses administrateurs.")
		want := [][]string{
			{"Établissement", "Numéro", "Rôle", "Depuis", "Action"},
			{"Menuiserie Muller vous agissez pour celui-ci", "SIRET 732 829 320 00074", "Administrateur", "24/11/2026", "Quitter Menuiserie Muller, SIRET 732 829 320 00074"},
			{"Menuiserie Muller", "SIRET 732 829 320 00082", "Administrateur", "24/11/2026", "Agir pour cet établissement Menuiserie Muller, SIRET 732 829 320 00082 Quitter Menuiserie Muller, SIRET 732 829 320 00082"},
			{"Menuiserie Muller", "SIRET 443 061 841 00047", "En attente d'approbation", "24/11/2026", "Agir pour cet établissement Menuiserie Muller, SIRET 443 061 841 00047 Quitter Menuiserie Muller, SIRET 443 061 841 00047"},
		}
		if got := page.table("Mes rattachements"); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q", got)
		}
		leave := hatsPath + "/" + odile.hat(another) + "/quitter"
		odile.get(leave).says("Retirer votre demande de rejoindre « Menuiserie Muller » ?", "Ne rien changer")
		odile.follow(leave, nil).says("Votre demande est retirée.")
		leave = hatsPath + "/" + odile.hat(branch) + "/quitter"
		odile.get(leave).says("Quitter l'établissement « Menuiserie Muller » ?")
		page = odile.post(leave, nil)
		page.says("L'établissement n'a pas d'autre administrateur.", "Agissez d'abord pour cet établissement.")
		if page.status != http.StatusConflict {
			t.Errorf("status %d", page.status)
		}
	})
}

func TestAnEstablishmentThatIsRefusedComesBackAsTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		page := odile.post(hatsPath, url.Values{"siret": {"123"}, "entreprise": {""}})
		page.refused("siret", "SIRET")
		page.refused("entreprise", "Indiquez le nom de l'entreprise.")
		if page.form().Get("siret") != "123" {
			t.Errorf("%v", page.form())
		}
		page = odile.post(hatsPath, url.Values{"pays": {"BE"}, "identifiant_national": {"é"}, "entreprise": {"Trappen \x00"}})
		page.refused("identifiant_national", "sans accent")
		if got := page.form(); got.Get("pays") != "BE" || got.Get("identifiant_national") != "é" {
			t.Errorf("%v", got)
		}
		for _, last := range []string{"73282932000082", "73282932000090", "73282932000108", "73282932000116"} {
			odile.declares(last)
		}
		page = odile.post(hatsPath, url.Values{"siret": {"73282932000124"}, "entreprise": {"Menuiserie Muller"}})
		page.says("Vous avez déjà déclaré ou demandé à rejoindre 5 établissements")
		if page.status != http.StatusTooManyRequests || page.form().Get("siret") != "73282932000124" {
			t.Errorf("status %d", page.status)
		}
	})
}

// Somebody of no establishment acts at once for the one that they declare.
func TestWhoActsForNothingActsForWhatTheyDeclare(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, emile := p.join(muller, "odile"), p.join(muller, "emile")
		odile.follow(emile.url("refuser"), nil)
		emile.get(hatsPath).says("Vous n'êtes rattaché à aucun établissement", "Rejoindre ou déclarer un autre établissement")
		emile.get(peoplePath).says("Rejoindre ou déclarer un établissement")
		emile.declares(branch)
		emile.get("/entreprise").says("SIRET 732 829 320 00082")
	})
}

// Abuse 61: memberships of others do not exist.
func TestNobodyActsUnderAnothersMembership(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, zoe := p.join(muller, "odile"), p.join(another, "zoe")
		for _, id := range []string{odile.actor.MembershipID, "0198c0de-0000-7000-8000-000000000000", "%00", "%ff"} {
			for _, page := range []page{
				zoe.post(hatsPath+"/"+id+"/choisir", nil), zoe.get(hatsPath + "/" + id + "/quitter"), zoe.post(hatsPath+"/"+id+"/quitter", nil),
			} {
				if page.status != http.StatusNotFound {
					t.Errorf("%s: %d", id, page.status)
				}
				page.silent("732 829 320")
			}
		}
		if page := zoe.send("POST", hatsPath+"/"+zoe.actor.MembershipID+"/choisir", nil, map[string]string{"Sec-Fetch-Site": "cross-site"}); page.status != http.StatusForbidden {
			t.Errorf("abuse 77: %d", page.status)
		}
		if page := zoe.get(hatsPath + "/" + zoe.actor.MembershipID + "/choisir"); page.status != http.StatusMethodNotAllowed {
			t.Errorf("a link that switches: %d", page.status)
		}
	})
}

// acting lists, of every form of the page's content that acts for the establishment,
// where it posts to and whether it says under which membership it was shown.
func (p page) acting() map[string]string {
	out := map[string]string{}
	for _, f := range p.all("form", func(n *html.Node) bool { return attribute(n, "method") == "post" && !inBar(n) }) {
		action := attribute(f, "action")
		out[action] = ""
		for n := range f.Descendants() {
			if n.Type == html.ElementNode && attribute(n, "name") == ui.ActingField {
				out[action] = attribute(n, "value")
			}
		}
	}
	return out
}

// Whatever acts for an establishment says for which it was shown.
func TestEveryFormOfAnEstablishmentSaysForWhich(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim, emile := p.join(muller, "odile"), p.join(muller, "karim"), p.join(muller, "emile")
		odile.accept(karim)
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		odile.follow(peoplePath+"/inviter", url.Values{"adresse": {"zoe@muller.example"}, "role": {"user"}})
		gone := p.join(muller, "paul")
		odile.follow(gone.url("refuser"), nil)
		seen := 0
		for _, c := range []struct {
			who   *browser
			paths []string
		}{
			{odile, []string{watchesPage + "/nouvelle", watchesPage + "/" + w.ID + "/modifier", watchesPage + "/" + w.ID + "/supprimer", peoplePath, peoplePath + "/inviter", peoplePath + "/quitter",
				emile.url("refuser"), karim.url("retirer"), odile.url("utilisateur")}},
			{emile, []string{watchesPage + "/nouvelle", peoplePath + "/contester", peoplePath + "/quitter"}},
			{gone, []string{watchesPage + "/nouvelle", peoplePath}},
		} {
			want := c.who.actor.MembershipID
			if c.who == gone {
				want = "aucun"
			}
			for _, path := range c.paths {
				forms := c.who.get(path).acting()
				if len(forms) == 0 {
					t.Errorf("%s has no form", path)
				}
				for action, got := range forms {
					seen++
					if got != want {
						t.Errorf("%s: the form of %s says %q, want %q", path, action, got, want)
					}
				}
			}
		}
		if seen < 15 {
			t.Errorf("%d forms seen", seen)
		}
	})
}

// Two tabs: what is typed for one establishment never lands in another.
func TestAFormOfAnotherTabDoesNotLandInAnotherEstablishment(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		karim := p.join(muller, "karim")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		odile.declares(branch)
		creating, editing, leaving := odile.get(watchesPage+"/nouvelle").sent(), odile.get(watchesPage+"/"+w.ID+"/modifier").sent(), odile.get(peoplePath+"/quitter").sent()
		accepting := url.Values{ui.ActingField: {odile.actor.MembershipID}}
		if creating.Get(ui.ActingField) != odile.actor.MembershipID {
			t.Fatalf("%v", creating)
		}
		creating.Set("nom", "Escaliers")
		creating.Set("mots_cles", "escalier")

		odile.switches(branch) // in another tab
		for path, form := range map[string]url.Values{
			watchesPage: creating, watchesPage + "/" + w.ID: editing, peoplePath + "/quitter": leaving, karim.url("accepter"): accepting,
		} {
			page := odile.post(path, form)
			if page.status != http.StatusConflict {
				t.Errorf("POST %s: %d", path, page.status)
			}
			page.says("Vous agissez maintenant pour « Menuiserie Muller », SIRET 732 829 320 00082", "rien n'a été enregistré",
				"alors que vous agissiez pour « Menuiserie Muller », SIRET 732 829 320 00074", "Mes rattachements")
		}
		if n := p.count("SELECT count(*) FROM watch"); n != 1 {
			t.Errorf("%d watches", n)
		}
		// Back where it was typed for, it is saved.
		odile.switches(muller)
		odile.follow(watchesPage, creating).says("La veille « Escaliers » est créée.")
		odile.switches(branch)
		odile.get(watchesPage).silent("Escaliers", "Bois")
	})
}

// Whoever signs in as somebody else in another tab posts nothing in their name; whoever
// has just been let in, or removed, is told as before.
func TestAFormOfAnotherPersonIsNotTheirs(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, zoe := p.join(muller, "odile"), p.join(another, "zoe")
		form := odile.get(watchesPage + "/nouvelle").sent()
		form.Set("nom", "Bois")
		page := zoe.post(watchesPage, form)
		page.says("sous un autre rattachement, qui n'est plus le vôtre")
		page.silent("732 829 320")
		if page.status != http.StatusConflict {
			t.Errorf("status %d", page.status)
		}
		karim := p.join(muller, "karim")
		form = karim.get(watchesPage + "/nouvelle").sent()
		form.Set("nom", "Bois")
		form.Set("mots_cles", "menuiserie")
		odile.accept(karim)
		if page := karim.post(watchesPage, form); page.status != http.StatusSeeOther {
			t.Errorf("let in meanwhile: %d %s", page.status, page.text())
		}
		form = odile.get(watchesPage + "/nouvelle").sent()
		visitor := p.visitor()
		if page := visitor.post(watchesPage, form); page.status != http.StatusSeeOther || !strings.HasPrefix(page.location, "/connexion") {
			t.Errorf("once signed out: %d", page.status)
		}
	})
}

// The link of a mail is about one establishment.
func TestALinkAboutAnotherEstablishmentOffersToSwitch(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, zoe := p.join(muller, "odile"), p.join(another, "zoe")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		link := watchesPage + "/" + w.ID + "/modifier?pour=" + odile.actor.EstablishmentID
		odile.get(link).says("Modifier la veille « Bois »")
		odile.declares(branch)
		odile.switches(branch)
		odile.get(watchesPage + "/" + w.ID + "/modifier").says("Vous agissez pour « Menuiserie Muller ». Si ce que vous cherchez est à un autre de vos établissements")
		page := odile.get(link)
		page.says("Agir pour « Menuiserie Muller » ?", "SIRET 732 829 320 00074 ; vous agissez pour « Menuiserie Muller »")
		form := page.form()
		if form.Get("suite") != link {
			t.Fatalf("%v", form)
		}
		odile.follow(hatsPath+"/"+odile.actor.MembershipID+"/choisir", form).says("Modifier la veille « Bois »")
		// Nobody else learns that there is anything behind it, nor is led away from here.
		page = zoe.get(link)
		if page.status != http.StatusNotFound {
			t.Errorf("a stranger: %d", page.status)
		}
		page.silent("Menuiserie Muller », SIRET 732", "à un autre de vos établissements")
		for _, away := range []string{"https://pirate.example/entreprise", "//pirate.example", "/entreprise\r\nSet-Cookie: a=b", "/annonces", "\\\\pirate.example"} {
			page := odile.post(hatsPath+"/"+odile.actor.MembershipID+"/choisir", url.Values{"suite": {away}})
			if page.location != "/entreprise" {
				t.Errorf("%q leads to %q", away, page.location)
			}
		}
	})
}

// What was asked of an establishment in one hat is not seen in another.
func TestDataOfTwoEstablishmentsStayApart(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, zoe := p.join(muller, "odile"), p.join(another, "zoe")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		zoe.watch(watch.Form{Name: "Propreté", Keywords: "nettoyage"})
		odile.declares(another)
		zoe.get(peoplePath).says("odile@muller.example") // a request
		zoe.follow(peoplePath+"/"+odile.hat(another)+"/accepter", nil)
		odile.get(watchesPage).silent("Propreté")
		odile.get(peoplePath).silent("zoe@")
		odile.switches(another)
		odile.get(watchesPage).says("Propreté")
		odile.get(watchesPage).silent("Bois")
		page := odile.get(peoplePath)
		page.says("zoe@muller.example")
		page.silent("Inviter une personne") // a user there, an administrator at home
		if page := odile.get(peoplePath + "/inviter"); page.status != http.StatusForbidden {
			t.Errorf("inviting with the rights of another establishment: %d", page.status)
		}
		by, err := p.org.ActorOf(context.Background(), odile.cookies["parvis-session"])
		p.must(err)
		if by.Role != access.CompanyUser {
			t.Errorf("%+v", by)
		}
		if _, err := p.accounts.Switch(context.Background(), odile.cookies["parvis-session"], zoe.actor.MembershipID); err == nil {
			t.Error("under somebody else's membership")
		}
	})
}
