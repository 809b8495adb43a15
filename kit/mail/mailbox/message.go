package mailbox

import (
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // texts that are not in UTF-8
	"github.com/emersion/go-message/mail"
)

// Message is a mail as it was received.
type Message struct {
	ID       string    // ours, for a page's address; not the Message-ID
	Received time.Time // by the machine's clock
	From     string    // of the envelope
	To       []string  // of the envelope

	Subject   string               // decoded
	Sender    string               // the From header, decoded: « Parvis » <…>
	Date      time.Time            // the Date header: the sender's clock; zero when unreadable
	MessageID string               // without the angle brackets
	Header    textproto.MIMEHeader // as sent, not decoded
	Text      string               // the first text/plain part
	HTML      string               // the first text/html part: foreign markup, to be shown in a sandbox only
	Raw       []byte               // every byte between DATA and the final dot
}

// maxPart bounds what is decoded of one part, so that no message fills the
// memory.
const maxPart = 4 << 20

// parse fills in what the bytes say. It never fails: what cannot be read stays
// empty, and Raw always tells.
func parse(m Message) Message {
	entity, err := message.Read(bytes.NewReader(m.Raw))
	if entity == nil {
		return m
	}
	_ = err // an unknown charset or encoding still gives the entity, undecoded
	h := mail.Header{Header: entity.Header}
	m.Header = textproto.MIMEHeader{}
	for f := entity.Header.Fields(); f.Next(); {
		m.Header.Add(f.Key(), f.Value())
	}
	m.Subject = headerText(h, "Subject")
	m.Sender = headerText(h, "From")
	if at, err := h.Date(); err == nil {
		m.Date = at
	}
	if id, err := h.MessageID(); err == nil {
		m.MessageID = id
	}
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil && part == nil {
			return err // damaged from here on: what was read before stays
		}
		switch kind, _, _ := part.Header.ContentType(); kind {
		case "text/plain":
			readPart(&m.Text, part)
		case "text/html":
			readPart(&m.HTML, part)
		}
		return nil
	})
	return m
}

// headerText decodes a header, or gives it as it came when it cannot be decoded.
func headerText(h mail.Header, key string) string {
	if s, err := h.Text(key); err == nil {
		return s
	}
	return h.Get(key)
}

func readPart(dst *string, part *message.Entity) {
	if *dst != "" {
		return
	}
	body, _ := io.ReadAll(io.LimitReader(part.Body, maxPart))
	*dst = strings.ReplaceAll(strings.ToValidUTF8(string(body), "\uFFFD"), "\r\n", "\n")
}
