package answer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/org"
	"parvis/web/ui"
)

// maxBody is the largest form accepted, in bytes.
const maxBody = 1 << 20

// Site is the web server of one program.
type Site struct {
	// Who tells the actor of a session token; a visitor for none.
	Who func(ctx context.Context, token string) (access.Actor, error)
	// Hats lists what a person may act under, for the bar; nil shows none.
	Hats func(ctx context.Context, by access.Actor) ([]org.Hat, error)
	// Warning gives what the page of a path must warn of, empty for nothing.
	Warning func(path string) string
	Secure  bool // the base URL is https: cookies say so
	Demo    bool
	Log     *slog.Logger
	// Proxies are the networks whose word on who is asking is taken; this machine's
	// is always: who can connect from here needs no disguise.
	Proxies []netip.Prefix

	routes []Route
	mux    *http.ServeMux
}

// Route is one line of the table of contents.
type Route struct {
	Pattern string
	Act     access.Act
}

// Handler answers one kind of request.
type Handler func(*Visit) (Answer, error)

// New makes a site without routes.
func New(who func(context.Context, string) (access.Actor, error), log *slog.Logger) *Site {
	return &Site{Who: who, Log: log, mux: http.NewServeMux(), Warning: func(string) string { return "" }}
}

// Route answers a pattern of net/http for whoever may do act.
func (s *Site) Route(pattern string, act access.Act, h Handler) {
	s.routes = append(s.routes, Route{pattern, act})
	s.mux.Handle(pattern, s.serve(act, h))
}

// Files serves what is not a page, open to all.
func (s *Site) Files(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Routes lists every route with its act.
func (s *Site) Routes() []Route { return s.routes }

// Server is the site behind what protects all of it.
func (s *Site) Server() http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.serve(access.VisitSite, func(*Visit) (Answer, error) {
		return Answer{}, fault.New(fault.Forbidden, "Ce formulaire a été envoyé depuis un autre site\u00a0: pour votre sécurité, rien n'a été enregistré. Revenez sur Parvis et recommencez.")
	}))
	// A mail provider posts the one-click unsubscription for its user (RFC 8058).
	guard.AddInsecureBypassPattern("POST /desabonnement/{token}")
	return s.headers(guard.Handler(http.HandlerFunc(s.dispatch)))
}

// dispatch gives unknown addresses and methods pages of ours.
func (s *Site) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	var refusal error = fault.New(fault.NotFound, "")
	probe := httptest.NewRecorder()
	h.ServeHTTP(probe, r)
	switch {
	case probe.Code == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		refusal = errMethod
	case probe.Code/100 == 3: // the path was not clean
		http.Redirect(w, r, probe.Header().Get("Location"), probe.Code)
		return
	}
	s.serve(access.VisitSite, func(*Visit) (Answer, error) { return Answer{}, refusal }).ServeHTTP(w, r)
}

var errMethod = errors.New("method not allowed")

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if r.Header.Get("Content-Encoding") != "" { // a compressed form is a bomb or a mistake
			http.Error(w, "compression refusée", http.StatusUnsupportedMediaType)
			return
		}
		r.RemoteAddr = s.visitor(r)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// serve runs a handler for those who may.
func (s *Site) serve(act access.Act, h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &Visit{Request: r, site: s}
		a, err := s.answer(v, act, h)
		if err != nil {
			a = s.failure(v, err)
		}
		s.write(w, v, a)
	}
}

func (s *Site) answer(v *Visit, act access.Act, h Handler) (a Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if v.Actor, err = s.Who(v.Context(), v.Token()); err != nil {
		return a, err
	}
	denied := v.Actor.Must(act)
	if denied != nil && !v.Actor.SignedIn() {
		return a, denied
	}
	if err := v.Request.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return a, fault.New(fault.Invalid, "Ce formulaire est trop volumineux\u00a0: raccourcissez vos textes.")
		}
		return a, fault.New(fault.Invalid, "Ce formulaire n'a pas pu être lu\u00a0: revenez en arrière et envoyez-le à nouveau.").Because(err)
	}
	// First: who has switched may not have the right under what they act under now.
	if a, refused, err := s.elsewhere(v); refused || err != nil {
		return a, err
	}
	if a, other, err := s.about(v); other || err != nil {
		return a, err
	}
	if denied != nil {
		return a, denied
	}
	return h(v)
}

