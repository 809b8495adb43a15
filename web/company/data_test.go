package company_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

const (
	dataPage  = "/entreprise/mes-donnees"
	erasePage = dataPage + "/supprimer"
)

// download asks for a file as the browser does.
func (b *browser) download(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range b.cookies {
		r.Header.Add("Cookie", name+"="+value)
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	return w
}

// bois is a watch that alerts at once.
func bois(name string, recipients ...string) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: recipients}
}

func erasing(password string, more ...string) url.Values {
	f := url.Values{"mot_de_passe_actuel": {password}}
	for _, name := range more {
		f.Set(name, "oui")
	}
	return f
}

func TestThePageSaysWhatIsKept(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(bois("Bois"))
		if !slices.Contains(odile.get("/entreprise").links(), dataPage) {
			t.Error("the space does not lead to the page")
		}
		page := odile.get(dataPage)
		page.says("Mes données personnelles", "Odile Muller odile@muller.example Identifiant : odile", "Menuiserie Muller, administrateur", "1 veille à votre nom",
			"1 connexion en cours", "Base légale", "12 heures au plus", "Sans limite", "Supprimer mon compte", "CNIL")
		for _, purpose := range person.Purposes() {
			page.says(strings.ReplaceAll(purpose.What, "\u00a0", " "), strings.ReplaceAll(purpose.Term, "\u00a0", " "))
		}
		for _, link := range []string{dataPage + "/export.json", dataPage + "/export.html", erasePage} {
			if !slices.Contains(page.links(), link) {
				t.Errorf("no link to %s", link)
			}
		}
		if page := p.visitor().get(dataPage); page.status != 303 || page.location != "/connexion?suite="+escaped(dataPage) {
			t.Errorf("a visitor: %d to %q", page.status, page.location)
		}
	})
}

func TestTheCopiesAreFilesThatNobodyKeeps(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.join(muller, "karim")
		odile.watch(bois("Bois <de> chauffe", "devis@muller.example"))
		for file, kind := range map[string]string{"/export.json": "application/json", "/export.html": "text/html; charset=utf-8"} {
			w := odile.download(dataPage + file)
			got := w.Header()
			name := `attachment; filename="parvis-mes-donnees-2026-11-24.` + strings.TrimPrefix(file, "/export.") + `"`
			if w.Code != 200 || got.Get("Content-Disposition") != name || got.Get("Content-Type") != kind || got.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v", file, w.Code, got)
			}
			body := w.Body.String()
			for _, other := range []string{"karim", "devis@muller.example", "argon2"} {
				if strings.Contains(body, other) {
					t.Errorf("%s holds %q", file, other)
				}
			}
			for _, own := range []string{"odile@muller.example", "Menuiserie Muller", "menuiserie", "dès la publication"} {
				if !strings.Contains(body, own) {
					t.Errorf("%s lacks %q", file, own)
				}
			}
			if w := p.visitor().download(dataPage + file); w.Code != 303 || w.Header().Get("Content-Disposition") != "" {
				t.Errorf("%s to a visitor: %d", file, w.Code)
			}
		}
		var copied map[string]any
		if err := json.Unmarshal(odile.download(dataPage+"/export.json").Body.Bytes(), &copied); err != nil {
			t.Fatal(err)
		}
		if w := copied["veilles"].([]any)[0].(map[string]any); w["nom"] != "Bois <de> chauffe" || w["autres_destinataires"] != 1.0 {
			t.Errorf("the watch: %v", w)
		}
		page := odile.download(dataPage + "/export.html").Body.String()
		for _, needs := range []string{"<script", "src=", "href=", "http://", "https://", "Bois <de>"} {
			if strings.Contains(page, needs) {
				t.Errorf("the readable copy holds %q", needs)
			}
		}
	})
}

