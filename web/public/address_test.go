package public_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/procurement/access"
	"parvis/procurement/account"
)

// wants asks for another address as the person signed in does.
func (h *house) wants(address string) {
	h.t.Helper()
	err := h.Accounts.AskAddress(context.Background(), h.token, account.AddressForm{Current: password, Address: address}, account.Visitor{Remote: "192.0.2.17"})
	if err != nil {
		h.t.Fatal(err)
	}
}

const confirmSubject, changedSubject = "Confirmez votre nouvelle adresse", "L'adresse de votre compte a changé"

func TestANewAddressIsConfirmedAndTakenBack(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.wants("odile@neuve.example")
		link := h.linkIn(h.mailTo("odile@neuve.example", confirmSubject), "/adresse/confirmation/")
		for range 2 { // a scanner reads it before its owner does
			p := h.get(link)
			h.says(p, 200, "Confirmer votre nouvelle adresse", "Odile Muller", "odile@neuve.example", "ne sert qu'une fois", "!odile@muller.example")
			h.kept(p)
		}
		h.leadsTo(h.post(link, nil), "/entreprise/mes-informations")
		for _, p := range []page{h.get(link), h.post(link, nil)} {
			h.says(p, 404, "Ce lien n'est plus valable")
			h.kept(p)
		}

		session := h.token
		h.forget()
		back := h.linkIn(h.mailTo("odile@muller.example", changedSubject), "/adresse/annulation/")
		for range 2 {
			p := h.get(back)
			h.says(p, 200, "Annuler le changement d'adresse", "odile@muller.example", "le mot de passe actuel ne sert plus", "!odile@neuve.example")
			h.kept(p)
		}
		if a, err := h.Orgs.ActorOf(context.Background(), session); err != nil || a.Address != "odile@neuve.example" {
			h.t.Fatalf("reading the link changed something: %s, %v", a.Address, err)
		}
		p := h.post(back, nil)
		choose := p.Header.Get("Location")
		if p.StatusCode != 303 || !strings.HasPrefix(choose, "/mot-de-passe/") {
			h.t.Fatalf("%d to %s", p.StatusCode, choose)
		}
		if a, err := h.Orgs.ActorOf(context.Background(), session); err != nil || a.SignedIn() {
			h.t.Errorf("a session goes on: %v", err)
		}
		p = h.get(choose)
		h.says(p, 200, "Votre adresse est rétablie", "Choisir un nouveau mot de passe", "odile@muller.example")
		h.kept(p)
		h.says(h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}}), 422, "Identifiant ou mot de passe incorrect.")
		h.leadsTo(h.post(choose, choosing("maillet ciseau gouge")), "/connexion")
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {"odile@muller.example"}, "mot_de_passe": {"maillet ciseau gouge"}}), "/entreprise")
		h.mailTo("odile@neuve.example", "Un changement d'adresse a été annulé")
		for _, p := range []page{h.get(back), h.post(back, nil)} {
			h.says(p, 404, "Ce lien n'est plus valable")
			h.kept(p)
		}
	})
}

// The link is opened where nobody is signed in: it proves a mailbox, and opens no door.
func TestConfirmingElsewhereLeadsToTheDoor(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		session := h.token
		h.wants("odile@neuve.example")
		link := h.linkIn(h.mailTo("odile@neuve.example", confirmSubject), "/adresse/confirmation/")
		h.forget()
		h.leadsTo(h.post(link, nil), "/connexion")
		if h.token != "" {
			h.t.Error("the link signed in")
		}
		h.says(h.get("/connexion"), 200, "L'adresse du compte est changée")
		if a, err := h.Orgs.ActorOf(context.Background(), session); err != nil || a.SignedIn() {
			h.t.Errorf("the other session goes on: %v", err)
		}
		h.leadsTo(h.post("/connexion", url.Values{"identifiant": {"odile@neuve.example"}, "mot_de_passe": {password}}), "/entreprise")
	})
}

// Abuse 70: guessed, late, from another site; the host that a request names begins no link.
func TestALinkOfAnAddressDies(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		for _, path := range []string{"/adresse/confirmation/", "/adresse/annulation/"} {
			for _, token := range []string{"x", strings.Repeat("a", 43), "%00", "%ff", "'%20OR%201=1--"} {
				h.says(h.get(path+token), 404, "Ce lien n'est plus valable")
				h.says(h.post(path+token, nil), 404, "Ce lien n'est plus valable")
			}
		}
		h.wants("odile@neuve.example")
		m := h.mailTo("odile@neuve.example", confirmSubject)
		link := h.linkIn(m, "/adresse/confirmation/")
		if strings.Contains(m.Text+m.HTML, "Odile") {
			h.t.Errorf("a stranger would read a name:\n%s", m.Text)
		}
		h.clock.Move(25 * time.Hour)
		h.says(h.get(link), 404, "Ce lien n'est plus valable")
		h.says(h.post(link, nil), 404, "Ce lien n'est plus valable")
	})
}

// Abuse 69: its owner is told, the one who asked is not.
func TestAnAddressThatIsTakenTellsItsOwnerAlone(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("paul@muller.example", "paul")
		h.forget()
		h.join("odile@muller.example", "odile")
		h.wants("paul@muller.example")
		if m := h.mailTo("paul@muller.example", "Quelqu'un a voulu utiliser votre adresse"); strings.Contains(m.Text, "/adresse/") || strings.Contains(m.Text, "odile") {
			h.t.Errorf("%s", m.Text)
		}
		_, wanted, waits, err := h.Accounts.Self(context.Background(), h.actor())
		if err != nil || !waits || wanted.Address != "paul@muller.example" {
			h.t.Errorf("waits %v: %v", waits, err)
		}
		// Taken between the mail and the click: the mailbox is told, and nothing changes.
		h.wants("lea@muller.example")
		link := h.linkIn(h.mailTo("lea@muller.example", confirmSubject), "/adresse/confirmation/")
		session := h.token
		h.forget()
		h.join("lea@muller.example", "lea")
		h.token = session
		h.says(h.get(link), 409, "Cette adresse est maintenant celle d'un autre compte")
		p := h.post(link, nil)
		h.says(p, 409, "L'adresse du vôtre n'a pas changé.")
		h.kept(p)
		if a := h.actor(); a.Address != "odile@muller.example" {
			h.t.Errorf("the address became %s", a.Address)
		}
	})
}

// actor is who this browser acts as.
func (h *house) actor() access.Actor {
	h.t.Helper()
	a, err := h.Orgs.ActorOf(context.Background(), h.token)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}
