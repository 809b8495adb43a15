package alert_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
)

func (h *house) members() *member.Service {
	return member.New(h.DB, h.Journal, h.Accounts, h.Orgs, h.watches)
}

const paul = "paul@muller.example"

// second and third join odile's establishment; nobody has answered them.
func (h *house) second() access.Actor {
	h.t.Helper()
	return h.Join(noticetest.Seat, "karim", karim)
}

func (h *house) third() access.Actor {
	h.t.Helper()
	return h.Join(noticetest.Seat, "paul", paul)
}

func (h *house) accept(by, who access.Actor) access.Actor {
	h.t.Helper()
	_, err := h.members().Accept(context.Background(), by, who.MembershipID)
	h.must(err)
	who.Role = access.CompanyUser
	return who
}

func (h *house) raise(by, who access.Actor) access.Actor {
	h.t.Helper()
	_, err := h.members().ChangeRole(context.Background(), by, who.MembershipID, access.CompanyAdmin)
	h.must(err)
	who.Role = access.CompanyAdmin
	return who
}

func (h *house) refuse(by, who access.Actor) {
	h.t.Helper()
	_, err := h.members().Refuse(context.Background(), by, who.MembershipID)
	h.must(err)
}

func (h *house) remove(by, who access.Actor) {
	h.t.Helper()
	_, err := h.members().Remove(context.Background(), by, who.MembershipID)
	h.must(err)
}

func (h *house) leave(who access.Actor) {
	h.t.Helper()
	_, err := h.members().Leave(context.Background(), who)
	h.must(err)
}

func TestTheMailsAboutMembersSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.Work()
	h.mails() // her sign-up's
	who := h.second()
	h.Work()
	golden(t, "join_request", h.about("demande à rejoindre"))
	h.accept(by, who)
	h.Work()
	golden(t, "join_accepted", h.only())
	h.remove(by, who)
	h.Work()
	golden(t, "member_removed", h.only())
	again := h.third()
	h.Work()
	h.mails()
	h.refuse(by, again)
	h.Work()
	golden(t, "join_refused", h.only())
}

// about gives the one mail since the last look whose subject holds words.
func (h *house) about(words string) mailbox.Message {
	h.t.Helper()
	var found []mailbox.Message
	for _, m := range h.mails() {
		if strings.Contains(m.Subject, words) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d mails about %q, want 1", len(found), words)
	}
	return found[0]
}

// subjects says of each mail received since the last look to whom it went and what it
// is about, but for the mails of signing up.
func (h *house) subjects() []string {
	h.t.Helper()
	h.Work()
	var out []string
	for _, m := range h.mails() {
		if !strings.Contains(m.Text, "/inscription/") {
			login, _, _ := strings.Cut(strings.Join(m.To, ","), "@")
			out = append(out, login+": "+strings.NewReplacer("\u00a0", " ").Replace(m.Subject))
		}
	}
	slices.Sort(out)
	return out
}

func (h *house) heard(when string, want ...string) {
	h.t.Helper()
	if got := h.subjects(); !slices.Equal(got, want) {
		h.t.Errorf("%s: %q, want %q", when, got, want)
	}
}

const (
	asks     = "« Odile Muller » demande à rejoindre « Menuiserie Muller »"
	accepted = "Votre demande de rejoindre « Menuiserie Muller » est acceptée"
	refused  = "Votre demande de rejoindre « Menuiserie Muller » n'est pas acceptée"
	removed  = "Vous ne faites plus partie de « Menuiserie Muller »"
)

func TestWhoHearsOfMembers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		h.heard("the first person asks nobody")
		second := h.second()
		h.heard("a request", "odile: "+asks)
		second = h.raise(odile, h.accept(odile, second))
		h.heard("accepted, and a role that the pages show", "karim: "+accepted)
		third := h.third()
		h.heard("a request with two administrators", "karim: "+asks, "odile: "+asks)
		h.refuse(second, third)
		h.heard("refused", "paul: "+refused)
		if _, err := h.members().AskAgain(t.Context(), access.Actor{AccountID: third.AccountID, Role: access.Newcomer}, odile.EstablishmentID); err != nil {
			t.Fatal(err)
		}
		h.heard("asked again", "karim: "+asks, "odile: "+asks)
		h.remove(odile, second)
		h.heard("removed", "karim: "+removed)
		fourth := h.accept(odile, h.Join(noticetest.Seat, "zoe", "zoe@muller.example"))
		h.heard("accepted before the request was mailed", "zoe: "+accepted)
		h.leave(fourth)
		h.heard("who leaves knows it")
	})
}

