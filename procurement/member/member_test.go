package member_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
)

func TestWhoSeesWhom(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.equal("alone", h.people(odile), []string{"odile admin"})
		karim := h.enter(odile, "karim", access.CompanyUser)
		emile := h.join(noticetest.Seat, "emile")
		claire := h.join(noticetest.Other, "claire")
		h.equal("the administrator", h.people(odile), []string{"odile admin", "karim user", "emile ?"})
		h.equal("a user", h.people(karim), []string{"odile admin", "karim user"})
		h.equal("a newcomer", h.people(emile), []string(nil))
		h.equal("another company", h.people(claire), []string{"claire admin"})
		mine, err := h.members.List(t.Context(), emile)
		h.must(err)
		if mine.Mine == nil || mine.Mine.ID != emile.MembershipID || mine.Establishment.CompanyName != "Menuiserie Muller" {
			t.Errorf("a newcomer's own request: %+v", mine)
		}
		for by, want := range map[access.Actor]int{odile: 1, karim: 0, emile: 0, claire: 0} {
			if n, err := h.members.Waiting(t.Context(), by); err != nil || n != want {
				t.Errorf("%s: %d wait (%v), want %d", by.Address, n, err, want)
			}
		}
		h.must(leave.do(h, karim, ""))
		h.equal("once karim has left", h.people(odile), []string{"odile admin", "emile ?"})
		if _, err := h.members.List(t.Context(), access.Anybody()); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor: %v", err)
		}
	})
}

// Abuses 61 and 67: whoever has no right is told so; what is another's does not exist.
func TestWhoMayDoWhatToWhom(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		emile := h.join(noticetest.Seat, "emile")
		claire := h.join(noticetest.Other, "claire")
		paul := h.enter(odile, "paul", access.CompanyUser)
		h.must(leave.do(h, paul, ""))
		actors := map[string]access.Actor{"visitor": access.Anybody(), "newcomer": emile, "user": karim, "admin": odile, "stranger": claire, "gone": h.now(paul)}
		ids := map[string]string{"emile": emile.MembershipID, "karim": karim.MembershipID, "paul": paul.MembershipID, "claire": claire.MembershipID,
			"nobody": "0198c0de-0000-7000-8000-000000000000", "garbage": "\x00\xff", "empty": ""}
		refusal := func(actor, id string, a act) string {
			switch {
			case actor == "visitor":
				return "sign_in"
			case actor == "newcomer", actor == "user", actor == "gone":
				return "forbidden"
			case id != "emile" && id != "karim", actor == "stranger":
				if actor == "stranger" && id == "claire" {
					return "" // her own
				}
				return "not_found"
			case id == "karim" && (a.name == "accept" || a.name == "refuse"):
				return "conflict" // accepted already
			case id == "emile" && (a.name == "make administrator" || a.name == "make user" || a.name == "remove"):
				return "conflict" // not yet
			}
			return "" // allowed: the other tests do it
		}
		before := h.Count("SELECT count(*) FROM event")
		for name, by := range actors {
			for which, id := range ids {
				for _, a := range []act{accept, refuse, raise, lower, remove, ask} {
					if want := refusal(name, which, a); want != "" {
						if got := kindOf(a.do(h, by, id)); got != want {
							t.Errorf("%s, %s %s: %s, want %s", name, a.name, which, got, want)
						}
					}
				}
			}
		}
		if n := h.Count("SELECT count(*) FROM event"); n != before {
			t.Errorf("%d events of what was refused", n-before)
		}
		if got := kindOf(leave.do(h, h.now(paul), "")); got != "not_found" {
			t.Errorf("leaving twice: %s", got)
		}
	})
}

func TestWhoIsAcceptedBringsTheirWatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		emile := h.join(noticetest.Seat, "emile")
		h.create(odile, "Menuiserie")
		h.create(odile, "Bois (Odile Muller)")
		h.create(odile, "Bois")
		h.create(emile, "menuiserie") // the same name, to a reader
		h.create(emile, "Bois", "devis@muller.example")
		h.create(emile, "Seul")
		deleted := h.create(emile, "Effacée")
		_, err := h.watches.Delete(t.Context(), emile, deleted)
		h.must(err)
		h.must(h.watches.Matcher().CatchUp(t.Context()))

		h.must(accept.do(h, odile, emile.MembershipID))
		now := h.now(emile)
		if now.Role != access.CompanyUser {
			t.Errorf("an accepted person is %q", now.Role)
		}
		want := []string{
			"Bois (Odile Muller): odile confirmed main",
			"Bois (Odile Muller, 2): devis awaited, emile confirmed main",
			"Bois: odile confirmed main",
			"Menuiserie: odile confirmed main",
			"Seul: emile confirmed main",
			"menuiserie (Odile Muller): emile confirmed main",
		}
		h.equal("the establishment's watches", h.watchesOf(odile), want)
		h.equal("as the newcomer sees them", h.watchesOf(now), want)
		h.equal("in their own name", h.watchesOf(emile), []string(nil))
		h.must(h.watches.Matcher().CatchUp(t.Context()))
		if n := h.watches.Matcher().Len(); n != 6 {
			t.Errorf("the engine knows %d watches", n)
		}
		if a, c := h.events(event.MembershipApproved), h.events(event.WatchChanged); a != 1 || c != 3 {
			t.Errorf("%d approved, %d watches changed", a, c)
		}
		if got := kindOf(accept.do(h, odile, emile.MembershipID)); got != "conflict" {
			t.Errorf("accepting twice: %s", got)
		}
	})
}

// A name of the greatest length gives way to the person's.
func TestALongNameThatIsTakenStaysWithinItsLimit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, emile := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "emile")
		long := strings.Repeat("é", 100)
		h.create(odile, long)
		id := h.create(emile, long)
		h.must(accept.do(h, odile, emile.MembershipID))
		w, err := h.watches.Find(t.Context(), odile, id)
		h.must(err)
		if want := strings.Repeat("é", 85) + " (Odile Muller)"; w.Name != want {
			t.Errorf("%q", w.Name)
		}
		f := form(w.Name)
		f.Version = w.Version
		_, err = h.watches.Update(t.Context(), odile, id, f)
		h.must(err)
	})
}

func TestWhoIsRefusedGoesOnAloneAndMayAskAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, emile := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "emile")
		establishment := emile.EstablishmentID
		h.create(emile, "Bois", "devis@muller.example")
		h.must(refuse.do(h, odile, emile.MembershipID))
		if n := h.events(event.MembershipRefused); n != 1 {
			t.Errorf("%d refused", n)
		}
		emile = h.now(emile)
		h.equal("alone", h.watchesOf(emile), []string{"Bois: emile confirmed main"})
		h.equal("nobody waits", h.people(odile), []string{"odile admin"})
		if got := kindOf(accept.do(h, odile, emile.MembershipID)); got != "not_found" {
			t.Errorf("accepting whom one refused: %s", got)
		}
		// An establishment that is not theirs may not be named to anybody.
		_, err := h.watches.Create(t.Context(), emile, form("Voirie", "paul@muller.example"))
		if e, ok := fault.As(err); !ok || e.Field != "destinataire" {
			t.Errorf("further recipients without establishment: %v", err)
		}

		list, err := h.members.List(t.Context(), emile)
		h.must(err)
		if len(list.Former) != 1 || list.Former[0].ID != establishment || list.Mine != nil {
			t.Fatalf("what may be asked again: %+v", list)
		}
		claire := h.join(noticetest.Other, "claire")
		for _, id := range []string{claire.EstablishmentID, "", "\x00"} {
			if _, err := h.members.AskAgain(t.Context(), emile, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("asking an establishment never belonged to: %v", err)
			}
		}
		emile.MembershipID, err = h.members.AskAgain(t.Context(), emile, establishment)
		h.must(err)
		emile.EstablishmentID = establishment
		twice, err := h.members.AskAgain(t.Context(), emile, establishment)
		if err != nil || twice != emile.MembershipID {
			t.Errorf("asking twice: %v", err)
		}
		h.equal("asked again", h.people(odile), []string{"odile admin", "emile ?"})
		h.must(accept.do(h, odile, emile.MembershipID))
		h.equal("accepted at last", h.watchesOf(h.now(emile)), []string{"Bois: emile confirmed main"})
		if _, err := h.members.AskAgain(t.Context(), h.now(emile), establishment); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a member asks to join: %v", err)
		}
	})
}

