package mailbox

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// Phase is a step of a conversation at which a server may fail.
type Phase string

// The steps, in order.
const (
	Greeting Phase = "greeting" // before the server says anything
	Hello    Phase = "hello"    // EHLO
	Mail     Phase = "mail"     // MAIL FROM
	Rcpt     Phase = "rcpt"     // RCPT TO
	Data     Phase = "data"     // after 354, before the content is read
	Dot      Phase = "dot"      // the content was read and is not kept
	Kept     Phase = "kept"     // the message is kept and 250 is not said
)

// Fault decides at each step, for the recipient when there is one: nil to go on,
// ErrCut to hang up, Refusal to answer with a code. It is called by several
// conversations at once.
type Fault func(p Phase, recipient string) error

// ErrCut hangs up without a word.
var ErrCut = errors.New("mailbox: line cut")

// Refusal is an answer such as 451 or 550, with its enhanced code.
func Refusal(code int, enhanced [3]int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// Misbehave has the server fail as f says, from now on.
func (m *Mailbox) Misbehave(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

// Refuse answers code to everybody at this step.
func (m *Mailbox) Refuse(code int, at Phase) {
	m.Misbehave(func(p Phase, _ string) error {
		if p != at {
			return nil
		}
		return Refusal(code, [3]int{}, "refused at "+string(at))
	})
}

// Cut hangs up on everybody at this step.
func (m *Mailbox) Cut(at Phase) {
	m.Misbehave(func(p Phase, _ string) error {
		if p != at {
			return nil
		}
		return ErrCut
	})
}

// Slow has the server say one byte each d.
func (m *Mailbox) Slow(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.slow = d
}

// Heal ends every misbehaviour.
func (m *Mailbox) Heal() {
	m.Misbehave(nil)
	m.Slow(0)
}

func (m *Mailbox) misbehaviour(p Phase, to string) error {
	m.mu.Lock()
	f := m.fault
	m.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(p, to)
}

// faultyListener fails before the server has said a word, which the SMTP library
// cannot be asked to do.
type faultyListener struct {
	net.Listener
	box *Mailbox
}

// Accept waits for a connection that may speak.
func (l *faultyListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.box.mu.Lock()
		l.box.accepted++
		l.box.mu.Unlock()
		err = l.box.misbehaviour(Greeting, "")
		if err == nil {
			return &slowConn{c, l.box}, nil
		}
		var refused *smtp.SMTPError
		if errors.As(err, &refused) {
			_, _ = fmt.Fprintf(c, "%d %s\r\n", refused.Code, refused.Message)
		}
		_ = c.Close()
	}
}

// slowConn says one byte at a time when the mailbox is slow.
type slowConn struct {
	net.Conn
	box *Mailbox
}

// Write writes all of b, slowly or not.
func (c *slowConn) Write(b []byte) (int, error) {
	for i := range b {
		c.box.mu.Lock()
		slow := c.box.slow
		c.box.mu.Unlock()
		if slow == 0 {
			n, err := c.Conn.Write(b[i:])
			return i + n, err
		}
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
		time.Sleep(slow)
	}
	return len(b), nil
}
