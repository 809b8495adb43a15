package mail

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"parvis/kit/clock"
)

// Message is what a composer has to say.
type Message struct {
	Subject string // one line
	Text    string
	HTML    string // "" for a mail in plain text

	// Unsubscribe is the address that stops such mails by one POST (RFC 8058), ""
	// when there is nothing to stop. It wants https; with http, as on a laptop,
	// the mail names the address without promising one click.
	Unsubscribe string

	// Once says that the mail holds a secret link: its bytes are wiped from the
	// outbox as soon as they are of no more use.
	Once bool
}

// Letter is a message in its envelope, ready to be written down.
type Letter struct {
	Message
	FromName  string
	From      string // bare address
	To        string // bare address, one
	MessageID string // with its angle brackets
	Date      clock.Instant
}

// Limits of a letter. Most relays refuse beyond 10 MB, and ours has nothing but
// text to send.
const (
	maxSubject = 400 // characters
	maxBody    = 2 << 20
	maxURL     = 900 // a header line holds 998 bytes (RFC 5322 2.1.1)
	maxAddress = 254 // RFC 5321 4.5.3.1.3, less the angle brackets
)

// Bytes writes the letter as MIME, the same bytes each time: UTF-8, CRLF, ASCII
// only. It refuses whatever could smuggle in another header, whoever checked
// before.
func (l Letter) Bytes() ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(l.boundary()))
	m.FromMailAddress(&netmail.Address{Name: l.FromName, Address: l.From})
	m.ToMailAddress(&netmail.Address{Address: l.To})
	m.Subject(oneLine(l.Subject))
	m.SetDateWithValue(l.Date.In(clock.Paris))
	m.SetGenHeader(gomail.HeaderMessageID, l.MessageID)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices in return
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same to Exchange, which ignores the RFC
	if l.Unsubscribe != "" {
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+l.Unsubscribe+">")
		if strings.HasPrefix(l.Unsubscribe, "https://") {
			m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("mail: write: %w", err)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
		b.WriteString("\r\n") // SMTP would add it: what is kept is what is sent
	}
	return b.Bytes(), nil
}

func (l Letter) check() error {
	for _, a := range []string{l.From, l.To} {
		if err := checkAddress(a); err != nil {
			return err
		}
	}
	for name, line := range map[string]string{"subject": l.Subject, "sender's name": l.FromName, "unsubscribe address": l.Unsubscribe, "Message-ID": l.MessageID} {
		if err := checkLine(line); err != nil {
			return fmt.Errorf("mail: %s: %w", name, err)
		}
	}
	switch n := utf8.RuneCountInString(l.Subject); {
	case strings.TrimSpace(l.Subject) == "":
		return errors.New("mail: no subject")
	case n > maxSubject:
		return fmt.Errorf("mail: subject of %d characters, at most %d", n, maxSubject)
	case strings.TrimSpace(l.Text) == "":
		return errors.New("mail: no text")
	case len(l.Text)+len(l.HTML) > maxBody:
		return fmt.Errorf("mail: body of %d bytes, at most %d", len(l.Text)+len(l.HTML), maxBody)
	case !utf8.ValidString(l.Text) || !utf8.ValidString(l.HTML):
		return errors.New("mail: body is not UTF-8")
	case strings.ContainsRune(l.Text+l.HTML, 0):
		return errors.New("mail: body holds a NUL")
	}
	if !strings.HasPrefix(l.MessageID, "<") || !strings.HasSuffix(l.MessageID, ">") || strings.ContainsRune(l.MessageID, ' ') || !ascii(l.MessageID) {
		return fmt.Errorf("mail: %q is no Message-ID", l.MessageID)
	}
	return checkUnsubscribe(l.Unsubscribe)
}

func checkUnsubscribe(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || len(s) > maxURL || !ascii(s) || strings.ContainsAny(s, "<> ,") {
		return fmt.Errorf("mail: %q is no address to unsubscribe at", s)
	}
	return nil
}

// checkAddress accepts a bare address that is the same to every relay: ASCII, no
// quotes, no comment, no name. A domain with accents comes in its xn-- form.
func checkAddress(s string) error {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > maxAddress || !ascii(s) ||
		strings.ContainsAny(s, "\"<>()[],;: ") || checkLine(s) != nil {
		return fmt.Errorf("mail: %q is no address to send to", s)
	}
	return nil
}

// checkLine refuses what ends a header line, and everything that one cannot see.
func checkLine(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("not UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return fmt.Errorf("holds the control character %U", r)
		}
	}
	return nil
}

// oneLine makes a subject that comes out as it went in: a run of spaces could be
// folded into an empty line, and « =? » would be read as the start of an encoded
// word that nobody encoded.
func oneLine(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	return strings.ReplaceAll(strings.Join(words, " "), "=?", "= ?")
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// boundary is drawn from the Message-ID, so that a letter has the same bytes each
// time it is written; nobody who fills in a text can foresee it.
func (l Letter) boundary() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte("boundary "+l.MessageID)))[:40]
}

// Longest is the age that a mail may reach before it is not worth sending, for who
// does not say otherwise: the five days after which mail servers give up.
const Longest = 5 * 24 * time.Hour
