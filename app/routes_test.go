package app_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// unknownID is of the right form, and nobody's.
const unknownID = "01900000-0000-7000-8000-000000000000"

// caller is one of those who ask for the routes.
type caller struct {
	name string
	person
}

// village is a platform on which everybody plays a part: two companies, of which one
// has an administrator, a user and a newcomer; each company has a watch.
type village struct {
	*platform
	t       *testing.T
	callers []caller // visitor, newcomer, user, admin, stranger
	watchID string   // the first company's
	others  []string // memberships of the first company

	settled     []access.Actor // who everybody is at first
	noticeID    string
	reset, stop string            // secrets of links
	made        map[string]string // the last object made of each kind
	letters     int               // how many things have a name of their own
}

func settle(t *testing.T) *village {
	t.Helper()
	v := &village{platform: start(t, db.SQLite), t: t}
	admin := v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	user := v.join(t, mullerSIRET, "Menuiserie Muller", "Ursule Weber", "ursule.weber")
	newcomer := v.join(t, mullerSIRET, "Menuiserie Muller", "Karim Benali", "karim.benali")
	stranger := v.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
	if _, err := v.Members.Accept(t.Context(), admin.Actor, user.MembershipID); err != nil {
		t.Fatal(err)
	}
	v.callers = []caller{{name: "visitor"}, {"newcomer", newcomer}, {"user", user}, {"admin", admin}, {"stranger", stranger}}
	saved, err := v.Watches.Create(t.Context(), admin.Actor, watch.Form{Name: "Menuiseries", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
	if err != nil {
		t.Fatal(err)
	}
	v.watchID, v.others = saved.ID, []string{admin.MembershipID, user.MembershipID, newcomer.MembershipID}
	v.take(t, notice.Record{SourceID: "26-1", Title: "Menuiseries", Departments: []string{"67"}, Deadline: inDays(10)})
	v.made = map[string]string{}
	for i := range v.callers {
		v.settled = append(v.settled, v.renew(&v.callers[i]))
	}
	if err := v.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&v.noticeID, "SELECT id FROM notice") }); err != nil {
		t.Fatal(err)
	}
	return v
}

// write changes the database.
func (v *village) write(f func(*db.Tx) error) {
	v.t.Helper()
	if err := v.DB.Write(v.t.Context(), f); err != nil {
		v.t.Fatal(err)
	}
}

// secretOf gives the secret at the end of a link in a mail.
func secretOf(t *testing.T, m mailbox.Message, path string) string {
	t.Helper()
	where := link(t, m, path)
	return where[strings.LastIndex(where, "/")+1:]
}

// named gives one of the callers.
func (v *village) named(name string) *caller {
	return &v.callers[slices.IndexFunc(v.callers, func(c caller) bool { return c.name == name })]
}

// renew opens another session when the last act ended this one, and says who acts now.
func (v *village) renew(c *caller) access.Actor {
	v.t.Helper()
	if c.session == "" {
		return access.Anybody()
	}
	by, err := v.Orgs.ActorOf(v.t.Context(), c.session)
	if err != nil {
		v.t.Fatal(err)
	}
	if by.SignedIn() {
		return by
	}
	c.session = v.open(c).Session
	if by, err = v.Orgs.ActorOf(v.t.Context(), c.session); err != nil || !by.SignedIn() {
		v.t.Fatalf("%s cannot come back: %v", c.name, err)
	}
	return by
}

// open opens a session as signing in does from a new browser, without the half second
// that a password takes.
func (v *village) open(c *caller) (in account.Entry) {
	v.t.Helper()
	v.write(func(tx *db.Tx) error {
		address, err := account.ParseAddress(c.Address)
		if err != nil {
			return err
		}
		a, err := account.FindByAddress(tx, address)
		if err != nil {
			return err
		}
		in, err = account.OpenSession(tx, a, c.MembershipID, account.Visitor{Remote: "127.0.0.1", Browser: "test"})
		return err
	})
	return in
}

// got is an answer.
type got struct {
	status int
	header http.Header
	body   string
}

// leadsToSignIn tells an answer that asks to sign in.
func (g got) leadsToSignIn() bool {
	where := g.header.Get("Location")
	return g.status == http.StatusSeeOther && (where == "/connexion" || strings.HasPrefix(where, "/connexion?"))
}

// ask sends a request as somebody, over the network; headers come in pairs.
func (v *village) ask(c *caller, method, path string, body io.Reader, headers ...string) got {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if c.session != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-session", Value: c.session})
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got{res.StatusCode, res.Header, string(text)}
}

// variable is the part of a pattern of net/http that a request fills.
var variable = regexp.MustCompile(`\{[A-Za-z_]+(?:\.\.\.)?\}`)

// parts cuts a pattern of net/http into its method and its path with this in the
// place of what varies.
func parts(pattern, varying string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, variable.ReplaceAllLiteralString(strings.TrimSuffix(path, "{$}"), varying)
}

// varies tells whether a part of the path is to be filled.
func varies(r answer.Route) bool {
	return variable.MatchString(r.Pattern)
}

// untouched checks that the first company is as it was settled.
func (v *village) untouched() {
	v.t.Helper()
	w, err := v.Watches.Find(v.t.Context(), v.named("admin").Actor, v.watchID)
	if err != nil || w.Name != "Menuiseries" {
		v.t.Errorf("the watch is now %+v (%v)", w, err)
	}
	for i, want := range []access.Role{access.Visitor, access.Newcomer, access.CompanyUser, access.CompanyAdmin, access.CompanyAdmin} {
		c := &v.callers[i]
		by, err := v.Orgs.ActorOf(v.t.Context(), c.session)
		if err != nil || by.Role != want {
			v.t.Errorf("%s is now %s (%v), want %s", c.name, by.Role, err, want)
		}
	}
}

// TestNoAddressBreaksARoute fills what varies with what no page of ours writes.
func TestNoAddressBreaksARoute(t *testing.T) {
	v := settle(t)
	admin := v.named("admin")
	for _, route := range v.Site.Routes() {
		if !varies(route) {
			continue
		}
		for _, varying := range []string{
			"x", "0", "%00", "%ff%fe", "%F0%9F%92%A9", "'%20OR%201=1--", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E", "%0d%0aSet-Cookie:%20a=b",
			strings.Repeat("a", 5_000), strings.ToUpper(v.watchID) + "%00", unknownID[:35],
		} {
			for _, c := range []*caller{v.named("visitor"), admin} {
				by := v.renew(c)
				method, path := parts(route.Pattern, varying)
				g := v.ask(c, method, path, strings.NewReader("nom=x&version=1&reponse=oui&List-Unsubscribe=One-Click"))
				want := http.StatusNotFound
				switch {
				case !by.May(route.Act) && !by.SignedIn():
					want = http.StatusSeeOther
				case !by.May(route.Act):
					want = http.StatusForbidden
				}
				throttled := strings.HasPrefix(path, "/flux/") && g.status == http.StatusTooManyRequests // so many that are none
				if g.status != want && !throttled {
					t.Errorf("%s: %s %s: %d, want %d", c.name, method, cut(path), g.status, want)
				}
				if g.header.Get("Set-Cookie") == "a=b" {
					t.Errorf("%s %s: a header was injected", method, cut(path))
				}
			}
		}
	}
	v.untouched()
}

func cut(s string) string { return s[:min(len(s), 120)] }

