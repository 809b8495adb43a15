package member_test

import (
	"fmt"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
)

// tally counts how often each answer was given.
func tally(got []string) map[string]int {
	out := map[string]int{}
	for _, kind := range got {
		out[kind]++
	}
	return out
}

func TestOfTwoWhoAcceptOneInvitationOneDoes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		claire := h.join(noticetest.Other, "claire")
		for i := range 3 {
			// Two tabs of one person.
			h.must(h.invite(odile, "claire", access.CompanyUser))
			secret := h.secret(claire.Address)
			accepts := func() error { _, err := h.members.AcceptInvitation(t.Context(), claire, secret); return err }
			if got := tally(together(accepts, accepts)); got["done"] != 1 || got["not_found"] != 1 {
				t.Errorf("two tabs: %v", got)
			}
			hats, err := h.Orgs.Memberships(t.Context(), claire)
			h.must(err)
			if len(hats) != 2 {
				t.Fatalf("%d memberships", len(hats))
			}
			_, err = h.members.LeaveAs(t.Context(), claire, hats[1].ID)
			h.must(err)

			// Two forms that make an account.
			login := fmt.Sprintf("zoe%d", i)
			h.must(h.invite(odile, login, access.CompanyUser))
			secret = h.secret(login + "@muller.example")
			got := tally(together(
				func() error { _, err := h.enrol(login, secret); return err },
				func() error { _, err := h.enrol(login+".bis", secret); return err },
			))
			if got["done"] != 1 || got["not_found"]+got["conflict"] != 1 {
				t.Errorf("two accounts: %v", got)
			}
		}
		if n := h.events(event.AccountCreated); n != 2+3 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestAnInvitationIsCancelledOrAcceptedNeverBoth(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		karim := h.enter(odile, "karim", access.CompanyAdmin)
		h.must(leave.do(h, odile, "")) // karim alone invites, so that odile may come back by what follows
		for i := range 6 {
			h.must(h.invite(karim, "claire", access.CompanyUser))
			list, err := h.members.List(t.Context(), karim)
			h.must(err)
			secret := h.secret(claire.Address)
			var id string
			got := together(
				func() (err error) { id, err = h.members.AcceptInvitation(t.Context(), claire, secret); return err },
				func() error { _, err := h.members.Cancel(t.Context(), karim, list.Invitations[0].ID); return err },
			)
			if (got[0] == "done") == (got[1] == "done") || tally(got)["not_found"] != 1 {
				t.Errorf("%d: accepted %s, cancelled %s", i, got[0], got[1])
			}
			if got[0] == "done" {
				_, err = h.members.LeaveAs(t.Context(), claire, id)
				h.must(err)
			}
		}
	})
}

// Whoever invited loses the right while the invitation is accepted.
func TestAnInvitationAcceptedWhileItsAuthorIsLowered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		karim := h.enter(odile, "karim", access.CompanyAdmin)
		for range 5 {
			h.Clock.Move(25 * time.Hour) // an address receives so many mails in a day
			h.must(raise.do(h, odile, karim.MembershipID))
			h.must(h.invite(h.now(karim), "claire", access.CompanyAdmin))
			secret := h.secret(claire.Address)
			var id string
			got := together(
				func() (err error) { id, err = h.members.AcceptInvitation(t.Context(), claire, secret); return err },
				func() error { return lower.do(h, odile, karim.MembershipID) },
			)
			if got[1] != "done" || got[0] != "done" && got[0] != "not_found" {
				t.Errorf("%v", got)
			}
			if got[0] == "done" {
				_, err := h.members.LeaveAs(t.Context(), claire, id)
				h.must(err)
			}
		}
	})
}

// The operator grants while the administrator leaves, or turns the person down, or
// decides the other way in another window: somebody administers in the end, and it is
// the one whom the operator said.
func TestADisputeGrantedWhileOthersAct(t *testing.T) {
	for _, c := range []struct {
		name      string
		meanwhile func(h *house, odile, karim access.Actor) error
	}{
		{"the administrator leaves", func(h *house, odile, _ access.Actor) error { return leave.do(h, odile, "") }},
		{"the administrator turns them down", func(h *house, odile, karim access.Actor) error { return refuse.do(h, odile, karim.MembershipID) }},
		{"the administrator lets them in", func(h *house, odile, karim access.Actor) error { return accept.do(h, odile, karim.MembershipID) }},
		{"the person takes back their request", func(h *house, _, karim access.Actor) error { return leave.do(h, karim, "") }},
		{"the operator rejects it elsewhere", func(h *house, _, karim access.Actor) error {
			_, err := h.members.Reject(h.t.Context(), operator, h.dispute(karim))
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				odile := h.join(noticetest.Seat, "odile")
				for i := range 3 {
					karim := h.join(noticetest.Seat, fmt.Sprintf("karim%d", i))
					h.create(karim, fmt.Sprintf("Escaliers %d", i))
					h.must(h.contest(karim))
					id := h.dispute(karim)
					got := together(
						func() error { _, err := h.members.Grant(t.Context(), operator, id); return err },
						func() error { return c.meanwhile(h, odile, karim) },
					)
					for _, kind := range got {
						if kind == "sign_in" || kind == "invalid" || len(kind) > 12 {
							t.Errorf("%v", got)
						}
					}
					if n := h.admins(odile.EstablishmentID); n != 1 {
						t.Fatalf("%d administrators: %v", n, got)
					}
					if got[0] == "done" && h.now(h.of(karim)).Role != access.CompanyAdmin {
						t.Errorf("granted, and %s: %v", h.now(h.of(karim)).Role, got)
					}
					h.restoreTo(odile)
				}
			})
		})
	}
}

