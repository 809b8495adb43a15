package alert_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/db/dbtest"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
)

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"

// enter signs odile in; the browser keeps what it is given.
func (h *house) enter(from *account.Visitor) {
	h.t.Helper()
	in, err := h.Accounts.SignIn(h.t.Context(), odile, noticetest.Password, *from)
	h.must(err)
	from.Device = in.Device
}

func TestTheMailOfANewConnectionSaysWhatItSays(t *testing.T) {
	h := quiet(t)
	h.odile()
	h.mails()
	h.Set(dbtest.Start)
	h.enter(&account.Visitor{Remote: "192.0.2.17", Browser: firefox})
	h.Set(dbtest.Start.Add(time.Hour)) // the mail says when, not when it left
	h.Work()
	m := h.only()
	golden(t, "signed_in", m)
	if strings.Contains(m.Text+m.HTML, "192.0.2") {
		t.Error("the mail tells a network")
	}
}

// The owner is told of a browser once, and never of the one that they registered or
// chose a password with.
func TestTheOwnerIsToldOfAnUnknownBrowserOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.mails()
		quietly := func(when string) {
			t.Helper()
			h.Work()
			if late := h.mails(); len(late) != 0 {
				t.Errorf("%s: mailed %q", when, late[0].Subject)
			}
		}
		quietly("registered")
		office := &account.Visitor{Remote: "192.0.2.17", Browser: firefox}
		h.enter(office)
		h.Work()
		if m := h.only(); m.Subject != "Nouvelle connexion à votre compte" || len(m.To) != 1 || m.To[0] != odile {
			t.Errorf("%q to %v", m.Subject, m.To)
		}
		h.enter(office)
		office.Remote = "198.51.100.4" // the same laptop, on the train
		h.enter(office)
		quietly("known")
		_, err := h.Accounts.SignIn(t.Context(), odile, "wrong", account.Visitor{Remote: "198.51.100.9"})
		if err == nil {
			t.Fatal("a wrong password opens")
		}
		quietly("refused")
		h.enter(&account.Visitor{Remote: "192.0.2.17", Browser: firefox}) // another browser, at the office
		h.Work()
		h.only()
		if n := h.Count("SELECT count(*) FROM event WHERE actor_id = $1 AND (body LIKE '%192.0%' OR body LIKE '%Firefox%' OR body LIKE '%198.51%')", by.AccountID); n != 0 {
			t.Error("the journal holds where from")
		}
	})
}

// A thief who has their own browser forgotten does not hide it from the mail.
func TestABrowserForgottenAtOnceIsNamedAllTheSame(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.mails()
	in, err := h.Accounts.SignIn(t.Context(), odile, noticetest.Password, account.Visitor{Remote: "198.51.100.4", Browser: firefox})
	h.must(err)
	seen, err := h.Accounts.Connections(t.Context(), by, in.Session)
	h.must(err)
	for _, d := range seen.Devices {
		if d.Mine {
			h.must(h.Accounts.ForgetDevice(t.Context(), by, in.Session, d.ID))
		}
	}
	h.must(h.Accounts.SignOut(t.Context(), in.Session))
	h.Work()
	if m := h.only(); !strings.Contains(m.Text, "depuis Firefox sous Windows") {
		t.Error(m.Text)
	}
}
