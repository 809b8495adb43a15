package mail_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

// TestMain lets the test binary also be the sender that the kill test kills.
func TestMain(m *testing.M) {
	if os.Getenv("PARVIS_TEST_SENDER") != "" {
		os.Exit(victim())
	}
	os.Exit(m.Run())
}

var silent = slog.New(slog.DiscardHandler)

// post is an outbox, its sender and the server it sends to.
type post struct {
	t     *testing.T
	db    *db.DB
	clock *clock.Movable
	out   *mail.Outbox
	send  *mail.Sender
	box   *mailbox.Mailbox

	mu       sync.Mutex
	said     string // what the composer says now
	unwanted bool
	once     bool
	composed int
}

// each runs f on both databases with a post whose mails of kind "note" say what
// p.said is when they are composed.
func each(t *testing.T, f func(t *testing.T, p *post)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		box, err := mailbox.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p := &post{t: t, db: d, clock: c, box: box, said: "premier état"}
		t.Cleanup(func() { _ = p.box.Close() })
		p.out = outbox(t, d)
		p.out.Compose("note", p.compose)
		p.send = sender(t, p.out, "smtp://"+box.Addr())
		f(t, p)
	})
}

func outbox(t *testing.T, d *db.DB) *mail.Outbox {
	t.Helper()
	o, err := mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: silent})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func sender(t *testing.T, o *mail.Outbox, url string) *mail.Sender {
	t.Helper()
	s, err := mail.NewSender(o, url, silent)
	if err != nil {
		t.Fatal(err)
	}
	if url != "" {
		s.Hurry(5*time.Second, 5*time.Second)
	}
	return s
}

func (p *post) compose(tx *db.Tx, ref, _ string) (mail.Message, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.composed++
	if p.unwanted {
		return mail.Message{}, mail.ErrUnwanted
	}
	// What is written stays if and only if these bytes are the ones frozen.
	if _, err := tx.Exec("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		"link of "+ref, fmt.Sprint(p.composed)); err != nil {
		return mail.Message{}, err
	}
	return mail.Message{Subject: "Au sujet de " + ref, Text: fmt.Sprintf("%s, lien %d", p.said, p.composed), Once: p.once}, nil
}

func (p *post) say(s string) { p.mu.Lock(); p.said = s; p.mu.Unlock() }

func (p *post) owe(refs ...string) {
	p.t.Helper()
	for _, ref := range refs {
		p.oweThis(mail.Owed{Kind: "note", Ref: ref, Recipient: ref + "@mairie.example"})
	}
}

func (p *post) oweThis(m mail.Owed) {
	p.t.Helper()
	if err := p.db.Write(context.Background(), func(tx *db.Tx) error { return p.out.Owe(tx, m) }); err != nil {
		p.t.Fatal(err)
	}
}

// due sends what is due and expects n to be taken.
func (p *post) due(n int) {
	p.t.Helper()
	got, err := p.send.SendDue(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	if got != n {
		p.t.Errorf("%d mails sent, want %d", got, n)
	}
}

// stand expects these states, all others empty.
func (p *post) stand(want map[mail.State]int) {
	p.t.Helper()
	got, err := p.out.Counts(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	if len(got) != len(mail.States) {
		p.t.Errorf("states without a count: %v", got)
	}
	maps.DeleteFunc(got, func(_ mail.State, n int) bool { return n == 0 })
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("states differ:\n%s", diff)
	}
}

// row gives the only row in this state.
func (p *post) row(s mail.State) mail.Row {
	p.t.Helper()
	rows, err := p.out.List(context.Background(), s, 10)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(rows) != 1 {
		p.t.Fatalf("%d rows are %s, want one", len(rows), s)
	}
	return rows[0]
}

// frozen gives the bytes kept in the row.
func (p *post) frozen(ref string) string {
	p.t.Helper()
	var bytes *string
	if err := p.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(&bytes, "SELECT bytes FROM outbox WHERE ref = $1", ref)
	}); err != nil {
		p.t.Fatal(err)
	}
	if bytes == nil {
		return ""
	}
	return *bytes
}

func (p *post) link(ref string) (s string) {
	p.t.Helper()
	if err := p.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(&s, "SELECT value FROM setting WHERE name = $1", "link of "+ref)
	}); err != nil && !errors.Is(err, db.ErrNone) {
		p.t.Fatal(err)
	}
	return s
}

func TestAFactOwesItsMail(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		rolledBack := errors.New("the fact did not happen")
		err := p.db.Write(context.Background(), func(tx *db.Tx) error {
			if err := p.out.Owe(tx, mail.Owed{Kind: "note", Ref: "rien", Recipient: "a@b.example"}); err != nil {
				return err
			}
			return rolledBack
		})
		if !errors.Is(err, rolledBack) {
			t.Fatal(err)
		}
		p.stand(map[mail.State]int{})
		p.owe("avis", "avis", "avis")
		p.stand(map[mail.State]int{mail.Pending: 1})
		p.due(1)
		p.owe("avis") // the fact is told again: it was mailed
		p.due(0)
		p.stand(map[mail.State]int{mail.Sent: 1})

		got, row := p.box.Messages()[0], p.row(mail.Sent)
		if got.Subject != "Au sujet de avis" || got.Text != "premier état, lien 1\n" {
			t.Errorf("received %q %q", got.Subject, got.Text)
		}
		if "<"+got.MessageID+">" != row.MessageID || !strings.HasSuffix(row.MessageID, "@parvis.example>") {
			t.Errorf("Message-ID %q, of the row %q", got.MessageID, row.MessageID)
		}
		if diff := cmp.Diff([]string{"avis@mairie.example"}, got.To); diff != "" || got.From != "ne-pas-repondre@parvis.example" {
			t.Errorf("envelope from %s: %s", got.From, diff)
		}
		if kept := p.frozen("avis"); kept != "" {
			t.Errorf("links that are secrets stay in the outbox: %q", kept)
		}
		if row.EndedAt == 0 || row.Answer == "" {
			t.Errorf("the row keeps neither hour nor answer: %+v", row)
		}
		if d := got.Date.Sub(p.clock.Now().Time()); d < -time.Minute || d > time.Minute {
			t.Errorf("dated %v, the clock says %v", got.Date, p.clock.Now().Time())
		}
	})
}

