package public_test

import (
	"encoding/json"

	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parvis/gateway/directory"
	"parvis/gateway/directory/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/org"
)

const (
	closedSIRET = "73282932000082"
	hiddenSIRET = "44306184100047"
	noSIRET     = "47818111800025"
)

// listing runs f on a platform whose directory is a program that answers like the
// State's.
func listing(t *testing.T, f func(h *house, server *httptest.Server)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		server := httptest.NewServer(rehearsal.New(
			rehearsal.Company{SIREN: "732829320", Name: "MULLER <b>& FILS</b>", Places: []rehearsal.Place{
				{SIRET: siret, Street: "12 RUE DES TILLEULS", Postcode: "67600", City: "SELESTAT"},
				{SIRET: closedSIRET, Street: "1 RUE BASSE", Postcode: "67000", City: "STRASBOURG", Closed: true},
			}},
			rehearsal.Company{SIREN: "443061841", Name: "CAMILLE DURAND", Person: true, Hidden: true, Places: []rehearsal.Place{{SIRET: hiddenSIRET, Postcode: "88000", City: "EPINAL"}}},
		))
		t.Cleanup(server.Close)
		client, err := directory.New(directory.Config{URL: server.URL, Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		f(buildWith(t, d, c, client), server)
	})
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestTheDirectoryNamesTheCompanyAtSignUp(t *testing.T) {
	listing(t, func(h *house, _ *httptest.Server) {
		h.deliver()
		h.says(h.get("/inscription"), 200, "Rechercher l'entreprise", "Saisir moi-même le nom et l'adresse")
		// Without a script: the button comes back with what was found, and all that was typed.
		p := h.post("/inscription", with(url.Values{"nom": {"Odile Muller"}, "adresse": {"odile@muller.example"}, "siret": {" 732 829 320 00074 "}}, "action", "chercher"))
		h.says(p, 200, "MULLER <b>& FILS</b>", "12 RUE DES TILLEULS", "67600 SELESTAT", "!corrections")
		h.holds(p, `value="Odile Muller"`, `value="odile@muller.example"`, `data-typed hidden`, "!<b>& FILS")
		if n := h.count("SELECT count(*) FROM sign_up"); n != 0 {
			t.Error("looking a company up signs up")
		}
		// What is typed beside counts for nothing.
		h.says(h.post("/inscription", with(signUp("odile@muller.example"), "entreprise", "Nom inventé", "code_postal", "faux")), 200,
			"Un message vient de vous être envoyé", "Entreprise, d'après l'annuaire : MULLER <b>& FILS</b>")
		link := h.linkIn(h.mailTo("odile@muller.example", "Terminez"), "/inscription/")
		h.leadsTo(h.post(link, url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}, "confirmation": {password}}), "/entreprise")
		if n := h.count("SELECT count(*) FROM establishment WHERE name = 'MULLER <b>& FILS</b>' AND name_listed_at IS NOT NULL AND city = 'SELESTAT'"); n != 1 {
			t.Error("the establishment is not as the directory says")
		}
	})
}

// Whatever the directory says, one can type and sign up.
func TestASignUpIsNeverStoppedByTheDirectory(t *testing.T) {
	listing(t, func(h *house, server *httptest.Server) {
		search := func(number string) page {
			return h.post("/inscription", with(signUp("odile@muller.example"), "siret", number, "entreprise", "", "action", "chercher"))
		}
		open := []string{`<details class="fold" open>`, "!data-typed hidden"}
		p := search(closedSIRET)
		h.says(p, 200, "MULLER", "dit cet établissement fermé", "vous pouvez continuer")
		p = search(hiddenSIRET)
		h.says(p, 200, "ne publie pas le nom de l'entreprise", "!DURAND", "!NON-DIFFUSIBLE")
		h.holds(p, open...)
		p = search(noSIRET)
		h.says(p, 200, "ne connaît pas ce SIRET")
		h.holds(p, open...)
		p = search("73282932000075")
		h.says(p, 422, "Ce numéro SIRET est inexact")
		h.holds(p, `href="#siret"`)

		p = h.post("/inscription", with(signUp("odile@muller.example"), "siret", noSIRET, "entreprise", ""))
		h.says(p, 422, "Indiquez le nom de l'entreprise.", "ne connaît pas ce SIRET")
		h.holds(p, open...)
		h.says(h.post("/inscription", with(signUp("odile@muller.example"), "siret", noSIRET)), 200, "Un message vient de vous être envoyé", "!d'après l'annuaire")
		h.says(h.post("/inscription", with(signUp("otto@kehl.example"), "siret", "", "pays", "DE", "identifiant_national", "HRB 1234")), 200, "Un message vient de vous être envoyé")
		h.says(h.post("/inscription", with(signUp("claire@vosges.example"), "siret", hiddenSIRET, "rue", "3 impasse du Lavoir", "code_postal", "88000", "ville", "Épinal")), 200, "envoyé")

		server.Close()
		p = search("35600000000048")
		h.says(p, 200, "ne répond pas pour le moment")
		h.holds(p, open...)
		h.says(h.post("/inscription", with(signUp("paul@poste.example"), "siret", "35600000000048")), 200, "Un message vient de vous être envoyé")
		if n := h.count("SELECT count(*) FROM sign_up WHERE listed_at IS NULL"); n != 4 {
			t.Errorf("%d sign-ups by hand, want 4", n)
		}
		if n := h.count("SELECT count(*) FROM sign_up WHERE street = '3 impasse du Lavoir' AND postcode = '88000' AND city = 'Épinal'"); n != 1 {
			t.Error("the typed address is lost")
		}
	})
}

