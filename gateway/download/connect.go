package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parvis/kit/fault"
)

var (
	errChanged = fault.New(fault.Unavailable, "Le fichier a changé sur le serveur pendant qu'il était lu\u00a0: relancez la commande.")
	errSilent  = errors.New("nothing came for too long")
)

// connect asks for the file from the byte that comes next.
func (b *Body) connect() error {
	ctx, cancel := context.WithCancelCause(b.ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.where, nil)
	if err != nil {
		cancel(nil)
		return fault.New(fault.Invalid, "L'adresse «\u00a0"+Shown(b.where)+"\u00a0» n'est pas comprise.").Because(err)
	}
	r.Header.Set("Accept-Encoding", "identity") // bytes are counted as the file has them
	r.Header.Set("User-Agent", b.config.Agent)
	if b.at > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", b.at))
		r.Header.Set("If-Range", b.validator)
	}
	res, err := b.client.Do(r)
	if err != nil {
		cancel(nil)
		if e, ok := fault.As(err); ok {
			return e // a redirection that is not followed
		}
		return &temporary{cause: err}
	}
	if err := b.accept(res); err != nil {
		_ = res.Body.Close() // not read
		cancel(nil)
		return err
	}
	b.from, b.cancel = res.Body, func() { cancel(nil) }
	b.watch = time.AfterFunc(b.config.Idle, func() { cancel(errSilent) })
	if res.StatusCode == http.StatusOK && b.at > 0 {
		return b.passOver()
	}
	return nil
}

// passOver reads again what was read, of a server that gives the same file from its
// beginning only.
func (b *Body) passOver() error {
	for left := b.at; left > 0; {
		n, err := io.CopyN(io.Discard, b.from, min(left, 1<<20))
		b.watch.Reset(b.config.Idle)
		if left -= n; err != nil {
			b.hangUp()
			return &temporary{cause: err}
		}
	}
	return nil
}

// accept judges an answer.
func (b *Body) accept(res *http.Response) error {
	switch s := res.StatusCode; {
	case s == http.StatusOK && b.at == 0:
		b.size, b.validator = res.ContentLength, validator(res.Header)
		return nil
	case s == http.StatusPartialContent && b.at > 0:
		return b.continued(res)
	case s == http.StatusOK && validator(res.Header) == b.validator && res.ContentLength == b.size:
		return nil // the same file, from its beginning
	case s == http.StatusOK, s == http.StatusRequestedRangeNotSatisfiable, s == http.StatusPreconditionFailed:
		return errChanged
	case s == http.StatusTooManyRequests, s == http.StatusRequestTimeout, s >= 500:
		return &temporary{status: s, asks: asked(res.Header.Get("Retry-After")), cause: errors.New(res.Status)}
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		return fault.New(fault.Unavailable, "Le serveur refuse de donner ce fichier (il répond "+strconv.Itoa(s)+").")
	case s == http.StatusNotFound, s == http.StatusGone:
		return fault.New(fault.NotFound, "Il n'y a pas de fichier à cette adresse (le serveur répond "+strconv.Itoa(s)+").")
	default:
		return fault.New(fault.Unavailable, "Le serveur répond "+strconv.Itoa(s)+" au lieu de donner ce fichier.")
	}
}

var contentRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/(\d+|\*)$`)

// continued makes sure that what comes is what follows.
func (b *Body) continued(res *http.Response) error {
	m := contentRange.FindStringSubmatch(res.Header.Get("Content-Range"))
	if m == nil || m[1] != strconv.FormatInt(b.at, 10) || m[3] != "*" && b.size >= 0 && m[3] != strconv.FormatInt(b.size, 10) {
		return errChanged
	}
	if v := validator(res.Header); v != "" && v != b.validator {
		return errChanged
	}
	return nil
}

// validator tells a file from the one that may take its place (RFC 9110, section
// 13.1.5): a strong ETag, else its date; "" when the server cannot go on from a byte.
func validator(h http.Header) string {
	if strings.EqualFold(h.Get("Accept-Ranges"), "none") {
		return ""
	}
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// asked reads Retry-After, in seconds or as a date; zero when it says nothing.
func asked(said string) time.Duration {
	if n, err := strconv.Atoi(said); err == nil && n >= 0 {
		return time.Duration(min(n, int(longest/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(said); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