func TestNothingIsOwedHalf(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		for _, m := range []mail.Owed{{Ref: "r", Recipient: "a@b.example"}, {Kind: "note", Recipient: "a@b.example"}, {Kind: "note", Ref: "r"}} {
			if err := p.db.Write(context.Background(), func(tx *db.Tx) error { return p.out.Owe(tx, m) }); err == nil {
				t.Errorf("owed %+v", m)
			}
		}
	})
}

func TestAMailWaitsForItsHourAndNotBeyondItsTime(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.oweThis(mail.Owed{Kind: "note", Ref: "demain", Recipient: "a@b.example", Due: p.clock.Now().Add(24 * time.Hour), ValidFor: time.Hour})
		p.oweThis(mail.Owed{Kind: "note", Ref: "code", Recipient: "a@b.example", ValidFor: 2 * time.Hour})
		p.box.Refuse(451, mailbox.Rcpt)
		p.due(0)
		p.box.Heal()
		p.clock.Move(3 * time.Hour)
		p.due(0)
		p.stand(map[mail.State]int{mail.Pending: 1, mail.Expired: 1})
		if r := p.row(mail.Expired); r.Ref != "code" || r.Attempts != 1 || !strings.Contains(r.Answer, "451") {
			t.Errorf("expired: %+v", r)
		}
		p.clock.Move(21*time.Hour + time.Minute)
		p.due(1)
	})
}

func TestMailIsComposedWhenItIsSent(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.owe("veille")
		p.say("critères changés")
		p.due(1)
		if got := p.box.Messages()[0].Text; !strings.HasPrefix(got, "critères changés") {
			t.Errorf("said %q", got)
		}
		p.owe("supprimee")
		p.unwanted = true
		p.due(0)
		p.stand(map[mail.State]int{mail.Sent: 1, mail.Cancelled: 1})
	})
}

func TestASecretLinkDoesNotStay(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.once = true
		p.owe("mot-de-passe")
		p.due(1)
		if p.frozen("mot-de-passe") != "" {
			t.Error("the secret link is still in the outbox")
		}
		p.box.Cut(mailbox.Kept)
		p.owe("deuxieme")
		p.due(0)
		if p.frozen("deuxieme") == "" {
			t.Error("bytes of unknown fate are gone")
		}
		p.clock.Move(mail.Longest + time.Hour)
		p.due(0)
		p.stand(map[mail.State]int{mail.Sent: 1, mail.Expired: 1})
		if p.frozen("deuxieme") != "" {
			t.Error("the secret link outlived its mail")
		}
	})
}

func TestWithoutARelayMailStaysOwed(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		none := sender(t, p.out, "")
		p.owe("avis")
		if n, err := none.SendDue(context.Background()); n != 0 || err != nil || none.Configured() {
			t.Errorf("%d, %v, configured %v", n, err, none.Configured())
		}
		p.stand(map[mail.State]int{mail.Pending: 1})
		if !p.send.Configured() {
			t.Error("a relay is configured")
		}
		p.due(1)
	})
}

func TestWhatEndedLongAgoIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.owe("ancien")
		p.due(1)
		p.clock.Move(24 * time.Hour)
		limit := p.clock.Now()
		p.owe("récent") // with an accent it is no address: it fails to be composed, and waits
		p.owe("autre")
		p.due(1)
		if n, err := p.out.Forget(context.Background(), limit); n != 1 || err != nil {
			t.Errorf("%d forgotten, %v", n, err)
		}
		p.stand(map[mail.State]int{mail.Sent: 1, mail.Pending: 1})
	})
}

func TestOnlyWhatIsParkedIsRetried(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.owe("avis")
		p.box.Refuse(554, mailbox.Dot)
		p.due(0)
		p.stand(map[mail.State]int{mail.Parked: 1})
		p.clock.Move(2 * mail.Longest) // parked is not expired
		p.box.Heal()
		p.due(0)
		id := p.row(mail.Parked).ID
		p.say("gabarit corrigé")
		if err := p.out.Retry(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		p.due(1)
		if got := p.box.Messages()[0].Text; !strings.HasPrefix(got, "gabarit corrigé") {
			t.Errorf("said %q", got)
		}
		if err := p.out.Retry(context.Background(), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent and retried: %v", err)
		}
		if err := p.out.Retry(context.Background(), "inconnu"); !fault.Is(err, fault.NotFound) {
			t.Errorf("unknown and retried: %v", err)
		}
	})
}
