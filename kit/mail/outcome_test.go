package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

// TestWhatTheRelaySaysDecides lists every way in which an attempt may fail, and
// what it makes of the mail.
func TestWhatTheRelaySaysDecides(t *testing.T) {
	refuse := func(code int, at mailbox.Phase, enhanced ...int) mailbox.Fault {
		var e [3]int
		copy(e[:], enhanced)
		return func(p mailbox.Phase, _ string) error {
			if p == at {
				return mailbox.Refusal(code, e, "no")
			}
			return nil
		}
	}
	cut := func(at mailbox.Phase) mailbox.Fault {
		return func(p mailbox.Phase, _ string) error {
			if p == at {
				return mailbox.ErrCut
			}
			return nil
		}
	}
	for _, c := range []struct {
		name     string
		fault    mailbox.Fault
		state    mail.State
		attempts int64
		frozen   bool // the same bytes next time
		down     bool // the relay, for everybody
	}{
		{"cut before the greeting", cut(mailbox.Greeting), mail.Pending, 0, false, true},
		{"refused at the greeting", refuse(554, mailbox.Greeting), mail.Pending, 0, false, true},
		{"refused at EHLO", refuse(451, mailbox.Hello), mail.Pending, 0, false, true},
		{"cut at EHLO", cut(mailbox.Hello), mail.Pending, 0, false, true},
		{"cut at MAIL", cut(mailbox.Mail), mail.Pending, 1, false, false},
		{"not now at MAIL", refuse(451, mailbox.Mail), mail.Pending, 1, false, false},
		{"our address refused", refuse(550, mailbox.Mail), mail.Pending, 0, false, true},
		{"a password is wanted", refuse(530, mailbox.Mail, 5, 7, 0), mail.Pending, 0, false, true},
		{"too large, said at MAIL", refuse(552, mailbox.Mail, 5, 3, 4), mail.Parked, 0, false, false},
		{"cut at RCPT", cut(mailbox.Rcpt), mail.Pending, 1, false, false},
		{"greylisted", refuse(450, mailbox.Rcpt, 4, 2, 0), mail.Pending, 1, false, false},
		{"closing at RCPT", refuse(421, mailbox.Rcpt), mail.Pending, 1, false, false},
		{"no such recipient", refuse(550, mailbox.Rcpt, 5, 1, 1), mail.Refused, 0, false, false},
		{"no such recipient, without a reason", refuse(550, mailbox.Rcpt), mail.Refused, 0, false, false},
		{"relaying denied", refuse(554, mailbox.Rcpt, 5, 7, 1), mail.Parked, 0, false, false},
		{"cut while the content is read", cut(mailbox.Data), mail.Pending, 1, true, false},
		{"cut after the dot, not kept", cut(mailbox.Dot), mail.Pending, 1, true, false},
		{"cut after the dot, kept", cut(mailbox.Kept), mail.Pending, 1, true, false},
		{"not now after the dot", refuse(452, mailbox.Dot), mail.Pending, 1, false, false},
		{"content refused", refuse(554, mailbox.Dot), mail.Parked, 0, false, false},
		{"no such recipient, said after the dot", refuse(550, mailbox.Dot, 5, 1, 1), mail.Refused, 0, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, p *post) {
				p.box.Misbehave(c.fault)
				p.owe("avis")
				p.due(0)
				row := p.row(c.state)
				if row.Attempts != c.attempts {
					t.Errorf("%d attempts, want %d", row.Attempts, c.attempts)
				}
				if row.Answer == "" {
					t.Error("nothing says why")
				}
				if frozen := p.frozen("avis") != ""; frozen != c.frozen {
					t.Errorf("frozen %v, want %v", frozen, c.frozen)
				}
				if p.send.RelayDown() != c.down {
					t.Errorf("relay down: %v, want %v", p.send.RelayDown(), c.down)
				}
				if c.state == mail.Pending {
					p.arrivesAfterAll(c.frozen)
				}
			})
		})
	}
}

// arrivesAfterAll heals the relay and expects the mail, as it was frozen or as it
// is composed now.
func (p *post) arrivesAfterAll(frozen bool) {
	p.t.Helper()
	first, before := p.frozen("avis"), len(p.box.Messages())
	p.box.Heal()
	p.say("état d’après")
	p.clock.Move(5 * time.Minute)
	p.due(1)
	all := p.box.Messages()
	if len(all) != before+1 {
		p.t.Fatalf("%d messages, want %d", len(all), before+1)
	}
	last := all[len(all)-1]
	if strings.Contains(last.Text, "après") == frozen {
		p.t.Errorf("frozen %v, it says %q", frozen, last.Text)
	}
	for _, m := range all {
		if m.MessageID != last.MessageID || (frozen && string(m.Raw) != first) {
			p.t.Errorf("copies differ:\n%s\n%s", m.Raw, first)
		}
	}
	// The link that the composer wrote down is the one that was sent.
	if want := "lien " + p.link("avis"); !strings.Contains(last.Text, want) {
		p.t.Errorf("says %q, want %q", last.Text, want)
	}
}

