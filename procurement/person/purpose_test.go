package person_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

// sweep does the tasks of the timetable that forget.
func (h *house) sweep() {
	h.t.Helper()
	ctx := h.t.Context()
	h.must(h.Accounts.ForgetStale(ctx))
	h.must(h.watches.Forget(ctx))
	h.must(h.alerts.Forget(ctx))
	h.must(h.members.ForgetInvitations(ctx))
	_, err := h.outbox.Forget(ctx, h.Clock.Now().Add(-alert.Keep))
	h.must(err)
}

// TestEachTermIsTrue lives until just before each term of the notice, and until just
// after: the rows are there, then they are gone. What the notice says in words is these
// constants, so that no other term can be on the page.
func TestEachTermIsTrue(t *testing.T) {
	kept := account.KeptFor()
	for _, c := range []struct {
		key   string
		term  time.Duration
		says  string
		begin func(h *house, odile access.Actor)
		rows  string
	}{
		{"inscriptions", kept.SignUp, "2\u00a0jours", func(h *house, _ access.Actor) {
			h.must(h.Accounts.AskSignUp(h.t.Context(), account.SignUpForm{SIRET: noticetest.Seat, CompanyName: "Muller", Name: "Un nom", Address: "rien@muller.example"}, account.Visitor{}))
		}, "SELECT count(*) FROM sign_up WHERE address_key = 'rien@muller.example'"},
		{"sessions", kept.Session, "12\u00a0heures", func(h *house, odile access.Actor) { h.signIn(odile); h.busy = true }, "SELECT count(*) FROM session"},
		{"sessions", kept.Idle, "2\u00a0heures", func(h *house, odile access.Actor) { h.signIn(odile) }, "SELECT count(*) FROM session"},
		{"demandes", kept.Reset, "1\u00a0jour", func(h *house, odile access.Actor) {
			h.must(h.Accounts.AskReset(h.t.Context(), odile.Address, account.Visitor{}))
		}, "SELECT count(*) FROM password_reset"},
		{"demandes", kept.Solicitation, "1\u00a0jour", func(h *house, odile access.Actor) {
			h.Write(func(tx *db.Tx) error { _, err := account.Solicit(tx, odile.Address); return err })
		}, "SELECT count(*) FROM solicitation"},
		{"essais", kept.Failures, "30\u00a0jours", func(h *house, odile access.Actor) {
			in, err := h.Accounts.SignIn(h.t.Context(), odile.Address, noticetest.Password, account.Visitor{Remote: remote, Browser: "Firefox"})
			h.must(err)
			if _, err := h.Accounts.SignIn(h.t.Context(), odile.Address, "un mot de passe faux", account.Visitor{Remote: remote, Device: in.Device}); err == nil {
				h.t.Error("a wrong password is right")
			}
		}, "SELECT count(*) FROM attempt WHERE failures > 0"},
		{"navigateurs", kept.Device, "13\u00a0mois", func(*house, access.Actor) {}, "SELECT count(*) FROM device"},
		{"navigateurs", kept.Forgotten, "30\u00a0jours", func(h *house, odile access.Actor) {
			_, err := h.Accounts.EndOtherSessions(h.t.Context(), odile, h.signIn(odile))
			h.must(err)
		}, "SELECT count(*) FROM device WHERE forgotten_at IS NOT NULL"},
		{"adresses", kept.Wanted, "1\u00a0jour", func(h *house, odile access.Actor) { h.wants(odile, "neuve@muller.example") }, "SELECT count(*) FROM address_change"},
		{"adresses", kept.Left, "3\u00a0jours", func(h *house, odile access.Actor) { h.leaves(odile, "neuve@muller.example") }, "SELECT count(*) FROM former_address"},
		{"invitations", member.KeepInvitations, "30\u00a0jours", func(h *house, odile access.Actor) {
			h.must(h.members.Invite(h.t.Context(), odile, member.InvitationForm{Address: "zoe@muller.example", Role: string(access.CompanyUser)}))
			h.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE invitation SET expires_at = $1", tx.Now); return err })
		}, "SELECT count(*) FROM invitation"},
		{"veilles", watch.Keep, "12\u00a0mois", func(h *house, odile access.Actor) {
			_, err := h.watches.Delete(h.t.Context(), odile, h.create(odile, form("Bois", "devis@muller.example")))
			h.must(err)
		}, "SELECT (SELECT count(*) FROM watch) + (SELECT count(*) FROM watch_recipient)"},
		{"etiquettes", watch.Keep, "12\u00a0mois", func(h *house, odile access.Actor) {
			h.publish("26-1", "Menuiserie de l'école")
			var id string
			h.Read(func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice") })
			note := "trop loin"
			h.must(h.watches.Tag(h.t.Context(), odile, id, watch.TagForm{Choice: string(watch.Pass), Note: &note}))
		}, "SELECT (SELECT count(*) FROM tag) + (SELECT count(*) FROM tag_note)"},
		{"destinataires", watch.Keep, "12\u00a0mois", func(h *house, odile access.Actor) {
			h.create(odile, form("Bois", "devis@muller.example", "muet@muller.example"))
			h.Write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE watch_recipient SET removed_at = $1, confirmed_at = $1 WHERE address_key = 'devis@muller.example'", tx.Now)
				return err
			})
		}, "SELECT count(*) FROM watch_recipient WHERE NOT main"},
		{"envois", alert.Keep, "12\u00a0mois", func(h *house, odile access.Actor) {
			h.create(odile, form("Bois"))
			h.publish("26-1", "Menuiserie de l'école")
		}, "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM mailing) + (SELECT count(*) FROM mailing_item) + (SELECT count(*) FROM told)"},
	} {
		t.Run(c.key+" "+c.says, func(t *testing.T) {
			if !strings.Contains(purpose(t, c.key).Term, c.says) || c.says != person.Span(c.term) {
				t.Errorf("the notice says « %s », the code %s", purpose(t, c.key).Term, person.Span(c.term))
			}
			h := quiet(t)
			odile := h.join(noticetest.Seat, "odile")
			if c.key == "sessions" {
				h.Write(func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM session"); return err })
			}
			c.begin(h, odile)
			h.pass(c.term - time.Minute)
			if n := h.Count(c.rows); n == 0 {
				t.Errorf("a minute before its term it is gone")
			}
			h.pass(2 * time.Minute)
			if n := h.Count(c.rows); n != 0 {
				t.Errorf("a minute after its term %d rows are there", n)
			}
		})
	}
}

