package app_test

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
)

// TestACallIsFollowedFromItsPageByASignIn goes from a stranger's page through the sign-in
// and back, follows at the keyboard, and stops by the mail that comes.
func TestACallIsFollowedFromItsPageByASignIn(t *testing.T) {
	p := start(t, db.SQLite)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	r := rich
	p.publish(t, r)
	b := browsertest.New(t)
	page := b.Page(p.url + "/annonces")
	click(page, "main a", r.Title)
	must(t, page, "Se connecter pour la suivre")
	everywhere(t, page, "suivre-visiteur")
	click(page, "#suivi a, a", "Se connecter pour la suivre")
	page.MustElement("#identifiant").MustInput(who.Address)
	page.MustElement("#mot_de_passe").MustInput(everybodysPassword)
	submit(page)
	must(t, page, "Chaque changement sera envoyé à "+who.Address)
	everywhere(t, page, "suivre")
	k := typist{t, page}
	k.reach("action=suivre")
	k.leads(input.Enter)
	must(t, page, "Vous suivez cette consultation", "Ne plus suivre cette consultation")
	everywhere(t, page, "suivre-suivie")
	r.Deadline = clock.At(r.Deadline.Time().AddDate(0, 0, 5))
	p.publish(t, r)
	visit(page, link(t, p.mail(t, who.Address, "Date limite"), "/desabonnement/"))
	everywhere(t, page, "suivre-arreter")
	click(page, "button", "Ne plus suivre cette consultation")
	must(t, page, "Vous ne suivez plus cette consultation.")
}
