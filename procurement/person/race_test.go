package person_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/org"
)

// together does acts at once and says how each ended.
func together(acts ...func() error) []string {
	out := make([]string, len(acts))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, act := range acts {
		done.Go(func() { start.Wait(); out[i] = kindOf(act()) })
	}
	start.Done()
	done.Wait()
	return out
}

// erasing prepares an erasure whose password is to be proved with the rest.
func (h *house) erasing(who access.Actor) func() error {
	h.t.Helper()
	session := h.signIn(who)
	return func() error {
		return h.persons.Erase(h.t.Context(), who, session, right, account.Visitor{Remote: remote})
	}
}

// consistent checks what must be true whatever was done at once.
func (h *house) consistent() {
	h.t.Helper()
	for what, query := range map[string]string{
		"sessions of the gone":    "SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE a.erased_at IS NOT NULL",
		"memberships of the gone": "SELECT count(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.erased_at IS NOT NULL AND m.ended_at IS NULL",
		"watches of the gone":     "SELECT count(*) FROM watch w JOIN account a ON a.id = w.account_id WHERE a.erased_at IS NOT NULL AND w.deleted_at IS NULL",
		"headless establishments": `SELECT count(*) FROM establishment e
			WHERE EXISTS (SELECT 1 FROM membership m WHERE m.establishment_id = e.id AND m.ended_at IS NULL)
			AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.establishment_id = e.id AND m.ended_at IS NULL AND m.approved_at IS NOT NULL AND m.role = 'admin')`,
	} {
		if n := h.Count(query); n != 0 {
			h.t.Errorf("%s: %d", what, n)
		}
	}
}

// Of two administrators of others who erase their accounts at once, one has to stay.
func TestTheLastTwoAdministratorsCannotGoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 4 {
			n := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
			odile := h.join(noticetest.Seat, n("odile"))
			karim := h.enter(odile, n("karim"), access.CompanyAdmin)
			paul := h.enter(odile, n("paul"), access.CompanyUser)
			h.create(odile, form(n("Bois")))
			got := together(h.erasing(odile), h.erasing(karim))
			slices.Sort(got)
			if got[0] != "conflict" || got[1] != "done" {
				t.Errorf("%v", got)
			}
			h.consistent()
			// Clear the place for the next round: paul goes, then whoever stayed.
			h.must(h.erase(paul, right))
			for _, last := range []access.Actor{odile, karim} {
				if h.Count("SELECT count(*) FROM account WHERE id = $1 AND erased_at IS NULL", last.AccountID) == 1 {
					h.must(h.erase(last, right))
				}
			}
		}
	})
}

// While somebody leaves for good, the other administrator leaves the establishment.
func TestAnErasureAgainstALeavingColleague(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", access.CompanyAdmin)
		h.enter(odile, "paul", access.CompanyUser)
		got := together(h.erasing(odile), func() error { _, err := h.members.Leave(t.Context(), karim); return err })
		slices.Sort(got)
		if got[0] != "conflict" || got[1] != "done" {
			t.Errorf("%v", got)
		}
		h.consistent()
	})
}

// Whatever somebody begins while they erase their account ends with it, or is refused.
func TestNothingOutlivesAnErasure(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		for i := range 4 {
			n := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
			// asks to join again while going
			emile := h.enter(odile, n("emile"), access.CompanyUser)
			_, err := h.members.Leave(t.Context(), emile)
			h.must(err)
			where := emile.EstablishmentID
			emile.MembershipID, emile.EstablishmentID, emile.Role = "", "", access.Newcomer
			h.create(emile, form(n("Avant")))
			seen := func(what string, got []string, allowed ...string) {
				if got[0] != "done" || !slices.Contains(append(allowed, "done"), got[1]) {
					t.Errorf("%s: %v", what, got)
				}
				h.consistent()
			}
			seen("asking to join", together(h.erasing(emile), func() error { _, err := h.members.AskAgain(t.Context(), emile, where); return err }), "sign_in")
			// saves a watch, signs in, changes hats
			alone := h.enter(odile, n("alone"), access.CompanyUser)
			_, err = h.members.Leave(t.Context(), alone)
			h.must(err)
			alone.MembershipID, alone.EstablishmentID, alone.Role = "", "", access.Newcomer
			seen("saving a watch", together(h.erasing(alone), func() error { _, err := h.watches.Create(t.Context(), alone, form(n("Pendant"))); return err }), "sign_in")
			paul := h.enter(odile, n("paul"), access.CompanyUser)
			seen("saving the company's watch", together(h.erasing(paul), func() error { _, err := h.watches.Create(t.Context(), paul, form(n("Pendant encore"))); return err }), "sign_in")
			jean := h.enter(odile, n("jean"), access.CompanyUser)
			seen("signing in", together(h.erasing(jean), func() error {
				_, err := h.Accounts.SignIn(t.Context(), jean.Address, noticetest.Password, account.Visitor{Remote: remote})
				return err
			}), "invalid")
			rose := h.enter(odile, n("rose"), access.CompanyUser)
			token := h.signIn(rose)
			seen("changing hats", together(h.erasing(rose), func() error { _, err := h.Accounts.Switch(t.Context(), token, rose.MembershipID); return err }), "sign_in")
			lea := h.enter(odile, n("lea"), access.CompanyUser)
			seen("being made administrator", together(h.erasing(lea), func() error {
				_, err := h.members.ChangeRole(t.Context(), odile, lea.MembershipID, access.CompanyAdmin)
				return err
			}), "not_found")
			zoe := h.join(noticetest.Seat, n("zoe"))
			h.create(zoe, form(n("De Zoé")))
			seen("being accepted", together(h.erasing(zoe), func() error {
				_, err := h.members.Accept(t.Context(), odile, zoe.MembershipID)
				return err
			}), "not_found")
		}
	})
}

// Joining a second establishment is not lost by a lock that was not held.
func TestAnErasureAgainstANewMembership(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 4 {
			claire := h.join(noticetest.Other, fmt.Sprintf("claire%d", i))
			odile := h.join(noticetest.Seat, fmt.Sprintf("odile%d", i))
			join := func() error {
				return h.DB.Write(t.Context(), func(tx *db.Tx) error {
					if _, err := org.TakeEstablishment(tx, claire.EstablishmentID); err != nil {
						return err
					}
					a, err := account.Find(tx, odile.AccountID)
					if err != nil {
						return err
					}
					_, err = h.Orgs.Admit(tx, a, claire.EstablishmentID)
					return err
				})
			}
			got := together(h.erasing(odile), join)
			if got[0] != "done" || got[1] != "done" && got[1] != "sign_in" {
				t.Errorf("%v", got)
			}
			h.consistent()
			h.must(h.erase(claire, right))
		}
	})
}
