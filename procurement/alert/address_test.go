package alert_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
)

const neuve = "odile@neuve.example"

var addressSecret = regexp.MustCompile(`(https://parvis\.example/adresse/(?:confirmation|annulation)/)([\w-]{43})`)

// addressToken gives the token of the link of a mail about an address.
func (h *house) addressToken(m mailbox.Message) string {
	h.t.Helper()
	found := addressSecret.FindStringSubmatch(m.Text)
	if found == nil || !strings.Contains(m.HTML, found[0]) {
		h.t.Fatalf("no link in\n%s", m.Text)
	}
	return found[2]
}

// withoutAddress is the mail with what is drawn at random replaced.
func withoutAddress(m mailbox.Message) mailbox.Message {
	m.Text, m.HTML = addressSecret.ReplaceAllString(m.Text, "${1}SECRET"), addressSecret.ReplaceAllString(m.HTML, "${1}SECRET")
	return m
}

// ask asks for another address as the person of a login does.
func (h *house) ask(login, address string) {
	h.t.Helper()
	session, err := opened(h.Accounts.SignIn(context.Background(), login, noticetest.Password, account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"}))
	h.must(err)
	h.must(h.Accounts.AskAddress(context.Background(), session, account.AddressForm{Current: noticetest.Password, Address: address}, account.Visitor{Remote: "192.0.2.17"}))
}

// allTo gives the mails of the last look that an address received.
func (h *house) allTo(address string) []mailbox.Message {
	h.t.Helper()
	h.Work()
	var out []mailbox.Message
	for _, m := range h.mails() {
		if m.To[0] == address {
			out = append(out, m)
		}
	}
	return out
}

// one is the only mail that an address received.
func (h *house) one(address string) mailbox.Message {
	h.t.Helper()
	all := h.allTo(address)
	if len(all) != 1 {
		h.t.Fatalf("%d mails to %s", len(all), address)
	}
	return all[0]
}

func (h *house) move(token string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error { _, err := h.Accounts.ChangeAddress(tx, token, ""); return err })
}

func TestTheMailsOfAnAddressSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	h.odile()
	h.Join(noticetest.Other, "karim", karim)
	h.allTo("")
	at := func(minutes int) { h.Set(dbtest.Start.Add(time.Duration(minutes) * time.Minute)) }

	at(0)
	h.ask("odile.muller", neuve)
	confirm := h.one(neuve)
	golden(t, "address_confirm", withoutAddress(confirm))
	at(1)
	h.ask("odile.muller", karim)
	golden(t, "address_taken", h.one(karim))

	at(2)
	h.ask("odile.muller", neuve)
	confirm = h.one(neuve)
	at(3)
	h.move(h.addressToken(confirm))
	at(60) // the mail says when it was changed, and its three days run from when it is written
	changed := h.one(odile)
	golden(t, "address_changed", withoutAddress(changed))

	at(61)
	h.ask("karim", odile)
	golden(t, "address_kept", h.one(odile))
	h.must(h.Accounts.AskSignUp(t.Context(), signUp(odile), account.Visitor{}))
	if m := h.one(odile); m.Subject != "Cette adresse est réservée pour quelques jours" {
		t.Errorf("a sign-up: %s", m.Subject)
	}

	at(62)
	h.Write(func(tx *db.Tx) error { _, err := h.Accounts.RestoreAddress(tx, h.addressToken(changed)); return err })
	golden(t, "address_restored", h.one(neuve))
	if n := h.Count("SELECT count(*) FROM outbox WHERE kind LIKE 'address%' AND bytes IS NOT NULL"); n != 0 {
		t.Error("a secret stays in the outbox")
	}
}

// Abuses 20 and 25: whoever is written to because a stranger said so reads no word of
// theirs, and five mails a day at most; who leaves an address is always told.
func TestAnAddressIsNotAWayToWriteToStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.must(h.Accounts.ChangeName(t.Context(), by, "PLACE Ministère www.pirate.example"))
		h.allTo("")
		for range 5 {
			h.ask("odile.muller", neuve)
			m := h.one(neuve)
			if strings.Contains(m.Text+m.HTML+m.Subject, "pirate") || strings.Contains(m.Text+m.HTML, "odile.muller") || m.Header.Get("Bcc") != "" {
				t.Errorf("a stranger's words:\n%s", m.Text)
			}
		}
		h.Clock.Move(25 * time.Hour)
		h.Write(func(tx *db.Tx) error {
			for _, address := range []string{neuve, neuve, neuve, neuve, neuve, odile, odile, odile, odile, odile} {
				if _, err := account.Solicit(tx, address); err != nil {
					return err
				}
			}
			return nil
		})
		h.ask("odile.muller", neuve)
		if got := h.allTo(neuve); len(got) != 0 {
			t.Errorf("the sixth of a day: %s", got[0].Subject)
		}
		h.ask("odile.muller", "odile@autre.example")
		h.move(h.addressToken(h.one("odile@autre.example")))
		if m := h.one(odile); m.Subject != "L'adresse de votre compte a changé" {
			t.Errorf("%s", m.Subject)
		}
	})
}

// A change that is dropped or replaced before its mail leaves sends nothing, and one
// that was confirmed by another mail neither.
func TestALinkToAnAddressIsNotMailedInVain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.allTo("")
		h.ask("odile.muller", neuve)
		h.Work()
		h.ask("odile.muller", "odile@autre.example")
		h.Work()
		if waited, err := h.Accounts.DropAddress(t.Context(), by); !waited || err != nil {
			t.Fatal(waited, err)
		}
		for _, m := range h.mails() {
			if addressSecret.MatchString(m.Text) {
				t.Errorf("mailed to %s", m.To)
			}
		}
		h.ask("odile.muller", neuve)
		h.Work()
		h.Clock.Move(25 * time.Hour) // the relay was down
		if got := h.allTo(neuve); len(got) != 0 {
			t.Errorf("a day late: %s", got[0].Subject)
		}
	})
}

// What is mailed about an address that was swept meanwhile is nobody's any more.
func TestAMailAboutAnAddressThatWasSweptIsDropped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.odile()
		h.allTo("")
		h.ask("odile.muller", neuve)
		h.move(h.addressToken(h.one(neuve)))
		h.Clock.Move(10 * 24 * time.Hour)
		h.must(h.Accounts.ForgetStale(t.Context()))
		if got := h.allTo(odile); len(got) != 0 {
			t.Errorf("mailed: %s", got[0].Subject)
		}
		var bodies []string
		h.Read(func(tx *db.Tx) error {
			return tx.All(&bodies, "SELECT body FROM event WHERE kind IN ($1, $2)", string(event.AddressAsked), string(event.AddressChanged))
		})
		for _, b := range bodies {
			if strings.Contains(b, "@") {
				t.Errorf("the journal holds %s", b)
			}
		}
	})
}