// Abuse 63. TestAWrongMethodIsToldSo asks each address by every method that it does not have:
// a page of ours says so, in French, and which it has.
func TestAWrongMethodIsToldSo(t *testing.T) {
	v := settle(t)
	has := map[string][]string{} // by path
	for _, route := range v.Site.Routes() {
		method, path := parts(route.Pattern, unknownID)
		has[path] = append(has[path], method)
		for _, other := range v.Site.Routes() { // GET /veilles/nouvelle is a POST /veilles/{id} too
			if m, p := parts(other.Pattern, path[strings.LastIndex(path, "/")+1:]); p == path && varies(other) {
				has[path] = append(has[path], m)
			}
		}
	}
	admin := v.named("admin")
	for path, methods := range has {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "PROPFIND"} {
			if slices.Contains(methods, method) {
				continue
			}
			g := v.ask(admin, method, path, nil)
			if g.status != http.StatusMethodNotAllowed || !strings.Contains(g.body, `<html lang="fr">`) || !strings.Contains(g.body, "ne répond pas à ce type de demande") {
				t.Errorf("%s %s: %d, want a page 405 in French", method, path, g.status)
			}
			for _, m := range methods {
				if !strings.Contains(g.header.Get("Allow"), m) {
					t.Errorf("%s %s: Allow: %q, want %s in it", method, path, g.header.Get("Allow"), m)
				}
			}
		}
	}
	v.untouched()
}

// Abuse 77. TestAnotherSiteCannotAct posts every form from a page of another site: refused,
// but for the unsubscription, which mail providers post.
func TestAnotherSiteCannotAct(t *testing.T) {
	v := settle(t)
	admin := v.named("admin")
	for _, route := range v.Site.Routes() {
		method, path := parts(route.Pattern, v.watchID)
		if method != http.MethodPost {
			continue
		}
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://ailleurs.example"}, {"Origin", "null"},
		} {
			g := v.ask(admin, method, path, strings.NewReader("nom=Piège&List-Unsubscribe=One-Click"), from...)
			if route.Pattern == "POST /desabonnement/{token}" {
				if g.status != http.StatusNotFound { // no such token, and not 403
					t.Errorf("%s with %v: %d, want 404", route.Pattern, from, g.status)
				}
				continue
			}
			if g.status != http.StatusForbidden || !strings.Contains(g.body, "envoyé depuis un autre site") {
				t.Errorf("%s with %v: %d, want a page 403", route.Pattern, from, g.status)
			}
		}
		if g := v.ask(v.named("visitor"), method, path, strings.NewReader(""), "Sec-Fetch-Site", "same-origin"); g.status == http.StatusForbidden {
			t.Errorf("%s from our own page: 403", route.Pattern)
		}
	}
	v.untouched()
}

// Abuse 85. TestAFormMayNotBeHugeNorCompressed sends two megabytes, whole and in parts, and a
// compressed body, to every form.
func TestAFormMayNotBeHugeNorCompressed(t *testing.T) {
	v := settle(t)
	huge := bytes.Repeat([]byte("mots_cles=menuiserie&"), 100_000)
	inParts := append([]byte("--x\r\nContent-Disposition: form-data; name=\"nom\"\r\n\r\n"), huge...)
	for _, route := range v.Site.Routes() {
		method, path := parts(route.Pattern, v.watchID)
		for i := range v.callers {
			c := &v.callers[i]
			by := v.renew(c)
			if g := v.ask(c, method, path, strings.NewReader("x"), "Content-Encoding", "gzip"); g.status != http.StatusUnsupportedMediaType {
				t.Errorf("%s: %s compressed: %d, want 415", c.name, route.Pattern, g.status)
			}
			if method != http.MethodPost || c.name == "newcomer" {
				continue
			}
			g := v.ask(c, method, path, bytes.NewReader(huge))
			if by.May(route.Act) && (g.status != http.StatusUnprocessableEntity || !strings.Contains(g.body, "Ce formulaire est trop volumineux")) {
				t.Errorf("%s: %s of 2 MB: %d, want 422", c.name, route.Pattern, g.status)
			}
			if c.name != "visitor" {
				continue // in parts, a form is no form but for the unsubscription: its fields are not read
			}
			if g := v.ask(c, method, path, bytes.NewReader(inParts), "Content-Type", "multipart/form-data; boundary=x"); g.status >= 500 {
				t.Errorf("%s: %s of 2 MB in parts: %d", c.name, route.Pattern, g.status)
			}
		}
	}
	v.untouched()
}