// failure makes a page of an error. What is not a refusal is ours: the person
// gets a number, the log gets the cause.
func (s *Site) failure(v *Visit, err error) Answer {
	if errors.Is(err, errMethod) {
		return failurePage(ui.Failure{Status: http.StatusMethodNotAllowed})
	}
	if v.Context().Err() != nil {
		return Answer{Status: 499} // they have left: nobody reads it
	}
	e, ok := fault.As(err)
	if !ok {
		number := db.NewID()[24:]
		s.Log.Error("request failed", "reference", number, "method", v.Method, "route", v.Pattern, "error", err)
		return failurePage(ui.Failure{Status: http.StatusInternalServerError, Reference: number})
	}
	if e.Kind == fault.SignIn {
		next := ""
		if v.Method == http.MethodGet {
			next = "?suite=" + url.QueryEscape(v.URL.RequestURI())
		}
		return Answer{Redirect: "/connexion" + next, flash: &ui.Flash{Kind: ui.FlashInfo, Text: e.Text}}
	}
	f := ui.Failure{Status: statusOf(e.Kind), Text: e.Text}
	if e.Kind == fault.NotFound {
		f.Todo = s.perhapsElsewhere(v)
	}
	a := failurePage(f)
	a.wait = e.Wait
	return a
}

// statusOf is the HTTP status of a refusal.
func statusOf(k fault.Kind) int {
	switch k {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

func failurePage(f ui.Failure) Answer { return Answer{Status: f.Status, failure: &f} }

// write sends the answer.
func (s *Site) write(w http.ResponseWriter, v *Visit, a Answer) {
	s.cookies(w, v, &a)
	switch {
	case a.Redirect != "":
		http.Redirect(w, v.Request, a.Redirect, http.StatusSeeOther)
		return
	case a.stream != nil:
		s.streamTo(w, v, a)
		return
	case a.Body == nil && a.data == nil && a.failure == nil:
		w.WriteHeader(max(a.Status, http.StatusOK))
		return
	}
	var page bytes.Buffer
	kind := "text/html; charset=utf-8"
	if a.data != nil {
		page.Write(a.data)
		kind = a.kind
	} else if err := s.render(v, a, &page); err != nil {
		s.Log.Error("page not rendered", "route", v.Pattern, "error", err) // the path may be a secret
		http.Error(w, "Cette page n'a pas pu être affichée. Réessayez dans un instant.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	if a.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(a.wait.Seconds()))))
	}
	if a.name != "" {
		h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
	}
	if a.open {
		serveDocument(w, v.Request, a)
		return
	}
	secret := a.Secret || a.failure != nil // an address that failed may be a secret one
	if v.Actor.SignedIn() || secret {
		h.Set("Cache-Control", "no-store")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if secret {
		h.Set("Referrer-Policy", "no-referrer") // the address is the secret
	}
	w.WriteHeader(max(a.Status, http.StatusOK))
	_, _ = w.Write(page.Bytes()) // who has left does not read it
}

func (s *Site) render(v *Visit, a Answer, to *bytes.Buffer) error {
	ctx := ui.WithActing(v.Context(), actingID(v.Actor))
	if a.part {
		return a.Body.Render(ctx, to)
	}
	p := a.Page
	p.Demo = s.Demo
	p.Nav = s.menu(v)
	p.Footer = append(p.Footer, ui.Link{Label: "Annonces", URL: "/annonces"}, ui.Link{Label: "Assistance utilisateur", URL: "/assistance"}, ui.Link{Label: "Tester la configuration de mon poste", URL: "/test-poste"}, ui.Link{Label: "Mentions légales et données personnelles", URL: "/mentions"})
	var err error
	if p.Account, err = s.account(v); err != nil && a.failure == nil {
		return err // a page that says what failed is shown all the same
	}
	if p.Flash == nil {
		p.Flash = v.flash()
	}
	p.Warning = s.Warning(v.URL.Path)
	p.Refused = p.Refused || a.Status == http.StatusUnprocessableEntity
	if a.failure != nil {
		return ui.ErrorPage(p, *a.failure).Render(ctx, to)
	}
	return ui.Layout(p, a.Body).Render(ctx, to)
}

// menu is the main menu of whoever is asking.
func (s *Site) menu(v *Visit) []ui.NavItem {
	items := []ui.NavItem{{Label: "Annonces", URL: "/annonces"}}
	if v.Actor.May(access.SeeWatches) {
		items = append(items, ui.NavItem{Label: "Mon espace", URL: "/entreprise"}, ui.NavItem{Label: "Ma veille", URL: "/entreprise/veilles"})
	}
	current := -1
	for i, it := range items {
		if (v.URL.Path == it.URL || strings.HasPrefix(v.URL.Path, it.URL+"/")) && (current < 0 || len(it.URL) > len(items[current].URL)) {
			current = i
		}
	}
	if current >= 0 {
		items[current].Current = true
	}
	return items
}
