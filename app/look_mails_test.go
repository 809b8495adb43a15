package app_test

import (
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/watch"
)

// TestPagesOfWhatWasSentLookRight visits the log of what was sent, with addresses that fail, and
// the page where the consultations of a mail are followed.
func TestPagesOfWhatWasSentLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	odile := p.join(t, mullerSIRET, "Menuiserie "+unbreakable, "Odile "+unbreakable[:60], "odile.muller")
	page := p.signedIn(t, b, odile, "/entreprise/envois")
	everywhere(t, page, "envois-vide")
	long := strings.ToLower(unbreakable[:40]) + "@exemple.example"
	forms := []watch.Form{
		{Name: unbreakable, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: []string{long}},
		{Name: hundred[:100], Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: []string{"atelier@exemple.example"}},
	}
	for _, f := range forms {
		if _, err := p.Watches.Create(t.Context(), odile.Actor, f); err != nil {
			t.Fatal(err)
		}
	}
	p.publish(t, rich)
	m := p.mail(t, odile.Address, "Nouveau marché")
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec("UPDATE watch_recipient SET asked_at = 1 WHERE address_key = 'atelier@exemple.example'"); err != nil {
			return err
		}
		return watch.Fail(tx, long)
	}); err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+"/entreprise/envois")
	must(t, page, "Adresses en échec", "Demandes restées sans réponse", "Accepté par le serveur")
	everywhere(t, page, "envois")
	visit(page, p.url+"/entreprise/veilles")
	must(t, page, "remettez-la en service")
	everywhere(t, page, "veilles-adresse-en-echec")

	following := b.Page(link(t, m, "/suivi/"))
	must(t, following, "Suivre une consultation")
	everywhere(t, following, "suivi")
	submitForm(following)
	must(t, following, "Vous suivez la consultation", "Ne plus suivre")
	everywhere(t, following, "suivi-suivi")
}
