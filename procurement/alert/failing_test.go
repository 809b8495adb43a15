package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// refuseTo has the relay refuse these addresses for good, and take the others.
func (h *house) refuseTo(addresses ...string) {
	h.box.Misbehave(func(p mailbox.Phase, recipient string) error {
		if p == mailbox.Rcpt && slices.Contains(addresses, recipient) {
			return mailbox.Refusal(550, [3]int{5, 1, 1}, "No such user")
		}
		return nil
	})
}

// Several addresses that fail in one hour make one mail to whoever can put it right, and
// each failure is told once.
func TestFailingAddressesAreToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		f := immediate("Bois")
		f.Recipients = []string{karim, "devis@muller.example", "atelier@muller.example"}
		h.create(by, f)
		h.confirm()
		h.refuseTo(karim, "devis@muller.example")
		h.publish(call("26-1", "Menuiseries"))
		h.told("the two others", odile+": Menuiseries (Bois)", "atelier@muller.example: Menuiseries (Bois)")
		h.Work()
		h.wantSubjects("within the hour")
		h.Clock.Move(time.Hour)
		m := h.only()
		if m.To[0] != odile || m.Subject != "2\u00a0adresses en échec dans vos veilles" {
			t.Fatalf("%v %s", m.To, m.Subject)
		}
		if t.Name() == "TestFailingAddressesAreToldOnce/sqlite" {
			golden(t, "recipients_failed", m)
		}
		h.publish(call("26-2", "Menuiseries du gymnase"))
		h.told("the next notice", odile+": Menuiseries du gymnase (Bois)", "atelier@muller.example: Menuiseries du gymnase (Bois)")
		h.Work()
		h.Clock.Move(2 * time.Hour)
		h.wantSubjects("nothing more")
		h.refuseTo(karim, "devis@muller.example", "atelier@muller.example")
		h.publish(call("26-3", "Menuiseries du lycée"))
		h.mails()
		h.Work()
		h.Clock.Move(2 * time.Hour)
		h.wantSubjects("a third one fails", odile+": 3\u00a0adresses en échec dans vos veilles")
	})
}

// A refusal for a time suspends nobody, and who was put right meanwhile is not told of.
func TestWhatIsPutRightIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		f := immediate("Bois")
		f.Recipients = []string{karim}
		id := h.create(by, f)
		h.confirm()
		h.box.Refuse(450, mailbox.Rcpt)
		h.publish(call("26-1", "Menuiseries"))
		h.mails()
		if n := h.Count("SELECT count(*) FROM watch_recipient WHERE failed_at IS NOT NULL"); n != 0 {
			t.Errorf("%d addresses are suspended by a refusal for a time", n)
		}
		h.refuseTo(karim)
		h.Clock.Move(time.Hour)
		h.told("tried again", odile+": Menuiseries (Bois)")
		h.Work()
		w, err := h.watches.Find(t.Context(), by, id)
		h.must(err)
		for _, r := range w.Recipients {
			if r.State() == watch.Failed {
				_, _, err := h.watches.Recall(t.Context(), by, r.ID)
				h.must(err)
			}
		}
		h.box.Heal()
		h.Clock.Move(2 * time.Hour)
		h.wantSubjects("put right within the hour")
		h.publish(call("26-2", "Menuiseries du gymnase"))
		h.told("both again", odile+": Menuiseries du gymnase (Bois)", karim+": Menuiseries du gymnase (Bois)")
	})
}

// What the relay answered is in the log, beside what was sent to whom; the log of one
// establishment says nothing of another's, and goes on when a watch is deleted.
func TestTheLogSaysWhatBecameOfEachMessage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		claire := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		f := immediate("Bois")
		f.Recipients = []string{karim}
		id := h.create(by, f)
		theirs := immediate("Fenêtres")
		theirs.Recipients = []string{karim}
		theirs.Keywords = "fenêtre"
		h.create(claire, theirs)
		h.confirm()
		h.refuseTo(odile)
		h.publish(call("26-1", "Menuiseries"), call("26-2", "Fenêtre à Colmar"))
		h.mails()
		lines := func(who access.Actor, watchID string) []string {
			t.Helper()
			page, err := h.alerts.Sent(t.Context(), who, watchID, "", 50)
			h.must(err)
			var out []string
			for _, l := range page.Lines {
				var titles []string
				for _, n := range l.Notices {
					titles = append(titles, n.Title)
				}
				out = append(out, l.Address+" "+string(l.Mail.State)+" "+strings.Join(l.Watches, "+")+": "+strings.Join(titles, "+"))
			}
			slices.Sort(out)
			return out
		}
		equal := func(when string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n%q\nwant\n%q", when, got, want)
			}
		}
		equal("theirs", lines(by, ""), karim+" sent Bois: Menuiseries", odile+" refused Bois: Menuiseries")
		equal("hers", lines(claire, ""), "claire@vosges.example sent Fenêtres: Fenêtre à Colmar", karim+" sent Fenêtres: Fenêtre à Colmar")
		equal("another's watch", lines(claire, id))
		page, err := h.alerts.Sent(t.Context(), by, id, "", 1)
		h.must(err)
		if len(page.Lines) != 1 || page.Older == "" {
			t.Fatalf("one line of two: %d, older %q", len(page.Lines), page.Older)
		}
		rest, err := h.alerts.Sent(t.Context(), by, id, page.Older, 1)
		h.must(err)
		if len(rest.Lines) != 1 || rest.Older != "" || rest.Lines[0].ID == page.Lines[0].ID {
			t.Errorf("the other one: %+v", rest.Lines)
		}
		for _, l := range append(page.Lines, rest.Lines...) {
			if l.Address == odile && !strings.Contains(l.Mail.Answer, "No such user") {
				t.Errorf("answered %q", l.Mail.Answer)
			}
		}
		h.delete(by, id)
		equal("deleted", lines(by, ""), karim+" sent Bois: Menuiseries", odile+" refused Bois: Menuiseries")
		if _, err := h.alerts.Sent(t.Context(), access.Anybody(), "", "", 50); err == nil {
			t.Error("a visitor reads the log")
		}
	})
}

// A notice that was over before the mail left is in the log as left out.
func TestTheLogSaysWhatWasLeftOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		soon := call("26-1", "Menuiseries pressantes")
		soon.Deadline = inDays(0) + 3_600_000
		h.publish(soon, call("26-2", "Menuiseries"))
		h.Clock.Move(2 * time.Hour)
		h.told("what is left", odile+": Menuiseries (Bois)")
		page, err := h.alerts.Sent(t.Context(), by, "", "", 50)
		h.must(err)
		for _, n := range page.Lines[0].Notices {
			if n.LeftOut != (n.Title == "Menuiseries pressantes") {
				t.Errorf("%s: left out %t", n.Title, n.LeftOut)
			}
		}
	})
}
