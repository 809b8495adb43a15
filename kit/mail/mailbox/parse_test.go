package mailbox

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestADamagedMessageIsStillKept(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":          "",
		"no header":        "no header at all",
		"unknown charset":  "Content-Type: text/plain; charset=klingon\r\n\r\nabc",
		"unknown encoding": "Content-Transfer-Encoding: rot13\r\n\r\nabc",
		"no last boundary": "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nabc",
	} {
		t.Run(name, func(t *testing.T) {
			if m := parse(Message{Raw: []byte(raw)}); string(m.Raw) != raw {
				t.Errorf("bytes changed: %q", m.Raw)
			}
		})
	}
	if m := parse(Message{Raw: []byte("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nabc")}); m.Subject != "x" || m.Text != "abc" {
		t.Errorf("what can be read is not: %q %q", m.Subject, m.Text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?=C3=A9?=\r\nContent-Type: text/html\r\n\r\n<p>"))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--"))
	f.Add([]byte("Content-Transfer-Encoding: base64\r\n\r\n!!!"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := parse(Message{Raw: raw})
		if !bytes.Equal(m.Raw, raw) {
			t.Error("the bytes changed")
		}
		if !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) {
			t.Error("not UTF-8")
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add("a@b.example", []byte("Subject: x\r\n\r\ny"))
	f.Add("", []byte("Return-Path: <x>\r\nX-Mailbox-Received: never\r\n"))
	f.Fuzz(func(t *testing.T, from string, raw []byte) {
		if bytes.ContainsAny([]byte(from), "<>\r\n") {
			return // no SMTP server lets such a sender in
		}
		dir := t.TempDir()
		x := Message{ID: "1", From: from, To: []string{"c@d.example"}, Received: time.Unix(1_790_000_000, 5).UTC(), Raw: raw}
		if err := save(dir, x); err != nil {
			t.Fatal(err)
		}
		got, err := load(dir)
		if err != nil || len(got) != 1 {
			t.Fatalf("%d read back: %v", len(got), err)
		}
		if diff := cmp.Diff(parse(x), got[0]); diff != "" {
			t.Error(diff)
		}
	})
}
