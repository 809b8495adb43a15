package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// patience is how long each phase of a conversation may last, on the machine's
// clock.
type patience struct {
	connect time.Duration
	command time.Duration // each command, and each stretch of sending content
	dot     time.Duration // for the answer to the final dot
	whole   time.Duration // everything, for one mail: below the lease
}

var usualPatience = patience{connect: 10 * time.Second, command: time.Minute, dot: 2 * time.Minute, whole: 8 * time.Minute}

// lease is how long a row is a sender's: longer than a conversation may last, and
// what else happens to the row besides.
const lease = 15 * time.Minute

type tlsMode string

const (
	tlsAuto     tlsMode = "auto"     // STARTTLS when offered
	tlsRequire  tlsMode = "require"  // or nothing
	tlsNo       tlsMode = "no"       // never
	tlsImplicit tlsMode = "implicit" // smtps
)

// relay is the server that takes our mail.
type relay struct {
	host, addr     string
	mode           tlsMode
	user, password string
	hello          string // what we say our name is
	patience       patience
	roots          *x509.CertPool // nil: the system's

	plain atomic.Bool // it offered no STARTTLS last time
}

// parseRelay reads smtp://user:pass@host:port?starttls=auto|require|no or
// smtps://…. Errors do not repeat the password.
func parseRelay(s, hello string) (*relay, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("mail: the relay's URL cannot be read")
	}
	r := &relay{host: u.Hostname(), mode: tlsAuto, hello: hello, patience: usualPatience}
	r.user = u.User.Username()
	r.password, _ = u.User.Password()
	port := u.Port()
	switch {
	case r.host == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "":
		return nil, errors.New("mail: the relay's URL is not smtp://host:port or smtps://host:port")
	case u.Scheme == "smtps":
		r.mode = tlsImplicit
		port = either(port, "465")
	case u.Scheme == "smtp" && r.user != "":
		port = either(port, "587")
	case u.Scheme == "smtp":
		port = either(port, "25")
	default:
		return nil, fmt.Errorf("mail: the relay's URL begins with %q, not smtp or smtps", u.Scheme)
	}
	for name, values := range u.Query() {
		mode := tlsMode(values[0])
		if name != "starttls" || r.mode == tlsImplicit || (mode != tlsAuto && mode != tlsRequire && mode != tlsNo) {
			return nil, fmt.Errorf("mail: the relay's URL takes starttls=auto, require or no with smtp, not %s=%s", name, values[0])
		}
		r.mode = mode
	}
	r.addr = net.JoinHostPort(r.host, port)
	return r, nil
}

func either(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// dial opens a conversation up to where MAIL may be said.
func (r *relay) dial(ctx context.Context) (*smtp.Client, *boundConn, error) {
	if r.mode == tlsAuto && !r.plain.Load() {
		c, conn, err := r.open(ctx, true)
		if err == nil || !noSTARTTLS(err) {
			return c, conn, err
		}
		if r.user != "" && !loopback(r.host) {
			return nil, nil, errors.New("mail: the relay offers no STARTTLS and the password would travel in clear; starttls=no allows it")
		}
		r.plain.Store(true)
	}
	c, conn, err := r.open(ctx, r.mode == tlsRequire)
	if err == nil && r.mode == tlsAuto {
		if offered, _ := c.Extension("STARTTLS"); offered {
			r.plain.Store(false) // it has learnt: encrypted from the next conversation on
		}
	}
	return c, conn, err
}

func (r *relay) open(ctx context.Context, startTLS bool) (*smtp.Client, *boundConn, error) {
	raw, err := (&net.Dialer{Timeout: r.patience.connect}).DialContext(ctx, "tcp", r.addr)
	if err != nil {
		return nil, nil, err
	}
	conn := bind(ctx, raw, r.patience)
	c, err := r.introduce(conn, startTLS)
	if err != nil {
		conn.free()
		_ = conn.Close()
		return nil, nil, err
	}
	return c, conn, nil
}

// introduce says who we are, encrypted if it must be, and proves it.
func (r *relay) introduce(conn *boundConn, startTLS bool) (c *smtp.Client, err error) {
	switch {
	case r.mode == tlsImplicit:
		c = smtp.NewClient(tls.Client(conn, r.tlsConfig()))
	case startTLS:
		if c, err = smtp.NewClientStartTLS(conn, r.tlsConfig()); err != nil {
			return nil, err
		}
	default:
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = r.patience.command, r.patience.dot
	if err := c.Hello(r.hello); err != nil {
		return nil, err
	}
	return c, r.auth(c)
}

// tlsConfig checks the relay's certificate, except where encryption is only taken
// as it comes (auto, no password): then an unproven one is still better than none,
// as between mail servers (RFC 7435).
func (r *relay) tlsConfig() *tls.Config {
	return &tls.Config{
		ServerName:         r.host,
		MinVersion:         tls.VersionTLS12,
		RootCAs:            r.roots,
		InsecureSkipVerify: r.mode == tlsAuto && r.user == "", //nolint:gosec // see above
	}
}

func (r *relay) auth(c *smtp.Client) error {
	switch {
	case r.user == "":
		return nil
	case c.SupportsAuth(sasl.Plain):
		return c.Auth(sasl.NewPlainClient("", r.user, r.password))
	case c.SupportsAuth(sasl.Login):
		return c.Auth(sasl.NewLoginClient(r.user, r.password))
	}
	return errors.New("mail: the relay asks for no password that we could give (AUTH PLAIN or LOGIN)")
}

// noSTARTTLS tells that the relay does not offer it. The library has only words
// for it.
func noSTARTTLS(err error) bool {
	return err != nil && strings.Contains(err.Error(), "doesn't support STARTTLS")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// boundConn keeps every deadline of the SMTP library within ours: the library
// forgets them while content is sent, and starts with five minutes. It hangs up
// when its context ends.
type boundConn struct {
	net.Conn
	patience patience
	mu       sync.Mutex
	until    time.Time // the end of the whole conversation about one mail
	free     func() bool
}

func bind(ctx context.Context, c net.Conn, p patience) *boundConn {
	b := &boundConn{Conn: c, patience: p}
	b.free = context.AfterFunc(ctx, func() { _ = c.Close() })
	b.begin()
	return b
}

// begin starts the time of one mail.
func (b *boundConn) begin() {
	b.mu.Lock()
	b.until = time.Now().Add(b.patience.whole)
	b.mu.Unlock()
	_ = b.SetDeadline(time.Time{})
}

// SetDeadline sets the library's deadline, or ours if it comes earlier.
func (b *boundConn) SetDeadline(t time.Time) error {
	b.mu.Lock()
	until := b.until
	b.mu.Unlock()
	longest := time.Now().Add(max(b.patience.command, b.patience.dot))
	if t.IsZero() {
		t = time.Now().Add(b.patience.command)
	}
	for _, other := range []time.Time{longest, until} {
		if other.Before(t) {
			t = other
		}
	}
	return b.Conn.SetDeadline(t)
}
