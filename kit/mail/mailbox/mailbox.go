package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
)

// Limits of what a mailbox keeps: it is a convenience, not an archive.
const (
	MaxMessages     = 20_000   // the oldest goes first
	MaxMessageBytes = 10 << 20 // larger ones are refused with 552
	maxRecipients   = 100
	idle            = 5 * time.Minute
)

// Options says how a mailbox listens.
type Options struct {
	Addr     string      // host:port; port 0 takes a free one
	Dir      string      // where messages are kept; "" for memory only
	TLS      *tls.Config // offers STARTTLS; nil for none
	User     string      // asks for this name and password; "" for none
	Password string
}

// Mailbox is a running server and what it has received.
type Mailbox struct {
	opts     Options
	server   *smtp.Server
	listener net.Listener
	served   chan error

	mu       sync.Mutex
	messages []Message
	arrived  chan struct{} // closed and replaced when something arrives
	fault    Fault
	slow     time.Duration
	accepted int
}

// Listen starts a mailbox that keeps its messages in memory.
func Listen(addr string) (*Mailbox, error) { return Start(Options{Addr: addr}) }

// Open starts a mailbox that keeps its messages in the folder dir, and finds
// there those of its previous run.
func Open(addr, dir string) (*Mailbox, error) { return Start(Options{Addr: addr, Dir: dir}) }

// Start starts a mailbox.
func Start(o Options) (*Mailbox, error) {
	m := &Mailbox{opts: o, arrived: make(chan struct{}), served: make(chan error, 1)}
	if o.Dir != "" {
		var err error
		if m.messages, err = load(o.Dir); err != nil {
			return nil, fmt.Errorf("mailbox: %w", err)
		}
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	m.listener = l
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return m.session(c) }))
	s.Domain = "localhost"
	s.MaxMessageBytes = MaxMessageBytes
	s.MaxRecipients = maxRecipients
	s.ReadTimeout, s.WriteTimeout = idle, idle
	s.TLSConfig = o.TLS
	s.AllowInsecureAuth = o.TLS == nil
	s.ErrorLog = log.New(io.Discard, "", 0) // hang-ups are the daily bread of an SMTP server
	m.server = s
	go func() { m.served <- s.Serve(&faultyListener{l, m}) }()
	return m, nil
}

// Addr is where it listens, host:port.
func (m *Mailbox) Addr() string { return m.listener.Addr().String() }

// Close stops listening and hangs up. What was received stays readable.
func (m *Mailbox) Close() error {
	err := m.server.Close()
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	// The library closes the listeners it serves already, not one that it is only
	// about to serve.
	for _, e := range []error{m.listener.Close(), <-m.served} {
		if !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Messages are all that is kept, the oldest first.
func (m *Mailbox) Messages() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// Accepted counts the connections made to it since it started.
func (m *Mailbox) Accepted() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.accepted
}

// Find gives the message of this id.
func (m *Mailbox) Find(id string) (Message, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.messages, func(x Message) bool { return x.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return m.messages[i], true
}

// Wait gives the first message for which ok is true, those already there
// included, or the error of ctx.
func (m *Mailbox) Wait(ctx context.Context, ok func(Message) bool) (Message, error) {
	seen := ""
	for {
		m.mu.Lock()
		arrived := m.arrived
		news := slices.Clone(m.messages)
		m.mu.Unlock()
		for _, x := range news {
			if x.ID > seen && ok(x) { // ids are UUIDv7, in order of arrival
				return x, nil
			}
		}
		if len(news) > 0 {
			seen = news[len(news)-1].ID
		}
		select {
		case <-ctx.Done():
			return Message{}, fmt.Errorf("mailbox: no such message came: %w", ctx.Err())
		case <-arrived:
		}
	}
}

// keep stores a message for good; an error means that it must not be accepted.
func (m *Mailbox) keep(x Message) error {
	x = parse(x)
	m.mu.Lock()
	defer m.mu.Unlock()
	// The id is drawn under the lock, so that ids follow the order of arrival.
	x.ID, x.Received = uuid.Must(uuid.NewV7()).String(), time.Now()
	if m.opts.Dir != "" {
		if err := save(m.opts.Dir, x); err != nil {
			return err
		}
	}
	m.messages = append(m.messages, x)
	for len(m.messages) > MaxMessages {
		if m.opts.Dir != "" {
			if err := remove(m.opts.Dir, m.messages[0].ID); err != nil {
				return err
			}
		}
		m.messages = m.messages[1:]
	}
	close(m.arrived)
	m.arrived = make(chan struct{})
	return nil
}