// pass lets time go by; somebody busy asks for a page each hour.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	for h.busy && d > time.Hour {
		h.Clock.Move(time.Hour)
		d -= time.Hour
		h.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE session SET seen_at = $1", tx.Now); return err })
	}
	h.Clock.Move(d)
	h.sweep()
}

// wants asks for another address and gives the token that its mail would carry.
func (h *house) wants(who access.Actor, address string) (token string) {
	h.t.Helper()
	h.must(h.Accounts.AskAddress(h.t.Context(), h.signIn(who), account.AddressForm{Current: noticetest.Password, Address: address}, account.Visitor{Remote: remote}))
	h.Write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM address_change WHERE address_key = $1 AND closed_at IS NULL", address); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintAddressToken(tx, id)
		return err
	})
	return token
}

// leaves moves somebody to another address and tells the one that they leave.
func (h *house) leaves(who access.Actor, address string) (back string) {
	h.t.Helper()
	_, err := h.persons.ConfirmAddress(h.t.Context(), h.wants(who, address), "")
	h.must(err)
	h.Write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM former_address WHERE address_key = $1 AND closed_at IS NULL", who.Address); err != nil {
			return err
		}
		var err error
		back, _, err = account.MintRestoreToken(tx, id)
		return err
	})
	return back
}

func purpose(t *testing.T, key string) person.Purpose {
	t.Helper()
	for _, p := range person.Purposes() {
		if p.Key == key {
			return p
		}
	}
	t.Fatalf("no purpose %q", key)
	return person.Purpose{}
}

// An address that has said stop is remembered as long as the same company could write
// to it again, and no longer.
func TestAStopIsRememberedWhileItMatters(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.join(noticetest.Seat, "odile")
		const devis = "devis@muller.example"
		first, second := h.create(odile, form("Bois", devis)), h.create(odile, form("Verre", devis))
		h.agree(devis)
		h.Write(func(tx *db.Tx) error { return h.watches.Stop(tx, devis, []string{first}, false) })
		_, err := h.watches.Delete(t.Context(), odile, first)
		h.must(err)
		h.pass(366 * 24 * time.Hour)
		if n := h.Count("SELECT count(*) FROM watch_recipient WHERE watch_id = $1 AND stopped_at IS NOT NULL", first); n != 1 {
			t.Error("the stop is forgotten while another watch goes to that address")
		}
		if n := h.Count("SELECT count(*) FROM watch WHERE id = $1 AND criteria LIKE '%menuiserie%'", first); n != 0 {
			t.Error("the deleted watch is remembered with what it asked")
		}
		_, err = h.watches.Delete(t.Context(), odile, second)
		h.must(err)
		h.pass(366 * 24 * time.Hour)
		if n := h.Count("SELECT count(*) FROM watch_recipient"); n != 0 {
			t.Errorf("%d recipients of nothing are kept", n)
		}
	})
}

// What a journal keeps for ever names nobody beside the one who acted.
func TestTheJournalKeepsNoNameOfAWatch(t *testing.T) {
	h := quiet(t)
	odile := h.join(noticetest.Seat, "odile")
	h.create(odile, form("Chantier de Mme Untel", "devis@muller.example"))
	if n := h.Count("SELECT count(*) FROM event WHERE body LIKE '%Untel%' OR body LIKE '%menuiserie%' OR body LIKE '%@%'"); n != 0 {
		t.Errorf("%d lines say what somebody wrote", n)
	}
}

func TestEveryKindHasItsFrenchWords(t *testing.T) {
	for _, k := range event.Kinds {
		if k.Label() == string(k) {
			t.Errorf("event %s has no French label: people read it in their export (event.labels)", k)
		}
	}
	for _, k := range quiet(t).outbox.Kinds() {
		if alert.Label(k) == k {
			t.Errorf("mail %s has no French label: people read it in their export (alert.labels)", k)
		}
	}
}

func TestTheNoticeIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range person.Purposes() {
		if p.What == "" || p.Why == "" || p.Basis == "" || p.Term == "" || seen[p.Key] {
			t.Errorf("%+v", p)
		}
		seen[p.Key] = true
	}
	h := quiet(t)
	odile := h.join(noticetest.Seat, "odile")
	lines, err := h.persons.Kept(t.Context(), odile)
	h.must(err)
	for _, l := range lines {
		if len(l.Held) == 0 {
			t.Errorf("%s: nothing is said of today", l.Key)
		}
	}
	if _, err := h.persons.Kept(t.Context(), access.Anybody()); kindOf(err) != "sign_in" {
		t.Errorf("a visitor: %v", err)
	}
	if _, err := h.persons.Export(t.Context(), access.Anybody()); kindOf(err) != "sign_in" {
		t.Errorf("a visitor: %v", err)
	}
}
