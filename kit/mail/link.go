package mail

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-smtp"
)

// phase is how far a conversation came.
type phase int

const (
	phaseGreeting phase = iota // connect, greeting, EHLO, STARTTLS, AUTH: nothing about the mail
	phaseMail
	phaseRcpt
	phaseContent // DATA, up to the final dot
	phaseDot     // the final dot may have been read
)

// verdict is what an attempt means for the row.
type verdict int

const (
	accepted   verdict = iota // the relay has it
	later                     // try again
	relayDown                 // not this mail's fault: they all wait
	noSuchOne                 // there is no such recipient
	unsendable                // what it says, or who says it, is refused for good
)

// outcome is what an attempt came to.
type outcome struct {
	verdict verdict
	certain bool // no server can have taken the mail
	answer  string
}

// perLink is how many mails go through one connection: relays count.
const perLink = 50

// link is a sender's connection, kept from one mail to the next: a relay far away
// costs a TLS handshake and a password per connection, many times the mail itself.
// A link that failed in any way is not used again.
type link struct {
	relay  *relay
	client *smtp.Client
	conn   *boundConn
	used   int
}

// deliver hands one mail over.
func (l *link) deliver(ctx context.Context, from, to, bytes string) outcome {
	if l.used >= perLink {
		l.hangUp()
	}
	reused := l.client != nil
	p, answer, err := l.attempt(ctx, from, to, bytes)
	if err != nil && reused && p <= phaseMail && stale(err) {
		l.drop() // closed by the relay in the meantime: that says nothing about this mail
		p, answer, err = l.attempt(ctx, from, to, bytes)
	}
	if err != nil {
		l.drop()
		return judge(p, err)
	}
	l.used++
	return outcome{verdict: accepted, answer: clip(answer)}
}

func (l *link) attempt(ctx context.Context, from, to, bytes string) (p phase, answer string, err error) {
	if l.client == nil {
		if l.client, l.conn, err = l.relay.dial(ctx); err != nil {
			l.client, l.conn = nil, nil
			return phaseGreeting, "", err
		}
		l.used = 0
	}
	l.conn.begin()
	if err := l.client.Mail(from, &smtp.MailOptions{Size: int64(len(bytes))}); err != nil {
		return phaseMail, "", err
	}
	if err := l.client.Rcpt(to, nil); err != nil {
		return phaseRcpt, "", err
	}
	w, err := l.client.Data()
	if err != nil {
		return phaseContent, "", err
	}
	if _, err := w.Write([]byte(bytes)); err != nil {
		return phaseContent, "", err // the writer adds the dot on Close only
	}
	r, err := w.CloseWithResponse()
	if err != nil {
		return phaseDot, "", err
	}
	return phaseDot, r.StatusText, nil
}

// hangUp says goodbye, if there is somebody to say it to.
func (l *link) hangUp() {
	if l.client != nil {
		_ = l.client.Quit() // whatever it answers, we are done
	}
	l.drop()
}

func (l *link) drop() {
	if l.client != nil {
		l.conn.free()
		_ = l.client.Close()
	}
	l.client, l.conn, l.used = nil, nil, 0
}

// stale tells that a connection in reserve had died: cut, or 421 « closing ».
func stale(err error) bool {
	var said *smtp.SMTPError
	return !errors.As(err, &said) || said.Code == 421
}

// judge says what a failure at this phase means.
func judge(p phase, err error) outcome {
	o := outcome{verdict: later, certain: p < phaseDot, answer: clip(err.Error())}
	var said *smtp.SMTPError
	switch {
	case p == phaseGreeting:
		o.verdict = relayDown
	case !errors.As(err, &said):
		// The network: whether the relay had read the dot is known only if none was sent.
	case said.Code/100 == 2 && p == phaseDot:
		return outcome{verdict: accepted, answer: o.answer} // 251, 252: taken all the same
	case said.Code/100 == 5:
		o.verdict, o.certain = permanent(p, said), true
	case said.Code/100 == 4:
		o.certain = true // it said no: RFC 5321 4.2.5
	}
	return o
}

// permanent sorts the refusals for good. A recipient is struck off only when it is
// the recipient that is refused: a relay that does not know us, or a filter, must
// not make us forget all our addresses.
func permanent(p phase, said *smtp.SMTPError) verdict {
	subject := said.EnhancedCode[1] // RFC 3463: 1 address, 2 mailbox, 7 policy
	switch {
	case said.Code == 530 || said.Code == 535 || said.Code == 538:
		return relayDown // wants a password
	case p == phaseMail && said.Code != 552 && subject != 3:
		return relayDown // it is our own address that it refuses: every mail would fail
	case p == phaseRcpt && subject == 7:
		return unsendable
	case p == phaseRcpt && subject == 0 && said.Code != 550 && said.Code != 551 && said.Code != 553:
		return unsendable // 552, 554 without a reason: full, or policy; not « no such address »
	case p == phaseRcpt, p > phaseRcpt && (subject == 1 || subject == 2):
		return noSuchOne
	}
	return unsendable
}

// clip keeps of an answer what is worth keeping.
func clip(s string) string {
	const most = 500
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
