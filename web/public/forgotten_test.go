package public_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// resetLink asks for a link by the page and gives the one of the mail.
func (h *house) resetLink(identifier string) string {
	h.t.Helper()
	h.says(h.post("/mot-de-passe-oublie", url.Values{"identifiant": {identifier}}), 200, "Si un compte existe pour "+identifier+" , un message vient de partir")
	return h.linkIn(h.mailTo("odile@muller.example", "Choisissez un nouveau mot de passe"), "/mot-de-passe/")
}

func choosing(password string) url.Values {
	return url.Values{"mot_de_passe": {password}, "confirmation": {password}}
}

func TestAForgottenPasswordIsChosenAnew(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		session := h.token
		h.forget()
		h.holds(h.get("/connexion"), `<a href="/mot-de-passe-oublie">Mot de passe oublié`)
		h.says(h.get("/mot-de-passe-oublie"), 200, "Mot de passe oublié", "Identifiant ou adresse électronique")
		link := h.resetLink("odile")
		for range 2 { // a scanner reads it before its owner does
			p := h.get(link)
			h.says(p, 200, "Choisir un nouveau mot de passe", "odile@muller.example", "Nouveau mot de passe", "Confirmer", "ne sert qu'une fois")
			h.holds(p, `autocomplete="new-password"`)
			h.kept(p)
		}
		p := h.post(link, url.Values{"mot_de_passe": {"court"}, "confirmation": {"autre"}})
		h.says(p, 422, "Une correction est nécessaire", "au moins 12 caractères")
		h.holds(p, `href="#mot_de_passe"`, "!court", "!autre\"")
		h.kept(p)
		h.says(h.post(link, url.Values{"mot_de_passe": {"maillet ciseau gouge"}, "confirmation": {"maillet"}}), 422, "La confirmation diffère")

		h.leadsTo(h.post(link, choosing("maillet ciseau gouge")), "/connexion")
		if h.token != "" {
			h.t.Error("the link signed in")
		}
		h.says(h.get("/connexion"), 200, "Votre mot de passe est changé : connectez-vous avec le nouveau.", "Mot de passe oublié")
		if a, err := h.Orgs.ActorOf(context.Background(), session); err != nil || a.SignedIn() {
			h.t.Errorf("a session of the old password goes on: %v", err)
		}
		told := h.mailTo("odile@muller.example", "Votre mot de passe a été changé")
		if !strings.Contains(told.Text, base+"/mot-de-passe-oublie") {
			h.t.Errorf("%s", told.Text)
		}
		h.says(h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}}), 422, "Identifiant ou mot de passe incorrect.")
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {"maillet ciseau gouge"}}), "/entreprise")
		for _, p := range []page{h.get(link), h.post(link, choosing(password))} {
			h.says(p, 404, "Ce lien n'est plus valable")
			h.kept(p)
		}
	})
}

func TestALinkToChooseAPasswordEndsAfterHalfAnHour(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		link := h.resetLink("odile@muller.example")
		h.clock.Move(31 * time.Minute)
		h.says(h.get(link), 404, "Ce lien n'est plus valable")
		h.says(h.post(link, choosing("maillet ciseau gouge")), 404, "Ce lien n'est plus valable")
		for _, token := range []string{"x", strings.Repeat("a", 43), "%00", "%ff", "'%20OR%201=1--"} {
			h.says(h.get("/mot-de-passe/"+token), 404, "Ce lien n'est plus valable")
			h.says(h.post("/mot-de-passe/"+token, choosing("maillet ciseau gouge")), 404, "Ce lien n'est plus valable")
		}
	})
}

// Abuse 69: the page must not tell whether somebody has an account.
func TestAForgottenPasswordTellsNobodyWhoHasAnAccount(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.forget()
		ask := func(who string) page {
			return h.post("/mot-de-passe-oublie", url.Values{"identifiant": {who}})
		}
		known := ask("odile")
		for range 6 { // beyond five a day the mailbox is left in peace, and nobody sees it
			for _, who := range []string{"odile", "odette", "odette@muller.example", "odette !"} {
				if p := ask(who); p.StatusCode != 200 || strings.ReplaceAll(p.body, "<strong>"+who+"<", "<strong>odile<") != known.body {
					h.t.Errorf("%s: %d and %d:\n%s\n%s", who, p.StatusCode, known.StatusCode, p.text(), known.text())
				}
			}
		}
		p := ask(" ")
		h.says(p, 422, "Indiquez votre identifiant ou votre adresse électronique.")
		h.holds(p, `href="#identifiant"`)
		h.holds(ask("<i>\x00\xff"), "!<i>", "&lt;i&gt;")
	})
}

// Abuse 70: what a request says of the host never begins a link.
func TestALinkToChooseAPasswordIsOurs(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		r := httptest.NewRequest("POST", "https://evil.example/mot-de-passe-oublie", strings.NewReader("identifiant=odile"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Host = "evil.example"
		w := httptest.NewRecorder()
		h.pages.ServeHTTP(w, r)
		if m := h.mailTo("odile@muller.example", "Choisissez"); strings.Contains(m.Text+m.HTML, "evil") || !strings.Contains(m.Text, base+"/mot-de-passe/") {
			h.t.Errorf("%d: %s", w.Code, m.Text)
		}
		for _, path := range []string{"/mot-de-passe-oublie", "/mot-de-passe/x"} {
			r := httptest.NewRequest("POST", path, strings.NewReader("identifiant=odile"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			h.says(h.do(r), 403, "envoyé depuis un autre site")
		}
	})
}
