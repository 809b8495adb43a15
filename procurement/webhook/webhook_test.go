package webhook_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

func TestAWebhookIsToldAtOnceOfWhatMatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		known := call("1", "Menuiseries de l'école")
		known.Buyer.SIRET = "21670462700019"
		h.publish(known, call("2", "Voirie communale"))
		got := h.sent("at once", "notice.matched Menuiseries de l'école")[0]
		if got.Address != address || got.Watch.Name != "Bois" || got.Notice.URL != "https://parvis.example/annonces/"+h.IDOf("1") ||
			got.Notice.Buyer != "Ville de Sélestat" || got.Notice.BuyerSIREN != "216704627" || got.Notice.Watches[0].Words[0] != "menuiseries" || got.Headers["Webhook-Id"] != got.ID {
			t.Errorf("%+v", got)
		}
		if !verify(got.Request, hook.Secret) || verify(got.Request, "whsec_"+strings.Repeat("A", 43)+"=") {
			t.Error("the signature is not the norm's")
		}
		tampered := got.Request
		tampered.Body = append([]byte(" "), tampered.Body...)
		if verify(tampered, hook.Secret) {
			t.Error("another body has the same signature")
		}
		h.publish(call("1", "Menuiseries de l'école maternelle"))
		h.sent("the same notice, corrected")
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE river_job SET state = 'available', finalized_at = NULL WHERE kind = 'event.delivery'")
			return err
		})
		h.Work()
		h.sent("the same job, done again")
	})
}

func TestABulkImportTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		h.Record(false, call("1", "Menuiseries de l'école"))
		h.Work()
		h.sent("after an import")
	})
}

func TestWhoWasToldHearsWhatBecomesOfIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		other := h.create(watch.Form{Name: "Autre", Keywords: "menuiserie", Active: true})
		first := call("1", "Menuiseries de l'école")
		h.publish(first)
		h.sent("at once", "notice.matched Menuiseries de l'école")
		if _, err := h.hooks.Add(context.Background(), h.by, other, address); err != nil {
			t.Fatal(err)
		}
		h.sent("a webhook that comes later", "test")

		before := first.Deadline
		first.Deadline = before.Add(48 * time.Hour)
		h.publish(first)
		got := h.sent("moved", "notice.deadline_moved Menuiseries de l'école")
		if c := got[0].Change; c == nil || c.Before != rfc(before) || c.After != rfc(first.Deadline) || got[0].Notice.Deadline != c.After {
			t.Errorf("%+v", got[0].Change)
		}
		first.Deadline, first.Description = before, "Retour à la première date" // another state, not the first one
		h.publish(first)
		h.sent("back", "notice.deadline_moved Menuiseries de l'école")
		first.Deadline, first.Description = before.Add(48*time.Hour), "Et de nouveau"
		h.publish(first)
		h.sent("and there again", "notice.deadline_moved Menuiseries de l'école")

		gone := call("9", "Annulation")
		gone.Kind, gone.Linked = notice.Cancellation, []string{"1"}
		h.publish(gone)
		if got := h.sent("cancelled", "notice.cancelled Menuiseries de l'école"); got[0].Notice.CancelledAt == "" {
			t.Error("no date of cancellation")
		}
		h.Clock.Move(time.Hour)
		h.sent("an hour later")
	})
}

func rfc(i clock.Instant) string { return i.In(time.UTC).Format(time.RFC3339) }

// « On passe » silences a notice; taken back, what has changed meanwhile is told.
func TestWhatIsPassedOnIsSilent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		first := call("1", "Menuiseries de l'école")
		h.publish(first, call("2", "Menuiseries du lycée"))
		tag := func(source, choice string) {
			t.Helper()
			h.must(h.watches.Tag(context.Background(), h.by, h.IDOf(source), watch.TagForm{Choice: choice}))
		}
		tag("2", string(watch.Pass))
		h.sent("passed on before it leaves", "notice.matched Menuiseries de l'école")
		tag("1", string(watch.Pass))
		first.Deadline = first.Deadline.Add(48 * time.Hour)
		h.publish(first)
		h.sent("moved meanwhile")
		tag("1", "")
		first.Description, first.Deadline = "Encore", first.Deadline.Add(24*time.Hour)
		h.publish(first)
		h.sent("moved again", "notice.deadline_moved Menuiseries de l'école")
	})
}

func TestNothingIsSentBeforeATrialIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.answers = bad
		hook := h.add()
		h.sent("the first trial", "test")
		h.publish(call("1", "Menuiseries de l'école"))
		h.Clock.Move(24 * time.Hour)
		h.sent("what has matched meanwhile; a trial is not repeated")
		if s := h.now(hook).State(); s != webhook.Awaited {
			t.Errorf("%s", s)
		}
		h.answers = ok
		h.must(h.hooks.Try(context.Background(), h.by, h.watchID, hook.ID))
		h.sent("a trial", "test")
		if s := h.now(hook).State(); s != webhook.Active {
			t.Errorf("%s", s)
		}
		h.Clock.Move(time.Second)
		h.publish(call("2", "Menuiseries du lycée"))
		h.sent("from then on", "notice.matched Menuiseries du lycée")
	})
}

// The bytes and the id are those of the first attempt; only the hour that is signed
// moves on.
func TestWhatFailsIsTriedAgainTheSame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		h.answers = func(n int, _ webhook.Request) webhook.Answer {
			return webhook.Answer{Status: 503, Text: "<b>en\r\npanne</b>"}
		}
		r := call("1", "Menuiseries de l'école")
		h.publish(r)
		first := h.sent("at once", "notice.matched Menuiseries de l'école")[0]
		if s := h.now(hook).State(); s != webhook.Failing {
			t.Errorf("%s", s)
		}
		if l := h.log(hook)[0]; l.Status != 503 || l.Answer != "<b>en panne</b>" || l.Attempts != 1 || !l.EndedAt.IsZero() || l.DueAt <= l.TriedAt {
			t.Errorf("%+v", l)
		}
		h.sent("a moment later")
		h.edit(watch.Form{Active: true, Keywords: "menuiserie bois"})
		h.Clock.Move(2 * time.Minute)
		h.answers = ok
		again := h.sent("two minutes later", "notice.matched Menuiseries de l'école")[0]
		if string(again.Body) != string(first.Body) || again.ID != first.ID || again.Headers["Webhook-Timestamp"] == first.Headers["Webhook-Timestamp"] || !verify(again.Request, hook.Secret) {
			t.Errorf("%s\n%v\n%s\n%v", first.Body, first.Headers, again.Body, again.Headers)
		}
		if l := h.log(hook)[0]; l.Status != 200 || l.Attempts != 2 || l.DeliveredAt.IsZero() || l.EndedAt.IsZero() {
			t.Errorf("%+v", l)
		}
		if now := h.now(hook); now.State() != webhook.Active || now.Failures != 0 || !now.RetryAt.IsZero() {
			t.Errorf("%+v", now)
		}
	})
}

// A receiver that is down is asked for one thing now and then, not for all that waits.
func TestAReceiverThatIsDownIsLeftInPeace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		h.answers = bad
		var calls []notice.Record
		for i := range 10 {
			calls = append(calls, call(string(rune('a'+i)), "Menuiseries"))
		}
		h.publish(calls...)
		h.sent("of ten", "notice.matched Menuiseries")
		h.Clock.Move(2 * time.Minute)
		h.sent("then one more", "notice.matched Menuiseries")
		h.answers = ok
		h.Clock.Move(10 * time.Minute)
		var want []string
		for range 10 {
			want = append(want, "notice.matched Menuiseries")
		}
		h.sent("once it is back", want...)
	})
}

func TestAWebhookIsSuspendedAfterDaysOfFailuresOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		h.answers = bad
		h.publish(call("1", "Menuiseries de l'école"))
		for range 20 {
			_, err := h.hooks.SendDue(context.Background())
			h.must(err)
			h.Clock.Move(6 * time.Hour)
		}
		if s := h.now(hook).State(); s != webhook.Suspended {
			t.Fatalf("%s", s)
		}
		if n := h.Count("SELECT count(*) FROM event WHERE kind = 'webhook.suspended' AND subject = $1", hook.ID); n != 1 {
			t.Errorf("%d events", n)
		}
		attempts := h.log(hook)[0].Attempts
		if attempts < 10 || attempts > 25 {
			t.Errorf("%d attempts in three days", attempts)
		}
		h.received = nil
		h.publish(call("2", "Menuiseries du lycée"))
		h.sent("while it is suspended")
		h.answers = ok
		h.must(h.hooks.Try(context.Background(), h.by, h.watchID, hook.ID))
		h.sent("but trials are", "test")
		if s := h.now(hook).State(); s != webhook.Suspended {
			t.Errorf("a trial resumed it: %s", s)
		}
		h.must(h.hooks.Resume(context.Background(), h.by, h.watchID, hook.ID))
		h.must(h.hooks.Resume(context.Background(), h.by, h.watchID, hook.ID))
		h.sent("what waited", "notice.matched Menuiseries de l'école")
	})
}

func TestWhatIsTooOldIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		h.answers = bad
		h.publish(call("1", "Menuiseries de l'école"))
		h.sent("at once", "notice.matched Menuiseries de l'école")
		h.Clock.Move(webhook.ValidFor + time.Hour)
		h.answers = ok
		h.sent("a week later")
		if l := h.log(hook)[0]; l.EndedAt.IsZero() || !strings.Contains(l.Answer, "abandonné") {
			t.Errorf("%+v", l)
		}
	})
}

func TestWhatIsNotWantedAnyMoreIsNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(h *house)
		says string
	}{
		"switched off": {func(h *house) { h.edit(watch.Form{}) }, "la veille est inactive"},
		"deleted":      {func(h *house) { _, err := h.watches.Delete(context.Background(), h.by, h.watchID); h.must(err) }, "la veille est supprimée"},
		"closed":       {func(h *house) { h.Clock.Move(22 * 24 * time.Hour) }, "sept jours"},
		"cancelled": {func(h *house) {
			gone := call("9", "Annulation")
			gone.Kind, gone.Linked = notice.Cancellation, []string{"1"}
			h.Record(false, gone)
		}, "la consultation est close ou annulée"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.listens()
				h.publish(call("1", "Menuiseries de l'école"))
				c.do(h)
				h.sent("after it")
				if n := h.Count("SELECT count(*) FROM webhook_delivery WHERE ended_at IS NOT NULL AND delivered_at IS NULL AND answer LIKE '%" + c.says + "%'"); n != 1 {
					t.Errorf("%d lines say %q", n, c.says)
				}
			})
		})
	}
}

func TestAPauseHoldsWhatItFinds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		h.publish(call("0", "Menuiseries d'avant"))
		until := h.Clock.Now().In(clock.Paris).AddDate(0, 0, 2)
		h.edit(watch.Form{Active: true, Pause: until.Format(time.DateOnly)})
		h.publish(call("1", "Menuiseries de l'école"))
		h.sent("during it")
		h.Clock.Move(24 * time.Hour)
		h.sent("the next day")
		h.Clock.Move(48 * time.Hour)
		h.sent("after it", "notice.matched Menuiseries d'avant", "notice.matched Menuiseries de l'école")
	})
}

// Another webhook that hangs holds up nobody, and what is under way is not sent twice.
func TestOneAtATimeToEachAndNobodyWaitsForAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Menuiseries du lycée"))
		hung, release := make(chan struct{}), make(chan struct{})
		var once sync.Once
		h.answers = func(int, webhook.Request) webhook.Answer {
			once.Do(func() {
				h.mu.Unlock()
				close(hung)
				<-release
				h.mu.Lock()
			})
			return webhook.Answer{Status: 200}
		}
		done := make(chan error, 1)
		go func() { _, err := h.hooks.SendDue(context.Background()); done <- err }()
		<-hung
		n, err := h.hooks.SendDue(context.Background()) // another replica
		h.must(err)
		if n != 0 {
			t.Errorf("%d sent to one that is being sent to", n)
		}
		close(release)
		h.must(<-done)
		if len(h.received) != 2 || len(h.log(hook)) != 3 {
			t.Errorf("%d received", len(h.received))
		}
	})
}

// A run that died leaves a lease: the delivery is taken up again when it is over, with
// the same bytes.
func TestWhatADeadRunHadIsTakenUpAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		h.publish(call("1", "Menuiseries de l'école"))
		machine := clock.System{}.Now()
		lease := func(until clock.Instant) {
			h.Write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE webhook_delivery SET lease_until = $1 WHERE ended_at IS NULL", until)
				return err
			})
		}
		lease(machine.Add(time.Minute))
		h.sent("while it may be alive")
		lease(machine.Add(-time.Second))
		h.sent("once it is dead", "notice.matched Menuiseries de l'école")
	})
}