// What a mail would say is no longer so when it is about to leave.
func TestARequestAnsweredMeanwhileIsNotMailed(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(h *house, odile, second, third access.Actor)
		want      []string
	}{
		"nothing":   {func(*house, access.Actor, access.Actor, access.Actor) {}, []string{"karim: " + asks, "odile: " + asks}},
		"accepted":  {func(h *house, odile, _, third access.Actor) { h.accept(odile, third) }, []string{"paul: " + accepted}},
		"refused":   {func(h *house, odile, _, third access.Actor) { h.refuse(odile, third) }, []string{"paul: " + refused}},
		"withdrawn": {func(h *house, _, _, third access.Actor) { h.leave(third) }, nil},
		"an administrator is one no more": {func(h *house, odile, second, _ access.Actor) {
			_, err := h.members().ChangeRole(context.Background(), odile, second.MembershipID, access.CompanyUser)
			h.must(err)
		}, []string{"odile: " + asks}},
		"an administrator has left": {func(h *house, _, second, _ access.Actor) { h.leave(second) }, []string{"odile: " + asks}},
		"accepted, then removed":    {func(h *house, odile, _, third access.Actor) { h.remove(odile, h.accept(odile, third)) }, []string{"paul: " + removed}},
	} {
		t.Run(name, func(t *testing.T) {
			h := quiet(t)
			odile := h.odile()
			second := h.raise(odile, h.accept(odile, h.second()))
			h.subjects()
			third := h.third()
			h.Work() // the mails are owed, none has left
			c.meanwhile(h, odile, second, third)
			h.heard(name, c.want...)
		})
	}
}

// The name is a stranger's: it is quoted, on one line, and nothing in it is a link.
func TestTheNameOfWhoAsksIsNoLink(t *testing.T) {
	h := quiet(t)
	h.odile()
	who := h.second()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE account SET name = $1 WHERE id = $2", "<b>Banque</b> https://pirate.example moi@pirate.example", who.AccountID)
		return err
	})
	h.Work()
	m := h.about("demande à rejoindre")
	for _, bad := range []string{"<b>Banque", "https://pirate", "pirate.example", "moi@"} {
		if strings.Contains(m.HTML, bad) || bad != "<b>Banque" && strings.Contains(m.Text+m.Subject, bad) {
			t.Errorf("the mail holds %s:\n%s\n%s", bad, m.Subject, m.Text)
		}
	}
	if !strings.Contains(m.Text, "«\u00a0<b>Banque</b>") {
		t.Errorf("the name is not quoted:\n%s", m.Text)
	}
}

// Watches that move between people mail everybody once, and nobody who has gone.
func TestNobodyIsToldTwiceWhenWatchesChangeHands(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		h.create(odile, daily("Bois", 7))
		newcomer := h.second()
		h.create(newcomer, daily("Bois", 7))
		h.subjects()
		h.publish(call("26-1", "Menuiserie de l'école"))
		h.accept(odile, newcomer)
		h.subjects()
		h.tomorrow(7, 0)
		h.told("each their own", odile.Address+": Menuiserie de l'école (Bois)", karim+": Menuiserie de l'école (Bois (Odile Muller))")

		h.publish(call("26-2", "Menuiserie de la mairie"))
		newcomer.Role = access.CompanyUser
		h.leave(newcomer)
		h.tomorrow(24+7, 0)
		h.told("the heir, once for both", odile.Address+": Menuiserie de la mairie (Bois, Bois (Odile Muller))")
	})
}

// A digest that was owed to somebody who has gone since does not leave.
func TestWhatWasOwedToWhoHasGoneDoesNotLeave(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		second := h.accept(odile, h.second())
		f := daily("Bois", 7)
		f.Recipients = []string{"devis@muller.example"}
		h.create(second, f)
		h.subjects()
		h.confirmAll()
		h.publish(call("26-1", "Menuiserie de l'école"))
		h.tomorrow(7, 0) // owed to both
		h.remove(odile, second)
		h.Work()
		h.told("the others go on", "devis@muller.example: Menuiserie de l'école (Bois)", karim+": Vous ne faites plus partie de «\u00a0Menuiserie Muller\u00a0»")
		h.publish(call("26-2", "Menuiserie de la mairie"))
		h.tomorrow(24+7, 0)
		h.told("with the heir", "devis@muller.example: Menuiserie de la mairie (Bois)", odile.Address+": Menuiserie de la mairie (Bois)")
	})
}

// confirmAll has every address that was asked agree, whatever became of its mail.
func (h *house) confirmAll() {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = $1 WHERE confirmed_at IS NULL", tx.Now)
		return err
	})
}
