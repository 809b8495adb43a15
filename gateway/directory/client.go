package directory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// Public is the State's own service.
const Public = "https://recherche-entreprises.api.gouv.fr"

// How the client asks: somebody waits two seconds at most, and the service's limit of
// seven a second is shared by all who leave by the same address.
const (
	patience  = 2 * time.Second
	perSecond = 4
	atOnce    = 4
)

// How long answers are kept and how many. What the directory does not know may be a
// company of this morning.
const (
	keepAbsence = 10 * time.Minute
	keepAnswer  = 30 * 24 * time.Hour
	mostKept    = 20_000
)

// Config is how to reach the service.
type Config struct {
	URL       string
	Agent     string            // says who asks, as the service wants
	Clock     clock.Clock       // of the ages of answers and of rests
	Transport http.RoundTripper // nil: the network
	Patience  time.Duration     // zero: patience
}

// Client asks the directory. It is safe for use by many at once.
type Client struct {
	search   url.URL
	agent    string
	clock    clock.Clock
	patience time.Duration
	http     *http.Client
	pace     *rate.Limiter

	mu      sync.Mutex
	known   map[refdata.SIRET]known
	flights map[refdata.SIRET]*flight
	health  health
}

// known is an answer that was got.
type known struct {
	entry org.Entry // Name and all are empty when it is unlisted
	err   error     // nil or org.ErrUnlisted
	at    clock.Instant
}

// flight is a question under way, which everybody who asks the same waits for.
type flight struct {
	done  chan struct{}
	entry org.Entry
	err   error
}

// New makes the client of a service. The address is the operator's, never a visitor's;
// a refusal is one that they can read.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "L'annuaire des entreprises donné par --directory n'est pas compris\u00a0: écrivez "+Public+", ou l'adresse de votre relais vers lui.")
	}
	client := &Client{
		search: *u.JoinPath("search"), agent: c.Agent, clock: c.Clock, patience: c.Patience, pace: rate.NewLimiter(perSecond, atOnce),
		known: map[refdata.SIRET]known{}, flights: map[refdata.SIRET]*flight{},
	}
	if client.clock == nil {
		client.clock = clock.System{}
	}
	if client.patience == 0 {
		client.patience = patience
	}
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: client.patience}).DialContext,
			TLSHandshakeTimeout: client.patience, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	// A redirection could lead anywhere, our own network included: it is an answer that
	// is not understood.
	client.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return client, nil
}

// Find implements org.Directory.
func (c *Client) Find(ctx context.Context, siret refdata.SIRET, maxAge time.Duration) (org.Entry, error) {
	c.mu.Lock()
	now := c.clock.Now()
	if k, ok := c.known[siret]; ok {
		if errors.Is(k.err, org.ErrUnlisted) {
			maxAge = min(maxAge, keepAbsence)
		}
		if age := now.Sub(k.at); age >= 0 && age <= maxAge {
			c.mu.Unlock()
			return k.entry, k.err
		}
	}
	f := c.flights[siret]
	if f == nil {
		if err := c.health.begin(now); err != nil {
			c.mu.Unlock()
			return org.Entry{}, err
		}
		f = &flight{done: make(chan struct{})}
		c.flights[siret] = f
		// The question goes on when whoever asked it first has left: others wait for it,
		// and its answer is worth keeping.
		go c.fly(context.WithoutCancel(ctx), siret, f)
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.entry, f.err
	case <-ctx.Done():
		return org.Entry{}, ctx.Err()
	}
}

// fly asks, and keeps what it is told.
func (c *Client) fly(ctx context.Context, siret refdata.SIRET, f *flight) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	f.entry, f.err = c.ask(ctx, siret)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	delete(c.flights, siret)
	now := c.clock.Now()
	c.health.end(f.err, now)
	if f.err == nil || errors.Is(f.err, org.ErrUnlisted) {
		f.entry.At = now
		c.keep(siret, known{f.entry, f.err, now})
	}
}

// keep makes room first among what is too old, then anywhere: it is only a memory.
func (c *Client) keep(siret refdata.SIRET, k known) {
	if len(c.known) >= mostKept {
		for s, old := range c.known {
			if k.at.Sub(old.at) > keepAnswer {
				delete(c.known, s)
			}
		}
		for s := range c.known {
			if len(c.known) < mostKept {
				break
			}
			delete(c.known, s)
		}
	}
	c.known[siret] = k
}

// errBusy says that our own pace leaves no room within the time that people wait: the
// directory has done nothing wrong.
var errBusy = errors.New("directory: too many questions at once")

func (c *Client) ask(ctx context.Context, siret refdata.SIRET) (org.Entry, error) {
	if err := c.pace.Wait(ctx); err != nil {
		return org.Entry{}, errBusy
	}
	where := c.search
	where.RawQuery = url.Values{
		"q": {siret.String()}, "page": {"1"}, "per_page": {"1"}, "minimal": {"true"}, "include": {"siege,matching_etablissements"},
	}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return org.Entry{}, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.agent)
	res, err := c.http.Do(r)
	if err != nil {
		return org.Entry{}, fmt.Errorf("directory: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusOK:
		return read(res.Body, siret)
	case http.StatusTooManyRequests:
		return org.Entry{}, &tooFast{retryAfter(res.Header.Get("Retry-After"), c.clock.Now())}
	}
	said, _ := io.ReadAll(io.LimitReader(res.Body, 200)) // {"erreur": "…"}, or whatever stands in between
	return org.Entry{}, fmt.Errorf("directory: %s: %q", res.Status, said)
}

// retryAfter reads the header, in seconds or as a date (RFC 9110, section 10.2.3);
// zero when it says nothing.
func retryAfter(said string, now clock.Instant) time.Duration {
	if n, err := strconv.Atoi(said); err == nil && n >= 0 {
		return min(time.Duration(n), time.Duration(longestRest/time.Second)) * time.Second
	}
	if at, err := http.ParseTime(said); err == nil {
		return max(clock.At(at).Sub(now), 0)
	}
	return 0
}
