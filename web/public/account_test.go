package public_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/procurement/account"
)

func requestOf(method, path string) *http.Request { return httptest.NewRequest(method, path, nil) }

func TestSigningUp(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.says(h.get("/inscription"), 200, "Créer un compte", "SIRET de l'établissement", "Pays de l'entreprise", "Nouvelle-Calédonie", "!Guadeloupe", "Adresse électronique")
		h.says(h.post("/inscription", signUp("odile@muller.example")), 200, "Un message vient de vous être envoyé à odile@muller.example .")
		link := h.linkIn(h.mailTo("odile@muller.example", "Terminez"), "/inscription/")

		for range 2 { // a scanner reads it before its owner does
			p := h.get(link)
			h.says(p, 200, "Menuiserie Muller", "732 829 320 00074", "Odile Muller", "odile@muller.example", "Confirmez le mot de passe", "ne sert qu'une fois")
			h.kept(p)
		}
		p := h.post(link, url.Values{"identifiant": {"o"}, "mot_de_passe": {"court"}, "confirmation": {"autre"}})
		h.says(p, 422, "2 corrections sont nécessaires", "L'identifiant compte de 3 à 40 caractères.", "au moins 12 caractères")
		h.holds(p, `name="identifiant"`, `value="o"`, `href="#mot_de_passe"`, "!court", "!autre\"")
		h.kept(p)
		h.says(h.post(link, url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}, "confirmation": {password + "x"}}), 422, "La confirmation diffère")

		p = h.post(link, url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}, "confirmation": {password}})
		h.leadsTo(p, "/entreprise")
		h.says(h.get("/"), 200, "Odile Muller", "Menuiserie Muller", "Se déconnecter", "Voir ma veille", "bienvenue")
		h.says(h.get(link), 404, "Ce lien n'est plus valable")
		h.says(h.post(link, url.Values{"identifiant": {"autre"}, "mot_de_passe": {password}, "confirmation": {password}}), 404, "Ce lien n'est plus valable")
		h.says(h.get("/inscription/"+strings.Repeat("a", 43)), 404, "Ce lien n'est plus valable")
	})
}

// Who wanted a watch of their search and had no account finds the form filled once they
// have one, on whatever machine they read their mail.
func TestSigningUpLeadsWhereOneWasGoing(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		const going = "/entreprise/veilles/nouvelle?departement=67&mots_cles=menuiserie+b%C3%A2timent"
		p := h.get("/connexion?" + url.Values{"suite": {going}}.Encode())
		create := "/inscription?" + url.Values{"suite": {going}}.Encode()
		h.holds(p, `href="`+create+`"`)
		h.holds(h.get(create), `name="suite" value="`+strings.ReplaceAll(going, "&", "&amp;")+`"`)
		form := signUp("odile@muller.example")
		form.Set("suite", going)
		h.holds(h.post("/inscription", with(form, "siret", "123")), `name="suite"`) // refused, still going there
		h.says(h.post("/inscription", with(form, "siret", signUp("")["siret"][0])), 200, "Un message vient de vous être envoyé")
		link := h.linkIn(h.mailTo("odile@muller.example", "Terminez"), "/inscription/")
		h.forget()
		h.leadsTo(h.post(link, url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}, "confirmation": {password}}), going)
	})
}

func TestSigningUpLeadsNowhereElse(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		for i, elsewhere := range []string{"//pirate.example", "https://pirate.example/", "/\\pirate.example", "/" + strings.Repeat("a", 3000), "\xff", "/\x00"} {
			address := fmt.Sprintf("p%d@muller.example", i)
			form := signUp(address)
			form.Set("suite", elsewhere)
			h.says(h.post("/inscription", form), 200, "Un message vient de vous être envoyé")
			link := h.linkIn(h.mailTo(address, "Terminez"), "/inscription/")
			h.forget()
			h.leadsTo(h.post(link, url.Values{"identifiant": {fmt.Sprintf("pirate%d", i)}, "mot_de_passe": {password}, "confirmation": {password}}), "/entreprise")
			h.forget()
		}
	})
}

// The page must not tell whether an address has an account; its owner's mail does.
func TestSigningUpTellsNobodyWhoHasAnAccount(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.forget()
		known, fresh := h.post("/inscription", signUp("odile@muller.example")), h.post("/inscription", signUp("paul@muller.example"))
		if known.StatusCode != fresh.StatusCode || strings.ReplaceAll(known.body, "odile@", "paul@") != fresh.body {
			h.t.Errorf("%d and %d:\n%s\n%s", known.StatusCode, fresh.StatusCode, known.text(), fresh.text())
		}
		h.mailTo("odile@muller.example", "Vous avez déjà un compte")
		h.mailTo("paul@muller.example", "Terminez")
		for range 6 { // beyond five a day the mailbox is left in peace, and nobody sees it
			if p := h.post("/inscription", signUp("odile@muller.example")); p.body != known.body {
				h.t.Errorf("%s", p.text())
			}
		}
	})
}

func TestASignUpThatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		p := h.post("/inscription", url.Values{"siret": {"123"}, "entreprise": {"Muller \"&\" <fils>"}, "nom": {""}, "adresse": {"a@b.fr\r\nBcc: x@y.fr"}})
		h.says(p, 422, "3 corrections sont nécessaires", "Indiquez votre nom.", "Cette adresse contient un caractère invisible", "14 chiffres")
		h.holds(p, `value="123"`, `value="Muller &#34;&amp;&#34; &lt;fils&gt;"`, "!<fils>", `href="#adresse"`, "<title>Erreur\u00a0: Créer un compte")
		p = h.post("/inscription", url.Values{"pays": {"ZZ"}, "identifiant_national": {"H@1"}, "entreprise": {"M"}, "nom": {"O"}, "adresse": {"o@m.example"}})
		h.says(p, 422, "Choisissez un pays dans la liste.", "Un identifiant national s'écrit")
		h.holds(p, `<details class="fold" open>`, `href="#pays"`)
		p = h.post("/inscription", url.Values{"pays": {"DE"}, "identifiant_national": {"HRB 1234"}, "entreprise": {"Müller GmbH"}, "nom": {"Otto"}, "adresse": {""}})
		h.holds(p, `<option value="DE" selected>`, `value="HRB 1234"`)
		h.says(h.post("/inscription", url.Values{"siret": {"\xff\x00"}, "entreprise": {"\xff"}, "nom": {"\x00"}, "adresse": {"\xff@\xfe"}}), 422, "4 corrections")
		h.says(h.post("/inscription", url.Values{"entreprise": {strings.Repeat("a", 2<<20)}}), 422, "trop volumineux")
	})
}

func TestAForeignCompanySignsUp(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.post("/inscription", url.Values{"pays": {"DE"}, "identifiant_national": {"HRB 1234"}, "entreprise": {"Müller GmbH"}, "nom": {"Otto"}, "adresse": {"otto@mueller.example"}})
		h.says(h.get(h.linkIn(h.mailTo("otto@mueller.example", "Terminez"), "/inscription/")), 200, "Identifiant national :", "DE HRB1234", "Müller GmbH")
	})
}

func TestSigningInAndOut(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		first := h.token
		h.leadsTo(h.get("/connexion?suite=/entreprise/veilles"), "/entreprise/veilles")
		h.leadsTo(h.get("/connexion"), "/entreprise")
		h.leadsTo(h.post("/deconnexion", nil), "/")
		h.says(h.get("/"), 200, "Vous êtes déconnecté.", "Se connecter", "!Odile Muller")
		h.token = first
		h.says(h.get("/"), 200, "!Odile Muller") // the session is over, not only forgotten

		h.forget()
		for _, who := range []string{"odile", "ODILE", "odile@muller.example"} {
			before := h.token
			h.leadsTo(h.post("/connexion", url.Values{"identifiant": {who}, "mot_de_passe": {password}, "suite": {"/annonces?page=2"}}), "/annonces?page=2")
			if h.token == before || h.token == "" {
				h.t.Error("a session must begin with a token of its own")
			}
			if a, err := h.Orgs.ActorOf(context.Background(), before); err != nil || a.SignedIn() {
				h.t.Errorf("the former session goes on: %v", err)
			}
		}
		if p := h.do(requestOf("GET", "/deconnexion")); p.StatusCode != 405 {
			h.t.Errorf("signing out by a link: %d", p.StatusCode)
		}
	})
}

func TestAWrongSignInTellsNothing(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.forget()
		wrong := h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {"pas le bon du tout"}, "suite": {"/annonces"}})
		nobody := h.post("/connexion", url.Values{"identifiant": {"odette"}, "mot_de_passe": {"pas le bon du tout"}, "suite": {"/annonces"}})
		if wrong.StatusCode != 422 || strings.ReplaceAll(wrong.body, `"odile"`, `"odette"`) != nobody.body {
			h.t.Errorf("%d and %d:\n%s\n%s", wrong.StatusCode, nobody.StatusCode, wrong.text(), nobody.text())
		}
		h.says(wrong, 422, "Identifiant ou mot de passe incorrect.")
		h.holds(wrong, `value="odile"`, `name="suite" value="/annonces"`, "!pas le bon du tout")
		var p page
		for range 8 {
			p = h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {"pas le bon du tout"}})
		}
		if p.StatusCode != 429 {
			h.t.Errorf("after many attempts: %d %s", p.StatusCode, p.text())
		}
		h.clock.Move(24 * time.Hour)
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}}), "/entreprise")
	})
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		for _, elsewhere := range []string{
			"https://evil.example", "//evil.example", `/\evil.example`, "/\t/evil.example", "/\r\nLocation: x", "/\x00/evil.example", "javascript:alert(1)",
			"evil.example", "http:evil.example", "\\\\evil.example", " //evil.example", "/%zz",
		} {
			q := url.Values{"suite": {elsewhere}}
			h.leadsTo(h.get("/connexion?"+q.Encode()), "/entreprise")
			session := h.token
			h.forget()
			h.holds(h.get("/connexion?"+q.Encode()), `!name="suite"`)
			q.Set("identifiant", "odile")
			q.Set("mot_de_passe", password)
			h.leadsTo(h.post("/connexion", q), "/entreprise")
			if h.token == "" {
				h.token = session
			}
		}
	})
}

func TestAnotherSiteCannotSignAnybodyInOrOut(t *testing.T) {
	each(t, func(h *house) {
		for _, path := range []string{"/connexion", "/deconnexion", "/inscription", "/confirmation/x"} {
			r := httptest.NewRequest("POST", path, strings.NewReader("identifiant=odile"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			h.says(h.do(r), 403, "envoyé depuis un autre site")
		}
	})
}

func TestASignUpLinkEndsAfterADay(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.post("/inscription", signUp("odile@muller.example"))
		link := h.linkIn(h.mailTo("odile@muller.example", "Terminez"), "/inscription/")
		h.clock.Move(25 * time.Hour)
		h.says(h.get(link), 404, "Ce lien n'est plus valable")
		if _, err := h.Accounts.SignUpOf(context.Background(), account.France); err == nil {
			h.t.Error("anything is a link")
		}
	})
}