func TestASecretIsRenewedWithoutAGap(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		was := h.listens()
		is, err := h.hooks.Renew(context.Background(), h.by, h.watchID, was.ID)
		h.must(err)
		h.publish(call("1", "Menuiseries de l'école"))
		got := h.sent("at once", "notice.matched Menuiseries de l'école")[0]
		if is.Secret == was.Secret || !verify(got.Request, was.Secret) || !verify(got.Request, is.Secret) {
			t.Error("both do not sign")
		}
		h.Clock.Move(webhook.Overlap)
		h.publish(call("2", "Menuiseries du lycée"))
		got = h.sent("a day later", "notice.matched Menuiseries du lycée")[0]
		if verify(got.Request, was.Secret) || !verify(got.Request, is.Secret) {
			t.Error("the former secret still signs")
		}
		h.must(h.hooks.Forget(context.Background()))
		if now := h.now(is); now.OldSecret != "" {
			t.Error("the former secret is kept")
		}
	})
}

func TestLimits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		hook := h.listens()
		refused := func(err error, kind fault.Kind, says string) {
			t.Helper()
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Text, says) {
				t.Errorf("%v, want %q", err, says)
			}
		}
		_, err := h.hooks.Add(ctx, h.by, h.watchID, address)
		refused(err, fault.Invalid, "envoie déjà à cette adresse")
		for _, more := range []string{"/a", "/b"} {
			_, err := h.hooks.Add(ctx, h.by, h.watchID, address+more)
			h.must(err)
		}
		_, err = h.hooks.Add(ctx, h.by, h.watchID, address+"/c")
		refused(err, fault.Invalid, "3 webhooks au plus")
		for range 9 {
			h.must(h.hooks.Try(ctx, h.by, h.watchID, hook.ID))
		}
		refused(h.hooks.Try(ctx, h.by, h.watchID, hook.ID), fault.Unavailable, "10 essais")
		h.Clock.Move(2 * time.Hour)
		h.must(h.hooks.Try(ctx, h.by, h.watchID, hook.ID))

		stranger := h.Join(noticetest.Other, "zoe", "zoe@autre.example")
		for _, err := range []error{
			h.hooks.Try(ctx, stranger, h.watchID, hook.ID), h.hooks.Remove(ctx, stranger, h.watchID, hook.ID), h.hooks.Resume(ctx, stranger, h.watchID, hook.ID),
		} {
			refused(err, fault.NotFound, "n'existe pas")
		}
		if _, _, _, err := h.hooks.Log(ctx, stranger, h.watchID, hook.ID, 1); fault.All(err)[0].Kind != fault.NotFound {
			t.Error(err)
		}
		refused(h.hooks.Try(ctx, h.by, h.watchID, "\x00"), fault.NotFound, "n'existe pas")
	})
}

// Whoever adds at the same moment gets no more than the limit.
func TestTwoWhoAddAtOnceStayWithinTheLimit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() { _, _ = h.hooks.Add(context.Background(), h.by, h.watchID, address+"/"+string(rune('a'+i))) })
		}
		all.Wait()
		if n := h.Count("SELECT count(*) FROM webhook"); n != webhook.MaxPerWatch {
			t.Errorf("%d webhooks", n)
		}
	})
}

func TestWebhooksGoWithTheirWatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		_, err := h.watches.Delete(context.Background(), h.by, h.watchID)
		h.must(err)
		h.must(h.hooks.Forget(context.Background()))
		if n := h.Count("SELECT count(*) FROM webhook") + h.Count("SELECT count(*) FROM webhook_delivery"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// The log forgets after ninety days, but not what a call that is open was told.
func TestTheLogForgets(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		hook := h.listens()
		long := call("1", "Menuiseries de l'école")
		long.Deadline = h.Clock.Now().Add(200 * 24 * time.Hour)
		h.publish(long, call("2", "Menuiseries du lycée"))
		h.sent("at once", "notice.matched Menuiseries de l'école", "notice.matched Menuiseries du lycée")
		h.Clock.Move(webhook.Keep + time.Hour)
		h.must(h.hooks.Forget(context.Background()))
		if lines := h.log(hook); len(lines) != 1 || lines[0].Title != "Menuiseries de l'école" {
			t.Errorf("%+v", lines)
		}
	})
}

// What was announced for later and becomes a call under the same number is told then,
// once.
func TestANoticeThatBecomesACallIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.listens()
		soon := call("1", "Menuiseries de l'école")
		whole := soon
		soon.Kind, soon.Deadline = notice.Prior, 0
		h.publish(soon)
		h.sent("before it is a call")
		h.publish(whole)
		h.sent("as it becomes one", "notice.matched Menuiseries de l'école")
		h.publish(whole)
		h.sent("the same again")
	})
}
