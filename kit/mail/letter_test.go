package mail_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/mail"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func digest() mail.Letter {
	return mail.Letter{
		Message: mail.Message{
			Subject:     "3 avis publiés hier répondent à votre veille « Travaux de voirie à Châlons-en-Champagne »",
			Text:        "Bonjour,\n\nTrois avis répondent à votre veille.\n\n.Un point seul en tête de ligne\n\nÀ bientôt,\nParvis\n",
			HTML:        "<p>Bonjour,</p>\n<p>Trois avis répondent à votre veille.</p>\n<a href=\"https://parvis.example/avis/0193-très-long?a=1&amp;b=2\">Réfection de la rue des Écoles</a>\n",
			Unsubscribe: "https://parvis.example/desinscription/4bb1f4cbb1f34c5d8c44a5a3e3c6a5d1f0c7d2b9",
		},
		FromName:  "Parvis",
		From:      "ne-pas-repondre@parvis.example",
		To:        "voirie@mairie.example",
		MessageID: "<019a9d2e-0000-7000-8000-000000000001@parvis.example>",
		Date:      clock.At(time.Date(2026, 11, 24, 7, 30, 0, 0, clock.Paris)),
	}
}

func TestALetterIsWrittenAsAlways(t *testing.T) {
	plain := digest()
	plain.HTML, plain.Unsubscribe, plain.Subject = "", "", "Votre code"
	local := digest()
	local.Unsubscribe = "http://localhost:8080/desinscription/x"
	for name, l := range map[string]mail.Letter{"digest": digest(), "plain": plain, "local": local} {
		t.Run(name, func(t *testing.T) {
			got, err := l.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".eml")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("differs from %s:\n%s", path, diff)
			}
			for _, line := range bytes.Split(got, []byte("\r\n")) {
				if bytes.ContainsAny(line, "\r\n") || len(line) > 998 {
					t.Errorf("a line that relays may refuse: %q", line)
				}
			}
		})
	}
}

// Abuse 15. TestTheBuilderAloneRefusesToBeInjected hands the builder what no form should
// have let through.
func TestTheBuilderAloneRefusesToBeInjected(t *testing.T) {
	for name, spoil := range map[string]func(*mail.Letter){
		"Bcc by the recipient":      func(l *mail.Letter) { l.To = "a@b.fr\r\nBcc: x@y.fr" },
		"Bcc by the subject":        func(l *mail.Letter) { l.Subject = "Avis\r\nBcc: x@y.fr" },
		"bare LF in the subject":    func(l *mail.Letter) { l.Subject = "Avis\nX: y" },
		"bare CR in the subject":    func(l *mail.Letter) { l.Subject = "Avis\rX: y" },
		"NUL in the subject":        func(l *mail.Letter) { l.Subject = "Avis\x00" },
		"NEL in the subject":        func(l *mail.Letter) { l.Subject = "Avis\u0085X: y" },
		"line separator":            func(l *mail.Letter) { l.Subject = "Avis\u2028X: y" },
		"subject not UTF-8":         func(l *mail.Letter) { l.Subject = "Avis \xff" },
		"no subject":                func(l *mail.Letter) { l.Subject = " " },
		"endless subject":           func(l *mail.Letter) { l.Subject = strings.Repeat("a", 401) },
		"sender's name":             func(l *mail.Letter) { l.FromName = "Parvis\r\nBcc: x@y.fr" },
		"sender":                    func(l *mail.Letter) { l.From = "a@b.fr>\r\nBcc: <x@y.fr" },
		"two recipients":            func(l *mail.Letter) { l.To = "a@b.fr, c@d.fr" },
		"recipient with a name":     func(l *mail.Letter) { l.To = "Nom <a@b.fr>" },
		"quoted recipient":          func(l *mail.Letter) { l.To = `"a b"@x.fr` },
		"recipient by IP":           func(l *mail.Letter) { l.To = "a@[127.0.0.1]" },
		"recipient with accents":    func(l *mail.Letter) { l.To = "élu@mairie.fr" },
		"recipient without domain":  func(l *mail.Letter) { l.To = "root" },
		"endless recipient":         func(l *mail.Letter) { l.To = strings.Repeat("a", 300) + "@b.fr" },
		"unsubscribing by script":   func(l *mail.Letter) { l.Unsubscribe = "javascript:alert(1)" },
		"unsubscribing with CRLF":   func(l *mail.Letter) { l.Unsubscribe = "https://a.fr/\r\nBcc: x@y.fr" },
		"unsubscribing elsewhere":   func(l *mail.Letter) { l.Unsubscribe = "https://a.fr/>, <https://b.fr/" },
		"Message-ID with CRLF":      func(l *mail.Letter) { l.MessageID = "<a@b>\r\nBcc: x@y.fr" },
		"Message-ID without angles": func(l *mail.Letter) { l.MessageID = "a@b" },
		"text not UTF-8":            func(l *mail.Letter) { l.Text = "caf\xe9" },
		"NUL in the text":           func(l *mail.Letter) { l.Text = "a\x00b" },
		"no text":                   func(l *mail.Letter) { l.Text = "" },
		"50 MB":                     func(l *mail.Letter) { l.HTML = strings.Repeat("é", 25<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			l := digest()
			spoil(&l)
			if got, err := l.Bytes(); err == nil {
				t.Errorf("written all the same:\n%.400s", got)
			}
		})
	}
}

// Abuses 15 and 23. TestWhateverIsSaidTheHeadersAreOurs: any text either is refused, or comes out as
// a message with exactly our headers, and reads back as it was.
func TestWhateverIsSaidTheHeadersAreOurs(t *testing.T) {
	want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id",
		"Mime-Version", "Subject", "To", "X-Auto-Response-Suppress"}
	rapid.Check(t, func(t *rapid.T) {
		l := digest()
		word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{" ", "\u00a0«", "=?utf-8?q?=0D=0A?=", strings.Repeat("x", 80), strings.Repeat(" ", 80)}))
		l.Subject = strings.Join(rapid.SliceOf(word).Draw(t, "subject"), "")
		l.Text, l.HTML = rapid.String().Draw(t, "text"), rapid.StringN(1, -1, -1).Draw(t, "html")
		raw, err := l.Bytes()
		if err != nil {
			return
		}
		again, err := l.Bytes()
		if err != nil || !bytes.Equal(raw, again) {
			t.Fatalf("written twice, differs (%v)", err)
		}
		e, err := message.Read(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for f := e.Header.Fields(); f.Next(); {
			seen[f.Key()]++
		}
		for _, k := range want {
			if seen[k] != 1 {
				t.Fatalf("header %s is there %d times:\n%s", k, seen[k], raw)
			}
		}
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for _, line := range strings.Split(string(head), "\r\n") {
			if strings.TrimSpace(line) == "" {
				t.Fatalf("a line of spaces ends the header for some:\n%s", raw)
			}
		}
		if len(seen) != len(want) {
			t.Fatalf("headers %v, want %v", seen, want)
		}
		if got, err := e.Header.Text("Subject"); err != nil || squeeze(got) != squeeze(l.Subject) {
			t.Fatalf("subject %q reads back as %q (%v)", l.Subject, got, err)
		}
	})
}

// squeeze drops the spaces, which a reader may unfold otherwise.
func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }
