package member_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
)

// sirets are numbers of the company's establishments that nobody has declared.
func sirets(n int) []string {
	var out []string
	for i := 0; len(out) < n; i++ {
		number := fmt.Sprintf("732829320%05d", 1000+i)
		sum := 0
		for place, digit := range number {
			d := int(digit - '0')
			if place%2 == 0 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
		}
		if sum%10 == 0 {
			out = append(out, number)
		}
	}
	return out
}

func company(siret string) account.CompanyForm {
	return account.CompanyForm{SIRET: siret, CompanyName: "Escaliers Muller"}
}

func TestSomebodyDeclaresAnotherEstablishment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		first, err := h.members.Declare(t.Context(), odile, company(noticetest.Branch))
		h.must(err)
		if !first.First || first.Already || first.Establishment.CompanyName != "Escaliers Muller" { // each establishment bears the name that its own people gave
			t.Errorf("%+v", first)
		}
		again, err := h.members.Declare(t.Context(), odile, company(noticetest.Branch))
		if err != nil || !again.Already || again.MembershipID != first.MembershipID {
			t.Errorf("twice: %+v, %v", again, err)
		}
		later, err := h.members.Declare(t.Context(), odile, company(noticetest.Other))
		h.must(err)
		if later.First {
			t.Error("a later one administers")
		}
		abroad, err := h.members.Declare(t.Context(), odile, account.CompanyForm{Country: "BE", NationalID: "0403.170.701", CompanyName: "Trappen"})
		h.must(err)
		if !abroad.First || abroad.Establishment.Number != "0403170701" {
			t.Errorf("%+v", abroad)
		}
		hats, err := h.Orgs.Memberships(t.Context(), odile)
		h.must(err)
		var got []string
		for _, m := range hats {
			got = append(got, m.Establishment.Number+" "+string(m.ActingRole()))
		}
		h.equal("memberships", got, []string{noticetest.Seat + " admin", noticetest.Branch + " admin", noticetest.Other + " newcomer", "0403170701 admin"})
		h.equal("who asks", h.people(claire), []string{"claire admin", "odile ?"})
	})
}

func TestAnEstablishmentIsReadAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		for _, c := range []struct {
			form account.CompanyForm
			want []string
		}{
			{account.CompanyForm{}, []string{"invalid siret", "invalid entreprise"}},
			{account.CompanyForm{SIRET: "73282932000075", CompanyName: "http://pirate.example"}, []string{"invalid siret", "invalid entreprise"}},
			{account.CompanyForm{Country: "ZZ", NationalID: "é", CompanyName: "Trappen"}, []string{"invalid pays", "invalid identifiant_national"}},
		} {
			_, err := h.members.Declare(t.Context(), odile, c.form)
			if diff := cmp.Diff(c.want, fields(err)); diff != "" {
				t.Errorf("%+v: %s", c.form, diff)
			}
		}
		if _, err := h.members.Declare(t.Context(), access.Anybody(), company(noticetest.Other)); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor: %v", err)
		}
		if n := h.Count("SELECT count(*) FROM establishment"); n != 1 {
			t.Errorf("%d establishments of what was refused", n)
		}
	})
}

// Nobody sweeps up the establishments of a country.
func TestEstablishmentsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		numbers := sirets(12)
		declare := func(n int) error {
			_, err := h.members.Declare(t.Context(), odile, company(numbers[n]))
			return err
		}
		for n := range 4 { // the sign-up's is the day's first
			h.must(declare(n))
		}
		if err := declare(4); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the sixth of the day: %v", err)
		}
		h.Clock.Move(25 * time.Hour)
		for n := 4; n < 9; n++ {
			h.must(declare(n))
		}
		h.Clock.Move(50 * time.Hour)
		if err := declare(9); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "10 établissements") {
			t.Errorf("the eleventh: %v", err)
		}
		if n := h.Count("SELECT count(*) FROM establishment"); n != 10 {
			t.Errorf("%d establishments", n)
		}
		// An invitation is another administrator's doing.
		claire := h.join(noticetest.Other, "claire")
		h.must(h.invite(claire, "odile", access.CompanyUser))
		if _, err := h.members.AcceptInvitation(t.Context(), odile, h.secret(odile.Address)); err != nil {
			t.Error(err)
		}
	})
}

// Naming the establishment again is asking again, and counts as much.
func TestDeclaringIsNoWayAroundHowOftenOneMayAsk(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.join(noticetest.Seat, "odile")
		emile := h.join(noticetest.Seat, "emile")
		for range 2 {
			h.must(leave.do(h, h.now(emile), ""))
			d, err := h.members.Declare(t.Context(), h.now(emile), company(noticetest.Seat))
			h.must(err)
			emile.MembershipID = d.MembershipID
		}
		h.must(leave.do(h, h.now(emile), ""))
		if _, err := h.members.Declare(t.Context(), h.now(emile), company(noticetest.Seat)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a fourth time: %v", err)
		}
		// What they watch in their own name goes where they come first.
		alone := h.now(emile)
		h.create(alone, "Escaliers")
		d, err := h.members.Declare(t.Context(), alone, company(noticetest.Branch))
		h.must(err)
		as, err := h.members.Under(t.Context(), alone, d.MembershipID)
		h.must(err)
		h.equal("their establishment's watches", h.watchesOf(as), []string{"Escaliers: emile confirmed main"})
	})
}

// What one may do in an establishment adds nothing to what one may do in another.
func TestRightsOfTwoEstablishmentsNeverAddUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		karim := h.enter(odile, "karim", access.CompanyUser)
		h.must(h.invite(odile, "claire", access.CompanyUser))
		id, err := h.members.AcceptInvitation(t.Context(), claire, h.secret(claire.Address))
		h.must(err)
		there, err := h.members.Under(t.Context(), claire, id)
		h.must(err)
		h.create(claire, "Propreté")
		h.create(there, "Bois")
		h.equal("at home", h.watchesOf(claire), []string{"Propreté: claire confirmed main"})
		h.equal("there", h.watchesOf(there), []string{"Bois: claire confirmed main"})
		h.equal("whom she sees at home", h.people(claire), []string{"claire admin"})
		for what, err := range map[string]error{
			"as an administrator elsewhere":    remove.do(h, claire, karim.MembershipID),
			"as a user there":                  remove.do(h, there, karim.MembershipID),
			"inviting as a user there":         h.invite(there, "zoe", access.CompanyUser),
			"administering with a forged role": forged(there, h, karim.MembershipID),
		} {
			if kind := kindOf(err); kind != "not_found" && kind != "forbidden" {
				t.Errorf("%s: %s", what, kind)
			}
		}
		for _, id := range []string{odile.MembershipID, karim.MembershipID, "", "\x00"} {
			if _, err := h.members.Under(t.Context(), claire, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("under somebody else's membership %q: %v", id, err)
			}
			if _, err := h.members.LeaveAs(t.Context(), claire, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("leaving for somebody else %q: %v", id, err)
			}
		}
		if _, err := h.members.LeaveAs(t.Context(), claire, id); err != nil {
			t.Errorf("leaving there, from home: %v", err)
		}
		h.equal("her home is as it was", h.watchesOf(claire), []string{"Propreté: claire confirmed main"})
		h.equal("what she left", h.watchesOf(odile), []string{"Bois: odile confirmed main"})
		if _, err := h.members.LeaveAs(t.Context(), claire, claire.MembershipID); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last administrator of her own: %v", err)
		}
	})
}

// forged removes somebody as an actor whose role says more than their membership.
func forged(by access.Actor, h *house, id string) error {
	by.Role = access.CompanyAdmin
	return remove.do(h, by, id)
}
