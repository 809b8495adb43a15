package member_test

import (
	"fmt"
	"sync"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
)

// together runs functions at once and gives the kinds of their answers.
func together(do ...func() error) []string {
	got := make([]string, len(do))
	var all sync.WaitGroup
	for i, f := range do {
		all.Go(func() { got[i] = kindOf(f()) })
	}
	all.Wait()
	return got
}

// Abuse 75: two administrators act on each other, or leave, at the same moment.
func TestOfTwoAdministratorsAtOnceOneStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyAdmin)
		restore := func() {
			h.Write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE membership SET role = 'admin', ended_at = NULL")
				return err
			})
		}
		for _, pair := range [][2]act{{lower, lower}, {remove, remove}, {leave, leave}, {lower, leave}, {remove, lower}} {
			for range 5 {
				restore()
				// leave is about oneself, the others about the other one
				got := together(
					func() error { return pair[0].do(h, odile, karim.MembershipID) },
					func() error { return pair[1].do(h, karim, odile.MembershipID) },
				)
				done := 0
				for _, kind := range got {
					switch kind {
					case "done":
						done++
					case "forbidden", "conflict", "not_found":
					default:
						t.Errorf("%s and %s: %v", pair[0].name, pair[1].name, got)
					}
				}
				if n := h.admins(odile.EstablishmentID); n != 1 || done == 0 {
					t.Errorf("%s and %s at once: %d administrators, %v", pair[0].name, pair[1].name, n, got)
				}
			}
		}
	})
}

func TestTwoAnswersToOneRequestAreOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyAdmin)
		before := h.events(event.MembershipApproved)
		for i := range 5 {
			emile := h.join(noticetest.Seat, fmt.Sprintf("emile%d", i))
			got := together(
				func() error { return accept.do(h, odile, emile.MembershipID) },
				func() error { return refuse.do(h, karim, emile.MembershipID) },
			)
			if (got[0] == "done") == (got[1] == "done") {
				t.Errorf("accepted and refused at once: %v", got)
			}
		}
		if n := h.events(event.MembershipApproved) - before + h.events(event.MembershipRefused); n != 5 {
			t.Errorf("%d answers to five requests", n)
		}
	})
}

// Abuse 66: somebody saves a watch while they are let in, or removed. Either it is
// saved before and goes with the others, or it is not saved at all.
func TestAWatchSavedMeanwhileIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		for i := range 6 {
			emile := h.join(noticetest.Seat, fmt.Sprintf("emile%d", i))
			name := fmt.Sprintf("Bois %d", i)
			save := func() error { _, err := h.watches.Create(t.Context(), emile, form(name)); return err }
			seen := func(got []string) {
				t.Helper()
				want := map[string]int{"done": 1, "conflict": 0}[got[1]]
				n := h.Count(`SELECT count(*) FROM watch w JOIN watch_recipient r ON r.watch_id = w.id AND r.main AND r.removed_at IS NULL
					WHERE w.name = $1 AND w.scope = $2 AND w.deleted_at IS NULL`, name, odile.Scope())
				all := h.Count("SELECT count(*) FROM watch WHERE name = $1", name)
				if got[0] != "done" || got[1] != "done" && got[1] != "conflict" || n != want || all != want {
					t.Errorf("%v: %d watches of the establishment, %d in all", got, n, all)
				}
			}
			seen(together(func() error { return accept.do(h, odile, emile.MembershipID) }, save))
			name, emile = name+" bis", h.now(emile)
			seen(together(func() error { return remove.do(h, odile, emile.MembershipID) }, save))
			if n := h.Count("SELECT count(*) FROM watch_recipient WHERE address_key = $1 AND removed_at IS NULL", emile.Address); n != 0 {
				t.Errorf("whoever was removed still receives %d watches", n)
			}
		}
	})
}

// A colleague takes the name while the watch that bears it moves in.
func TestANameTakenMeanwhileStopsNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		for i := range 5 {
			emile := h.join(noticetest.Seat, fmt.Sprintf("emile%d", i))
			name := fmt.Sprintf("Bois %d", i)
			h.create(emile, name)
			got := together(
				func() error { return accept.do(h, odile, emile.MembershipID) },
				func() error { _, err := h.watches.Create(t.Context(), odile, form(name)); return err },
			)
			if got[0] != "done" || got[1] != "done" && got[1] != "invalid" {
				t.Errorf("%v", got)
			}
		}
	})
}

// The same person asks twice from two tabs.
func TestAskingTwiceAtOnceAsksOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, emile := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "emile")
		h.must(refuse.do(h, odile, emile.MembershipID))
		gone := h.now(emile)
		again := func() error { _, err := h.members.AskAgain(t.Context(), gone, emile.EstablishmentID); return err }
		if got := together(again, again); got[0] != "done" || got[1] != "done" {
			t.Errorf("%v", got)
		}
		h.Read(func(tx *db.Tx) error {
			mine, err := account.MembershipsOf(tx, emile.AccountID)
			if len(mine) != 1 {
				t.Errorf("%d memberships", len(mine))
			}
			return err
		})
	})
}
