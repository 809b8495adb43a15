package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/mail/mailbox"
)

const letter = "From: =?utf-8?q?Parvis?= <ne-pas-repondre@parvis.example>\r\n" +
	"To: a@b.example\r\n" +
	"Subject: =?utf-8?q?Avis_publi=C3=A9?=\r\n" +
	"Date: Tue, 24 Nov 2026 07:30:00 +0100\r\n" +
	"Message-ID: <1@parvis.example>\r\n" +
	"X-Twice: one\r\nX-Twice: two\r\n" +
	"MIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n.Caf=E9\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Café</p>\r\n--b--\r\n"

func listen(t *testing.T, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	o.Addr = "127.0.0.1:0"
	m, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func send(m *mailbox.Mailbox, body string) error {
	return smtp.SendMail(m.Addr(), nil, "from@parvis.example", []string{"a@b.example"}, []byte(body))
}

func code(err error) int {
	var e *textproto.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestAMessageIsReadAsItsReaderWould(t *testing.T) {
	m := listen(t, mailbox.Options{})
	if err := send(m, letter); err != nil {
		t.Fatal(err)
	}
	got := m.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	x := got[0]
	read := map[string]string{"subject": x.Subject, "sender": x.Sender, "id": x.MessageID, "text": x.Text, "html": x.HTML, "raw": string(x.Raw),
		"date": x.Date.UTC().Format(time.RFC3339), "twice": strings.Join(x.Header.Values("X-Twice"), "+"), "envelope": x.From + " " + x.To[0]}
	want := map[string]string{"subject": "Avis publié", "sender": "Parvis <ne-pas-repondre@parvis.example>", "id": "1@parvis.example",
		"text": ".Café", "html": "<p>Café</p>", "raw": letter, "date": "2026-11-24T06:30:00Z", "twice": "one+two",
		"envelope": "from@parvis.example a@b.example"}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Error(diff)
	}
	if found, ok := m.Find(x.ID); !ok || found.MessageID != x.MessageID {
		t.Errorf("not found by its id %q", x.ID)
	}
	if _, ok := m.Find("nobody"); ok {
		t.Error("found what is not there")
	}
}

func TestWhatWasAcknowledgedSurvivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "boite")
	m, err := mailbox.Open("127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := send(m, fmt.Sprintf("Subject: %d\r\nReturn-Path: <forged@x.example>\r\n\r\n\r\nbody\r\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	before, addr := m.Messages(), m.Addr()
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "half.eml.part"), []byte("never acknowledged"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := mailbox.Open(addr, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	sameMoment := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := cmp.Diff(before, again.Messages(), sameMoment); diff != "" {
		t.Errorf("read back otherwise:\n%s", diff)
	}
}

func TestItFailsWhereItIsTold(t *testing.T) {
	for _, c := range []struct {
		phase mailbox.Phase
		kept  int // of a message refused, of one cut
	}{
		{mailbox.Greeting, 0}, {mailbox.Hello, 0}, {mailbox.Mail, 0}, {mailbox.Rcpt, 0}, {mailbox.Data, 0}, {mailbox.Dot, 0}, {mailbox.Kept, 1},
	} {
		t.Run(string(c.phase), func(t *testing.T) {
			m := listen(t, mailbox.Options{})
			m.Refuse(451, c.phase)
			// The standard client tries HELO when EHLO is refused, and reports that.
			if err := send(m, letter); code(err) != 451 {
				t.Errorf("refused at %s: %v", c.phase, err)
			}
			m.Cut(c.phase)
			if err := send(m, letter); err == nil || code(err) != 0 {
				t.Errorf("cut at %s: %v", c.phase, err)
			}
			if n := len(m.Messages()); n != 2*c.kept {
				t.Errorf("%d messages kept, want %d", n, 2*c.kept)
			}
			m.Heal()
			if err := send(m, letter); err != nil {
				t.Errorf("healed: %v", err)
			}
		})
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	m := listen(t, mailbox.Options{})
	if err := send(m, "Subject: x\r\n\r\n"+strings.Repeat(strings.Repeat("x", 70)+"\r\n", mailbox.MaxMessageBytes/72+1)); code(err) != 552 {
		t.Errorf("too large a message: %v", err)
	}
	if n := len(m.Messages()); n != 0 {
		t.Errorf("%d kept", n)
	}
}

func TestAPasswordIsAskedWhenThereIsOne(t *testing.T) {
	m := listen(t, mailbox.Options{User: "parvis", Password: "secret"})
	if err := send(m, letter); code(err) != 502 {
		t.Errorf("without a password: %v", err)
	}
	for password, want := range map[string]int{"secret": 0, "wrong": 535} {
		auth := smtp.PlainAuth("", "parvis", password, "127.0.0.1")
		err := smtp.SendMail(m.Addr(), auth, "from@parvis.example", []string{"a@b.example"}, []byte(letter))
		if code(err) != want || (want == 0) != (err == nil) {
			t.Errorf("password %q: %v", password, err)
		}
	}
}

func TestOneWaitsForAMessage(t *testing.T) {
	m := listen(t, mailbox.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	go func() {
		for i := range 3 {
			if err := send(m, fmt.Sprintf("Subject: %d\r\n\r\nbody\r\n", i)); err != nil {
				t.Error(err)
			}
		}
	}()
	if x, err := m.Wait(ctx, func(x mailbox.Message) bool { return x.Subject == "2" }); err != nil || x.Text != "body\n" {
		t.Errorf("%q, %v", x.Text, err)
	}
	if x, err := m.Wait(ctx, func(x mailbox.Message) bool { return x.Subject == "0" }); err != nil || x.Subject != "0" {
		t.Errorf("already there: %v", err)
	}
	soon, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := m.Wait(soon, func(mailbox.Message) bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited for nothing: %v", err)
	}
}
