package download

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parvis/kit/fault"
)

// How a server is asked.
const (
	tries     = 6 // in a row without a byte
	shortest  = time.Second
	longest   = 2 * time.Minute // between two tries, whatever the server asks for
	idle      = time.Minute     // without a byte
	answering = 3 * time.Minute // an export may be long to begin
	redirects = 5
)

// Config is how to reach servers.
type Config struct {
	Agent     string // says who asks
	Log       *slog.Logger
	Transport http.RoundTripper // nil: the network
	Idle      time.Duration     // zero: idle
	// Wait is how to wait between two tries; nil: on the machine's clock.
	Wait func(context.Context, time.Duration) error
}

// Is tells whether a text is an address rather than the name of a file.
func Is(s string) bool {
	scheme, _, found := strings.Cut(s, "://")
	return found && scheme != "" && !strings.ContainsAny(scheme, `/\.`)
}

// Shown is an address as it may be written: without its password.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "adresse"
	}
	return u.Redacted()
}

// Body is a file being read. It is not for several at once.
type Body struct {
	config Config
	where  string // the address that was typed
	ctx    context.Context
	client *http.Client

	from      io.ReadCloser // the connection under way
	cancel    context.CancelFunc
	watch     *time.Timer
	at, size  int64  // size is -1 when the server does not say
	validator string // what tells that the file is the same; "": nothing does
	failed    int    // tries in a row that gave nothing
	err       error
}

// Open asks for a file. The errors are ones that an operator reads.
func Open(ctx context.Context, address string, c Config) (*Body, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return nil, fault.New(fault.Invalid, "L'adresse «\u00a0"+Shown(address)+"\u00a0» n'est pas comprise\u00a0: elle commence par https:// ou http://.")
	}
	b := &Body{config: c, where: address, ctx: ctx, size: -1}
	if b.config.Idle == 0 {
		b.config.Idle = idle
	}
	if b.config.Wait == nil {
		b.config.Wait = sleep
	}
	if b.config.Log == nil {
		b.config.Log = slog.New(slog.DiscardHandler)
	}
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
			TLSHandshakeTimeout: 20 * time.Second, ResponseHeaderTimeout: answering, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	b.client = &http.Client{Transport: transport, CheckRedirect: follow}
	for {
		if err = b.connect(); err == nil {
			return b, nil
		}
		if err := b.rest(err); err != nil {
			return nil, err
		}
	}
}

// follow lets a server send elsewhere, a few times, and never from a protected
// connection to another.
func follow(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > redirects:
		return fault.New(fault.Unavailable, "Cette adresse renvoie à d'autres sans fin.")
	case r.URL.Scheme != "https" && r.URL.Scheme != "http":
		return fault.New(fault.Unavailable, "Cette adresse renvoie ailleurs que sur le web.")
	case r.URL.Scheme == "http" && via[0].URL.Scheme == "https":
		return fault.New(fault.Unavailable, "Cette adresse renvoie vers une autre qui n'est pas protégée (http)\u00a0: donnez celle-là si vous lui faites confiance.")
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Size is how many bytes the file has, -1 when the server does not say.
func (b *Body) Size() int64 { return b.size }

// Read reads on, over as many connections as it takes.
func (b *Body) Read(p []byte) (int, error) {
	for b.err == nil {
		n, err := b.from.Read(p)
		b.watch.Reset(b.config.Idle)
		b.at += int64(n)
		if n > 0 {
			b.failed = 0
		}
		switch {
		case n > 0: // what was wrong, if anything was, comes again
			return n, nil
		case errors.Is(err, io.EOF) && (b.size < 0 || b.at == b.size):
			b.err = io.EOF
		case err != nil:
			b.hangUp()
			b.err = b.goOn(err)
		}
	}
	return 0, b.err
}

// goOn connects again after a cut.
func (b *Body) goOn(cut error) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if b.validator == "" {
		return fault.New(fault.Unavailable, "La connexion a été coupée, et le serveur ne permet pas de la reprendre où elle en était\u00a0: relancez la commande.").Because(cut)
	}
	b.config.Log.Warn("a download was cut; it goes on", "at", b.at, "size", b.size, "error", cut)
	var err error = &temporary{cause: cut}
	for err != nil {
		if err := b.rest(err); err != nil {
			return err
		}
		err = b.connect()
	}
	return nil
}

// rest waits after a try that failed, if it is worth another.
func (b *Body) rest(err error) error {
	var passing *temporary
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if !errors.As(err, &passing) {
		return err
	}
	if b.failed++; b.failed >= tries {
		return passing.fault()
	}
	wait := shortest << (b.failed - 1)
	wait += rand.N(wait / 2)
	return b.config.Wait(b.ctx, min(max(wait, passing.asks), longest))
}

// Close lets go of the connection.
func (b *Body) Close() error {
	b.hangUp()
	if b.err == nil {
		b.err = errors.New("download: closed")
	}
	return nil
}

func (b *Body) hangUp() {
	if b.from != nil {
		b.watch.Stop()
		_ = b.from.Close() // read only
		b.cancel()
		b.from = nil
	}
}

// temporary is what may pass.
type temporary struct {
	status int // 0: there was no answer
	asks   time.Duration
	cause  error
}

func (t *temporary) Error() string { return t.cause.Error() }
func (t *temporary) Unwrap() error { return t.cause }

func (t *temporary) fault() error {
	text := "Le serveur n'est pas joignable, ou la connexion a été coupée trop souvent."
	if t.status != 0 {
		text = "Le serveur répond " + strconv.Itoa(t.status) + "."
	}
	return fault.New(fault.Unavailable, text).Because(t.cause)
}
