package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// unwanted says that nobody is to be told of this any more; its text is for the log.
type unwanted string

func (u unwanted) Error() string { return string(u) }

// types are what each reason is called in what is sent.
var types = map[Reason]string{
	Matched: "notice.matched", Moved: "notice.deadline_moved", Cancelled: "notice.cancelled", Reopened: "notice.reopened", Trial: "test",
}

// message is what is sent. Its names are documented in docs/guide/webhooks.md and do not
// change; others may come.
type message struct {
	Type      string       `json:"type"`
	ID        string       `json:"id"` // of the delivery: the same at each attempt
	CreatedAt string       `json:"created_at"`
	Watch     watchFacts   `json:"watch"`
	Notice    *watch.Facts `json:"notice,omitempty"`
	Change    *change      `json:"change,omitempty"`
}

type watchFacts struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type change struct {
	DeadlineBefore string `json:"deadline_before,omitempty"`
	DeadlineAfter  string `json:"deadline_after,omitempty"`
}

// compose writes what is sent, as things are now: a watch that was deleted or switched
// off meanwhile sends nothing, nor does a new notice that can no longer be answered.
func (s *Service) compose(tx *db.Tx, h Webhook, d delivery) (string, error) {
	found, err := watch.ByIDs(tx, []string{h.WatchID})
	if err != nil {
		return "", err
	}
	if len(found) == 0 || !found[0].DeletedAt.IsZero() {
		return "", unwanted("la veille est supprimée")
	}
	w := found[0]
	m := message{Type: types[d.Reason], ID: d.ID, CreatedAt: d.CreatedAt.RFC3339(), Watch: watchFacts{w.ID, w.Name}}
	if d.Reason == Trial {
		return text(m)
	}
	if !w.Live() {
		return "", unwanted("la veille est inactive")
	}
	if w.Paused(tx.Now) {
		return "", later(w.PausedUntil)
	}
	notices, err := notice.ByIDs(tx, []string{d.NoticeID})
	if err != nil {
		return "", err
	}
	if len(notices) == 0 {
		return "", unwanted("l'avis n'est plus connu")
	}
	n := notices[0]
	if d.Reason == Matched && !n.Open(tx.Now) {
		return "", unwanted("la consultation est close ou annulée")
	}
	passed, err := watch.Passed(tx, found, notices)
	if err != nil {
		return "", err
	}
	if passed.Silence(w, n.ID) {
		return "", unwanted("vous avez choisi «\u00a0on passe\u00a0»")
	}
	sirens, err := watch.SIRENs(tx, notices)
	if err != nil {
		return "", err
	}
	facts, err := watch.FactsOf(n, sirens[n.ID], []*watch.Watch{w}, strings.TrimSuffix(s.base, "/"))
	if err != nil {
		return "", err
	}
	m.Notice = &facts
	if d.Reason == Moved {
		m.Change = &change{d.DeadlineBefore.RFC3339(), d.Deadline.RFC3339()}
	}
	return text(m)
}

// later says that the watch is paused until then.
type later clock.Instant

func (later) Error() string { return "la veille est en pause" }

func text(m message) (string, error) {
	data, err := json.Marshal(m)
	return string(data), err
}

// Sign signs what is sent at a moment with each of the secrets, as Standard Webhooks
// does: the id, the seconds and the body, joined by dots, under HMAC-SHA256.
func Sign(id string, at time.Time, body string, secrets ...string) (map[string]string, error) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, secret := range secrets {
		coded, ok := strings.CutPrefix(secret, "whsec_")
		key, err := base64.StdEncoding.DecodeString(coded)
		if err != nil || !ok {
			return nil, errors.New("webhook: a secret is not one of ours") // and is not written here
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + seconds + "." + body))
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Webhook-Id": id, "Webhook-Timestamp": seconds, "Webhook-Signature": strings.Join(signatures, " "),
	}, nil
}
