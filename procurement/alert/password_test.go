package alert_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
)

var resetSecret = regexp.MustCompile(`(https://parvis\.example/mot-de-passe/)([\w-]{43})`)

// resetIn gives the token of the link of a mail.
func (h *house) resetIn(m mailbox.Message) string {
	h.t.Helper()
	found := resetSecret.FindStringSubmatch(m.Text)
	if found == nil || !strings.Contains(m.HTML, found[0]) {
		h.t.Fatalf("no link in\n%s", m.Text)
	}
	return found[2]
}

// without is the mail with what is drawn at random replaced.
func without(m mailbox.Message) mailbox.Message {
	m.Text, m.HTML = resetSecret.ReplaceAllString(m.Text, "${1}SECRET"), resetSecret.ReplaceAllString(m.HTML, "${1}SECRET")
	return m
}

func another(password string) account.NewPassword {
	return account.NewPassword{Password: password, Confirm: password}
}

func TestTheMailsOfAPasswordSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	h.odile()
	h.mails()
	h.Set(dbtest.Start)
	h.must(h.Accounts.AskReset(t.Context(), "odile.muller", account.Visitor{}))
	h.Work()
	m := h.only()
	golden(t, "password_reset", without(m))

	h.Set(dbtest.Start)
	in, err := h.Accounts.ResetPassword(t.Context(), h.resetIn(m), another("maillet ciseau gouge"), account.Visitor{Remote: "192.0.2.17"})
	h.must(err)
	h.Set(dbtest.Start.Add(time.Hour)) // the mail says when it was changed, not when it left
	h.Work()
	golden(t, "password_changed_by_link", h.only())

	session, err := opened(h.Accounts.SignIn(t.Context(), odile, "maillet ciseau gouge", account.Visitor{Remote: "192.0.2.17", Browser: "Firefox", Device: in.Device}))
	h.must(err)
	h.Set(dbtest.Start)
	h.must(h.Accounts.ChangePassword(t.Context(), session, account.ChangeForm{Current: "maillet ciseau gouge", NewPassword: another(noticetest.Password)}, account.Visitor{Remote: "192.0.2.17"}))
	h.Work()
	golden(t, "password_changed", h.only())
}

func TestWhoForgetsAPasswordIsMailedOnceAndNobodyElseIs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.odile()
		h.mails()
		for _, who := range []string{"nobody", "nobody@muller.example", "odile.muller", "odile.muller"} {
			h.must(h.Accounts.AskReset(t.Context(), who, account.Visitor{}))
		}
		h.Work()
		m := h.only() // the last of the two requests
		if len(m.To) != 1 || m.To[0] != odile {
			t.Errorf("to %v", m.To)
		}
		if _, err := h.Accounts.ResetOf(t.Context(), h.resetIn(m)); err != nil {
			t.Error(err)
		}
		if n := h.Count("SELECT count(*) FROM outbox WHERE kind = 'password_reset' AND bytes IS NOT NULL"); n != 0 {
			t.Error("the secret stays in the outbox")
		}
	})
}

func TestALinkIsNotMailedHoursLater(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.odile()
		h.mails()
		h.must(h.Accounts.AskReset(t.Context(), odile, account.Visitor{}))
		h.Work()
		h.Clock.Move(3 * time.Hour) // the relay was down
		if late := h.mails(); len(late) != 0 {
			t.Errorf("mailed: %s", late[0].Subject)
		}
	})
}

// opened gives the session that a sign-in opened.
func opened(in account.Entry, err error) (string, error) { return in.Session, err }
