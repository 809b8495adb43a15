package mailbox

import (
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one conversation.
type session struct {
	box   *Mailbox
	conn  *smtp.Conn
	known bool // gave the password
	from  string
	to    []string
}

func (m *Mailbox) session(c *smtp.Conn) (smtp.Session, error) {
	s := &session{box: m, conn: c, known: m.opts.User == ""}
	if err := s.misbehave(Hello); err != nil {
		return nil, err
	}
	return s, nil
}

// misbehave does at this step what the test asked for: an error to answer, or a
// line cut under the client's feet.
func (s *session) misbehave(p Phase) error {
	to := ""
	if len(s.to) > 0 {
		to = s.to[0]
	}
	err := s.box.misbehaviour(p, to)
	if errors.Is(err, ErrCut) {
		_ = s.conn.Conn().Close()
	}
	return err
}

// Reset forgets the message under way.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// AuthMechanisms offers a password only where one is asked for.
func (s *session) AuthMechanisms() []string {
	if s.box.opts.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks the password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.box.opts.User || password != s.box.opts.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

// Mail starts a message.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return s.misbehave(Mail)
}

// Rcpt adds a recipient; any will do.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return s.misbehave(Rcpt)
}

// Data receives the message and keeps it before it is acknowledged.
func (s *session) Data(r io.Reader) error {
	if err := s.misbehave(Data); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.misbehave(Dot); err != nil {
		return err
	}
	if err := s.box.keep(Message{From: s.from, To: s.to, Raw: raw}); err != nil {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: err.Error()}
	}
	return s.misbehave(Kept)
}
