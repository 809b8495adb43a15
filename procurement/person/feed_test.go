package person_test

import (
	"strings"
	"testing"

	"parvis/kit/fault"
	"parvis/procurement/feed"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/person"
	"parvis/procurement/webhook"
)

// Whoever erases their account takes their private feeds with them, everywhere, and the
// webhooks of the watches that they have alone.
func TestAnErasureEndsFeedsAndOwnWebhooks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		feeds := feed.New(h.DB, h.Journal, h.Notices, h.watches)
		hooks := webhook.New(h.DB, h.Journal, h.watches, nil, "https://parvis.example", noticetest.Silent)
		odile := h.join(noticetest.Seat, "odile")
		karim := h.enter(odile, "karim", odile.Role)
		emile := h.join(noticetest.Seat, "emile") // waits: a watch of his own
		shared, own := h.create(odile, form("Bois")), h.create(emile, form("À moi"))
		theirs, err := feeds.Open(t.Context(), karim, shared, feed.JSON)
		h.must(err)
		secret, err := feeds.Open(t.Context(), emile, own, feed.JSON)
		h.must(err)
		_, err = hooks.Add(t.Context(), emile, own, "https://chez-moi.exemple.fr/parvis")
		h.must(err)
		_, err = hooks.Add(t.Context(), karim, shared, "https://outils.exemple.fr/parvis")
		h.must(err)
		e, err := h.persons.Export(t.Context(), emile)
		h.must(err)
		if len(e.Feeds) != 1 || e.Feeds[0].Watch != "À moi" || len(e.Watches) != 1 || strings.Join(e.Watches[0].Webhooks, " ") != "https://chez-moi.exemple.fr/parvis" {
			t.Errorf("%+v %+v", e.Feeds, e.Watches)
		}
		h.must(h.erase(emile, person.Erasure{Password: noticetest.Password}))
		h.must(h.erase(karim, person.Erasure{Password: noticetest.Password}))
		if n := h.Count("SELECT count(*) FROM feed"); n != 0 {
			t.Errorf("%d feeds are left", n)
		}
		if n := h.Count("SELECT count(*) FROM webhook WHERE watch_id = $1", own) + h.Count("SELECT count(*) FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id WHERE w.watch_id = $1", own); n != 0 {
			t.Errorf("%d rows of the webhook that was his alone are left", n)
		}
		if n := h.Count("SELECT count(*) FROM webhook WHERE watch_id = $1", shared); n != 1 {
			t.Error("the establishment's webhook went with whoever added it")
		}
		for _, s := range []string{theirs, secret} {
			if _, err := feeds.Read(t.Context(), s, feed.JSON); fault.All(err)[0].Kind != fault.NotFound {
				t.Error(err)
			}
		}
	})
}
