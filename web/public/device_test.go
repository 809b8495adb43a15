package public_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// browser is what one keeps between two visits.
type browser struct{ token, known string }

func (h *house) leave() browser {
	out := browser{h.token, h.known}
	h.forget()
	return out
}

func (h *house) back(b browser) { h.forget(); h.token, h.known = b.token, b.known }

func (h *house) signIn(password string) page {
	h.t.Helper()
	return h.post("/connexion", url.Values{"identifiant": {"odile"}, "mot_de_passe": {password}})
}

// unknown counts the sign-ins that the journal says were from an unknown browser.
func (h *house) unknown() int {
	h.t.Helper()
	var n int
	err := h.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(&n, `SELECT count(*) FROM event WHERE kind = $1 AND body LIKE '%"known":false%'`, string(event.SignedIn))
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestABrowserIsKnownByWhereOneRegistersResetsAndSignsIn(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		if h.known == "" {
			h.t.Fatal("registration leaves no cookie")
		}
		before := h.known
		h.leadsTo(h.post("/deconnexion", nil), "/")
		if h.known != before {
			h.t.Error("signing out forgets the browser")
		}
		h.leadsTo(h.signIn(password), "/entreprise")
		if h.unknown() != 0 || h.known == before {
			h.t.Errorf("%d sign-ins from an unknown browser; the cookie is new: %v", h.unknown(), h.known != before)
		}
		office := h.leave()

		h.leadsTo(h.signIn(password), "/entreprise")
		m := h.mailTo("odile@muller.example", "Nouvelle connexion à votre compte")
		if h.unknown() != 1 || !strings.Contains(m.Text, base+"/mot-de-passe-oublie") {
			h.t.Errorf("%d from an unknown browser\n%s", h.unknown(), m.Text)
		}

		h.forget() // who forgot the password is at a third one
		h.leadsTo(h.post(h.resetLink("odile"), choosing("maillet ciseau gouge")), "/connexion")
		if h.token != "" || h.known == "" {
			h.t.Errorf("the link gave session %q, browser %q", h.token, h.known)
		}
		h.leadsTo(h.signIn("maillet ciseau gouge"), "/entreprise")
		if h.unknown() != 1 {
			h.t.Error("the browser of the link is not known")
		}
		h.back(office)
		h.leadsTo(h.signIn("maillet ciseau gouge"), "/entreprise")
		if h.unknown() != 2 {
			h.t.Error("a browser of the old password is still known")
		}
	})
}

// Abuse 68, through the pages: a rival on the same network hammers, the owner enters.
func TestTheOwnerEntersFromAKnownBrowserWhileARivalHammers(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		owner := h.leave()
		for range 8 {
			h.signIn("pas le bon du tout")
			h.forget()
		}
		h.says(h.signIn(password), 429, "Trop d'essais infructueux.", "Pour ne pas attendre, connectez-vous depuis un navigateur d'où vous l'avez déjà fait")
		h.back(owner)
		h.leadsTo(h.post("/deconnexion", nil), "/")
		h.leadsTo(h.signIn(password), "/entreprise")
	})
}

// Abuse 71: tokens that a rival put into somebody's browser are worth nothing once
// they have signed in, and never were theirs.
func TestPlantedTokensAreWorthNothing(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		h.forget()
		h.join("pirate@rival.example", "pirate")
		rival := h.leave()
		h.back(rival) // planted: their own session, their own browser
		h.leadsTo(h.signIn(password), "/entreprise")
		if h.token == rival.token || h.known == rival.known {
			h.t.Fatal("the victim goes on under what was planted")
		}
		if a, err := h.Orgs.ActorOf(context.Background(), rival.token); err != nil || a.SignedIn() {
			h.t.Errorf("the planted session is open: %+v (%v)", a, err)
		}
		if _, err := h.Accounts.SignIn(context.Background(), "odile", password, account.Visitor{Device: rival.known}); err != nil || h.unknown() != 2 {
			h.t.Errorf("the rival's browser is known to the victim's account (%v)", err)
		}
	})
}
