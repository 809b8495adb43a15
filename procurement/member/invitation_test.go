package member_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
)

// fields lists where the faults of a form are.
func fields(err error) []string {
	var out []string
	for _, e := range fault.All(err) {
		out = append(out, string(e.Kind)+" "+e.Field)
	}
	return out
}

func (h *house) enrol(login, secret string) (session string, err error) {
	in, err := h.members.RegisterInvited(h.t.Context(), secret, member.InvitedForm{
		InvitedForm: account.InvitedForm{Name: "Zoé Klein", CredentialsForm: account.CredentialsForm{Login: login, Password: noticetest.Password, Confirm: noticetest.Password}},
		From:        account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"},
	})
	return in.Session, err
}

func TestAnInvitationIsReadAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.enter(odile, "karim", access.CompanyUser)
		for _, c := range []struct {
			address, role string
			want          []string
		}{
			{"", "", []string{"invalid adresse", "invalid role"}},
			{"zoe@muller.example\r\nBcc: x@y.fr", "user", []string{"invalid adresse"}},
			{"Zoé <zoe@muller.example>", "user", []string{"invalid adresse"}},
			{"zoe@muller.example", "system", []string{"invalid role"}},
			{"zoe@muller.example", "newcomer", []string{"invalid role"}},
			{"zoe@muller.example", "ADMIN", []string{"invalid role"}},
			{"KARIM@Muller.example", "user", []string{"invalid adresse"}}, // belongs already
			{odile.Address, "user", []string{"invalid adresse"}},
		} {
			err := h.members.Invite(t.Context(), odile, member.InvitationForm{Address: c.address, Role: c.role})
			if diff := cmp.Diff(c.want, fields(err)); diff != "" {
				t.Errorf("%q as %q: %s", c.address, c.role, diff)
			}
		}
		if n := h.Count("SELECT count(*) FROM invitation") + h.events(event.InvitationSent); n != 0 {
			t.Errorf("%d rows of what was refused", n)
		}
	})
}

// Abuse 69: an address that has an account and one that has none leave the same rows.
func TestInvitingDoesNotTellWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.join(noticetest.Other, "claire")
		traces := func(login string) (all [4]int) {
			count := func() [4]int {
				return [4]int{h.Count("SELECT count(*) FROM event"), h.Count("SELECT count(*) FROM river_job"),
					h.Count("SELECT count(*) FROM invitation"), h.Count("SELECT count(*) FROM solicitation")}
			}
			before := count()
			h.must(h.members.Invite(t.Context(), odile, member.InvitationForm{Address: login + "@muller.example", Role: "user"}))
			for n, after := range count() {
				all[n] = after - before[n]
			}
			return all
		}
		if known, unknown := traces("claire"), traces("nobody"); known != unknown || known[2] != 1 || known[3] != 1 {
			t.Errorf("known: %v; unknown: %v", known, unknown)
		}
		list, err := h.members.List(t.Context(), odile)
		h.must(err)
		if len(list.Invitations) != 2 || len(list.Members) != 1 {
			t.Errorf("%+v", list)
		}
	})
}

// Abuse 20: nobody is flooded through invitations, nor by one establishment, nor by
// several.
func TestInvitationsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		send := func(address string) error {
			return h.members.Invite(t.Context(), odile, member.InvitationForm{Address: address, Role: "user"})
		}
		for range 7 {
			h.must(send("victim@muller.example")) // the answer is the same
		}
		var mailed int
		h.Read(func(tx *db.Tx) error {
			return tx.One(&mailed, `SELECT count(*) FROM event WHERE kind = 'invitation.sent' AND body LIKE '%"mailed":true%'`)
		})
		if mailed != 5 {
			t.Errorf("%d mails to one address", mailed)
		}
		for i := range 13 {
			h.must(send(fmt.Sprintf("a%d@muller.example", i)))
		}
		if err := send("one.more@muller.example"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the twenty-first: %v", err)
		}
		list, err := h.members.List(t.Context(), odile)
		h.must(err)
		if len(list.Invitations) != 14 { // the victim's were replaced by each other
			t.Errorf("%d wait", len(list.Invitations))
		}
		if _, err := h.members.Resend(t.Context(), odile, list.Invitations[0].ID); !fault.Is(err, fault.Unavailable) {
			t.Errorf("sending again: %v", err)
		}
		h.Clock.Move(24*time.Hour + time.Minute)
		h.must(send("one.more@muller.example"))
	})
}

