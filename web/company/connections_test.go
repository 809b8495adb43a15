package company_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/account"
)

const (
	connectionsPath = "/entreprise/connexions"
	firefox         = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
	iphone          = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)

// again is the same person in another browser.
func (b *browser) again(login, said string) *browser {
	b.t.Helper()
	in, err := b.accounts.SignIn(b.t.Context(), login, "rabot varlope", account.Visitor{Remote: "192.0.2.17", Browser: said})
	b.must(err)
	return &browser{platform: b.platform, actor: b.actor, cookies: map[string]string{"parvis-session": in.Session, "parvis-device": in.Device}}
}

// acts gives where the page's forms under « Mes connexions » post to, with the words
// of their buttons.
func (p page) acts() map[string]string {
	out := map[string]string{}
	for _, f := range p.all("form", nil) {
		if action := attribute(f, "action"); strings.HasPrefix(action, connectionsPath) {
			out[words(f)] = action
		}
	}
	return out
}

// act posts the only form whose button says this.
func (b *browser) act(p page, says string) string {
	b.t.Helper()
	found := ""
	for label, action := range p.acts() {
		if strings.Contains(label, says) {
			if found != "" {
				b.t.Fatalf("two forms say %q", says)
			}
			found = action
		}
	}
	if found == "" {
		b.t.Fatalf("no form says %q: %v", says, p.acts())
	}
	return found
}

func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get("/entreprise").status == http.StatusOK
}

func TestConnectionsAreSeen(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		if !slices.Contains(odile.get("/entreprise").links(), connectionsPath) {
			t.Error("the space does not lead to the page")
		}
		alone := odile.get(connectionsPath)
		alone.says("Mes connexions", "Les heures sont celles de Paris.", "Connexions ouvertes", "Navigateurs connus")
		alone.silent("Fermer toutes les autres connexions")
		odile.again("odile", iphone)
		laptop := odile.again("odile", firefox)
		page := laptop.get(connectionsPath)
		rows := page.table("Connexions ouvertes")
		if len(rows) != 4 || !slices.Equal(rows[0], []string{"Navigateur", "Ouverte le", "Dernière activité", "Action"}) {
			t.Fatalf("%q", rows)
		}
		for i, want := range []string{"Firefox sous Windows cette connexion", "Safari sur iPhone", "Navigateur inconnu"} {
			got := rows[i+1]
			if got[0] != want || !strings.HasPrefix(got[1], "24/11/2026 10:0") || !strings.HasPrefix(got[2], "24/11/2026 10:0") || (i == 0) != (got[3] == "Me déconnecter") {
				t.Errorf("%q, want %s", got, want)
			}
		}
		known := page.table("Navigateurs connus")
		if len(known) != 4 || known[1][0] != "Firefox sous Windows ce navigateur" || known[1][1] != "24/11/2026" || !strings.HasPrefix(known[1][3], "Oublier Firefox sous Windows, connu depuis le") {
			t.Errorf("%q", known)
		}
		if strings.Contains(page.source, laptop.cookies["parvis-session"]) || strings.Contains(page.source, "192.0.2") {
			t.Error("the page holds a token or a network")
		}
	})
}

func TestConnectionsAreEnded(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		phone, laptop := odile.again("odile", iphone), odile.again("odile", firefox)
		page := laptop.get(connectionsPath)
		laptop.follow(laptop.act(page, "Fermer la connexion de Safari sur iPhone"), nil).
			says("Cette connexion est fermée, et son navigateur n'est plus connu de votre compte.")
		if phone.signedIn() || !odile.signedIn() || !laptop.signedIn() {
			t.Error("the wrong connection was closed")
		}
		if again := laptop.post(laptop.act(page, "Fermer la connexion de Safari sur iPhone"), nil); again.status != http.StatusNotFound {
			t.Errorf("closed twice: %d", again.status)
		}
		other := odile.again("odile", iphone)
		laptop.follow(connectionsPath+"/fermer", nil).says("2 autres connexions sont fermées. Votre compte ne connaît plus que ce navigateur.")
		if other.signedIn() || odile.signedIn() || !laptop.signedIn() {
			t.Error("not all others were closed, or this one was")
		}
		laptop.follow(connectionsPath+"/fermer", nil).says("Il n'y avait pas d'autre connexion ouverte.")
		page = laptop.get(connectionsPath)
		laptop.follow(laptop.act(page, "Oublier Firefox"), nil).says("Ce navigateur n'est plus connu de votre compte", "Aucun navigateur connu")
		leave := laptop.post(laptop.act(laptop.get(connectionsPath), "Me déconnecter"), nil)
		if leave.status != http.StatusSeeOther || leave.location != "/" || laptop.cookies["parvis-session"] != "" || laptop.signedIn() {
			t.Errorf("%d to %s, still in: %v", leave.status, leave.location, laptop.signedIn())
		}
	})
}

// Abuse 61: what is another's does not exist, in the same company too.
func TestSomebodyElsesConnectionsAreNotFound(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		phone := odile.again("odile", iphone)
		page := odile.get(connectionsPath)
		for label, action := range page.acts() {
			if action == connectionsPath+"/fermer" {
				continue
			}
			if got := karim.post(action, nil); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", label, got.status)
			}
			if got := p.visitor().post(action, nil); got.status != http.StatusSeeOther || got.location != "/connexion" {
				t.Errorf("a visitor, %s: %d to %s", label, got.status, got.location)
			}
			if got := odile.send("POST", action, nil, map[string]string{"Sec-Fetch-Site": "cross-site"}); got.status != http.StatusForbidden {
				t.Errorf("from another site, %s: %d", label, got.status)
			}
		}
		karim.follow(connectionsPath+"/fermer", nil)
		if !odile.signedIn() || !phone.signedIn() {
			t.Error("a connection was closed by somebody else")
		}
		p.join(muller, "emile").get(connectionsPath).says("Connexions ouvertes", "cette connexion") // a newcomer
		if got := p.visitor().get(connectionsPath); got.status != http.StatusSeeOther || got.location != "/connexion?suite="+escaped(connectionsPath) {
			t.Errorf("a visitor: %d to %s", got.status, got.location)
		}
	})
}
