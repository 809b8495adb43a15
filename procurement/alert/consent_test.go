package alert_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/fault"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/alert"
)

// only is the single mail of the last look.
func (h *house) only() mailbox.Message {
	h.t.Helper()
	got := h.mails()
	if len(got) != 1 {
		h.t.Fatalf("%d mails, want 1", len(got))
	}
	return got[0]
}

func TestARequestIsAnsweredFromItsMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		f := immediate("Bois")
		f.Recipients = []string{karim, "anne@muller.example"}
		h.create(h.odile(), f)
		h.Work()
		secrets := map[string]string{}
		for _, m := range h.mails() {
			secrets[m.To[0]] = h.secret(m)
		}
		if len(secrets) != 2 {
			t.Fatalf("asked: %v", secrets)
		}
		asked, err := h.watches.RequestOf(ctx, secrets[karim])
		h.must(err)
		if asked.WatchName != "Bois" || asked.CompanyName != "Menuiserie Muller" || asked.AskedBy != "Odile Muller" || asked.Address != karim {
			t.Errorf("asked: %+v", asked)
		}
		_, err = h.watches.Answer(ctx, secrets[karim], true)
		h.must(err)
		_, err = h.watches.Answer(ctx, secrets["anne@muller.example"], false)
		h.must(err)
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (Bois)", karim+": Menuiseries de l'école (Bois)")
		_, err = h.watches.Answer(ctx, secrets[karim], false) // the link goes on saying no
		h.must(err)
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("refused since", odile+": Menuiseries du lycée (Bois)")
	})
}

func TestARequestThatIsTakenBackIsNotSent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		f := immediate("Bois")
		f.Recipients = []string{karim}
		id := h.create(by, f)
		h.Work()
		f.Recipients = nil
		h.edit(by, id, f)
		h.told("removed before it was asked")
	})
}

// One POST ends, for that recipient, every watch that the mail named.
func TestTheUnsubscribeLinkStopsWhatTheMailNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		by := h.odile()
		for _, name := range []string{"Bois", "Alsace"} {
			f := immediate(name)
			f.Recipients = []string{karim}
			h.create(by, f)
		}
		other := immediate("Voirie")
		other.Keywords, other.Recipients = "voirie", []string{karim}
		h.create(by, other)
		h.confirm()
		h.publish(call("1", "Menuiseries de l'école"))
		var link string
		for _, m := range h.mails() {
			if header := m.Header.Get("List-Unsubscribe"); header != "<https://parvis.example/desabonnement/"+h.secret(m)+">" {
				t.Errorf("List-Unsubscribe: %s", header)
			}
			if got := m.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
				t.Errorf("List-Unsubscribe-Post: %s", got)
			}
			if m.To[0] == karim {
				link = h.secret(m)
			}
		}
		shown, err := h.alerts.Stopping(ctx, link)
		h.must(err)
		check := func(when string, got alert.Stopping, bois, alsace bool) {
			t.Helper()
			state := map[string]bool{}
			for _, w := range got.Watches {
				state[w.Name] = w.Stopped
			}
			if diff := cmp.Diff(map[string]bool{"Bois": bois, "Alsace": alsace}, state); diff != "" || got.Address != karim {
				t.Errorf("%s, %s (-want +got):\n%s", when, got.Address, diff)
			}
		}
		check("shown", shown, false, false)
		var bois string
		for _, w := range shown.Watches {
			if w.Name == "Bois" {
				bois = w.ID
			}
		}
		got, err := h.alerts.Stop(ctx, link, []string{bois, "another's"}, false)
		h.must(err)
		check("one of them", got, true, false)
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("one of them", odile+": Menuiseries du lycée (Bois, Alsace)", karim+": Menuiseries du lycée (Alsace)")
		got, err = h.alerts.Stop(ctx, link, nil, false)
		h.must(err)
		check("all", got, true, true)
		_, err = h.alerts.Stop(ctx, link, nil, false) // a mail program that insists
		h.must(err)
		h.publish(call("3", "Menuiseries du gymnase"), call("4", "Voirie communale"))
		h.told("all", odile+": Menuiseries du gymnase (Bois, Alsace) | Voirie communale (Voirie)", karim+": Voirie communale (Voirie)")
		got, err = h.alerts.Stop(ctx, link, []string{bois}, true)
		h.must(err)
		check("again", got, false, true)
		h.publish(call("5", "Menuiseries de la mairie"))
		h.told("again", odile+": Menuiseries de la mairie (Bois, Alsace)", karim+": Menuiseries de la mairie (Bois)")
		for _, wrong := range []string{"", "x", link + "x", strings.Repeat("A", 43), "\x00"} {
			if _, err := h.alerts.Stop(ctx, wrong, nil, false); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

// A mail that is on its way when its reader unsubscribes does not leave.
func TestWhoUnsubscribesGetsNothingFromThenOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.create(by, daily("Matin", 7))
		h.publish(call("1", "Menuiseries de l'école"))
		link := h.secret(h.only())
		h.publish(call("2", "Menuiseries du lycée")) // owed, not sent
		_, err := h.alerts.Stop(context.Background(), link, nil, false)
		h.must(err)
		h.told("owed before")
		h.publish(call("3", "Menuiseries du gymnase"))
		h.tomorrow(7, 0)
		h.told("from then on")
		h.Clock.Move(time.Hour)
	})
}

func TestTheSignUpMailsOfAnAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.must(h.Accounts.AskSignUp(ctx, signUp(odile), account.Visitor{}))
		h.Work()
		m := h.only()
		if _, err := h.Accounts.SignUpOf(ctx, h.secret(m)); err != nil || m.To[0] != odile || m.Subject != "Terminez votre inscription sur Parvis" {
			t.Errorf("to %v: %s (%v)", m.To, m.Subject, err)
		}
		h.odile()
		h.Work()
		h.told("the second link was used before it was sent")
		h.must(h.Accounts.AskSignUp(ctx, signUp(odile), account.Visitor{}))
		h.Work()
		if m := h.only(); m.Subject != "Vous avez déjà un compte sur Parvis" || !strings.Contains(m.Text, "odile.muller") {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
	})
}
