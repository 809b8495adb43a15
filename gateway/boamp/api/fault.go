package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"parvis/kit/fault"
	"parvis/kit/scrub"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// What an operator reads when a day could not be read.
var (
	errSlow     = fault.New(fault.Unavailable, "La source n'a pas répondu à temps.")
	errUnsteady = fault.New(fault.Unavailable, "La source n'a pas donné deux fois de suite les mêmes avis\u00a0: elle est en train de changer.")
	errEndless  = errors.New("more records than were asked for")
)

// unreachable is a connection that was not made, or was cut.
type unreachable struct{ cause error }

func (u *unreachable) Error() string { return "not reached: " + u.cause.Error() }
func (u *unreachable) Unwrap() error { return u.cause }

// unclear is an answer that is not one.
type unclear struct{ cause error }

func (u *unclear) Error() string { return "answer not understood: " + u.cause.Error() }
func (u *unclear) Unwrap() error { return u.cause }

// refused is an answer by a status.
type refused struct {
	status int
	said   string        // by the platform
	asks   time.Duration // how long it wants to be left alone, zero when it does not say
}

func (r *refused) Error() string {
	return fmt.Sprintf("%d %s: %q", r.status, http.StatusText(r.status), r.said)
}

// temporary tells the statuses after which it is worth trying again.
func (r *refused) temporary() bool {
	return r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500 && r.status != http.StatusNotImplemented
}

// refusal reads what the platform says of a question that it does not answer.
func refusal(res *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, 2000)) // {"message": "…", "error_code": "…"}, or whatever stands in between
	r := &refused{status: res.StatusCode, said: scrub.Token(string(text))}
	var said struct {
		Message, Error string
		ResetTime      time.Time `json:"reset_time"`
	}
	if json.Unmarshal(text, &said) == nil && said.Message+said.Error != "" {
		r.said = scrub.Token(said.Message + said.Error)
	}
	if where := res.Header.Get("Location"); where != "" {
		r.said = "→ " + scrub.Token(where)
	}
	r.asks = asked(res.Header, time.Now())
	if r.asks == 0 && r.status == http.StatusTooManyRequests && !said.ResetTime.IsZero() {
		r.asks = max(time.Until(said.ResetTime), 0)
	}
	return r
}

// asked is how long the platform wants to be left alone: Retry-After, in seconds or as
// a date (RFC 9110, section 10.2.3), or the end of its day's count.
func asked(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour
	said := h.Get("Retry-After")
	if n, err := strconv.Atoi(said); err == nil && n >= 0 {
		return min(time.Duration(min(n, int(most/time.Second)))*time.Second, most)
	}
	if at, err := http.ParseTime(said); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	if n, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && h.Get("X-RateLimit-Remaining") == "0" {
		return min(max(time.Unix(n, 0).Sub(now), 0), most)
	}
	return 0
}

// again tells whether to try once more, and after how long.
func (c *Client) again(err error, try int) (time.Duration, bool) {
	var r *refused
	if errors.As(err, &r) && (!r.temporary() || r.asks > patience) || try >= tries {
		return 0, false
	}
	wait := shortest << (try - 1)
	wait += rand.N(wait / 2) // those who failed together do not come back together
	if r != nil {
		wait = max(wait, r.asks)
	}
	return wait, true
}

// final puts the last error of a question as an operator reads it.
func final(err error) error {
	var r *refused
	var cut *unreachable
	var wrong *unclear
	switch {
	case errors.As(err, &r) && r.status == http.StatusTooManyRequests:
		return &intake.Later{For: r.asks, Err: fault.New(fault.Unavailable, "La source dit qu'on l'interroge trop (429).").Because(err)}
	case errors.As(err, &r) && r.temporary():
		return &intake.Later{For: r.asks, Err: fault.New(fault.Unavailable, "La source est en panne\u00a0: elle répond "+strconv.Itoa(r.status)+".").Because(err)}
	case errors.As(err, &r):
		return fault.New(fault.Unavailable, "La source refuse la question\u00a0: elle répond "+strconv.Itoa(r.status)+". L'adresse de --boamp est-elle la bonne\u00a0?").Because(err)
	case errors.As(err, &cut):
		return fault.New(fault.Unavailable, "La source n'est pas joignable, ou la connexion a été coupée.").Because(err)
	case errors.As(err, &wrong):
		return fault.New(fault.Unavailable, "La source a répondu autre chose que des avis.").Because(err)
	}
	return err
}

// broken makes an error of the end of an answer that was not understood to its end.
func broken(end *notice.RecordError) error {
	return &unclear{fmt.Errorf("%s %w", end.Reason, errOr(end.Cause))}
}

var errForm = errors.New("not the form of an answer")

func errOr(err error) error {
	if err == nil {
		return errForm
	}
	return err
}
