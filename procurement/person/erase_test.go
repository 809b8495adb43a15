package person_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

func TestWhoErasesTheirAccountIsNobodyAndMayComeBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		elsewhere := h.signIn(odile)
		h.must(h.Accounts.AskReset(t.Context(), "odile", account.Visitor{}))
		h.must(h.erase(odile, right))
		if who, err := h.Orgs.ActorOf(t.Context(), elsewhere); err != nil || who.SignedIn() {
			t.Errorf("a session goes on as %+v (%v)", who, err)
		}
		for _, identifier := range []string{"odile", odile.Address, "erased:" + odile.AccountID} {
			_, err := h.Accounts.SignIn(t.Context(), identifier, noticetest.Password, account.Visitor{Remote: remote})
			_, nobody := h.Accounts.SignIn(t.Context(), "personne", noticetest.Password, account.Visitor{Remote: remote})
			if err == nil || err.Error() != nobody.Error() {
				t.Errorf("%s signs in: %v, nobody: %v", identifier, err, nobody)
			}
		}
		h.deliver()
		got := h.subjects(odile.Address)
		if n := len(got); n == 0 || got[n-1] != "Votre compte est supprimé" {
			t.Errorf("mails: %q", got)
		}
		if slices.Contains(got, "Choisissez un nouveau mot de passe") {
			t.Errorf("a link was mailed to nobody's account: %q", got)
		}
		if n := h.events(event.AccountErased); n != 1 {
			t.Errorf("%d erasures in the journal", n)
		}
		back := h.join(noticetest.Seat, "odile")
		if back.AccountID == odile.AccountID || back.Role != access.CompanyAdmin {
			t.Errorf("who comes back is %+v", back)
		}
	})
}

func TestAnErasureWantsThePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		for typed, want := range map[string]string{"": "Saisissez votre mot de passe actuel.", "rabot varlopf": "Le mot de passe actuel est incorrect."} {
			err := h.erase(odile, person.Erasure{Password: typed})
			if e, ok := fault.As(err); !ok || e.Text != want || e.Field != "mot_de_passe_actuel" {
				t.Errorf("%q: %v", typed, err)
			}
		}
		session := h.signIn(odile)
		got := ""
		for range 12 {
			got = kindOf(h.persons.Erase(t.Context(), odile, session, person.Erasure{Password: "rabot varlopf"}, account.Visitor{Remote: remote}))
		}
		if got != "unavailable" {
			t.Errorf("after many errors: %s", got)
		}
		if got := kindOf(h.persons.Erase(t.Context(), odile, "", right, account.Visitor{Remote: remote})); got != "sign_in" {
			t.Errorf("without a session: %s", got)
		}
		if got := kindOf(h.persons.Erase(t.Context(), access.Anybody(), session, right, account.Visitor{Remote: remote})); got != "sign_in" {
			t.Errorf("a visitor: %s", got)
		}
		if n := h.Count("SELECT count(*) FROM account WHERE erased_at IS NOT NULL"); n != 0 {
			t.Errorf("%d accounts erased", n)
		}
	})
}

// Whoever took an account by changing its address cannot end it before its owner has
// taken it back.
func TestAnAccountThatMayGoBackIsNotErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.leaves(odile, "pirate@ailleurs.example")
		refused := func(when string) {
			t.Helper()
			plan, err := h.persons.Prospect(t.Context(), odile)
			h.must(err)
			if e, ok := fault.As(plan.Refusal); !ok || e.Kind != fault.Conflict || !strings.Contains(e.Text, "72\u00a0heures") {
				t.Errorf("%s, the page says %v", when, plan.Refusal)
			}
			if got := kindOf(h.erase(odile, right)); got != "conflict" {
				t.Errorf("%s, erasing is %s", when, got)
			}
		}
		refused("at once")
		h.Clock.Move(72*time.Hour - time.Minute)
		refused("a minute before the way back closes")
		h.Clock.Move(2 * time.Minute)
		plan, err := h.persons.Prospect(t.Context(), odile)
		h.must(err)
		if plan.Refusal != nil {
			t.Errorf("afterwards the page says %v", plan.Refusal)
		}
		h.must(h.erase(odile, right))
	})
}

// An address that was taken back leaves none behind that could be.
func TestAnAccountThatWentBackIsErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		reset, err := h.persons.RestoreAddress(t.Context(), h.leaves(odile, "pirate@ailleurs.example"))
		h.must(err)
		_, err = h.Accounts.ResetPassword(t.Context(), reset, account.NewPassword{Password: noticetest.Password, Confirm: noticetest.Password}, account.Visitor{Remote: remote})
		h.must(err)
		h.must(h.erase(odile, right))
	})
}

func TestALastAdministratorNamesAnotherFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		f := form("Bois", "devis@muller.example")
		id := h.create(odile, f)
		would, err := h.persons.Prospect(t.Context(), odile)
		h.must(err)
		if e, ok := fault.As(would.Refusal); !ok || !strings.Contains(e.Text, "Menuiserie Muller") {
			t.Errorf("the page does not say why: %v", would.Refusal)
		}
		if got := kindOf(h.erase(odile, right)); got != "conflict" {
			t.Errorf("the last administrator: %s", got)
		}
		if _, err := h.Accounts.SignIn(t.Context(), "odile", noticetest.Password, account.Visitor{Remote: remote}); err != nil {
			t.Errorf("a refused erasure erased something: %v", err)
		}
		h.raise(odile, karim)
		if would, err = h.persons.Prospect(t.Context(), odile); err != nil || would.Refusal != nil || would.Partings[0].Heir != "Odile Muller" || would.Partings[0].Watches != 1 {
			t.Errorf("with another administrator: %+v (%v)", would, err)
		}
		h.must(h.erase(odile, right))
		karim.Role = access.CompanyAdmin
		w, err := h.watches.Find(t.Context(), karim, id)
		h.must(err)
		var to []string
		for _, r := range w.Recipients {
			to = append(to, r.Address)
		}
		if diff := cmp.Diff([]string{"karim@muller.example", "devis@muller.example"}, to); diff != "" || w.AccountID != karim.AccountID {
			t.Errorf("the watch that passed on (-want +got):\n%s", diff)
		}
		people, err := h.members.List(t.Context(), karim)
		h.must(err)
		if len(people.Members) != 1 {
			t.Errorf("%d members are left", len(people.Members))
		}
	})
}

func TestWhoIsAloneLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		emile := h.join(noticetest.Seat, "emile")
		h.create(odile, form("Bois", "devis@muller.example"))
		h.create(emile, form("Verre"))
		h.agree("devis@muller.example")
		would, err := h.persons.Prospect(t.Context(), odile)
		h.must(err)
		if p := would.Partings[0]; !p.Alone || p.Watches != 1 || p.Requests != 1 {
			t.Errorf("the page says %+v", p)
		}
		h.must(h.erase(odile, right))
		h.publish("26-1", "Menuiserie de l'école")
		if got := h.subjects("devis@muller.example"); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Menuiserie de l'école") }) {
			t.Errorf("a watch of nobody goes on: %q", got)
		}
		if n := h.Count("SELECT count(*) FROM watch_recipient r JOIN watch w ON w.id = r.watch_id WHERE w.establishment_id = $1 AND w.account_id = $2", odile.EstablishmentID, odile.AccountID); n != 0 {
			t.Errorf("%d recipients of nobody's watch are kept", n)
		}
		emile.MembershipID, emile.EstablishmentID = "", ""
		if got := h.subjects(emile.Address); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "n'est pas acceptée") }) ||
			!slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Menuiserie de l'école") }) {
			t.Errorf("who waited was told %q", got)
		}
		former, err := h.members.List(t.Context(), emile)
		h.must(err)
		id, err := h.members.AskAgain(t.Context(), emile, former.Former[0].ID)
		h.must(err)
		h.Read(func(tx *db.Tx) error {
			m, err := account.FindMembership(tx, id)
			if m.ActingRole() != access.CompanyAdmin {
				t.Errorf("who comes first then is %s", m.ActingRole())
			}
			return err
		})
	})
}

func TestWhatSomebodyWatchesAloneEndsWithThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		emile := h.join(noticetest.Seat, "emile")
		h.create(emile, form("Secrète", "devis@emile.example"))
		gone := h.create(emile, form("Effacée"))
		_, err := h.watches.Delete(t.Context(), emile, gone)
		h.must(err)
		h.agree("devis@emile.example")
		h.must(h.erase(emile, right))
		h.publish("26-1", "Menuiserie de l'école")
		for _, to := range []string{emile.Address, "devis@emile.example"} {
			if got := h.subjects(to); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Menuiserie") && !strings.Contains(s, "Muller") }) {
				t.Errorf("%s was told %q", to, got)
			}
		}
		if n := h.Count("SELECT count(*) FROM watch WHERE name IN ('Secrète', 'Effacée') OR criteria LIKE '%menuiserie%'"); n != 0 {
			t.Errorf("%d watches keep what they asked", n)
		}
		if n, err := h.members.Waiting(t.Context(), odile); n != 0 || err != nil {
			t.Errorf("%d requests still wait (%v)", n, err)
		}
	})
}

