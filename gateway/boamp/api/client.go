package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"parvis/kit/fault"
)

// Public is the platform where the gazette publishes its open data.
const Public = "https://boamp-datadila.opendatasoft.com"

// The platform's own limits.
const (
	pageSize = 100
	farthest = 10_000 // offset and limit together
)

// How the platform is asked.
const (
	perSecond = 4                // questions; a day of notices is four or so
	tries     = 5                // of one question
	shortest  = time.Second      // between two tries, then twice as long each time
	patience  = 2 * time.Minute  // for one answer, and for what the platform asks for itself
	exporting = 10 * time.Minute // for an export
	passes    = 3                // over a day that changes while it is read
)

// Config is how to reach the platform.
type Config struct {
	URL       string // of the platform, or of the dataset
	Agent     string // says who asks
	Log       *slog.Logger
	Transport http.RoundTripper // nil: the network
	Patience  time.Duration     // for one answer; zero: patience
	PerSecond float64           // questions; zero: perSecond
	// Wait is how to wait between two tries; nil: on the machine's clock.
	Wait func(context.Context, time.Duration) error
}

// Client asks the platform. It implements intake.Gazette.
type Client struct {
	dataset  url.URL
	agent    string
	log      *slog.Logger
	patience time.Duration
	wait     func(context.Context, time.Duration) error
	http     *http.Client
	pace     *rate.Limiter
}

// New makes the client of a platform. The address is the operator's; a refusal is one
// that they can read.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "L'adresse de la relève donnée par --boamp n'est pas comprise\u00a0: écrivez "+Public+", ou l'adresse de votre relais vers lui.")
	}
	client := &Client{dataset: *dataset(u), agent: c.Agent, log: c.Log, patience: cmp.Or(c.Patience, patience), wait: c.Wait}
	client.pace = rate.NewLimiter(rate.Limit(cmp.Or(c.PerSecond, perSecond)), perSecond)
	if client.log == nil {
		client.log = slog.Default()
	}
	if client.wait == nil {
		client.wait = sleep
	}
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
			TLSHandshakeTimeout: 20 * time.Second, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	// A redirection could lead anywhere: it is an answer that is not understood.
	client.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return client, nil
}

// dataset is the address of the dataset, which may have been given with what follows.
func dataset(u *url.URL) *url.URL {
	if before, after, found := strings.Cut(u.Path, "/datasets/"); found {
		name, _, _ := strings.Cut(after, "/")
		u.Path, u.RawPath = before+"/datasets/"+name, ""
		return u
	}
	return u.JoinPath("api", "explore", "v2.1", "catalog", "datasets", "boamp")
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

// ask puts one question and hands the answer over, again and again until it is
// understood, refused for good, or tried enough.
func (c *Client) ask(ctx context.Context, where url.URL, patience time.Duration, read func(*http.Response) error) error {
	for try := 1; ; try++ {
		err := c.once(ctx, where, patience, read)
		switch {
		case err == nil || errors.Is(err, errStopped):
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		wait, again := c.again(err, try)
		if !again {
			return final(err)
		}
		c.log.Info("the gazette's platform is asked again", "try", try, "wait", wait.Round(time.Millisecond), "error", err)
		if err := c.wait(ctx, wait); err != nil {
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, where url.URL, patience time.Duration, read func(*http.Response) error) error {
	if err := c.pace.Wait(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.agent)
	res, err := c.http.Do(r)
	if err != nil {
		return slowly(ctx, &unreachable{err})
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return refusal(res)
	}
	return slowly(ctx, read(res))
}

// slowly gives an error its cause when it is that the time is over.
func slowly(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSlow) {
		return errSlow
	}
	return err
}
