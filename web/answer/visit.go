package answer

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/web/ui"
)

// Visit is one request and who makes it.
type Visit struct {
	*http.Request
	Actor access.Actor
	site  *Site
}

// Answer is what a handler has to say: a page, a redirection or data.
type Answer struct {
	Status   int // 200 when zero
	Page     ui.Page
	Body     templ.Component
	Redirect string // where to go instead, by 303
	Secret   bool   // the address holds a secret: kept from caches and referrers

	part    bool // the body alone, for a script that has the page already
	data    []byte
	kind    string
	name    string        // of a file to keep; empty: the data is to be shown
	open    bool          // anybody may have the data, and have it kept
	wait    time.Duration // after a refusal, how long to wait before asking again
	stream  func(io.Writer) error
	failure *ui.Failure
	flash   *ui.Flash
	token   *string // the session to set; "" ends it
	device  string  // what the browser is to keep to be known; "": unchanged
	pending *string // the sign-in under way; "" forgets it
}

// Show answers with a page.
func Show(p ui.Page, body templ.Component) Answer { return Answer{Page: p, Body: body} }

// Part answers a script with a part of a page that it shows already.
func Part(body templ.Component) Answer { return Answer{Body: body, part: true} }

// Refused answers with the form again, its faults beside their fields.
func Refused(p ui.Page, body templ.Component) Answer {
	p.Refused = true
	return Answer{Status: http.StatusUnprocessableEntity, Page: p, Body: body}
}

// SeeOther leads to another page, which tells what was done.
func SeeOther(where, done string) Answer {
	a := Answer{Redirect: where}
	if done != "" {
		a.flash = &ui.Flash{Kind: ui.FlashDone, Text: done}
	}
	return a
}

// JSON answers with data.
func JSON(v any) (Answer, error) {
	data, err := json.Marshal(v)
	return Answer{data: data, kind: "application/json"}, err
}

// Text answers with plain text.
func Text(s string) Answer { return Answer{data: []byte(s), kind: "text/plain; charset=utf-8"} }

// WithSession has the browser keep a session's token, or forget it when empty.
func (a Answer) WithSession(token string) Answer { a.token = &token; return a }

// WithEntry has the browser keep what proving who one is gave: a session's token, if
// one was opened, what makes the browser known, and the sign-in that goes on.
func (a Answer) WithEntry(in account.Entry) Answer {
	if in.Session != "" {
		a = a.WithSession(in.Session)
	}
	a.device = in.Device
	return a.WithPending(in.Pending)
}

// WithPending has the browser keep the token of a sign-in under way, or forget it when
// empty.
func (a Answer) WithPending(token string) Answer { a.pending = &token; return a }

// Saying has the next page say more than that all is done.
func (a Answer) Saying(kind ui.FlashKind, text string) Answer {
	a.flash = &ui.Flash{Kind: kind, Text: text}
	return a
}

// WithStatus sets the HTTP status.
func (a Answer) WithStatus(status int) Answer { a.Status = status; return a }

// Kept marks the page's address as a secret.
func (a Answer) Kept() Answer { a.Secret = true; a.Page.NoIndex = true; return a }

// Errors gives the faults of a form to show, or the error itself when it is not
// the form's business (another kind of refusal, or ours).
func Errors(err error) (ui.Errors, error) {
	var out ui.Errors
	for _, e := range fault.All(err) {
		if e.Kind != fault.Invalid && e.Kind != fault.Conflict && e.Kind != fault.Unavailable {
			return nil, err
		}
		out = append(out, ui.FieldError{Field: e.Field, Text: e.Text})
	}
	if out == nil {
		return nil, err
	}
	return out, nil
}

// Number reads a whole number of the query, or the default.
func (v *Visit) Number(name string, otherwise int) int {
	n, err := strconv.Atoi(v.Form.Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

// Here tells whether a path leads inside this site, so that ?suite= cannot send
// somebody who signs in elsewhere.
func Here(path string) bool {
	// Browsers drop tabs and line breaks, and read a backslash as a slash.
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, "\\") &&
		!strings.ContainsFunc(path, unicode.IsControl)
}

// Cookie names: on https the __Host- prefix keeps other hosts of the domain from
// setting them; on plain http browsers would refuse it.
func (s *Site) cookieName(name string) string {
	if s.Secure {
		return "__Host-parvis-" + name
	}
	return "parvis-" + name
}

// Token is the session's secret, "" for none.
func (v *Visit) Token() string {
	c, err := v.Cookie(v.site.cookieName("session"))
	if err != nil {
		return ""
	}
	return c.Value
}

// Device is what makes this browser known to accounts, "" for nothing.
func (v *Visit) Device() string {
	c, err := v.Cookie(v.site.cookieName("device"))
	if err != nil {
		return ""
	}
	return c.Value
}

// Pending is the token of the sign-in under way in this browser, "" for none.
func (v *Visit) Pending() string {
	c, err := v.Cookie(v.site.cookieName("pending"))
	if err != nil {
		return ""
	}
	return c.Value
}

// Visitor is where whoever asks does it from, for those who prove who they are.
func (v *Visit) Visitor() account.Visitor {
	return account.Visitor{Remote: v.RemoteAddr, Browser: v.UserAgent(), Device: v.Device()}
}

func (s *Site) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// cookies sets what the answer asks and takes away a message that was shown.
func (s *Site) cookies(w http.ResponseWriter, v *Visit, a *Answer) {
	if a.token != nil {
		age := 0 // until the browser closes, or the session ends
		if *a.token == "" {
			age = -1
		}
		http.SetCookie(w, s.cookie("session", *a.token, age))
	}
	if a.device != "" {
		http.SetCookie(w, s.cookie("device", a.device, int(account.DeviceLife.Seconds())))
	}
	if a.pending != nil && *a.pending != v.Pending() {
		age := int(account.PendingLife.Seconds())
		if *a.pending == "" {
			age = -1
		}
		http.SetCookie(w, s.cookie("pending", *a.pending, age))
	}
	if a.flash != nil {
		text, _ := json.Marshal(a.flash) // two strings: it cannot fail
		http.SetCookie(w, s.cookie("message", base64.RawURLEncoding.EncodeToString(text), 60))
	} else if _, err := v.Cookie(s.cookieName("message")); err == nil && a.Body != nil {
		http.SetCookie(w, s.cookie("message", "", -1))
	}
}

// Told tells whether the browser has brought back the message of the last act: it keeps
// cookies.
func (v *Visit) Told() bool { return v.flash() != nil }

// flash reads the message that the last act left.
func (v *Visit) flash() *ui.Flash {
	c, err := v.Cookie(v.site.cookieName("message"))
	if err != nil {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var f ui.Flash
	if json.Unmarshal(text, &f) != nil || f.Text == "" {
		return nil
	}
	return &f
}
