package public_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/cpv"
	"parvis/procurement/event"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/public"
)

const (
	base     = "https://parvis.example"
	siret    = "73282932000074"
	password = "rabot varlope"
)

// house is the whole platform, but for what listens: its pages, its rooms, and
// the server where its mails arrive.
type house struct {
	t *testing.T
	public.Pages
	clock *clock.Movable
	queue *job.Queue
	out   *mail.Outbox
	pages http.Handler
	box   *mailbox.Mailbox
	token string // the session of the browser
	known string // what it keeps to be known to accounts
	waits string // its sign-in under way
	flash string // the message that the last act left
}

// each runs f on both databases, empty.
func each(t *testing.T, f func(*house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) { f(build(t, d, c)) })
}

// build wires the rooms as the program does.
func build(t *testing.T, d *db.DB, c *clock.Movable) *house {
	t.Helper()
	return buildWith(t, d, c, nil)
}

// buildWith has a directory of companies too.
func buildWith(t *testing.T, d *db.DB, c *clock.Movable, companies org.Directory) *house {
	t.Helper()
	silent := slog.New(slog.DiscardHandler)
	h := &house{t: t, clock: c, queue: job.New(d, silent)}
	j := event.NewJournal(h.queue)
	h.DB, h.Operator, h.Base, h.CPV = d, "", base, cpv.New(d)
	h.Accounts = account.New(d, j, silent)
	h.Orgs = org.New(d, h.Accounts)
	h.Profiles = org.NewProfiles(d, j, companies, silent)
	h.Notices = notice.NewService(d, j)
	h.Notices.FactsOf = noticetest.FactsOf
	h.Watches = watch.NewService(d, j, h.Notices)
	h.Feeds = feed.New(d, j, h.Notices, h.Watches)
	h.Members = member.New(d, j, h.Accounts, h.Orgs, h.Watches)
	var err error
	if h.out, err = mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: silent}); err != nil {
		t.Fatal(err)
	}
	h.Alerts = alert.NewService(d, j, h.out, h.Watches, base, silent)
	h.Persons = person.New(d, h.Accounts, h.Members, h.Watches, h.Alerts)
	if err := h.queue.Open(); err != nil {
		t.Fatal(err)
	}
	site := answer.New(h.Orgs.ActorOf, slog.New(slog.NewTextHandler(logTo{t}, nil)))
	public.Routes(site, h.Pages)
	h.pages = site.Server()
	return h
}

// logTo fails the test for whatever the site logs: it logs only faults of ours.
type logTo struct{ t *testing.T }

func (l logTo) Write(b []byte) (int, error) {
	l.t.Errorf("logged: %s", b)
	return len(b), nil
}

// deliver has mails leave for a mailbox, until the test ends.
func (h *house) deliver() {
	h.t.Helper()
	var err error
	if h.box, err = mailbox.Listen("127.0.0.1:0"); err != nil {
		h.t.Fatal(err)
	}
	sender, err := mail.NewSender(h.out, "smtp://"+h.box.Addr(), slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := h.queue.Start(ctx); err != nil {
		h.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- sender.Run(ctx) }()
	h.t.Cleanup(func() {
		// First what is under way: a job that is cut off while it commits stops the queue.
		stop, end := context.WithTimeout(context.Background(), 30*time.Second)
		defer end()
		if err := h.queue.Stop(stop); err != nil {
			h.t.Errorf("queue: %v", err)
		}
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("sender: %v", err)
		}
		_ = h.box.Close() // what it says of a closed connection is not ours
	})
}

// mailTo waits for the first mail to an address whose subject holds these words.
func (h *house) mailTo(address, subject string) mailbox.Message {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	m, err := h.box.Wait(ctx, func(m mailbox.Message) bool {
		return len(m.To) == 1 && m.To[0] == address && strings.Contains(m.Subject, subject)
	})
	if err != nil {
		h.t.Fatalf("mail to %s: %v", address, err)
	}
	return m
}

// linkIn gives the path of the link of a mail's text that begins so.
func (h *house) linkIn(m mailbox.Message, path string) string {
	h.t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(base) + `(` + regexp.QuoteMeta(path) + `\S+)`).FindStringSubmatch(m.Text)
	if found == nil {
		h.t.Fatalf("no link to %s in:\n%s", path, m.Text)
	}
	return found[1]
}

// page is an answer as a browser has it.
type page struct {
	*http.Response
	body string
}

func (h *house) do(r *http.Request) page {
	h.t.Helper()
	if h.token != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-session", Value: h.token})
	}
	if h.known != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-device", Value: h.known})
	}
	if h.waits != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-pending", Value: h.waits})
	}
	if h.flash != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-message", Value: h.flash})
	}
	r.RemoteAddr, r.Host = "192.0.2.17:4711", "parvis.example"
	w := httptest.NewRecorder()
	h.pages.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		switch c.Name {
		case "parvis-session":
			h.token = c.Value
		case "parvis-device":
			h.known = c.Value
		case "parvis-pending":
			h.waits = c.Value
		case "parvis-message":
			h.flash = c.Value
		}
	}
	return page{res, string(body)}
}