func TestAskingAgainHasALimit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, emile := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "emile")
		establishment := emile.EstablishmentID
		for range 2 {
			h.must(refuse.do(h, odile, emile.MembershipID))
			id, err := h.members.AskAgain(t.Context(), h.now(emile), establishment)
			h.must(err)
			emile.MembershipID = id
		}
		h.must(refuse.do(h, odile, emile.MembershipID))
		_, err := h.members.AskAgain(t.Context(), h.now(emile), establishment)
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("a fourth request within a month: %v", err)
		}
		h.Clock.Move(30*24*time.Hour + time.Minute)
		_, err = h.members.AskAgain(t.Context(), h.now(emile), establishment)
		h.must(err)
	})
}

// Abuse 75: an establishment that has people has an administrator.
func TestTheLastAdministratorStays(t *testing.T) {
	acts := []act{lower, remove, leave}
	for _, c := range []struct {
		name    string
		another func(h *house, odile access.Actor)
		want    string
	}{
		{"alone", func(*house, access.Actor) {}, "conflict"},
		{"with a user", func(h *house, odile access.Actor) { h.enter(odile, "karim", access.CompanyUser) }, "conflict"},
		{"with a request", func(h *house, _ access.Actor) { h.join(noticetest.Seat, "karim") }, "conflict"},
		{"with an administrator who has left", func(h *house, odile access.Actor) {
			h.must(leave.do(h, h.enter(odile, "karim", access.CompanyAdmin), ""))
		}, "conflict"},
		{"with an administrator", func(h *house, odile access.Actor) { h.enter(odile, "karim", access.CompanyAdmin) }, "done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, a := range acts {
				each(t, func(t *testing.T, h *house) {
					odile := h.join(noticetest.Seat, "odile")
					h.join(noticetest.Branch, "paul") // another establishment's does not count
					c.another(h, odile)
					err := a.do(h, odile, odile.MembershipID)
					if got := kindOf(err); got != c.want {
						t.Fatalf("%s: %s, want %s", a.name, got, c.want)
					}
					if err != nil && !strings.Contains(err.Error(), "rendez d'abord administrateur") {
						t.Errorf("%s: the sentence does not say what to do: %v", a.name, err)
					}
					if n := h.admins(odile.EstablishmentID); n != 1 {
						t.Errorf("%s: %d administrators", a.name, n)
					}
				})
			}
		})
	}
}

func (h *house) admins(establishment string) int {
	h.t.Helper()
	return h.Count("SELECT count(*) FROM membership WHERE establishment_id = $1 AND role = 'admin' AND approved_at IS NOT NULL AND ended_at IS NULL", establishment)
}

func TestARoleChangesFromTheNextRequestOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		h.must(raise.do(h, odile, karim.MembershipID))
		h.must(raise.do(h, odile, karim.MembershipID)) // again: no error, no event
		karim = h.now(karim)
		if n := h.events(event.MembershipChanged); karim.Role != access.CompanyAdmin || n != 1 {
			t.Errorf("%q, %d events", karim.Role, n)
		}
		h.must(lower.do(h, karim, odile.MembershipID))
		// Her page is still open: what she sends from it is judged by what she is now.
		emile := h.join(noticetest.Seat, "emile")
		for _, a := range []act{accept, refuse} {
			if got := kindOf(a.do(h, odile, emile.MembershipID)); got != "forbidden" {
				t.Errorf("%s by whoever was an administrator: %s", a.name, got)
			}
		}
		h.must(remove.do(h, karim, odile.MembershipID))
		if _, err := h.watches.Create(t.Context(), odile, form("Bois")); !fault.Is(err, fault.Conflict) {
			t.Errorf("saving a watch from a page of before: %v", err)
		}
	})
}
