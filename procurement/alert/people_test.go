package alert_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
)

const claire = "claire@fontaine.example"

var exploitant = access.Platform("exploitant")

func (h *house) invite(by access.Actor, address string, role access.Role) {
	h.t.Helper()
	h.must(h.members().Invite(context.Background(), by, member.InvitationForm{Address: address, Role: string(role)}))
}

func (h *house) contest(who access.Actor) {
	h.t.Helper()
	h.must(h.members().Contest(context.Background(), who, "Cette personne a quitté l'entreprise en mars.\nJ'en suis le gérant : <b>appelez</b> https://exemple.example"))
}

// dispute is the id of the only one that waits.
func (h *house) dispute() string {
	h.t.Helper()
	all, err := h.members().Disputes(context.Background(), exploitant)
	h.must(err)
	if len(all) != 1 {
		h.t.Fatalf("%d disputes", len(all))
	}
	return all[0].ID
}

var invitationSecret = regexp.MustCompile(`(https://parvis\.example/invitation/)([\w-]{43})`)

// invitationIn gives the secret of an invitation's mail, and the mail without it.
func (h *house) invitationIn(m mailbox.Message) (string, mailbox.Message) {
	h.t.Helper()
	found := invitationSecret.FindStringSubmatch(m.Text)
	if found == nil || !strings.Contains(m.HTML, found[0]) {
		h.t.Fatalf("no link in\n%s", m.Text)
	}
	m.Text, m.HTML = invitationSecret.ReplaceAllString(m.Text, "${1}SECRET"), invitationSecret.ReplaceAllString(m.HTML, "${1}SECRET")
	return found[2], m
}

// operatorMail has disputes told to whoever runs the platform.
func (h *house) operatorMail() {
	h.t.Helper()
	a, err := account.ParseAddress("exploitant@parvis.example")
	h.must(err)
	h.alerts.TellOperator(a)
}

// to gives the mail of an address among those received since the last look.
func (h *house) to(address string) mailbox.Message {
	h.t.Helper()
	var found []mailbox.Message
	for _, m := range h.mails() {
		if m.To[0] == address {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d mails to %s, want 1", len(found), address)
	}
	return found[0]
}

func TestTheMailsAboutInvitationsSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	stranger := h.Join(noticetest.Other, "claire", claire)
	h.subjects()
	h.Set(dbtest.Start) // its end is in the mail
	h.invite(by, claire, access.CompanyUser)
	h.Work()
	secret, m := h.invitationIn(h.only())
	golden(t, "invitation", m)
	if n := h.Count("SELECT count(*) FROM outbox WHERE kind = 'invitation' AND bytes IS NOT NULL"); n != 0 {
		t.Error("the secret stays in the outbox")
	}
	_, err := h.members().AcceptInvitation(t.Context(), stranger, secret)
	h.must(err)
	h.Work()
	golden(t, "invitation_accepted", h.only())

	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE establishment SET verified_at = $1", tx.Now)
		return err
	})
	h.Set(dbtest.Start)
	h.invite(by, paul, access.CompanyAdmin)
	h.Work()
	_, m = h.invitationIn(h.only())
	golden(t, "invitation_admin", m)
}

func TestTheMailsAboutWatchesThatPassSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	second, third := h.accept(by, h.second()), h.accept(by, h.third())
	h.create(second, daily("Bois", 7))
	h.create(third, daily("Portes", 7))
	h.create(third, daily("Escaliers", 7))
	h.subjects()
	h.leave(second)
	h.Work()
	golden(t, "watches_passed", h.only())
	h.leave(third)
	h.Work()
	golden(t, "watches_passed_several", h.only())
}

func TestTheMailsOfADisputeSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	h.operatorMail()
	h.Set(dbtest.Start)
	by := h.odile()
	who := h.second()
	h.subjects()
	h.contest(who)
	h.Work()
	both := h.mails()
	if len(both) != 2 {
		t.Fatalf("%d mails", len(both))
	}
	for _, m := range both {
		if m.To[0] == by.Address {
			golden(t, "dispute_opened", m)
			if strings.Contains(m.Text, "mars") {
				t.Error("what is written to the operator is mailed to the administrator")
			}
		} else {
			golden(t, "dispute_operator", m)
		}
	}
	_, err := h.members().Reject(t.Context(), exploitant, h.dispute())
	h.must(err)
	h.Work()
	for _, m := range h.mails() {
		golden(t, map[string]string{by.Address: "dispute_confirmed", karim: "dispute_rejected"}[m.To[0]], m)
	}
	h.contest(who)
	h.subjects()
	_, err = h.members().Grant(t.Context(), exploitant, h.dispute())
	h.must(err)
	h.Work()
	for _, m := range h.mails() {
		golden(t, map[string]string{by.Address: "dispute_replaced", karim: "dispute_granted"}[m.To[0]], m)
	}
}

