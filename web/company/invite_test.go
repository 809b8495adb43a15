package company_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/access"
)

const invitePath = peoplePath + "/inviter"

func invitation(address, role string) url.Values {
	return url.Values{"adresse": {address}, "role": {role}}
}

func TestAnAdministratorInvites(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.get(peoplePath).says("Inviter une personne", "Invitations en attente", "Aucune invitation en attente.", "Invitez vos collègues")
		page := odile.get(invitePath)
		page.says("Inviter une personne", "Établissement : Menuiserie Muller", "Son lien vaut sept jours et ne sert qu'une fois")
		if got := page.form(); got.Get("role") != "user" {
			t.Errorf("%v", got)
		}
		page = odile.follow(invitePath, invitation("zoe@muller.example", "admin"))
		page.says("Une invitation est adressée à zoe@muller.example : son lien vaut sept jours.")
		want := []string{"zoe@muller.example", "Administrateur", "01/12/2026", "Renvoyer l'invitation de zoe@muller.example Annuler l'invitation de zoe@muller.example"}
		if got := page.table("Invitations en attente"); len(got) != 2 || !slices.Equal(got[1], want) {
			t.Errorf("%q", got)
		}
		act := func(what string) string {
			t.Helper()
			for _, action := range odile.get(peoplePath).actions() {
				if strings.HasSuffix(action, "/"+what) {
					return action
				}
			}
			t.Fatalf("no act %s", what)
			return ""
		}
		old := act("renvoyer")
		odile.follow(old, nil).says("Une invitation est adressée à zoe@muller.example")
		if page := odile.post(old, nil); page.status != http.StatusNotFound {
			t.Errorf("the one that was replaced: %d", page.status)
		}
		odile.follow(act("annuler"), nil).says("L'invitation de zoe@muller.example est annulée : son lien n'ouvre plus rien.", "Aucune invitation en attente.")
	})
}

// Abuse 69: the page is the same for an address that has an account and one that has not.
func TestThePageDoesNotTellWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		p.join(another, "claire")
		answer := func(login string) string {
			page := odile.follow(invitePath, invitation(login+"@muller.example", "user"))
			return strings.ReplaceAll(page.byID("contenu").FirstChild.Data+page.text(), login, "X")
		}
		first := answer("claire")
		odile.follow(odile.get(peoplePath).actions()[len(odile.get(peoplePath).actions())-1], nil) // cancelled
		if second := answer("quelqun"); second != first {
			t.Errorf("\n%s\n%s", first, second)
		}
	})
}

func TestAnInvitationThatIsRefusedComesBackAsTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		page := odile.post(invitePath, invitation("zoe@", "roi"))
		page.refused("adresse", "Une adresse s'écrit avec un seul « @ »")
		if got := words(page.byID("role-erreur")); !strings.Contains(got, "Choisissez un rôle : utilisateur ou administrateur.") {
			t.Errorf("beside the roles: %q", got)
		}
		if got := page.form(); got.Get("adresse") != "zoe@" {
			t.Errorf("%v", got)
		}
		odile.post(invitePath, invitation("karim@muller.example", "user")).refused("adresse", "fait déjà partie de l'établissement.")
		for n := range 20 {
			odile.follow(invitePath, invitation(fmt.Sprintf("a%d@muller.example", n), "user"))
		}
		page = odile.post(invitePath, invitation("zoe@muller.example", "admin"))
		page.says("Votre établissement a envoyé vingt invitations")
		if got := page.form(); page.status != http.StatusTooManyRequests || got.Get("adresse") != "zoe@muller.example" || got.Get("role") != "admin" {
			t.Errorf("%d, %v", page.status, got)
		}
		resend := odile.get(peoplePath).actions()[len(odile.get(peoplePath).actions())-2]
		page = odile.post(resend, nil)
		page.says("Votre établissement a envoyé vingt invitations", "Liste des utilisateurs")
		if page.status != http.StatusTooManyRequests {
			t.Errorf("sending again: %d", page.status)
		}
	})
}

