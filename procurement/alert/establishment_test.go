package alert_test

import (
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/org"
)

func (h *house) profiles() *org.Profiles {
	return org.NewProfiles(h.DB, h.Journal, nil, noticetest.Silent)
}

// rescue gives the establishment its mailbox, by the real way.
func (h *house) rescue(by access.Actor, address string) {
	h.t.Helper()
	h.must(h.profiles().AskFallback(h.t.Context(), by, address))
	h.Work()
	_, err := h.profiles().AnswerFallback(h.t.Context(), h.secret(h.about("Adresse de secours")), true)
	h.must(err)
	h.Work()
}

func (h *house) verify(verified bool) {
	h.t.Helper()
	_, _, err := h.profiles().Verify(h.t.Context(), access.Platform("exploitant"), "FR", noticetest.Seat, verified)
	h.must(err)
}

// bounce has the relay refuse an address for good, for the mails of a new notice.
func (h *house) bounce(address, id string) {
	h.t.Helper()
	h.box.Misbehave(func(p mailbox.Phase, to string) error {
		if p != mailbox.Rcpt || to != address {
			return nil
		}
		return mailbox.Refusal(550, [3]int{5, 1, 1}, "no such mailbox")
	})
	h.publish(call(id, "Menuiserie de l'école"))
	_, err := h.sender.SendDue(h.t.Context())
	h.must(err)
	h.box.Heal()
	h.Work()
}

func TestTheMailsAboutAnEstablishmentSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.subjects()
	h.verify(true)
	h.Work()
	golden(t, "establishment_verified", h.only())
	h.verify(false)
	h.Work()
	golden(t, "establishment_unverified", h.only())

	h.must(h.profiles().AskFallback(t.Context(), by, "contact@muller.example"))
	h.Work()
	m := h.only()
	golden(t, "fallback_request", m)
	_, err := h.profiles().AnswerFallback(t.Context(), h.secret(m), true)
	h.must(err)
	h.create(by, immediate("Bois"))
	h.bounce(odile, "26-1")
	m = h.only()
	golden(t, "address_failed", m)
	// Its second link is to stop, and works.
	all := secretLink.FindAllStringSubmatch(m.Text, -1)
	_, err = h.profiles().AnswerFallback(t.Context(), all[len(all)-1][1], false)
	h.must(err)
	h.heard("who has stopped")

	h.rescue(by, "accueil@muller.example")
	now, err := h.profiles().Profile(t.Context(), by)
	h.must(err)
	h.must(h.profiles().RemoveFallback(t.Context(), by, now.Fallback.ID))
	h.Work()
	golden(t, "fallback_removed", h.only())
}

func TestAdministratorsHearThatTheEstablishmentIsVerified(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile := h.odile()
		second := h.raise(odile, h.accept(odile, h.second()))
		h.third() // a newcomer
		user := h.accept(odile, h.Join(noticetest.Seat, "zoe", "zoe@muller.example"))
		h.Join(noticetest.Branch, "luc", "luc@muller.example")
		h.subjects()
		h.verify(true)
		h.heard("verified", "karim: Établissement vérifié : Menuiserie Muller", "odile: Établissement vérifié : Menuiserie Muller")
		h.verify(true)
		h.heard("verified already")
		h.verify(false)
		h.verify(true)
		h.heard("thought better of", "karim: Établissement vérifié : Menuiserie Muller", "odile: Établissement vérifié : Menuiserie Muller")
		h.verify(false)
		h.Work()
		h.leave(second)
		h.leave(user)
		h.heard("who has left", "odile: Établissement à nouveau non vérifié : Menuiserie Muller")
	})
}

// The own address of somebody whom the establishment's watches alert fails: its mailbox
// hears of it, once; nobody else's, and not of what a newcomer watches alone.
func TestTheMailboxHearsOfAnAddressThatFails(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.rescue(by, "contact@muller.example")
		newcomer := h.second()
		h.create(by, immediate("Bois"))
		h.create(by, immediate("Encore"))
		f := immediate("Autres destinataires")
		f.Recipients = []string{"devis@muller.example"}
		h.create(by, f)
		h.create(newcomer, immediate("La mienne"))
		h.subjects()
		h.confirmAll()

		h.bounce(karim, "26-1")
		h.told("a newcomer's", odile+": Menuiserie de l'école (Bois, Encore, Autres destinataires)", "devis@muller.example: Menuiserie de l'école (Autres destinataires)")
		h.bounce("devis@muller.example", "26-2")
		h.told("a further recipient's", odile+": Menuiserie de l'école (Bois, Encore, Autres destinataires)")
		h.bounce(odile, "26-3")
		h.told("a person's own", "contact@muller.example: Les alertes n'arrivent plus à Odile Muller")
		h.bounce(odile, "26-4")
		h.told("once only")
	})
}

// A mailbox that is not in use, or fails itself, is not written to.
func TestAMailboxThatIsNotInUseHearsNothing(t *testing.T) {
	for name, prepare := range map[string]func(h *house, by access.Actor){
		"none": func(*house, access.Actor) {},
		"not confirmed": func(h *house, by access.Actor) {
			h.must(h.profiles().AskFallback(h.t.Context(), by, "contact@muller.example"))
		},
		"removed before the mail leaves": func(h *house, by access.Actor) {
			h.rescue(by, "contact@muller.example")
			h.bounce(odile, "26-0")
			now, err := h.profiles().Profile(h.t.Context(), by)
			h.must(err)
			h.must(h.profiles().RemoveFallback(h.t.Context(), by, now.Fallback.ID))
		},
		"failing": func(h *house, by access.Actor) {
			h.rescue(by, "contact@muller.example")
			h.Write(func(tx *db.Tx) error { return org.FailFallback(tx, "contact@muller.example") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := quiet(t)
			by := h.odile()
			h.create(by, immediate("Bois"))
			h.subjects()
			prepare(h, by)
			h.subjects()
			h.bounce(odile, "26-1")
			for _, m := range h.mails() {
				if strings.Contains(m.Subject, "n'arrivent plus") {
					t.Errorf("to %v: %s", m.To, m.Subject)
				}
			}
		})
	}
}

// The name is a stranger's words: on one line, escaped, and no link.
func TestTheNameInARequestToAMailboxIsNoLink(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE establishment SET name = $1", "<b>Banque</b>\r\nBcc: x@y.fr")
		return err
	})
	h.must(h.profiles().AskFallback(t.Context(), by, "contact@muller.example"))
	h.Work()
	m := h.about("Adresse de secours")
	if strings.Contains(m.HTML, "<b>Banque") || m.Header.Get("Bcc") != "" || strings.Contains(m.Text, "\nBcc") || strings.Contains(m.Text, "Odile") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
}
