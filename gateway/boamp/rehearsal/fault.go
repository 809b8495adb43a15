package rehearsal

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// Fault is an answer that is not what it should be; as is the true one.
type Fault func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc)

// Fail has the next questions answered so, one each.
func (p *Program) Fail(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, faults...)
}

// FailAlways has every question answered so, until it is nil.
func (p *Program) FailAlways(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.always = f
}

// next is how the question is to be answered; nil: as it should.
func (p *Program) next() Fault {
	if len(p.faults) > 0 {
		f := p.faults[0]
		p.faults = p.faults[1:]
		return f
	}
	return p.always
}

// Well answers as it should.
func Well(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) { as(w, r) }

// Down answers with a status, as what stands before a program that is down does.
func Down(status int) Fault {
	return Says(status, "text/html", "<html><head><title>"+strconv.Itoa(status)+"</title></head><body><h1>"+http.StatusText(status)+"</h1></body></html>")
}

// TooFast answers 429; it says how long to wait by Retry-After, if by anything.
func TooFast(wait string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		if wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = fmt.Fprint(w, `{"errorcode": 10002, "error": "Too many requests on the domain. Please contact the domain administrator."}`)
	}
}

// Spent answers 429 with the hour at which the day's count begins anew.
func Spent(until time.Time) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = fmt.Fprintf(w, `{"errorcode": 10002, "reset_time": %q, "limit_time_unit": "day", "call_limit": 10000, "error": "Too many requests on the domain."}`, until.UTC().Format(time.RFC3339))
	}
}

// Says answers with this text.
func Says(status int, kind, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // who has left does not read it
	}
}

// Moved sends elsewhere.
func Moved(to string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// Mute never answers; it lets go when whoever asked does.
func Mute(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { <-r.Context().Done() }

// HungUp cuts the connection before a word.
func HungUp(http.ResponseWriter, *http.Request, http.HandlerFunc) { panic(http.ErrAbortHandler) }

// rehearsed is what the true answer would be.
func rehearsed(r *http.Request, as http.HandlerFunc) *httptest.ResponseRecorder {
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	as(rec, plain)
	return rec
}

// Cut gives the beginning of the true answer, as many thousandths of it, and cuts the
// connection.
func Cut(thousandths int) Fault {
	return func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
		body := rehearsed(r, as).Body.Bytes()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)*thousandths/1000])
		_ = http.NewResponseController(w).Flush() // so that it arrives before the cut
		panic(http.ErrAbortHandler)
	}
}

// Short gives the beginning of the true answer as if it were all of it.
func Short(thousandths int) Fault {
	return Changed(func(body string) string { return body[:len(body)*thousandths/1000] })
}

// Changed gives the true answer with something done to it.
func Changed(how func(body string) string) Fault {
	return func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(how(rehearsed(r, as).Body.String())))
	}
}

// Unlabelled gives the true answer compressed, without saying so.
func Unlabelled(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(compressed(rehearsed(r, as).Body.Bytes()))
}

// Mislabelled gives the true answer as text of a page.
func Mislabelled(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
	w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
	_, _ = w.Write(rehearsed(r, as).Body.Bytes())
}

// Latin gives the true answer in the encoding of the last century, which it does not say.
func Latin(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
	Changed(func(body string) string {
		var b strings.Builder
		for _, c := range body {
			if c < 0x100 {
				b.WriteByte(byte(c))
			} else {
				b.WriteByte('?')
			}
		}
		return b.String()
	})(w, r, as)
}

// Endless begins the true list and never ends it.
func Endless(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
	_, _ = fmt.Fprint(w, `{"total_count": 5, "results": [`)
	for i := 0; r.Context().Err() == nil; i++ {
		if _, err := fmt.Fprintf(w, `{"idweb":"26-%d","objet":"Encore"},`, i); err != nil {
			return
		}
	}
}

// Repeated gives the first page whatever page is asked for.
func Repeated(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
	first := r.Clone(r.Context())
	q := first.URL.Query()
	q.Set("offset", "0")
	first.URL.RawQuery = q.Encode()
	as(w, first)
}

func compressed(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(text) // memory refuses nothing
	_ = z.Close()
	return b.Bytes()
}