func TestErasingOnesAccount(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(bois("Bois"))
		odile.get(erasePage).says("Supprimer mon compte", "Ce qui disparaît tout de suite", "votre identifiant « odile »", "où il n'y a que vous", "la veille de « Menuiserie Muller »",
			"Ce qui reste, et pourquoi", "journal des actes, avec votre nom", "12 mois au plus", "ne s'annule pas", "Mot de passe actuel", "Garder mon compte")
		cookie := odile.cookies["parvis-session"]
		done := odile.post(erasePage, erasing("rabot varlope"))
		if done.status != 303 || done.location != "/" || odile.cookies["parvis-session"] != "" {
			t.Errorf("%d to %q, cookie %q", done.status, done.location, odile.cookies["parvis-session"])
		}
		odile.cookies["parvis-session"] = cookie
		if page := odile.get("/entreprise"); page.status != 303 {
			t.Errorf("the session goes on: %d", page.status)
		}
		p.join(muller, "odile").get("/entreprise").says("Odile Muller") // again, from the start
	})
}

func TestABadErasureSaysWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		for typed, says := range map[string]string{"": "Saisissez votre mot de passe actuel.", "rabot varlopf": "Le mot de passe actuel est incorrect."} {
			page := odile.post(erasePage, erasing(typed))
			page.refused("mot_de_passe_actuel", says)
			if strings.Contains(page.source, "varlop") {
				t.Error("what was typed came back")
			}
		}
		var got page
		for range 12 {
			got = odile.post(erasePage, erasing("rabot varlopf"))
		}
		if got.status != 429 {
			t.Errorf("status %d", got.status)
		}
		got.says("Trop d'essais infructueux.")
		if page := odile.send("POST", erasePage, erasing("rabot varlope"), map[string]string{"Sec-Fetch-Site": "cross-site"}); page.status != 403 {
			t.Errorf("from another site: %d", page.status)
		}
		if page := p.visitor().post(erasePage, erasing("rabot varlope")); page.status != 303 || page.location != "/connexion" {
			t.Errorf("a visitor: %d to %q", page.status, page.location)
		}
		odile.get("/entreprise").says("Odile Muller")
	})
}

func TestALastAdministratorIsSentToNameAnother(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.watch(bois("Bois"))
		odile.follow("/entreprise/utilisateurs/"+karim.actor.MembershipID+"/accepter", url.Values{})
		page := odile.get(erasePage)
		page.says("Vous êtes le seul administrateur de « Menuiserie Muller »", "rendez d'abord administrateur", "elle passe à l'administrateur que vous aurez nommé")
		if !slices.Contains(page.links(), "/entreprise/utilisateurs") || strings.Contains(page.source, "mot_de_passe_actuel") {
			t.Error("the page lets try what cannot be done")
		}
		// Whoever had the form open before is told the same.
		if page := odile.post(erasePage, erasing("rabot varlope")); page.status != 409 {
			t.Errorf("status %d", page.status)
		} else {
			page.says("Vous êtes le seul administrateur de « Menuiserie Muller »")
		}
		odile.follow("/entreprise/utilisateurs/"+karim.actor.MembershipID+"/administrateur", url.Values{})
		odile.get(erasePage).says("Ce qui continue sans vous", "la veille que vous avez créée chez « Menuiserie Muller » : elle passe à Odile Muller")
		if done := odile.post(erasePage, erasing("rabot varlope")); done.status != 303 {
			t.Errorf("status %d", done.status)
		}
		karim.actor.Role = access.CompanyAdmin
		if all := karim.list(); len(all) != 1 || all[0].Recipients[0].Address != "karim@muller.example" {
			t.Errorf("the heir has %+v", all)
		}
	})
}

func TestWhatOthersSendIsSaidAndMayStop(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, claire := p.join(muller, "odile"), p.join(another, "claire")
		theirs := claire.watch(bois("Chez Claire", "odile@muller.example"))
		page := odile.get(erasePage)
		page.says("Ce que d'autres vous envoient", "« Chez Claire », de Menuiserie Muller", "Ne plus rien recevoir de ces veilles non plus")
		odile.post(erasePage, erasing("rabot varlopf", "arreter")).says("Le mot de passe actuel est incorrect.")
		if page := odile.post(erasePage, erasing("rabot varlopf", "arreter")); !has(page.byID("arreter"), "checked") {
			t.Error("the box is forgotten")
		}
		if done := odile.post(erasePage, erasing("rabot varlope", "arreter")); done.status != 303 {
			t.Errorf("status %d", done.status)
		}
		if r := claire.find(theirs.ID).Recipients; len(r) != 2 || r[1].StoppedAt.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}
