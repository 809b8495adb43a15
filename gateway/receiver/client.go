package receiver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"parvis/procurement/webhook"
)

// How long a receiver may take, and how much of its answer is read.
const (
	whole      = 15 * time.Second
	connecting = 5 * time.Second
	mostRead   = 4 << 10
	mostHeader = 16 << 10
)

// Config is how strangers are reached. The zero value is the public network.
type Config struct {
	Agent string // says who posts
	// Resolver asks for names; nil: the machine's.
	Resolver *net.Resolver
	// Allowed judges an address; nil: Public. Tests have receivers of their own.
	Allowed func(netip.Addr) bool
	// Connect opens a connection to an address that was judged; nil: the network.
	Connect func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are whom receivers' certificates are trusted from; nil: the machine's.
	Roots *x509.CertPool
}

// Client posts.
type Client struct {
	config Config
	http   *http.Client
}

// Why nothing was posted, or no answer came.
var (
	errForbidden = errors.New("the address is not public")
	errNoAddress = errors.New("the name has no address")
)

// New makes a client.
func New(c Config) *Client {
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Allowed == nil {
		c.Allowed = Public
	}
	client := &Client{config: c}
	if c.Connect == nil {
		// Judged once more where nothing can come in between: as the socket connects.
		dialer := &net.Dialer{Timeout: connecting, Control: client.judge}
		client.config.Connect = dialer.DialContext
	}
	client.http = &http.Client{
		Timeout:       whole,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil, DialContext: client.dial, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.Roots},
			TLSHandshakeTimeout: connecting, ResponseHeaderTimeout: whole, MaxResponseHeaderBytes: mostHeader,
			DisableKeepAlives:  true, // each time is judged anew
			DisableCompression: true, // what we read is what they sent: no bomb
			ForceAttemptHTTP2:  true,
		},
	}
	return client
}

// judge refuses a socket that is about to connect where it must not.
func (c *Client) judge(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !c.config.Allowed(to.Addr()) {
		return errForbidden
	}
	return nil
}

// dial resolves a name once and connects to what was judged. One answer that is not
// public spoils the others: an honest name has none.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if port != "443" && port != "8443" {
		return nil, errForbidden
	}
	ctx, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	found, err := c.config.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for i, a := range found {
		if found[i] = a.Unmap(); !c.config.Allowed(found[i]) { // the resolver writes IPv4 as it likes
			return nil, errForbidden
		}
	}
	last := errNoAddress
	for _, a := range found {
		conn, err := c.config.Connect(ctx, network, netip.AddrPortFrom(a, portNumber(port)).String())
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

func portNumber(port string) uint16 {
	if port == "8443" {
		return 8443
	}
	return 443
}

// Post sends a request and tells what came of it. It answers within seconds whatever the
// stranger does.
func (c *Client) Post(ctx context.Context, r webhook.Request) webhook.Answer {
	ctx, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Address, bytes.NewReader(r.Body))
	if err != nil || post.URL.Scheme != "https" || post.URL.User != nil {
		return webhook.Answer{Text: "l'adresse n'est pas comprise"}
	}
	for name, value := range r.Headers {
		post.Header.Set(name, value)
	}
	post.Header.Set("User-Agent", c.config.Agent)
	res, err := c.http.Do(post)
	if err != nil {
		return webhook.Answer{Text: why(err)}
	}
	defer func() { _ = res.Body.Close() }() // not read to its end
	// The status is the answer: what else they have to say may stop half-way.
	said, _ := io.ReadAll(io.LimitReader(res.Body, mostRead))
	a := webhook.Answer{Status: res.StatusCode, Text: string(said)}
	if res.StatusCode/100 == 3 {
		a.Text = "les redirections ne sont pas suivies\u00a0: indiquez l'adresse finale"
	}
	return a
}

// why names a failure by its kind: no address of a network, no text of a library.
func why(err error) string {
	var name *net.DNSError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errForbidden):
		return "cette adresse n'est pas publique\u00a0: rien ne lui est envoyé"
	case errors.Is(err, errNoAddress):
		return "ce nom de serveur ne mène nulle part"
	case errors.As(err, &name) && name.IsNotFound:
		return "ce nom de serveur n'existe pas"
	case errors.As(err, &name):
		return "ce nom de serveur n'a pas pu être cherché"
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return "le certificat du serveur n'est pas valable pour ce nom"
	case errors.As(err, &record), errors.As(err, &alert):
		return "le serveur ne parle pas TLS 1.2 ou plus récent"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "le serveur n'a pas répondu à temps"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "le serveur refuse la connexion"
	}
	return "la connexion a échoué"
}
