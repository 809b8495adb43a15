package alert_test

import (
	"context"
	"testing"
	"time"

	"parvis/kit/db/dbtest"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

// Three days of failures are told once, to whoever made the watch; resumed before the
// mail leaves, nothing is said.
func TestASuspendedWebhookIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		status := 200
		hooks := webhook.New(h.DB, h.Journal, h.watches, func(context.Context, webhook.Request) webhook.Answer { return webhook.Answer{Status: status} }, "https://parvis.example", noticetest.Silent)
		h.Set(dbtest.Start)
		by := h.odile()
		id := h.create(by, watch.Form{Name: "Bois & Cie <Alsace>", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "weekly", Weekday: 1, Hour: 7})
		hook, err := hooks.Add(ctx, by, id, "https://outils.exemple.fr/parvis?k=1")
		h.must(err)
		send := func() { _, err := hooks.SendDue(ctx); h.must(err) }
		send()
		h.Set(dbtest.Start.Add(time.Hour)) // its minute is in the mail
		status = 500
		h.publish(call("1", "Menuiseries de l'école"))
		for range 15 {
			send()
			h.Clock.Move(6 * time.Hour)
		}
		h.Work()
		var told []string
		for _, m := range h.mails() {
			if m.Subject == "Webhook suspendu\u00a0: Bois & Cie <Alsace>" {
				told = append(told, m.To...)
				golden(t, "webhook_suspended", m)
			}
		}
		if len(told) != 1 || told[0] != odile {
			t.Errorf("told %v", told)
		}
		h.must(hooks.Resume(ctx, by, id, hook.ID))
		for range 15 {
			send()
			h.Clock.Move(6 * time.Hour)
		}
		h.Work()
		h.must(hooks.Resume(ctx, by, id, hook.ID))
		for _, m := range h.mails() {
			if m.Subject == "Webhook suspendu\u00a0: Bois & Cie <Alsace>" {
				t.Error("resumed, and told all the same")
			}
		}
	})
}
