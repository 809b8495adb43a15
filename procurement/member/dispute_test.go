package member_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

func TestTheReasonIsReadBeforeItIsKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, karim := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "karim")
		for _, bad := range []string{"", " \r\n\t ", strings.Repeat("é", 1001), "a\x00b", "a\x1b[31mb", "\xff", "a\u202eb", "a\u2028b\u200b"} {
			if got := fields(h.members.Contest(t.Context(), karim, bad)); len(got) != 1 || got[0] != "invalid motif" {
				t.Errorf("%.20q: %v", bad, got)
			}
		}
		h.must(h.members.Contest(t.Context(), karim, "  "+strings.Repeat("é", 998)+"\r\nx "))
		all, err := h.members.Disputes(t.Context(), operator)
		h.must(err)
		if len(all) != 1 || all[0].Reason != strings.Repeat("é", 998)+"\nx" {
			t.Fatalf("%+v", all)
		}
		d := all[0]
		if d.Person.Name != "Odile Muller" || d.Person.ID != karim.MembershipID || len(d.Admins) != 1 || d.Admins[0].ID != odile.MembershipID ||
			d.Establishment.Number != noticetest.Seat || d.OpenedAt.IsZero() {
			t.Errorf("%+v", d)
		}
		list, err := h.members.List(t.Context(), karim)
		if err != nil || list.Contested != d.OpenedAt {
			t.Errorf("what karim sees: %+v, %v", list, err)
		}
	})
}

func TestWhoMayContestAndWhoDecides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		user := h.enter(odile, "paul", access.CompanyUser)
		karim := h.join(noticetest.Seat, "karim")
		alone := h.join(noticetest.Seat, "emile")
		h.must(refuse.do(h, odile, alone.MembershipID))
		for by, want := range map[access.Actor]string{access.Anybody(): "sign_in", odile: "forbidden", user: "forbidden", h.now(alone): "not_found", operator: "forbidden"} {
			if got := kindOf(h.contest(by)); got != want {
				t.Errorf("%s %s contests: %s, want %s", by.Role, by.Address, got, want)
			}
		}
		h.must(h.contest(karim))
		id := h.dispute(karim)
		for by, want := range map[access.Actor]string{access.Anybody(): "sign_in", odile: "forbidden", user: "forbidden", karim: "forbidden"} {
			_, granted := h.members.Grant(t.Context(), by, id)
			_, rejected := h.members.Reject(t.Context(), by, id)
			_, listed := h.members.Disputes(t.Context(), by)
			for _, err := range []error{granted, rejected, listed} {
				if kindOf(err) != want {
					t.Errorf("%s decides: %v, want %s", by.Role, err, want)
				}
			}
		}
		for _, unknown := range []string{"", karim.MembershipID, "rien"} {
			if _, err := h.members.Grant(t.Context(), operator, unknown); !fault.Is(err, fault.NotFound) {
				t.Errorf("granting %q: %v", unknown, err)
			}
		}
	})
}

// A dispute is a mail to people who may have done nothing wrong.
func TestContestingIsCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.join(noticetest.Seat, "odile")
		karim := h.join(noticetest.Seat, "karim")
		for range 3 {
			h.must(h.contest(karim))
			_, err := h.members.Reject(t.Context(), operator, h.dispute(karim))
			h.must(err)
		}
		if err := h.contest(karim); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a fourth time: %v", err)
		}
		h.Clock.Move(31 * 24 * time.Hour)
		h.must(h.contest(karim))
	})
}

// An establishment whose administrator is contested works as before: people come, go and
// are alerted.
func TestAContestedEstablishmentGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, karim := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "karim")
		h.must(h.contest(karim))
		id := h.create(odile, "Bois")
		paul := h.enter(odile, "paul", access.CompanyAdmin)
		w, err := h.watches.Find(t.Context(), paul, id)
		h.must(err)
		f := form("Bois et portes")
		f.Version = w.Version
		_, err = h.watches.Update(t.Context(), paul, id, f)
		h.must(err)
		h.must(leave.do(h, odile, ""))
		h.equal("the people", h.people(paul), []string{"paul admin", "karim ?"})
		h.equal("the watches", h.watchesOf(paul), []string{"Bois et portes: paul confirmed main"})
		d, err := h.members.Grant(t.Context(), operator, h.dispute(karim))
		h.must(err)
		if d.Outcome != "granted" || len(d.Admins) != 0 || d.Person.Role != access.CompanyAdmin {
			t.Errorf("%+v", d)
		}
		h.equal("once karim is granted", h.people(h.now(karim)), []string{"karim admin", "paul user"})
	})
}

// The watches of whoever is granted come with them, once, whatever their names.
func TestWhoIsGrantedBringsTheirWatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, karim := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "karim")
		h.create(odile, "Bois")
		h.create(karim, "Bois", "devis@muller.example")
		h.must(h.contest(karim))
		_, err := h.members.Grant(t.Context(), operator, h.dispute(karim))
		h.must(err)
		h.equal("watches", h.watchesOf(h.now(karim)), []string{"Bois (Odile Muller): devis awaited, karim confirmed main", "Bois: odile confirmed main"})
		if _, err := h.watches.Create(t.Context(), karim, watch.Form{Name: "Bois 2", Keywords: "bois", Mode: "any", Frequency: "daily", Hour: 7}); !fault.Is(err, fault.Conflict) {
			t.Errorf("saved as a newcomer by a page of before: %v", err)
		}
	})
}
