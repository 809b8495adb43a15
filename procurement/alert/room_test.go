package alert_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// house is the whole program but its pages, with a server that receives its mail.
type house struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
	alerts  *alert.Service
	outbox  *mail.Outbox
	sender  *mail.Sender
	box     *mailbox.Mailbox
	read    int // how many of the mails received were looked at
}

// open wires the rooms as app.Open does.
func open(t *testing.T, d *db.DB, c *clock.Movable) *house {
	t.Helper()
	h := &house{House: noticetest.Open(t, d, c), t: t}
	h.watches = watch.NewService(d, h.Journal, h.Notices)
	var err error
	h.box, err = mailbox.Listen("127.0.0.1:0")
	h.must(err)
	t.Cleanup(func() { _ = h.box.Close() })
	h.outbox, err = mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: noticetest.Silent})
	h.must(err)
	h.sender, err = mail.NewSender(h.outbox, "smtp://"+h.box.Addr()+"?starttls=no", noticetest.Silent)
	h.must(err)
	h.alerts = alert.NewService(d, h.Journal, h.outbox, h.watches, "https://parvis.example", noticetest.Silent)
	h.must(h.watches.Matcher().CatchUp(context.Background()))
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

const (
	odile = "odile@muller.example"
	karim = "karim@muller.example"
)

// odile has an account, and her establishment no watch yet.
func (h *house) odile() access.Actor {
	h.t.Helper()
	return h.Join(noticetest.Seat, "odile.muller", odile)
}

// immediate and daily are two watches of carpenters.
func immediate(name string) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7}
}

func daily(name string, hour int) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: hour}
}

func (h *house) create(by access.Actor, f watch.Form) string {
	h.t.Helper()
	saved, err := h.watches.Create(context.Background(), by, f)
	h.must(err)
	return saved.ID
}

// edit changes a watch through its form, as its page would.
func (h *house) edit(by access.Actor, id string, f watch.Form) {
	h.t.Helper()
	w, err := h.watches.Find(context.Background(), by, id)
	h.must(err)
	f.Version = w.Version
	_, err = h.watches.Update(context.Background(), by, id, f)
	h.must(err)
}

func (h *house) delete(by access.Actor, id string) {
	h.t.Helper()
	_, err := h.watches.Delete(context.Background(), by, id)
	h.must(err)
}

// publish records new notices and does what follows at once.
func (h *house) publish(records ...notice.Record) {
	h.t.Helper()
	h.Record(true, records...)
	h.Work()
}

// digests does what the timetable does each second.
func (h *house) digests() {
	h.t.Helper()
	h.must(h.alerts.Digests(context.Background()))
}

// at sets the clock of Paris, and has the timetable look.
func (h *house) at(year int, month time.Month, day, hour, minute int) {
	h.t.Helper()
	h.Set(time.Date(year, month, day, hour, minute, 1, 0, clock.Paris))
	h.digests()
}

// tomorrow is the morning after dbtest.Start, at that hour.
func (h *house) tomorrow(hour, minute int) {
	h.t.Helper()
	h.at(dbtest.Start.Year(), dbtest.Start.Month(), dbtest.Start.Day()+1, hour, minute)
}

// mails sends what is due and gives what was received since the last look.
func (h *house) mails() []mailbox.Message {
	h.t.Helper()
	if _, err := h.sender.SendDue(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	all := h.box.Messages()
	defer func() { h.read = len(all) }()
	return all[h.read:]
}

// told compares the alerts received since the last look with lines such as
// « odile@muller.example: Menuiseries (Bois, Alsace) », in any order.
func (h *house) told(when string, want ...string) {
	h.t.Helper()
	var got []string
	for _, m := range h.mails() {
		got = append(got, line(m))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

var reason = regexp.MustCompile(`veille «[\x{a0}\x{202f} ](.*?)[\x{a0}\x{202f} ]»`)

// line says of an alert to whom it went, and each notice with the watches named.
func line(m mailbox.Message) string {
	var items []string
	for _, part := range strings.Split(m.Text, "\n----------------------------------------\n")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		_, why, found := strings.Cut(rest, "Pourquoi vous recevez cet avis\u00a0:\n")
		if !found {
			continue // what follows the last notice
		}
		why, _, _ = strings.Cut(why, "\n\n")
		why = strings.ReplaceAll(why, "\n  ", " ")
		var names []string
		for _, r := range reason.FindAllStringSubmatch(why, -1) {
			names = append(names, r[1])
		}
		items = append(items, fmt.Sprintf("%s (%s)", title, strings.Join(names, ", ")))
	}
	if items == nil {
		items = []string{m.Subject}
	}
	return strings.Join(m.To, ",") + ": " + strings.Join(items, " | ")
}

var secretLink = regexp.MustCompile(`https://parvis\.example/(?:confirmation|desabonnement|inscription|adresse-de-secours)/(\S+)`)

// secret is the token of a mail's link.
func (h *house) secret(m mailbox.Message) string {
	h.t.Helper()
	found := secretLink.FindStringSubmatch(m.Text)
	if found == nil {
		h.t.Fatalf("no secret link in\n%s", m.Text)
	}
	return found[1]
}

// confirm has every address that was asked say yes.
func (h *house) confirm() {
	h.t.Helper()
	h.Work()
	for _, m := range h.mails() {
		if strings.Contains(m.Text, "/confirmation/") {
			_, err := h.watches.Answer(context.Background(), h.secret(m), true)
			h.must(err)
		}
	}
}

// plant writes a watch for « menuiserie » and its confirmed recipients straight
// into the tables: hundreds of them, where the form allows fifty.
func (h *house) plant(name string, frequency watch.Frequency, hour int, addresses ...string) {
	h.t.Helper()
	id := db.NewID()
	h.Write(func(tx *db.Tx) error {
		var num int64
		if err := tx.One(&num, `INSERT INTO counter (name, value) VALUES ('watch', 1)
			ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO watch (id, num, scope, establishment_id, account_id, name, name_key, criteria, active, active_since,
				frequency, hour, rhythm_since, version, created_at, changed_at)
			VALUES ($1, $2, $1, $1, $1, $3, $3, '{"keywords":["menuiserie"]}', $4, $5, $6, $7, $5, 1, $5, $5)`,
			id, num, name, true, tx.Now, string(frequency), hour); err != nil {
			return err
		}
		for _, text := range addresses {
			a, err := account.ParseAddress(text)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO watch_recipient (id, watch_id, address, address_key, main, asked_at, confirmed_at)
				VALUES ($1, $2, $3, $4, $5, $6, $6)`, db.NewID(), id, a.Text, a.Key, false, tx.Now); err != nil {
				return err
			}
		}
		return tx.Changed("watch", id)
	})
}

var call = noticetest.Call
