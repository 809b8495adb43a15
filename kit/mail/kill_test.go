package mail_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

const (
	owedToVictim = 200
	kills        = 20
)

// victim is the program that the kill test kills: a sender on a real database.
func victim() int {
	fail := func(err error) int { fmt.Fprintln(os.Stderr, err); return 1 }
	d, err := db.Open(context.Background(), os.Getenv("PARVIS_TEST_SENDER"), clock.System{})
	if err != nil {
		return fail(err)
	}
	o, err := mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: silent})
	if err != nil {
		return fail(err)
	}
	o.Compose("note", func(_ *db.Tx, ref, _ string) (mail.Message, error) {
		// Never the same twice: identical copies can only come from frozen bytes.
		return mail.Message{Subject: ref, Text: ref + " " + rand.Text()}, nil
	})
	s, err := mail.NewSender(o, os.Getenv("PARVIS_TEST_RELAY"), silent)
	if err != nil {
		return fail(err)
	}
	fmt.Println("ready")
	if err := s.Run(context.Background()); err != nil {
		return fail(err)
	}
	return 0
}

// TestKilledAtAnyMomentNoMailIsLost kills a sender twenty times while two hundred
// mails are owed. Every mail arrives; a copy too many is the same to the byte.
func TestKilledAtAnyMomentNoMailIsLost(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := dbtest.URL(t, dialect)
			oweAll(t, url)
			box, err := mailbox.Listen("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = box.Close() }()
			// Slow on both sides of the moment when the message is kept, so that
			// kills fall on both.
			box.Misbehave(func(p mailbox.Phase, _ string) error {
				if p == mailbox.Dot || p == mailbox.Kept {
					time.Sleep(time.Duration(mathrand.IntN(60)) * time.Millisecond)
				}
				return nil
			})
			done := 0
			for ; done < kills; done++ {
				v := start(t, url, box.Addr())
				time.Sleep(time.Duration(mathrand.IntN(200)) * time.Millisecond)
				if err := v.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = v.Wait() // killed: that is its error
			}
			before := len(box.Messages())
			v := start(t, url, box.Addr())
			awaitAll(t, box)
			awaitMarked(t, url)
			if err := v.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = v.Wait()
			extra := copies(t, box.Messages())
			if extra > kills*mail.Connections {
				t.Errorf("%d extra copies: more than the kills explain", extra)
			}
			t.Logf("%d kills, %d messages received by then; %d mails, none lost, %d extra copies, all identical", done, before, owedToVictim, extra)
		})
	}
}

func open(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func oweAll(t *testing.T, url string) {
	t.Helper()
	d := open(t, url)
	defer func() { _ = d.Close() }()
	if err := d.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	o := outbox(t, d)
	if err := d.Write(context.Background(), func(tx *db.Tx) error {
		for i := range owedToVictim {
			if err := o.Owe(tx, mail.Owed{Kind: "note", Ref: fmt.Sprintf("note-%d", i), Recipient: "a@b.example"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// start starts a victim and waits until it is about to send.
func start(t *testing.T, url, relay string) *exec.Cmd {
	t.Helper()
	v := exec.Command(os.Args[0])
	v.Env = append(os.Environ(), "PARVIS_TEST_SENDER="+url, "PARVIS_TEST_RELAY=smtp://"+relay)
	v.Stderr = os.Stderr
	out, err := v.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "ready" {
		t.Fatalf("the sender says %q: %v", line, err)
	}
	return v
}

func awaitAll(t *testing.T, box *mailbox.Mailbox) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
	defer cancel()
	seen := map[string]bool{}
	if _, err := box.Wait(ctx, func(m mailbox.Message) bool {
		seen[m.Subject] = true
		return len(seen) == owedToVictim
	}); err != nil {
		t.Errorf("%d mails of %d arrived: %v", len(seen), owedToVictim, err)
	}
}

// awaitMarked waits until the sender has marked what it sent.
func awaitMarked(t *testing.T, url string) {
	t.Helper()
	d := open(t, url)
	defer func() { _ = d.Close() }()
	o := outbox(t, d)
	var got map[mail.State]int
	for range 300 {
		var err error
		if got, err = o.Counts(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got[mail.Sent] == owedToVictim {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("not all marked: %v", got)
}

// copies counts the copies too many and refuses any that differs.
func copies(t *testing.T, all []mailbox.Message) (extra int) {
	t.Helper()
	first := map[string]mailbox.Message{}
	for _, m := range all {
		one, ok := first[m.Subject]
		if !ok {
			first[m.Subject] = m
			continue
		}
		extra++
		if m.MessageID != one.MessageID || string(m.Raw) != string(one.Raw) {
			t.Errorf("%s came twice and differs:\n%s\n%s", m.Subject, one.Raw, m.Raw)
		}
	}
	return extra
}
