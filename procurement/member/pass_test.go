package member_test

import (
	"testing"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
)

// answer sets what a recipient of a watch has said.
func (h *house) answer(watchID, address, fact string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE watch_recipient SET "+fact+" = $1 WHERE watch_id = $2 AND address_key = $3 AND removed_at IS NULL", tx.Now, watchID, address+"@muller.example")
		if err == nil && n != 1 {
			h.t.Fatalf("%s is no recipient", address)
		}
		return err
	})
}

func TestWhoGoesLeavesTheirWatchesToAnAdministrator(t *testing.T) {
	for _, c := range []struct {
		name string
		end  act
		// who else was a recipient, and what they had said
		others []string
		facts  map[string]string
		heir   string
		want   string
	}{
		{"leaves", leave, nil, nil, "odile", "odile confirmed main"},
		{"is removed", remove, nil, nil, "claire", "claire confirmed main"},
		{"had other recipients", leave, []string{"devis", "chef"}, map[string]string{"devis": "confirmed_at"}, "odile", "chef awaited, devis confirmed, odile confirmed main"},
		{"the heir was asked", leave, []string{"odile"}, nil, "odile", "odile confirmed main"},
		{"the heir received it", leave, []string{"odile"}, map[string]string{"odile": "confirmed_at"}, "odile", "odile confirmed main"},
		{"the heir has said stop", leave, []string{"odile"}, map[string]string{"odile": "stopped_at"}, "odile", "odile stopped main"},
		{"the heir's server refuses", leave, []string{"odile"}, map[string]string{"odile": "failed_at"}, "odile", "failed"},
		{"had said stop", leave, nil, map[string]string{"karim": "stopped_at"}, "odile", "odile confirmed main"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				odile := h.join(noticetest.Seat, "odile")
				claire := h.enter(odile, "claire", access.CompanyAdmin)
				karim := h.enter(odile, "karim", access.CompanyUser)
				others := make([]string, len(c.others))
				for i, o := range c.others {
					others[i] = o + "@muller.example"
				}
				id := h.create(karim, "Bois", others...)
				for who, fact := range c.facts {
					h.answer(id, who, fact)
				}
				before, err := h.watches.Find(t.Context(), odile, id)
				h.must(err)
				// Of two administrators the actor inherits, or else the first one.
				by := map[string]access.Actor{"leave": karim, "remove": claire}[c.end.name]
				h.must(c.end.do(h, by, karim.MembershipID))
				want := c.want
				if want == "failed" {
					want = "odile failed main"
				}
				h.equal("recipients", h.watchesOf(odile), []string{"Bois: " + want})
				after, err := h.watches.Find(t.Context(), odile, id)
				h.must(err)
				heir := map[string]access.Actor{"odile": odile, "claire": claire}[c.heir]
				if after.AccountID != heir.AccountID || after.Version != before.Version+1 || after.ChangedAt != before.ChangedAt || !after.Active {
					t.Errorf("the watch: %+v", after)
				}
				if n := h.events(event.MembershipEnded); n != 1 {
					t.Errorf("%d ended", n)
				}
			})
		})
	}
}

// Nothing of the establishment's is mailed to somebody who has gone, whoever made it;
// what they have elsewhere is theirs.
func TestWhoGoesReceivesNothingOfTheEstablishment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		shared := h.create(odile, "De tous", "karim@muller.example", "devis@muller.example")
		h.answer(shared, "karim", "confirmed_at")
		claire := h.join(noticetest.Other, "claire")
		elsewhere := h.create(claire, "Ailleurs", "karim@muller.example")
		h.answer(elsewhere, "karim", "confirmed_at")
		gone, err := h.members.Leave(t.Context(), karim)
		h.must(err)
		if gone.Passed != 0 || gone.Name != "Odile Muller" {
			t.Errorf("what became of them: %+v", gone)
		}
		h.equal("the establishment", h.watchesOf(odile), []string{"De tous: devis awaited, odile confirmed main"})
		h.equal("elsewhere", h.watchesOf(claire), []string{"Ailleurs: claire confirmed main, karim confirmed"})
		w, err := h.watches.Find(t.Context(), odile, shared)
		h.must(err)
		if w.AccountID != odile.AccountID {
			t.Error("a colleague's watch changed hands")
		}
	})
}

func TestWhoTakesBackTheirRequestEndsTheirWatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, emile := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "emile")
		h.create(odile, "De l'entreprise")
		h.create(emile, "Bois")
		h.must(h.watches.Matcher().CatchUp(t.Context()))
		gone, err := h.members.Leave(t.Context(), emile)
		h.must(err)
		if gone.Ended != 1 || gone.Passed != 0 {
			t.Errorf("what became of them: %+v", gone)
		}
		h.equal("theirs", h.watchesOf(h.now(emile)), []string(nil))
		h.equal("the company's", h.watchesOf(odile), []string{"De l'entreprise: odile confirmed main"})
		h.must(h.watches.Matcher().CatchUp(t.Context()))
		if n := h.watches.Matcher().Len(); n != 1 {
			t.Errorf("the engine knows %d watches", n)
		}
	})
}

func TestAPageOpenedBeforeAWatchChangedHandsIsOutOfDate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyUser)
		id := h.create(karim, "Bois")
		f := form("Bois", "karim@muller.example")
		f.Version = 1
		h.must(remove.do(h, odile, karim.MembershipID))
		if _, err := h.watches.Update(t.Context(), odile, id, f); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		if _, err := h.watches.Update(t.Context(), karim, id, f); !fault.Is(err, fault.Conflict) {
			t.Errorf("by whoever has gone: %v", err)
		}
		if _, err := h.watches.Delete(t.Context(), karim, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("deleted by whoever has gone: %v", err)
		}
	})
}
