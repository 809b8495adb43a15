package company_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/watch"
)

const sentPath = "/entreprise/envois"

// mailed writes a message of a watch about a notice straight into the tables, with what
// became of it.
func (p *platform) mailed(w *watch.Watch, noticeID, address, state, answer string, attempts int) {
	p.t.Helper()
	p.write(func(tx *db.Tx) error {
		id := db.NewID()
		for _, s := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO mailing (id, kind, address, address_key, created_at) VALUES ($1, 'immediate', $2, $2, $3)", []any{id, address, tx.Now}},
			{"INSERT INTO mailing_item (mailing_id, notice_id, watches, position, said) VALUES ($1, $2, $3, 0, $4)", []any{id, noticeID, w.ID, state == "sent"}},
			{"INSERT INTO mailing_watch (watch_id, mailing_id) VALUES ($1, $2)", []any{w.ID, id}},
			{`INSERT INTO outbox (id, kind, ref, recipient, message_id, state, due_at, expires_at, attempts, faults, once, answer, created_at)
				VALUES ($1, 'notices', $2, $3, $2, $4, $5, $5, $6, 0, $7, $8, $5)`, []any{db.NewID(), id, address, state, tx.Now, attempts, false, answer}},
		} {
			if _, err := tx.Exec(s.query, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Each message is there with what became of it, in words and as the server said it.
func TestTheLogOfWhatWasSent(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie <b>de</b> la halle"})
		odile, claire := p.join(muller, "odile"), p.join(another, "claire")
		odile.get(sentPath).says("Journal des envois", "Aucun message envoyé", "gardé un an")
		wood := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		roads := odile.watch(watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		id := p.idOf("26-1")
		for i, c := range []struct {
			state, answer string
			attempts      int
			says          string
		}{
			{"sent", "250 2.0.0 Ok: queued", 0, "Accepté par le serveur"},
			{"pending", "451 4.7.1 Greylisted", 2, "2 essais sans succès"},
			{"pending", "", 0, "Partira dès que la messagerie sera disponible"},
			{"sending", "", 0, "En cours d'envoi"},
			{"refused", "550 5.1.1 No such user", 0, "Le serveur ne connaît pas cette adresse"},
			{"parked", "554 5.7.1 Spam", 0, "Mis de côté"},
			{"expired", "", 0, "Abandonné"},
			{"cancelled", "", 0, "Plus rien à dire au moment de partir"},
		} {
			address := strings.Repeat("r", i+1) + "@muller.example"
			p.mailed(wood, id, address, c.state, c.answer, c.attempts)
			row := odile.get(sentPath).table("Messages envoyés")[1]
			line := strings.Join(row, " ")
			for _, want := range []string{address, "« Bois »", "Menuiserie <b>de</b> la halle", c.says, c.answer} {
				if !strings.Contains(line, want) {
					t.Errorf("%s: no %q in %q", c.state, want, line)
				}
			}
		}
		odile.get(sentPath + "?veille=" + roads.ID).says("Aucun message envoyé")
		if n := len(odile.get(sentPath + "?veille=" + wood.ID).table("Messages envoyés")); n != 9 {
			t.Errorf("%d rows of the watch, want 8 and the head", n-1)
		}
		claire.get(sentPath).says("Aucun message envoyé")
		for _, bad := range []string{"x", db.NewID(), "%00"} {
			if p := odile.get(sentPath + "?veille=" + bad); p.status != 404 {
				t.Errorf("a watch %s: %d", bad, p.status)
			}
		}
		if p := claire.get(sentPath + "?veille=" + wood.ID); p.status != 404 {
			t.Errorf("another's watch: %d", p.status)
		}
		odile.get(sentPath + "?avant=%00").says("Messages")
		_, err := p.watches.Delete(context.Background(), odile.actor, wood.ID)
		p.must(err)
		odile.get(sentPath).says("« Bois »", "Bois (supprimée)")
	})
}

// More messages than a page holds are on the next ones, each once.
func TestTheLogGoesOn(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie"})
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		for range 60 {
			p.mailed(w, p.idOf("26-1"), "odile@muller.example", "sent", "250 Ok", 0)
		}
		first := odile.get(sentPath)
		if n := len(first.table("Messages envoyés")) - 1; n != 50 {
			t.Errorf("%d on the first page", n)
		}
		older := ""
		for _, link := range first.links() {
			if strings.HasPrefix(link, sentPath+"?avant=") {
				older = link
			}
		}
		second := odile.get(older)
		if n := len(second.table("Messages envoyés")) - 1; n != 10 {
			t.Errorf("%d on the second page", n)
		}
		second.says("Messages les plus récents")
		second.silent("Messages plus anciens")
	})
}

// An address that failed is put back from the page, and one that did not answer is asked
// again; a stranger does neither.
func TestAnAddressIsPutBackFromTheLog(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, claire := p.join(muller, "odile"), p.join(another, "claire")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Recipients: []string{"devis@muller.example"}})
		p.write(func(tx *db.Tx) error {
			if _, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = asked_at WHERE address_key = 'devis@muller.example'"); err != nil {
				return err
			}
			return watch.Fail(tx, "devis@muller.example")
		})
		failing := odile.find(w.ID).Recipients[1]
		odile.get(sentPath).says("Adresses en échec", "devis@muller.example", "Remettre en service l'adresse devis@muller.example")
		act := sentPath + "/adresses/" + failing.ID
		if got := claire.post(act, url.Values{}); got.status != 404 {
			t.Errorf("a stranger: %d", got.status)
		}
		odile.follow(act, url.Values{}).says("L'adresse devis@muller.example est remise en service")
		if got := odile.find(w.ID).Recipients[1].State(); got != watch.Confirmed {
			t.Errorf("it is %s", got)
		}
		if got := odile.post(act, url.Values{}); got.status != 409 {
			t.Errorf("twice: %d", got.status)
		}
		p.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = NULL, asked_at = asked_at - $1 WHERE id = $2", 8*24*3_600_000, failing.ID)
			return err
		})
		odile.get(sentPath).says("Demandes restées sans réponse", "Redemander l'adresse devis@muller.example")
		odile.get(watchesPage).says("devis@muller.example sans réponse")
		if row := words(odile.get(watchesPage + "/" + w.ID + "/modifier").byID("destinataire")); !strings.Contains(row, "sans réponse") || strings.Contains(row, "à confirmer") {
			t.Errorf("in the form: %s", row)
		}
		odile.follow(act, url.Values{}).says("Une demande de confirmation est adressée à devis@muller.example")
		odile.get(sentPath).silent("Demandes restées sans réponse")
	})
}
