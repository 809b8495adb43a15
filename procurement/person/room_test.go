package person_test

import (
	"context"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

// remote is where everybody of these tests signs in from.
const remote = "192.0.2.17"

// house is the whole program but its pages, with a server that receives its mail.
type house struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
	members *member.Service
	alerts  *alert.Service
	persons *person.Service
	outbox  *mail.Outbox
	sender  *mail.Sender
	box     *mailbox.Mailbox
	busy    bool // somebody asks for a page each hour, see pass
}

// quiet opens a house on SQLite, for what does not depend on the database.
func quiet(t *testing.T) *house {
	t.Helper()
	d, c := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	return open(t, d, c)
}

func open(t *testing.T, d *db.DB, c *clock.Movable) *house {
	t.Helper()
	h := &house{House: noticetest.Open(t, d, c), t: t}
	h.watches = watch.NewService(d, h.Journal, h.Notices)
	h.members = member.New(d, h.Journal, h.Accounts, h.Orgs, h.watches)
	var err error
	h.box, err = mailbox.Listen("127.0.0.1:0")
	h.must(err)
	t.Cleanup(func() { _ = h.box.Close() })
	h.outbox, err = mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: noticetest.Silent})
	h.must(err)
	h.sender, err = mail.NewSender(h.outbox, "smtp://"+h.box.Addr()+"?starttls=no", noticetest.Silent)
	h.must(err)
	h.alerts = alert.NewService(d, h.Journal, h.outbox, h.watches, "https://parvis.example", noticetest.Silent)
	h.persons = person.New(d, h.Accounts, h.members, h.watches, h.alerts)
	h.must(h.watches.Matcher().CatchUp(t.Context()))
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

// join signs somebody up.
func (h *house) join(siret, login string) access.Actor {
	h.t.Helper()
	return h.Join(siret, login, login+"@muller.example")
}

// enter signs somebody up at the seat and has by accept them, in a role.
func (h *house) enter(by access.Actor, login string, role access.Role) access.Actor {
	h.t.Helper()
	who := h.join(noticetest.Seat, login)
	_, err := h.members.Accept(h.t.Context(), by, who.MembershipID)
	h.must(err)
	who.Role = access.CompanyUser
	if role == access.CompanyAdmin {
		h.raise(by, who)
		who.Role = role
	}
	return who
}

func (h *house) raise(by, who access.Actor) {
	h.t.Helper()
	_, err := h.members.ChangeRole(h.t.Context(), by, who.MembershipID, access.CompanyAdmin)
	h.must(err)
}

// signIn opens a session, past any second factor.
func (h *house) signIn(who access.Actor) (session string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		a, err := account.Find(tx, who.AccountID)
		if err != nil {
			return err
		}
		in, err := account.OpenSession(tx, a, who.MembershipID, account.Visitor{Remote: remote, Browser: "Firefox"})
		session = in.Session
		return err
	})
	return session
}

// erase erases somebody's account from a session of its own.
func (h *house) erase(who access.Actor, form person.Erasure) error {
	h.t.Helper()
	session := h.signIn(who)
	return h.persons.Erase(context.Background(), who, session, form, account.Visitor{Remote: remote})
}

// right is the form of whoever knows the password.
var right = person.Erasure{Password: noticetest.Password}

func form(name string, recipients ...string) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7, Recipients: recipients}
}

func (h *house) create(by access.Actor, f watch.Form) string {
	h.t.Helper()
	saved, err := h.watches.Create(h.t.Context(), by, f)
	h.must(err)
	return saved.ID
}

// agree has an address accept what it was asked.
func (h *house) agree(addressKey string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = $1, token_hash = NULL WHERE address_key = $2 AND confirmed_at IS NULL", tx.Now, addressKey)
		return err
	})
}

// publish records a call and does what follows at once, mails included.
func (h *house) publish(sourceID, title string) {
	h.t.Helper()
	h.Record(true, noticetest.Call(sourceID, title))
	h.deliver()
}

// deliver does the jobs that wait and sends what is owed.
func (h *house) deliver() {
	h.t.Helper()
	h.must(h.watches.Matcher().CatchUp(h.t.Context()))
	h.Work()
	_, err := h.sender.SendDue(h.t.Context())
	h.must(err)
}

// subjects lists what an address was sent since the last look.
func (h *house) subjects(address string) []string {
	h.t.Helper()
	var out []string
	for _, m := range h.box.Messages() {
		if m.To[0] == address {
			out = append(out, m.Subject)
		}
	}
	return out
}

func (h *house) events(kind event.Kind) int {
	h.t.Helper()
	return h.Count("SELECT count(*) FROM event WHERE kind = $1", string(kind))
}

// kindOf is the kind of a refusal, « done » for none.
func kindOf(err error) string {
	if err == nil {
		return "done"
	}
	if e, ok := fault.As(err); ok {
		return string(e.Kind)
	}
	if all := fault.All(err); len(all) > 0 {
		return string(all[0].Kind)
	}
	return "internal: " + err.Error()
}