func TestFrozenBytesAreNotSentWhenNobodyWantsThemAnyMore(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.box.Cut(mailbox.Dot)
		p.owe("avis")
		p.due(0)
		p.box.Heal()
		p.unwanted = true
		p.clock.Move(2 * time.Minute)
		p.due(0)
		p.stand(map[mail.State]int{mail.Cancelled: 1})
		if n := len(p.box.Messages()); n != 0 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestFrozenBytesStayFrozenWhateverFollows(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.owe("avis")
		p.box.Cut(mailbox.Kept)
		p.due(0)
		for _, at := range []mailbox.Phase{mailbox.Rcpt, mailbox.Mail, mailbox.Greeting} {
			p.box.Refuse(451, at)
			p.clock.Move(time.Hour)
			p.due(0)
		}
		p.box.Heal()
		p.say("autre chose")
		p.clock.Move(time.Hour)
		p.due(1)
		if all := p.box.Messages(); len(all) != 2 || string(all[0].Raw) != string(all[1].Raw) {
			t.Errorf("%d copies, or they differ", len(all))
		}
	})
}

func TestARefusedRecipientIsTold(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		var told []string
		broken := true
		p.out.OnRefused(func(tx *db.Tx, recipient, answer string) error {
			if _, err := tx.Exec("INSERT INTO setting (name, value) VALUES ('struck off', $1)", recipient); err != nil {
				return err
			}
			if broken {
				return errors.New("the room fails")
			}
			told = append(told, recipient+" "+answer)
			return nil
		})
		p.box.Refuse(550, mailbox.Rcpt)
		p.owe("parti")
		p.due(0)
		p.stand(map[mail.State]int{mail.Pending: 1}) // what was not recorded is not settled
		broken = false
		p.clock.Move(2 * time.Minute)
		p.due(0)
		p.stand(map[mail.State]int{mail.Refused: 1})
		if len(told) != 1 || !strings.HasPrefix(told[0], "parti@mairie.example ") || !strings.Contains(told[0], "550") {
			t.Errorf("told %q", told)
		}
	})
}

func TestARelayThatIsDownCostsNoAttempt(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		addr := p.box.Addr()
		if err := p.box.Close(); err != nil {
			t.Fatal(err)
		}
		var refs []string
		for i := range 20 {
			refs = append(refs, fmt.Sprintf("avis-%d", i))
		}
		p.owe(refs...)
		probes := 0
		for range 24 * 12 { // a day, five minutes and a bit at a time
			p.due(0)
			p.clock.Move(5*time.Minute + time.Second)
			probes++
		}
		rows, err := p.out.List(context.Background(), mail.Pending, 100)
		if err != nil || len(rows) != 20 {
			t.Fatalf("%d wait: %v", len(rows), err)
		}
		for _, r := range rows {
			if r.Attempts != 0 {
				t.Fatalf("%s has lost %d attempts", r.Ref, r.Attempts)
			}
		}
		if p.box, err = mailbox.Listen(addr); err != nil {
			t.Fatal(err)
		}
		p.due(20)
		p.stand(map[mail.State]int{mail.Sent: 20})
		if p.send.RelayDown() {
			t.Error("still said to be down")
		}
	})
}

func TestARelayThatIsDownIsProbedMoreAndMoreRarely(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.box.Cut(mailbox.Greeting)
		p.owe("un", "deux", "trois")
		p.due(0)
		first := p.box.Accepted() // up to one per connection: all of them fell with it
		var gaps []int
		last := first
		for s := 0; s < 20*60; s += 10 {
			p.clock.Move(10 * time.Second)
			p.due(0)
			if n := p.box.Accepted(); n != last {
				if n != last+1 {
					t.Fatalf("%d connections for a probe", n-last)
				}
				gaps, last = append(gaps, s+10), n
			}
		}
		if len(gaps) < 5 || len(gaps) > 8 || gaps[0] > 40 {
			t.Errorf("probes after %v seconds", gaps)
		}
	})
}

func TestTheDelaysGrow(t *testing.T) {
	for n, minutes := range []float64{1, 2, 5, 10, 20, 30, 30, 30, 30} {
		seen := map[time.Duration]bool{}
		for range 50 {
			d := mail.Delay(int64(n + 1))
			seen[d] = true
			if m := d.Minutes(); m < 0.8*minutes || m > 1.2*minutes {
				t.Errorf("after failure %d: %v, want about %v minutes", n+1, d, minutes)
			}
		}
		if len(seen) < 2 {
			t.Error("what failed together comes back together")
		}
	}
}

func TestOneGreylistedRecipientDelaysNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.box.Misbehave(func(ph mailbox.Phase, to string) error {
			if ph == mailbox.Rcpt && strings.HasPrefix(to, "lent") {
				return mailbox.Refusal(451, [3]int{4, 7, 1}, "greylisted")
			}
			return nil
		})
		p.owe("lent", "un", "deux", "trois")
		p.due(3)
		p.clock.Move(time.Hour)
		p.due(0)
		p.clock.Move(time.Hour)
		p.due(0)
		if r := p.row(mail.Pending); r.Attempts != 3 || r.Ref != "lent" {
			t.Errorf("%+v", r)
		}
	})
}

// TestPoisonIsParked: what cannot be composed is put aside after eight tries and
// holds up nobody.
func TestPoisonIsParked(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.out.Compose("erreur", func(tx *db.Tx, _, _ string) (mail.Message, error) {
			_, err := tx.Exec("SELECT nothing FROM nowhere")
			return mail.Message{}, err
		})
		p.out.Compose("panique", func(*db.Tx, string, string) (mail.Message, error) { panic("lost its head") })
		p.out.Compose("injection", func(*db.Tx, string, string) (mail.Message, error) {
			return mail.Message{Subject: "a\r\nBcc: b@c.example", Text: "t"}, nil
		})
		p.out.Compose("latin1", func(*db.Tx, string, string) (mail.Message, error) {
			return mail.Message{Subject: "a", Text: "caf\xe9"}, nil
		})
		p.out.Compose("énorme", func(*db.Tx, string, string) (mail.Message, error) {
			return mail.Message{Subject: "a", Text: strings.Repeat("x", 50<<20)}, nil
		})
		kinds := []string{"erreur", "panique", "injection", "latin1", "énorme", "inconnu"}
		for _, k := range kinds {
			p.oweThis(mail.Owed{Kind: k, Ref: "r", Recipient: "a@b.example"})
		}
		p.oweThis(mail.Owed{Kind: "note", Ref: "adresse", Recipient: "a@b.example\r\nBcc: c@d.example"})
		p.owe("sain")
		p.due(1)
		for range 6 {
			p.clock.Move(time.Hour)
			p.due(0)
		}
		p.stand(map[mail.State]int{mail.Sent: 1, mail.Pending: 7})
		p.clock.Move(time.Hour)
		p.due(0)
		p.stand(map[mail.State]int{mail.Sent: 1, mail.Parked: 7})
		rows, err := p.out.List(context.Background(), mail.Parked, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Answer == "" {
				t.Errorf("%s: nothing says why", r.Kind)
			}
		}
		if n := len(p.box.Messages()); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestADawdlingRelayIsLeft: one that says a byte now and then, and one that takes
// the content and never answers.
func TestADawdlingRelayIsLeft(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.send.Hurry(300*time.Millisecond, 300*time.Millisecond)
		p.box.Slow(100 * time.Millisecond)
		p.owe("avis")
		p.due(0)
		if r := p.row(mail.Pending); r.Attempts != 0 || !p.send.RelayDown() {
			t.Errorf("no greeting in time: %+v", r)
		}
		p.box.Slow(0)
		p.box.Misbehave(func(ph mailbox.Phase, _ string) error {
			if ph == mailbox.Kept {
				time.Sleep(2 * time.Second)
			}
			return nil
		})
		p.clock.Move(time.Minute)
		p.due(0)
		if r := p.row(mail.Pending); r.Attempts != 1 || p.frozen("avis") == "" {
			t.Errorf("no answer to the dot: %+v, frozen %q", r, p.frozen("avis"))
		}
		p.arrivesAfterAll(true)
	})
}

// TestARelayThatStopsReadingIsLeft needs a server more stubborn than a mailbox:
// it says yes to everything and does not read the content.
func TestARelayThatStopsReadingIsLeft(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		defer wg.Wait()
		defer func() { _ = l.Close() }()
		done := make(chan struct{})
		defer close(done)
		wg.Go(func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			answers := []string{"220 hello", "250 stubborn", "250 ok", "250 ok", "354 go on"}
			buffer := make([]byte, 256)
			for i, a := range answers {
				if i > 0 {
					_, _ = c.Read(buffer)
				}
				_, _ = fmt.Fprintf(c, "%s\r\n", a)
			}
			<-done
		})
		p.out.Compose("long", func(*db.Tx, string, string) (mail.Message, error) {
			return mail.Message{Subject: "long", Text: strings.Repeat("é\n", 600_000)}, nil // more than sockets buffer
		})
		s := sender(t, p.out, "smtp://"+l.Addr().String()+"?starttls=no")
		s.Hurry(300*time.Millisecond, 300*time.Millisecond)
		p.oweThis(mail.Owed{Kind: "long", Ref: "r", Recipient: "a@b.example"})
		if n, err := s.SendDue(context.Background()); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		if r := p.row(mail.Pending); r.Attempts != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// TestAConnectionServesSeveralMails and a mail survives the relay's closing it