// of gives the person under the membership that they have in the establishment now.
func (h *house) of(who access.Actor) access.Actor {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error {
		mine, err := account.MembershipsOf(tx, who.AccountID)
		for _, m := range mine {
			if m.EstablishmentID == who.EstablishmentID {
				who.MembershipID, who.Role = m.ID, m.ActingRole()
			}
		}
		return err
	})
	return who
}

// restoreTo makes somebody the only one of their establishment again.
func (h *house) restoreTo(who access.Actor) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		if _, err := tx.Exec("UPDATE membership SET ended_at = $1 WHERE establishment_id = $2 AND id <> $3 AND ended_at IS NULL", tx.Now, who.EstablishmentID, who.MembershipID); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE membership SET role = 'admin', ended_at = NULL WHERE id = $1", who.MembershipID)
		return err
	})
}

// Somebody switches to an establishment while they are removed from it: their next
// request acts in their own name, never in the establishment's.
func TestWhoSwitchesWhileTheyAreRemovedIsOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		token := h.signIn(claire)
		for i := range 5 {
			h.must(h.invite(odile, "claire", access.CompanyUser))
			id, err := h.members.AcceptInvitation(t.Context(), claire, h.secret(claire.Address))
			h.must(err)
			got := together(
				func() (err error) {
					renewed, err := h.Accounts.Switch(t.Context(), token, id)
					if err == nil {
						token = renewed
					}
					return err
				},
				func() error { return remove.do(h, odile, id) },
			)
			if got[1] != "done" || got[0] != "done" && got[0] != "not_found" {
				t.Errorf("%d: %v", i, got)
			}
			by, err := h.Orgs.ActorOf(t.Context(), token)
			h.must(err)
			if by.EstablishmentID == odile.EstablishmentID || by.AccountID != claire.AccountID {
				t.Errorf("%v: acts as %+v", got, by)
			}
			if got[0] == "done" {
				if token, err = h.Accounts.Switch(t.Context(), token, claire.MembershipID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// signIn opens another session of somebody.
func (h *house) signIn(who access.Actor) (token string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		a, err := account.Find(tx, who.AccountID)
		if err != nil {
			return err
		}
		in, err := account.OpenSession(tx, a, who.MembershipID, account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"})
		token = in.Session
		return err
	})
	return token
}

// Two tabs declare at once: the same establishment once, and never one too many.
func TestDeclaringFromTwoTabs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		numbers := sirets(12)
		same := func() error { _, err := h.members.Declare(t.Context(), odile, company(numbers[0])); return err }
		if got := together(same, same); got[0] != "done" || got[1] != "done" {
			t.Errorf("%v", got)
		}
		var all []func() error
		for _, n := range numbers[1:9] {
			all = append(all, func() error { _, err := h.members.Declare(t.Context(), odile, company(n)); return err })
		}
		if got := tally(together(all...)); got["done"] != 3 || got["unavailable"] != 5 {
			t.Errorf("of the five of a day, two are taken: %v", got)
		}
		if n := h.Count("SELECT count(*) FROM membership"); n != 5 {
			t.Errorf("%d memberships", n)
		}
	})
}

// Two people declare one establishment at once: one administers it, the other asks.
func TestOfTwoWhoDeclareOneIsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		for _, n := range sirets(4) {
			together(
				func() error { _, err := h.members.Declare(t.Context(), odile, company(n)); return err },
				func() error { _, err := h.members.Declare(t.Context(), claire, company(n)); return err },
			)
		}
		if n := h.Count("SELECT count(*) FROM membership WHERE role = 'admin' AND approved_at IS NOT NULL"); n != 2+4 {
			t.Errorf("%d administrators", n)
		}
		if n := h.Count("SELECT count(*) FROM membership WHERE approved_at IS NULL"); n != 4 {
			t.Errorf("%d requests", n)
		}
	})
}