// forget makes the browser a stranger's.
func (h *house) forget() { h.token, h.known, h.waits, h.flash = "", "", "", "" }

func (h *house) get(path string) page {
	h.t.Helper()
	return h.do(httptest.NewRequest("GET", path, nil))
}

func (h *house) post(path string, form url.Values) page {
	h.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(r)
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<template.*?</template>|<[^>]*>`)

// text is what is read on the page, white space collapsed.
func (p page) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(p.body, " "))), " ")
}

// says checks the status and that the page holds each of the texts; those that
// begin with "!" it must not.
func (h *house) says(p page, status int, texts ...string) {
	h.t.Helper()
	if p.StatusCode != status {
		h.t.Errorf("%d, want %d", p.StatusCode, status)
	}
	read := p.text()
	for _, want := range texts {
		absent, no := strings.CutPrefix(want, "!")
		want = strings.Join(strings.Fields(absent), " ")
		if strings.Contains(read, want) == no {
			h.t.Errorf("found %v, want %v: %q in\n%.3000s", !no, no, want, read)
		}
	}
}

// holds checks the same of the markup.
func (h *house) holds(p page, parts ...string) {
	h.t.Helper()
	for _, want := range parts {
		part, no := strings.CutPrefix(want, "!")
		if strings.Contains(p.body, part) == no {
			h.t.Errorf("found %v, want %v: %s in\n%.6000s", !no, no, part, p.body)
		}
	}
}

// leadsTo checks a redirection.
func (h *house) leadsTo(p page, where string) {
	h.t.Helper()
	if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != where {
		h.t.Errorf("%d to %q, want 303 to %q", p.StatusCode, p.Header.Get("Location"), where)
	}
}

// kept checks that the page's address stays between the server and its reader.
func (h *house) kept(p page) {
	h.t.Helper()
	if p.Header.Get("Cache-Control") != "no-store" || p.Header.Get("Referrer-Policy") != "no-referrer" {
		h.t.Errorf("cache %q, referrer %q", p.Header.Get("Cache-Control"), p.Header.Get("Referrer-Policy"))
	}
}

// in is a moment so long after now.
func (h *house) in(days int) clock.Instant {
	return clock.At(dbtest.Start.AddDate(0, 0, days)).Add(2 * time.Hour)
}

// record takes notices in and has the index know them. It gives their ids, in
// the order given.
func (h *house) record(alerts bool, records ...notice.Record) []string {
	h.t.Helper()
	ctx := context.Background()
	for i := range records {
		r := &records[i]
		if r.Source == "" {
			r.Source = "boamp"
		}
		if r.Kind == "" {
			r.Kind = notice.Contract
		}
		if r.PublishedOn == "" {
			r.PublishedOn = "2026-11-20"
		}
		noticetest.WriteFacts(r)
		if r.Buyer.Name == "" {
			r.Buyer = notice.BuyerRecord{Name: "Ville de Sélestat", SIRET: "216704627", Postcode: "67600", City: "Sélestat"}
		}
	}
	if _, err := h.Notices.Record(ctx, access.Platform("essai"), records, alerts); err != nil {
		h.t.Fatal(err)
	}
	if err := h.Notices.Load(ctx); err != nil {
		h.t.Fatal(err)
	}
	ids := make([]string, len(records))
	err := h.DB.Read(ctx, func(tx *db.Tx) error {
		for i, r := range records {
			if err := tx.One(&ids[i], "SELECT id FROM notice WHERE source = $1 AND source_id = $2", r.Source, r.SourceID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ids
}

// buyer gives the id of the buyer of that name.
func (h *house) buyer(name string) string {
	h.t.Helper()
	found, exact, err := h.Orgs.FindByName(context.Background(), name)
	if err != nil || !exact {
		h.t.Fatalf("%s: %v, %v", name, found, err)
	}
	return found[0].ID
}

func signUp(address string) url.Values {
	return url.Values{"siret": {siret}, "entreprise": {"Menuiserie Muller"}, "nom": {"Odile Muller"}, "adresse": {address}}
}

// join signs up through the pages and the mail, and leaves the browser signed in.
func (h *house) join(address, login string) access.Actor {
	h.t.Helper()
	h.says(h.post("/inscription", signUp(address)), 200, "Un message vient de vous être envoyé à "+address)
	link := h.linkIn(h.mailTo(address, "Terminez"), "/inscription/")
	h.leadsTo(h.post(link, url.Values{"identifiant": {login}, "mot_de_passe": {password}, "confirmation": {password}}), "/entreprise")
	actor, err := h.Orgs.ActorOf(context.Background(), h.token)
	if err != nil || !actor.SignedIn() {
		h.t.Fatalf("%+v: %v", actor, err)
	}
	return actor
}

// count is the answer of a query that counts.
func (h *house) count(query string) (n int) {
	h.t.Helper()
	if err := h.DB.Read(context.Background(), func(tx *db.Tx) error { return tx.One(&n, query) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}
