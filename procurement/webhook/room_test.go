package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

const address = "https://outils.exemple.fr/parvis"

// house is the program up to its webhooks, with a receiver that notes what it is sent
// and answers as the test says.
type house struct {
	*noticetest.House
	t        *testing.T
	watches  *watch.Service
	hooks    *webhook.Service
	by       access.Actor
	watchID  string
	mu       sync.Mutex
	received []received
	answers  func(n int, r webhook.Request) webhook.Answer // n counts what came before
}

// received is what the receiver was sent.
type received struct {
	webhook.Request
	Type   string `json:"type"`
	ID     string `json:"id"`
	Notice *watch.Facts
	Watch  struct{ ID, Name string }
	Change *struct {
		Before string `json:"deadline_before"`
		After  string `json:"deadline_after"`
	}
}

func ok(int, webhook.Request) webhook.Answer  { return webhook.Answer{Status: 200, Text: "merci"} }
func bad(int, webhook.Request) webhook.Answer { return webhook.Answer{Status: 500, Text: "en panne"} }

func (h *house) post(_ context.Context, r webhook.Request) webhook.Answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := received{Request: r}
	if err := json.Unmarshal(r.Body, &one); err != nil {
		h.t.Errorf("%v: %s", err, r.Body)
	}
	n := len(h.received)
	h.received = append(h.received, one)
	return h.answers(n, r)
}

func open(t *testing.T, d *db.DB, c *clock.Movable) *house {
	t.Helper()
	h := &house{House: noticetest.Open(t, d, c), t: t, answers: ok}
	h.watches = watch.NewService(d, h.Journal, h.Notices)
	h.hooks = webhook.New(d, h.Journal, h.watches, h.post, "https://parvis.example", noticetest.Silent)
	h.by = h.Join(noticetest.Seat, "odile.muller", "odile@muller.example")
	h.watchID = h.create(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
	return h
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) { f(t, open(t, d, c)) })
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) create(f watch.Form) string {
	h.t.Helper()
	f.Mode, f.Frequency, f.Hour = "any", "daily", 7
	saved, err := h.watches.Create(context.Background(), h.by, f)
	h.must(err)
	return saved.ID
}

func (h *house) edit(f watch.Form) {
	h.t.Helper()
	w, err := h.watches.Find(context.Background(), h.by, h.watchID)
	h.must(err)
	f.Name, f.Mode, f.Frequency, f.Hour, f.Version = w.Name, "any", "daily", 7, w.Version
	if f.Keywords == "" {
		f.Keywords = "menuiserie"
	}
	_, err = h.watches.Update(context.Background(), h.by, h.watchID, f)
	h.must(err)
}

func (h *house) add() webhook.Webhook {
	h.t.Helper()
	hook, err := h.hooks.Add(context.Background(), h.by, h.watchID, address)
	h.must(err)
	return hook
}

// listens adds a webhook that has accepted its first trial, and forgets it.
func (h *house) listens() webhook.Webhook {
	h.t.Helper()
	hook := h.add()
	h.sent("the first trial", "test")
	h.Clock.Move(time.Second)
	return hook
}

// publish records notices and does the jobs that follow.
func (h *house) publish(records ...notice.Record) {
	h.t.Helper()
	h.Record(true, records...)
	h.Work()
}

// sent sends what is due and compares what was received with lines such as
// « notice.matched Menuiseries ».
func (h *house) sent(when string, want ...string) []received {
	h.t.Helper()
	_, err := h.hooks.SendDue(context.Background())
	h.must(err)
	h.mu.Lock()
	defer h.mu.Unlock()
	var got []string
	for _, r := range h.received {
		line := r.Type
		if r.Notice != nil {
			line += " " + r.Notice.Title
		}
		got = append(got, line)
	}
	if strings.Join(got, " | ") != strings.Join(want, " | ") {
		h.t.Errorf("%s: %q, want %q", when, got, want)
	}
	all := h.received
	h.received = nil
	return all
}

func (h *house) now(hook webhook.Webhook) webhook.Webhook {
	h.t.Helper()
	_, all, err := h.hooks.List(context.Background(), h.by, h.watchID)
	h.must(err)
	for _, one := range all {
		if one.ID == hook.ID {
			return one
		}
	}
	h.t.Fatal("the webhook is gone")
	return hook
}

func (h *house) log(hook webhook.Webhook) []webhook.Line {
	h.t.Helper()
	_, _, lines, err := h.hooks.Log(context.Background(), h.by, h.watchID, hook.ID, 100)
	h.must(err)
	return lines
}

// verify checks a signature as a receiver does: by the norm's words alone.
func verify(r webhook.Request, secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Headers["Webhook-Id"] + "." + r.Headers["Webhook-Timestamp"] + "."))
	mac.Write(r.Body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, s := range strings.Fields(r.Headers["Webhook-Signature"]) {
		if hmac.Equal([]byte(s), []byte(want)) {
			return true
		}
	}
	return false
}

var call = noticetest.Call