// Somebody's address in another company's watch was agreed to apart from the account.
func TestWhatOthersSendGoesOnUnlessAsked(t *testing.T) {
	for name, stop := range map[string]bool{"goes on": false, "stops": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				odile := h.join(noticetest.Seat, "odile")
				claire := h.join(noticetest.Other, "claire")
				h.create(claire, form("Chez Claire", odile.Address))
				h.create(odile, form("Chez Odile"))
				h.agree(odile.Address)
				h.publish("26-1", "Menuiserie de l'école")
				would, err := h.persons.Prospect(t.Context(), odile)
				h.must(err)
				if len(would.Elsewhere) != 1 || would.Elsewhere[0].WatchName != "Chez Claire" {
					t.Fatalf("elsewhere: %+v", would.Elsewhere)
				}
				h.must(h.erase(odile, person.Erasure{Password: noticetest.Password, Stop: stop}))
				h.publish("26-2", "Menuiserie de la mairie")
				told := slices.ContainsFunc(h.subjects(odile.Address), func(s string) bool { return strings.Contains(s, "mairie") })
				if told == stop {
					t.Errorf("told: %v", told)
				}
				// What unsubscribes from the mails that go on is kept, and nothing else.
				want := map[bool][2]int{false: {2, 2}, true: {0, 0}}[stop]
				got := [2]int{h.Count("SELECT count(*) FROM mailing WHERE address_key = $1", odile.Address), h.Count("SELECT count(*) FROM told WHERE address_key = $1", odile.Address)}
				if got != want {
					t.Errorf("mailings and ledger: %v, want %v", got, want)
				}
				state := watch.Confirmed
				if stop {
					state = watch.Stopped
				}
				w, err := h.watches.List(t.Context(), claire)
				h.must(err)
				if r := w[0].Recipients; len(r) != 2 || r[1].State() != state {
					t.Errorf("in the other's watch: %+v", r)
				}
			})
		})
	}
}

// Jobs that run late find an account without an address, and mail nobody.
func TestWhatHappenedBeforeIsToldToNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		h.deliver()
		h.must(h.Accounts.AskSignUp(t.Context(), account.SignUpForm{SIRET: noticetest.Seat, CompanyName: "Muller", Name: "Un autre", Address: karim.Address}, account.Visitor{}))
		h.must(h.Accounts.AskReset(t.Context(), "karim", account.Visitor{}))
		h.must(h.Accounts.ChangePassword(t.Context(), h.signIn(karim), account.ChangeForm{Current: noticetest.Password,
			NewPassword: account.NewPassword{Password: "maillet ciseau gouge", Confirm: "maillet ciseau gouge"}}, account.Visitor{Remote: remote}))
		in, err := h.Accounts.SignIn(t.Context(), "karim", "maillet ciseau gouge", account.Visitor{Remote: remote})
		h.must(err)
		before := len(h.subjects(karim.Address))
		h.must(h.persons.Erase(t.Context(), karim, in.Session, person.Erasure{Password: "maillet ciseau gouge"}, account.Visitor{Remote: remote}))
		h.deliver() // fails when a job cannot end
		if got := h.subjects(karim.Address)[before:]; len(got) != 1 || got[0] != "Votre compte est supprimé" {
			t.Errorf("told: %q", got)
		}
		if n := h.Count("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'parked')"); n != 0 {
			t.Errorf("%d mails wait", n)
		}
	})
}

// What is owed and has not left is taken back.
func TestWhatWaitsForThemDoesNotLeave(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.create(odile, form("Bois"))
		h.must(h.watches.Matcher().CatchUp(t.Context()))
		h.Record(true, noticetest.Call("26-1", "Menuiserie de l'école"))
		h.must(h.Accounts.AskReset(t.Context(), "odile", account.Visitor{}))
		h.Work() // owed, none has left
		h.must(h.erase(odile, right))
		h.deliver()
		if got := h.subjects(odile.Address); len(got) != 1 || got[0] != "Votre compte est supprimé" {
			t.Errorf("told: %q", got)
		}
		h.Clock.Move(366 * 24 * time.Hour)
		_, err := h.outbox.Forget(t.Context(), h.Clock.Now().Add(-365*24*time.Hour))
		h.must(err)
		if n := h.Count("SELECT count(*) FROM outbox"); n != 0 {
			t.Errorf("after a year %d mails are in the log", n)
		}
	})
}
