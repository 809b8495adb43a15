package public_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/member"
)

const (
	odileAddress  = "odile@muller.example"
	claireAddress = "claire@fontaine.example"
)

// invited has odile's establishment invite an address, and gives the path of the mail's
// link.
func (h *house) invited(by access.Actor, address string, role access.Role) string {
	h.t.Helper()
	if err := h.Members.Invite(context.Background(), by, member.InvitationForm{Address: address, Role: string(role)}); err != nil {
		h.t.Fatal(err)
	}
	return h.linkIn(h.mailTo(address, "Invitation à rejoindre"), "/invitation/")
}

func credentials(login string) url.Values {
	return url.Values{"nom": {"Claire Fontaine"}, "identifiant": {login}, "mot_de_passe": {password}, "confirmation": {password}}
}

func TestAnInvitationMakesAnAccount(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		odile := h.join(odileAddress, "odile")
		h.forget()
		link := h.invited(odile, claireAddress, access.CompanyUser)
		for range 2 { // looking consumes nothing
			p := h.get(link)
			h.kept(p)
			h.says(p, 200, "Rejoindre un établissement", "Menuiserie Muller", "SIRET 732 829 320 00074", "Odile Muller", "Utilisateur", claireAddress,
				"Établissement déclaré, non vérifié.", "Créer mon compte et accepter")
		}
		form := credentials("c")
		form.Set("nom", " ")
		p := h.post(link, form)
		h.kept(p)
		h.says(p, 422, "2 corrections sont nécessaires", "Indiquez votre nom.", "L'identifiant compte de 3 à 40 caractères.")
		h.holds(p, `value="c"`, "!"+password)
		form = credentials("odile")
		h.says(h.post(link, form), 422, "Cet identifiant est déjà pris.")

		// What the form adds changes nothing: address, role and establishment are the
		// server's.
		form = credentials("claire.fontaine")
		form["role"], form["adresse"], form["etablissement"] = []string{"admin"}, []string{"pirate@pirate.example"}, []string{"autre"}
		h.leadsTo(h.post(link, form), "/entreprise")
		by, err := h.Orgs.ActorOf(context.Background(), h.token)
		if err != nil || by.Role != access.CompanyUser || by.EstablishmentID != odile.EstablishmentID || by.Address != claireAddress || by.Name != "Claire Fontaine" {
			h.t.Errorf("%+v, %v", by, err)
		}
		h.says(h.get(link), 404, "Cette invitation n'est plus valable")
		h.mailTo(odileAddress, "a rejoint")
		h.forget()
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {claireAddress}, "mot_de_passe": {password}}), "/entreprise")
	})
}

func TestAnInvitationIsAcceptedByItsAddressAlone(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		odile := h.join(odileAddress, "odile")
		h.forget()
		other := url.Values{"siret": {"44306184100047"}, "entreprise": {"Propreté des Vosges"}, "nom": {"Claire Fontaine"}, "adresse": {claireAddress}}
		h.says(h.post("/inscription", other), 200)
		h.leadsTo(h.post(h.linkIn(h.mailTo(claireAddress, "Terminez"), "/inscription/"), credentials("claire")), "/entreprise")
		claire := h.token
		h.forget()
		link := h.invited(odile, claireAddress, access.CompanyAdmin)

		// Not signed in: the address has an account, and comes back here.
		p := h.get(link)
		h.kept(p)
		h.says(p, 200, "a déjà un compte. Connectez-vous pour accepter l'invitation.", "Administrateur", "!Mot de passe")
		signIn := "/connexion?suite=" + url.QueryEscape(link)
		h.holds(p, `href="`+signIn+`"`)
		h.says(h.post(link, credentials("claire2")), 200, "a déjà un compte")
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}, "suite": {link}}), link)

		// Abuse 74: signed in as somebody else, whoever forwarded it.
		for _, p := range []page{h.get(link), h.post(link, nil)} {
			h.kept(p)
			h.says(p, 409, "Cette invitation est pour une autre adresse", "c…@fontaine.example", odileAddress, "Se déconnecter", "!"+claireAddress, "!Menuiserie Muller vous")
		}
		if n, err := h.Orgs.Memberships(context.Background(), odile); err != nil || len(n) != 1 {
			h.t.Errorf("%d memberships, %v", len(n), err)
		}

		// Signed in with it.
		h.token = claire
		p = h.get(link)
		h.kept(p)
		h.says(p, 200, "Accepter l'invitation", "Vos autres rattachements ne changent pas.", "Administrateur")
		h.leadsTo(h.post(link, nil), "/entreprise")
		if h.token == claire {
			h.t.Error("the session was not renewed")
		}
		by, err := h.Orgs.ActorOf(context.Background(), h.token)
		if err != nil || by.Role != access.CompanyAdmin || by.EstablishmentID != odile.EstablishmentID {
			h.t.Errorf("%+v, %v", by, err)
		}
		h.says(h.post(link, nil), 404, "Cette invitation n'est plus valable")
	})
}

func TestALinkThatIsNoInvitationSaysSo(t *testing.T) {
	each(t, func(h *house) {
		for _, token := range []string{"x", strings.Repeat("a", 43), "%00", "..%2f", strings.Repeat("a", 4000)} {
			for _, p := range []page{h.get("/invitation/" + token), h.post("/invitation/"+token, credentials("claire"))} {
				h.says(p, http.StatusNotFound, "Cette invitation n'est plus valable", "demandez-en une autre à un administrateur")
				if p.Header.Get("Referrer-Policy") != "no-referrer" {
					h.t.Error("the address is told to others")
				}
			}
		}
	})
}