func TestWhoHearsOfInvitationsAndWatchesThatPass(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		second := h.raise(odile, h.accept(odile, h.second()))
		h.subjects()
		h.invite(second, claire, access.CompanyUser)
		h.Work()
		secret, m := h.invitationIn(h.to(claire))
		if want := "Invitation à rejoindre «\u00a0Menuiserie Muller\u00a0» sur Parvis"; m.Subject != want {
			t.Errorf("%q", m.Subject)
		}
		_, err := h.members().RegisterInvited(t.Context(), secret, member.InvitedForm{InvitedForm: account.InvitedForm{Name: "Claire Fontaine",
			CredentialsForm: account.CredentialsForm{Login: "claire", Password: noticetest.Password, Confirm: noticetest.Password}}, From: account.Visitor{Remote: "192.0.2.1", Browser: "Firefox"}})
		h.must(err)
		h.heard("whoever invited, and nobody else", "karim: « Claire Fontaine » a rejoint « Menuiserie Muller »")

		paulAsks := h.third()
		h.subjects()
		h.invite(odile, paul, access.CompanyUser)
		h.Work()
		secret, _ = h.invitationIn(h.to(paul))
		_, err = h.members().AcceptInvitation(t.Context(), paulAsks, secret)
		h.must(err)
		h.heard("who had asked needs no « votre demande est acceptée »", "odile: « Odile Muller » a rejoint « Menuiserie Muller »")

		paulAsks.Role = access.CompanyUser
		h.create(paulAsks, daily("Portes", 7))
		h.leave(paulAsks)
		h.heard("the heir of whoever leaves", "odile: La veille de « Odile Muller » vous est passée")
		h.create(second, daily("Bois", 7))
		h.remove(odile, second)
		h.heard("who removes knows what they get", "karim: "+removed)
	})
}

// What a mail would say is no longer so when it is about to leave.
func TestAnInvitationThatIsNoLongerGoodIsNotMailed(t *testing.T) {
	for name, meanwhile := range map[string]func(h *house, odile, second access.Actor){
		"cancelled": func(h *house, _, second access.Actor) {
			list, err := h.members().List(context.Background(), second)
			h.must(err)
			_, err = h.members().Cancel(context.Background(), second, list.Invitations[0].ID)
			h.must(err)
		},
		"its author left":        func(h *house, _, second access.Actor) { h.leave(second) },
		"the relay slept a week": func(h *house, _, _ access.Actor) { h.Clock.Move(8 * 24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			h := quiet(t)
			odile := h.odile()
			second := h.raise(odile, h.accept(odile, h.second()))
			h.subjects()
			h.invite(second, claire, access.CompanyUser)
			h.Work() // owed
			meanwhile(h, odile, second)
			for _, m := range h.mails() {
				if m.To[0] == claire {
					t.Errorf("mailed: %s", m.Subject)
				}
			}
		})
	}
}

// Abuse 20: five a day for one address, whoever invites.
func TestAnAddressIsInvitedFiveTimesADay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		other := h.Join(noticetest.Other, "claire", claire)
		h.subjects()
		for range 4 {
			h.invite(odile, paul, access.CompanyUser)
			h.Work()
			h.mails()
			h.invite(other, paul, access.CompanyUser)
			h.Work()
			h.mails()
		}
		n := 0
		for _, m := range h.box.Messages() {
			if m.To[0] == paul {
				n++
			}
		}
		if n != 5 {
			t.Errorf("%d mails", n)
		}
	})
}

// Abuse 25: names are strangers'. They are quoted, on one line, and nothing in them is a
// link.
func TestTheNamesOfAnInvitationAreNoLinks(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE account SET name = $1 WHERE id = $2", "<b>PLACE</b> https://pirate.example", by.AccountID)
		return err
	})
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE establishment SET name = $1", "Ministère pirate.example\r\nBcc: x")
		return err
	})
	h.subjects()
	h.invite(by, claire, access.CompanyUser)
	h.Work()
	m := h.to(claire)
	for _, bad := range []string{"pirate.example", "https://pirate", "\nBcc"} {
		if strings.Contains(m.Text+m.Subject+m.HTML, bad) {
			t.Errorf("the mail holds %q:\n%s\n%s", bad, m.Subject, m.Text)
		}
	}
	if strings.Contains(m.HTML, "<b>PLACE") {
		t.Error("a name became markup")
	}
}

func TestWhoHearsOfADispute(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		second := h.raise(odile, h.accept(odile, h.second()))
		who := h.third()
		h.subjects()
		const name, house = "« Odile Muller »", "« Menuiserie Muller »"
		opened := name + " conteste l'administrateur de " + house
		h.contest(who)
		h.heard("nobody knows the operator's address", "karim: "+opened, "odile: "+opened)
		_, err := h.members().Reject(t.Context(), exploitant, h.dispute())
		h.must(err)
		confirmed := "La contestation de l'administrateur de " + house + " est rejetée"
		h.heard("rejected", "karim: "+confirmed, "odile: "+confirmed, "paul: L'administrateur de "+house+" est confirmé")

		h.operatorMail()
		h.contest(who)
		h.Work() // owed
		_, err = h.members().ChangeRole(t.Context(), odile, second.MembershipID, access.CompanyUser)
		h.must(err)
		h.heard("one administers no more meanwhile", "exploitant: Administrateur contesté : "+house, "odile: "+opened)
		_, err = h.members().Grant(t.Context(), exploitant, h.dispute())
		h.must(err)
		h.heard("granted: no « votre demande est acceptée »", "odile: Vous n'administrez plus "+house, "paul: Vous administrez maintenant "+house)
	})
}

func TestADisputeDecidedMeanwhileIsNotMailed(t *testing.T) {
	h := quiet(t)
	h.operatorMail()
	h.odile()
	who := h.second()
	h.subjects()
	h.contest(who)
	h.Work()
	h.leave(who)
	h.heard("the request was taken back")
	if got := fmt.Sprint(h.Count("SELECT count(*) FROM outbox WHERE kind LIKE 'dispute%' AND state = 'cancelled'")); got != "2" {
		t.Errorf("%s cancelled", got)
	}
}