func TestInvitationsAreForAdministratorsAlone(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim, emile := p.join(muller, "odile"), p.join(muller, "karim"), p.join(muller, "emile")
		zoe := p.join(another, "zoe")
		odile.accept(karim)
		odile.follow(invitePath, invitation("paul@muller.example", "user"))
		acts := odile.get(peoplePath).actions()
		theirs := slices.DeleteFunc(acts, func(a string) bool { return !strings.Contains(a, "/invitations/") })
		if len(theirs) != 2 {
			t.Fatalf("%q", theirs)
		}
		for _, who := range []*browser{karim, emile, zoe} {
			who.get(peoplePath).silent("paul@")
			want := http.StatusForbidden
			if who == zoe {
				want = http.StatusNotFound
			}
			for _, path := range theirs {
				if page := who.post(path, nil); page.status != want {
					t.Errorf("POST %s: %d", path, page.status)
				}
			}
			if who != zoe {
				if page := who.post(invitePath, invitation("x@muller.example", "admin")); page.status != http.StatusForbidden {
					t.Errorf("inviting: %d", page.status)
				}
			}
		}
		odile.follow(karim.url("administrateur"), nil)
		karim.follow(odile.url("utilisateur"), nil)
		karim.get(peoplePath).says("sans effet : son auteur n'administre plus")
	})
}

const contestPath = peoplePath + "/contester"

func TestANewcomerContestsTheAdministrator(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, emile := p.join(muller, "odile"), p.join(muller, "emile")
		page := emile.get(peoplePath)
		page.says("Contester l'administrateur", "l'exploitant de la plateforme en décidera")
		emile.get(contestPath).says("Contester l'administrateur", "Établissement : Menuiserie Muller", "Seul l'exploitant lira ce texte.", "vous administrerez l'établissement")
		page = emile.post(contestPath, url.Values{"motif": {" "}})
		page.refused("motif", "Dites pourquoi vous contestez l'administrateur")
		page = emile.post(contestPath, url.Values{"motif": {strings.Repeat("é", 1001)}})
		page.refused("motif", "C'est trop long : 1 000 caractères au plus.")
		if got := page.form().Get("motif"); got != strings.Repeat("é", 1001) {
			t.Errorf("%d characters came back", len([]rune(got)))
		}
		page = emile.follow(contestPath, url.Values{"motif": {"Odile a quitté l'entreprise."}})
		page.says("Votre contestation est transmise à l'exploitant de la plateforme.", "Votre contestation", "En attente de décision", "depuis le 24/11/2026")
		page.silent("Si l'établissement est administré par quelqu'un", "Odile a quitté")
		page = emile.post(contestPath, url.Values{"motif": {"encore"}})
		page.says("Vous contestez déjà l'administrateur de cet établissement")
		if page.status != http.StatusConflict {
			t.Errorf("twice: %d", page.status)
		}
		odile.get(peoplePath).silent("a quitté l'entreprise")
		// Turned down, they still see that it waits; granted, they administer.
		odile.follow(emile.url("refuser"), nil)
		page = emile.get(peoplePath)
		page.says("Votre contestation", "Vous n'êtes rattaché à aucun établissement")
		if page := emile.get(contestPath); page.status != http.StatusNotFound {
			t.Errorf("contesting nobody: %d", page.status)
		}
		all, err := p.members.Disputes(context.Background(), access.Platform("exploitant"))
		p.must(err)
		_, err = p.members.Grant(context.Background(), access.Platform("exploitant"), all[0].ID)
		p.must(err)
		emile.get(hatsPath).says("Vous agissez en votre nom.", "Agir pour cet établissement")
		emile.switches(muller)
		emile.get(peoplePath).says("Inviter une personne", "odile@muller.example")
		odile.get(peoplePath).silent("Inviter une personne")
	})
}

func TestOnlyWhoWaitsContests(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, karim := p.join(muller, "odile"), p.join(muller, "karim")
		odile.accept(karim)
		for _, who := range []*browser{odile, karim} {
			if page := who.get(contestPath); page.status != http.StatusForbidden {
				t.Errorf("GET: %d", page.status)
			}
			if page := who.post(contestPath, url.Values{"motif": {"x"}}); page.status != http.StatusForbidden {
				t.Errorf("POST: %d", page.status)
			}
		}
		if n := p.count("SELECT count(*) FROM dispute"); n != 0 {
			t.Errorf("%d disputes", n)
		}
	})
}