// Whoever makes an address receive its mails of the day does not undo the link that it
// has: no other would come that day. Another role is another invitation all the same.
func TestInvitingAgainInVainKeepsTheLinkThatWasMailed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		h.must(h.invite(odile, "claire", access.CompanyUser))
		mailed := h.secret(claire.Address)
		h.Write(func(tx *db.Tx) error {
			for range 4 {
				if _, err := account.Solicit(tx, claire.Address); err != nil {
					return err
				}
			}
			return nil
		})
		again := func(role access.Role) []member.Invitation {
			t.Helper()
			h.must(h.members.Invite(t.Context(), odile, member.InvitationForm{Address: claire.Address, Role: string(role)}))
			list, err := h.members.List(t.Context(), odile)
			h.must(err)
			return list.Invitations
		}
		if waits := again(access.CompanyUser); len(waits) != 1 {
			t.Errorf("%d invitations wait", len(waits))
		}
		if _, err := h.members.InvitationOf(t.Context(), mailed); err != nil {
			t.Errorf("the link that was mailed: %v", err)
		}
		waits := again(access.CompanyAdmin)
		if len(waits) != 1 || waits[0].Role != access.CompanyAdmin {
			t.Errorf("%+v", waits)
		}
		if _, err := h.members.InvitationOf(t.Context(), mailed); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link to a role that is not meant any more: %v", err)
		}
		if n := h.Count("SELECT count(*) FROM invitation"); n != 3 { // each counts for the establishment's day
			t.Errorf("%d rows", n)
		}
	})
}

func TestALinkServesOnceAndForOneAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		claire, paul := h.join(noticetest.Other, "claire"), h.join(noticetest.Other, "paul")
		h.must(h.invite(odile, "claire", access.CompanyAdmin))
		secret := h.secret(claire.Address)
		// Abuse 74: forwarded, and accepted by somebody else who is signed in.
		for _, by := range []access.Actor{paul, odile} {
			if _, err := h.members.AcceptInvitation(t.Context(), by, secret); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", by.Address, err)
			}
		}
		if _, err := h.members.AcceptInvitation(t.Context(), access.Anybody(), secret); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor: %v", err)
		}
		if _, err := h.enrol("paul2", secret); !fault.Is(err, fault.Conflict) {
			t.Errorf("an account for an address that has one: %v", err)
		}
		for _, wrong := range []string{"", "x", "\x00", strings.Repeat("a", 43), secret[:42]} {
			if _, err := h.members.InvitationOf(t.Context(), wrong); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		shown, err := h.members.InvitationOf(t.Context(), secret)
		h.must(err)
		if !shown.For(claire) || shown.For(paul) || shown.For(access.Anybody()) || !shown.Known || shown.Inviter != "Odile Muller" ||
			shown.Hint() != "c…@muller.example" || shown.Establishment.Number != noticetest.Seat {
			t.Errorf("%+v", shown)
		}
		id, err := h.members.AcceptInvitation(t.Context(), claire, secret)
		h.must(err)
		as, err := h.members.Under(t.Context(), claire, id)
		h.must(err)
		if as.Role != access.CompanyAdmin || as.EstablishmentID != odile.EstablishmentID {
			t.Errorf("%+v", as)
		}
		if _, err := h.members.AcceptInvitation(t.Context(), claire, secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		h.equal("the people", h.people(odile), []string{"odile admin", "claire admin"})
	})
}

// The address of an account that is changed takes the invitation with it: what counts
// is the address verified now.
func TestTheAddressThatCountsIsTodays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		h.must(h.invite(odile, "claire", access.CompanyUser))
		secret := h.secret(claire.Address)
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE account SET address = 'c@fontaine.example', address_key = 'c@fontaine.example' WHERE id = $1", claire.AccountID)
			return err
		})
		if _, err := h.members.AcceptInvitation(t.Context(), claire, secret); !fault.Is(err, fault.Forbidden) {
			t.Errorf("in a session that knows the old address: %v", err)
		}
	})
}

func TestWhatBecomesOfAnInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		claire := h.join(noticetest.Other, "claire")
		first := func() member.Invitation {
			list, err := h.members.List(t.Context(), odile)
			h.must(err)
			if len(list.Invitations) != 1 {
				t.Fatalf("%d invitations", len(list.Invitations))
			}
			return list.Invitations[0]
		}
		accepts := func(when, secret, want string) {
			t.Helper()
			if _, err := h.members.InvitationOf(t.Context(), secret); kindOf(err) != want {
				t.Errorf("%s: %v", when, err)
			}
		}
		h.must(h.invite(odile, "claire", access.CompanyUser))
		old := h.secret(claire.Address)
		accepts("fresh", old, "done")
		if address, err := h.members.Resend(t.Context(), odile, first().ID); err != nil || address != claire.Address {
			t.Fatalf("%s: %v", address, err)
		}
		h.mint(claire.Address)
		accepts("replaced", old, "not_found")
		fresh := h.secret(claire.Address)
		accepts("sent again", fresh, "done")

		h.Clock.Move(7*24*time.Hour + time.Second)
		accepts("a week later", fresh, "not_found")
		if i := first(); !i.Expired || i.Void {
			t.Errorf("%+v", i)
		}
		_, err := h.members.Resend(t.Context(), odile, first().ID)
		h.must(err)
		h.mint(claire.Address)
		fresh = h.secret(claire.Address)
		accepts("sent again, once expired", fresh, "done")

		id := first().ID
		if _, err := h.members.Cancel(t.Context(), odile, id); err != nil {
			t.Fatal(err)
		}
		accepts("cancelled", fresh, "not_found")
		for _, id := range []string{id, "", "\x00", claire.MembershipID} {
			if _, err := h.members.Cancel(t.Context(), odile, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("cancelling %q: %v", id, err)
			}
			if _, err := h.members.Resend(t.Context(), odile, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("sending %q again: %v", id, err)
			}
		}

		h.Clock.Move(40 * 24 * time.Hour)
		h.must(h.members.ForgetInvitations(t.Context()))
		if n := h.Count("SELECT count(*) FROM invitation"); n != 0 {
			t.Errorf("%d are kept for ever", n)
		}
	})
}

// Abuses 61 and 67.
func TestAnotherEstablishmentsInvitationsDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, claire := h.join(noticetest.Seat, "odile"), h.join(noticetest.Other, "claire")
		karim := h.enter(odile, "karim", access.CompanyUser)
		h.must(h.invite(odile, "zoe", access.CompanyUser))
		list, err := h.members.List(t.Context(), odile)
		h.must(err)
		id := list.Invitations[0].ID
		for by, want := range map[access.Actor]string{claire: "not_found", karim: "forbidden", access.Anybody(): "sign_in"} {
			_, resent := h.members.Resend(t.Context(), by, id)
			_, cancelled := h.members.Cancel(t.Context(), by, id)
			if kindOf(resent) != want || kindOf(cancelled) != want {
				t.Errorf("%s: %v, %v", by.Address, resent, cancelled)
			}
			if seen, _ := h.members.List(t.Context(), by); len(seen.Invitations) != 0 {
				t.Errorf("%s sees them", by.Address)
			}
		}
	})
}

func TestWhoHasNoAccountMakesOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		h.must(h.Accounts.AskSignUp(t.Context(), account.SignUpForm{SIRET: noticetest.Other, CompanyName: "Autre", Name: "Zoé Klein", Address: "zoe@muller.example"}, account.Visitor{}))
		h.must(h.invite(odile, "zoe", access.CompanyUser))
		secret := h.secret("zoe@muller.example")
		_, err := h.members.RegisterInvited(t.Context(), secret, member.InvitedForm{InvitedForm: account.InvitedForm{
			Name: "http://pirate.example", CredentialsForm: account.CredentialsForm{Login: "z", Password: "court"}}})
		if diff := cmp.Diff([]string{"invalid nom", "invalid identifiant", "invalid mot_de_passe"}, fields(err)); diff != "" {
			t.Error(diff)
		}
		if _, err := h.enrol("odile", secret); fields(err) == nil || fields(err)[0] != "invalid identifiant" {
			t.Errorf("somebody's identifiant: %v", err)
		}
		session, err := h.enrol("zoe", secret)
		h.must(err)
		zoe, err := h.Orgs.ActorOf(t.Context(), session)
		h.must(err)
		if zoe.Role != access.CompanyUser || zoe.EstablishmentID != odile.EstablishmentID || zoe.Address != "zoe@muller.example" || zoe.Name != "Zoé Klein" {
			t.Errorf("%+v", zoe)
		}
		if _, err := h.enrol("zoe2", secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		if n := h.Count("SELECT count(*) FROM sign_up WHERE address_key = 'zoe@muller.example' AND used_at IS NULL"); n != 0 {
			t.Error("the link of a sign-up still makes an account for an address that has one")
		}
		if a, m := h.events(event.AccountCreated), h.events(event.MembershipCreated); a != 2 || m != 2 {
			t.Errorf("%d accounts created, %d memberships", a, m)
		}
	})
}