// between two of them, whether it says so or not.
func TestAConnectionServesSeveralMails(t *testing.T) {
	for name, end := range map[string]error{
		"in silence": mailbox.ErrCut, "with a word": mailbox.Refusal(421, [3]int{4, 7, 0}, "enough for one connection"),
	} {
		t.Run(name, func(t *testing.T) {
			box, err := mailbox.Listen("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = box.Close() }()
			var mails, ended atomic.Int64
			box.Misbehave(func(ph mailbox.Phase, _ string) error {
				if ph == mailbox.Mail && mails.Add(1)%7 == 0 {
					ended.Add(1)
					return end
				}
				return nil
			})
			url := "smtp://" + box.Addr() + "?starttls=no"
			if n, err := mail.DeliverAll(url, mail.PerLink); n != mail.PerLink || err != nil {
				t.Errorf("%d taken, %v", n, err)
			}
			if n := box.Accepted(); n != 1+int(ended.Load()) {
				t.Errorf("%d connections, %d ended by the relay", n, ended.Load())
			}
			box.Heal()
			before := box.Accepted()
			if n, err := mail.DeliverAll(url, mail.PerLink+1); n != mail.PerLink+1 || err != nil {
				t.Errorf("%d taken, %v", n, err)
			}
			if n := box.Accepted() - before; n != 2 {
				t.Errorf("%d connections for one mail more than a connection takes", n)
			}
		})
	}
}

// TestAnswersLostOnTheWire loses one 250 in ten: every mail arrives, and no more
// copies than answers were lost.
func TestAnswersLostOnTheWire(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		var kept, lost atomic.Int64
		p.box.Misbehave(func(ph mailbox.Phase, _ string) error {
			if ph == mailbox.Kept && kept.Add(1)%10 == 0 {
				lost.Add(1)
				return mailbox.ErrCut
			}
			return nil
		})
		var refs []string
		for i := range 100 {
			refs = append(refs, fmt.Sprintf("avis-%d", i))
		}
		p.owe(refs...)
		for range 10 {
			if _, err := p.send.SendDue(context.Background()); err != nil {
				t.Fatal(err)
			}
			p.clock.Move(time.Hour)
		}
		p.stand(map[mail.State]int{mail.Sent: 100})
		first := map[string]string{}
		for _, m := range p.box.Messages() {
			if raw, ok := first[m.MessageID]; ok && raw != string(m.Raw) {
				t.Errorf("%s came twice and differs", m.MessageID)
			}
			first[m.MessageID] = string(m.Raw)
		}
		if n := len(p.box.Messages()); len(first) != 100 || n != 100+int(lost.Load()) || lost.Load() == 0 {
			t.Errorf("%d messages of %d mails, %d answers lost", n, len(first), lost.Load())
		}
	})
}

// TestAskedToStopItFinishesWhatIsUnderWay: nothing is left in the air, and nothing
// new begun.
func TestAskedToStopItFinishesWhatIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		p.box.Misbehave(func(ph mailbox.Phase, _ string) error {
			if ph == mailbox.Dot {
				stop() // SIGTERM in the middle of a message
				time.Sleep(100 * time.Millisecond)
			}
			return nil
		})
		for i := range 40 {
			p.owe(fmt.Sprintf("avis-%d", i))
		}
		if err := p.send.Run(ctx); err != nil {
			t.Fatal(err)
		}
		got, err := p.out.Counts(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(p.box.Messages()); got[mail.Sent] != n || n == 0 || n > 4 || got[mail.Pending] != 40-n {
			t.Errorf("%d received, states %v", n, got)
		}
		p.box.Heal()
		p.due(got[mail.Pending])
		if n := len(p.box.Messages()); n != 40 {
			t.Errorf("%d received in the end", n)
		}
	})
}

func TestASenderAtWorkHearsWhatIsOwedAndTheClock(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		p.clock.OnMove(p.out.Nudge)
		done := make(chan error)
		go func() { done <- p.send.Run(ctx) }()
		p.owe("maintenant")
		is := func(ref string) func(mailbox.Message) bool {
			return func(m mailbox.Message) bool { return strings.HasSuffix(m.Subject, ref) }
		}
		if _, err := p.box.Wait(ctx, is("maintenant")); err != nil {
			t.Error(err)
		}
		p.oweThis(mail.Owed{Kind: "note", Ref: "demain", Recipient: "a@b.example", Due: p.clock.Now().Add(24 * time.Hour)})
		p.clock.Move(24 * time.Hour)
		if _, err := p.box.Wait(ctx, is("demain")); err != nil {
			t.Error(err)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		p.stand(map[mail.State]int{mail.Sent: 2})
	})
}
