package person_test

import (
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
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

// removal is the whole program but its pages, with a server that receives its mail.
type removal struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
	members *member.Service
	alerts  *alert.Service
	persons *person.Service
	sender  *mail.Sender
	box     *mailbox.Mailbox
	read    int // how many of the mails received were looked at
}

func openRemoval(t *testing.T, d *db.DB, c *clock.Movable) *removal {
	t.Helper()
	h := &removal{House: noticetest.Open(t, d, c), t: t}
	h.watches = watch.NewService(d, h.Journal, h.Notices)
	h.members = member.New(d, h.Journal, h.Accounts, h.Orgs, h.watches)
	var err error
	h.box, err = mailbox.Listen("127.0.0.1:0")
	h.must(err)
	t.Cleanup(func() { _ = h.box.Close() })
	outbox, err := mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: noticetest.Silent})
	h.must(err)
	h.sender, err = mail.NewSender(outbox, "smtp://"+h.box.Addr()+"?starttls=no", noticetest.Silent)
	h.must(err)
	h.alerts = alert.NewService(d, h.Journal, outbox, h.watches, "https://parvis.example", noticetest.Silent)
	h.persons = person.New(d, h.Accounts, h.members, h.watches, h.alerts)
	h.must(h.watches.Matcher().CatchUp(t.Context()))
	return h
}

func eachRemoval(t *testing.T, f func(t *testing.T, h *removal)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) { f(t, openRemoval(t, d, c)) })
}

func (h *removal) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

const (
	odile = "odile@muller.example"
	neuve = "odile@neuve.example"
	karim = "karim@muller.example"
	devis = "devis@muller.example"
)

// join signs somebody up at the seat; those who come after the first are accepted.
func (h *removal) join(by access.Actor, login, address string) access.Actor {
	h.t.Helper()
	who := h.Join(noticetest.Seat, login, address)
	if by.SignedIn() {
		_, err := h.members.Accept(h.t.Context(), by, who.MembershipID)
		h.must(err)
		who.Role = access.CompanyUser
	}
	return who
}

func (h *removal) create(by access.Actor, name string, frequency watch.Frequency, recipients ...string) string {
	h.t.Helper()
	saved, err := h.watches.Create(h.t.Context(), by, watch.Form{
		Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: string(frequency), Hour: 7, Recipients: recipients,
	})
	h.must(err)
	return saved.ID
}

var agreement = regexp.MustCompile(`https://parvis\.example/confirmation/(\S+)`)

// agree has an address that was asked say yes to everything.
func (h *removal) agree(address string) {
	h.t.Helper()
	h.Work()
	for _, m := range h.mails() {
		if found := agreement.FindStringSubmatch(m.Text); found != nil && m.To[0] == address {
			_, err := h.watches.Answer(h.t.Context(), found[1], true)
			h.must(err)
		}
	}
}

// session opens one, as whoever knows the password does.
func (h *removal) session(login string) string {
	h.t.Helper()
	in, err := h.Accounts.SignIn(h.t.Context(), login, noticetest.Password, account.Visitor{Remote: "192.0.2.17"})
	h.must(err)
	return in.Session
}

// wanted asks for another address and gives the token of its link, mailed or not.
func (h *removal) wanted(login, to string) (token string) {
	h.t.Helper()
	h.must(h.Accounts.AskAddress(h.t.Context(), h.session(login), account.AddressForm{Current: noticetest.Password, Address: to}, account.Visitor{Remote: "192.0.2.17"}))
	h.Write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM address_change WHERE address_key = $1 AND closed_at IS NULL", to); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintAddressToken(tx, id)
		return err
	})
	return token
}

// goTo changes somebody's address.
func (h *removal) goTo(login, to string) {
	h.t.Helper()
	_, err := h.persons.ConfirmAddress(h.t.Context(), h.wanted(login, to), "")
	h.must(err)
}

// back has the mailbox of an address that was left take it back, and its holder choose
// the password that the tests know.
func (h *removal) back(address string) {
	h.t.Helper()
	var token string
	h.Write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM former_address WHERE address_key = $1 AND closed_at IS NULL", address); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintRestoreToken(tx, id)
		return err
	})
	reset, err := h.persons.RestoreAddress(h.t.Context(), token)
	h.must(err)
	_, err = h.Accounts.ResetPassword(h.t.Context(), reset, account.NewPassword{Password: noticetest.Password, Confirm: noticetest.Password}, account.Visitor{Remote: "192.0.2.17"})
	h.must(err)
}

// publish records new notices and does what follows at once.
func (h *removal) publish(titles ...string) {
	h.t.Helper()
	var records []notice.Record
	for _, title := range titles {
		records = append(records, noticetest.Call("26-"+title, "Menuiserie "+title))
	}
	h.Record(true, records...)
	h.Work()
}

// morning moves the clock to the next seven o'clock and has the digests leave.
func (h *removal) morning() {
	h.t.Helper()
	now := h.Clock.Now().In(clock.Paris)
	h.Set(time.Date(now.Year(), now.Month(), now.Day()+1, 7, 0, 1, 0, clock.Paris))
	h.must(h.alerts.Digests(h.t.Context()))
}

// mails sends what is due and gives what was received since the last look.
func (h *removal) mails() []mailbox.Message {
	h.t.Helper()
	if _, err := h.sender.SendDue(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	all := h.box.Messages()
	defer func() { h.read = len(all) }()
	return all[h.read:]
}

var title = regexp.MustCompile(`Menuiserie (\w+)\n`)

// told compares the alerts received since the last look with lines such as
// « odile@muller.example: a b », in any order; other mails are left aside.
func (h *removal) told(when string, want ...string) {
	h.t.Helper()
	var got []string
	for _, m := range h.mails() {
		var names []string
		for _, found := range title.FindAllStringSubmatch(strings.ReplaceAll(m.Text, "\r\n", "\n"), -1) {
			names = append(names, found[1])
		}
		if names == nil {
			continue
		}
		slices.Sort(names)
		got = append(got, m.To[0]+": "+strings.Join(names, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// recipients lists whom a watch mails, « address state main ».
func (h *removal) recipients(by access.Actor, id string) []string {
	h.t.Helper()
	w, err := h.watches.Find(h.t.Context(), by, id)
	h.must(err)
	var out []string
	for _, r := range w.Recipients {
		line := r.Address + " " + string(r.State())
		if r.Main {
			line += " main"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func (h *removal) equal(what string, got, want any) {
	h.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// stop has an address unsubscribe from a watch.
func (h *removal) stop(address, id string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error { return h.watches.Stop(tx, address, []string{id}, false) })
}