// The script's question is answered with companies only, so many times a network, and
// alike whether anybody of the company is here or not.
func TestTheLookUpTellsOfCompaniesOnly(t *testing.T) {
	listing(t, func(h *house, _ *httptest.Server) {
		ask := func(number string) page { return h.get("/inscription/entreprise?siret=" + url.QueryEscape(number)) }
		before := ask(siret)
		var got map[string]any
		if err := json.Unmarshal([]byte(before.body), &got); err != nil || before.StatusCode != 200 {
			t.Fatalf("%d %s: %v", before.StatusCode, before.body, err)
		}
		if fmt.Sprint(got) != "map[address:[12 RUE DES TILLEULS 67600 SELESTAT] found:true name:MULLER <b>& FILS</b>]" {
			t.Errorf("%v", got)
		}
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.forget()
		if after := ask(siret); after.body != before.body || after.StatusCode != before.StatusCode {
			t.Errorf("once somebody has signed up: %s", after.body)
		}
		for number, want := range map[string]string{
			closedSIRET: "fermé", hiddenSIRET: "ne publie pas", noSIRET: "ne connaît pas",
		} {
			if p := ask(number); p.StatusCode != 200 || !strings.Contains(p.body, want) || strings.Contains(p.body, "DURAND") {
				t.Errorf("%s: %d %s", number, p.StatusCode, p.body)
			}
		}
		if p := ask("Muller"); p.StatusCode != 422 {
			t.Errorf("a name: %d", p.StatusCode)
		}
		limited := 0
		for range 40 {
			if p := ask(siret); p.StatusCode == 429 && strings.Contains(p.body, "Beaucoup de recherches") {
				limited++
			}
		}
		if limited < 20 {
			t.Errorf("%d of 40 were refused", limited)
		}
		h.says(h.post("/inscription", with(signUp("paul@muller.example"), "entreprise", "")), 200, "Un message vient de vous être envoyé")
	})
}

func TestWithoutADirectoryThePageIsAsBefore(t *testing.T) {
	each(t, func(h *house) {
		p := h.get("/inscription")
		h.says(p, 200, "Nom de l'entreprise", "Code postal", "!Rechercher l'entreprise", "!annuaire")
		h.holds(p, "!data-lookup")
		h.says(h.get("/inscription/entreprise?siret="+siret), 200, "ne répond pas")
		p = h.post("/inscription", with(signUp("odile@muller.example"), "code_postal", "6760", "ville", "", "rue", "12 rue des Tilleuls"))
		h.says(p, 422, "Un code postal compte 5 chiffres", "indiquez la ville")
		h.holds(p, `value="12 rue des Tilleuls"`, `href="#code_postal"`, `href="#ville"`)
	})
}

// mailboxLink has an establishment ask for a mailbox, and gives the link of its mail.
func (h *house) mailboxLink(address string) string {
	h.t.Helper()
	by := h.join("odile@muller.example", "odile")
	if err := h.Profiles.AskFallback(h.t.Context(), by, address); err != nil {
		h.t.Fatal(err)
	}
	h.forget()
	return h.linkIn(h.mailTo(address, "Adresse de secours"), "/adresse-de-secours/")
}

func TestAMailboxAnswersByItsLink(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		link := h.mailboxLink("contact@muller.example")
		for range 2 { // a scanner reads it first
			p := h.get(link)
			h.says(p, 200, "Être l'adresse de secours d'un établissement", "SIRET 732 829 320 00074", "Menuiserie Muller", "contact@muller.example", "Accepter", "Refuser", "!Odile")
			h.kept(p)
		}
		h.says(h.post(link, nil), 422, "Choisissez")
		h.says(h.post(link, url.Values{"reponse": {"oui"}}), 200, "Vous avez accepté", "Ne plus être l'adresse de secours")
		h.says(h.get(link), 200, "Vous avez accepté")
		h.says(h.post(link, url.Values{"reponse": {"non"}}), 200, "Vous avez arrêté")
		h.says(h.post(link, url.Values{"reponse": {"oui"}}), 200, "Vous avez arrêté")
		h.says(h.get("/adresse-de-secours/"+strings.Repeat("a", 43)), 404, "Ce lien n'est plus valable")
		h.says(h.get("/adresse-de-secours/x"), 404, "Ce lien n'est plus valable")
		h.says(h.post("/adresse-de-secours/x", url.Values{"reponse": {"oui"}}), 404, "Ce lien n'est plus valable")
	})
}

func TestAMailboxMayRefuse(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		link := h.mailboxLink("contact@muller.example")
		h.says(h.post(link, url.Values{"reponse": {"non"}}), 200, "Vous avez refusé", "!Accepter")
	})
}

var _ org.Directory = (*directory.Client)(nil)
