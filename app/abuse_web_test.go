package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/web/answer"
)

// Abuse 63: a request is what its method and its address say, and nothing beside.
func TestAbuse63OnlyTheRouteTableAnswers(t *testing.T) {
	v := settle(t)
	admin, visitor := v.named("admin"), v.named("visitor")
	for _, route := range v.Site.Routes() {
		method, path := parts(route.Pattern, v.watchID)
		if method == http.MethodPost && !hasGet(v.Site.Routes(), path, v.watchID) {
			if g := v.ask(admin, http.MethodHead, path, nil); g.status != http.StatusMethodNotAllowed {
				t.Errorf("HEAD %s: %d", path, g.status)
			}
		}
		if method != http.MethodGet {
			continue
		}
		// A reading stays one whatever a header or a field says.
		for _, header := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			g, plain := v.ask(admin, method, path+"?_method=POST", nil, header, "POST"), v.ask(admin, method, path, nil)
			if g.status != plain.status {
				t.Errorf("%s with %s: %d, without %d", path, header, g.status, plain.status)
			}
		}
	}
	secret := "/entreprise/veilles/" + v.watchID + "/modifier"
	for _, trick := range []string{
		secret + "/", secret + "//", "/" + secret, "/./" + secret[1:], "/annonces/.." + secret, "/annonces/%2e%2e" + secret, "/annonces/%2e%2e%2f" + secret[1:],
		"/static/.." + secret, "/static/%2e%2e" + secret, "/static/..%2f" + secret[1:], strings.ToUpper(secret), secret + "%00", secret + ";.css", secret + "/.css",
		strings.Replace(secret, "/", "\\", 1), strings.ReplaceAll(secret, "e", "%65"), "/annonces/x/../.." + secret, secret + "?x=/static/",
	} {
		// Redirections to the clean address are followed: what counts is what is read.
		g := v.raw("GET " + trick + " HTTP/1.1\r\nHost: parvis.example\r\nConnection: close\r\n\r\n")
		for range 3 {
			where := g.header.Get("Location")
			if where == "" || strings.HasPrefix(where, "/connexion") {
				break
			}
			g = v.raw("GET " + where + " HTTP/1.1\r\nHost: parvis.example\r\nConnection: close\r\n\r\n")
		}
		if g.status == http.StatusOK || g.status >= 500 || strings.Contains(g.body, "Menuiseries") {
			t.Errorf("a visitor gets %d for %s", g.status, trick)
		}
	}
	if g := v.ask(visitor, http.MethodGet, secret, nil); !g.leadsToSignIn() {
		t.Errorf("the page itself: %d", g.status)
	}
	v.untouched()
}

// hasGet tells whether a path can be read.
func hasGet(routes []answer.Route, path, varying string) bool {
	for _, r := range routes {
		if method, p := parts(r.Pattern, varying); method == http.MethodGet && p == path {
			return true
		}
		if method, p := parts(r.Pattern, path[strings.LastIndex(path, "/")+1:]); method == http.MethodGet && p == path && varies(r) {
			return true
		}
	}
	return false
}

// raw writes a request byte for byte and reads the answer.
func (v *village) raw(request string) got {
	v.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(v.url, "http://"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() { _, _ = io.WriteString(c, request) }() // a server that refuses does not read it all
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		v.t.Fatalf("%.80q: %v", request, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body) // cut by a server that hangs up
	return got{res.StatusCode, res.Header, string(body)}
}

// Abuses 77 and 78: whatever is answered, to whomever, no other site may frame it, read
// it or guess what it is; and nothing of ours is for another origin.
func TestAbuse78EveryAnswerProtectsItself(t *testing.T) {
	v := settle(t)
	check := func(what string, g got) {
		t.Helper()
		h := g.header
		if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" ||
			h.Get("Cross-Origin-Resource-Policy") != "same-origin" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s (%d): %v", what, g.status, h)
		}
	}
	for _, route := range v.Site.Routes() {
		method, path := parts(route.Pattern, unknownID)
		for i := range v.callers {
			c := &v.callers[i]
			v.renew(c)
			check(c.name+": "+route.Pattern, v.ask(c, method, path, strings.NewReader(""), "Origin", v.url))
		}
		v.putBack()
	}
	admin := v.named("admin")
	v.renew(admin)
	for what, g := range map[string]got{
		"nothing there":     v.ask(admin, http.MethodGet, "/nulle-part", nil),
		"a wrong method":    v.ask(admin, http.MethodDelete, "/annonces", nil),
		"compressed":        v.ask(admin, http.MethodPost, "/connexion", strings.NewReader("x"), "Content-Encoding", "br"),
		"from another site": v.ask(admin, http.MethodPost, "/deconnexion", nil, "Origin", "https://ailleurs.example"),
		"a style sheet":     v.ask(admin, http.MethodGet, "/static/css/base.css", nil),
	} {
		check(what, g)
	}
}

// Abuses 70 and 71: over https the cookie says that no other host and no plain address
// may set it or see it, and one that another host has set is not looked at.
func TestAbuse71TheCookieBelongsToThisHost(t *testing.T) {
	v := &village{platform: start(t, db.SQLite), t: t}
	odile := v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	v.Site.Secure = true
	g := v.send(nil, "/connexion", map[string][]string{"identifiant": {odile.login}, "mot_de_passe": {everybodysPassword}})
	cookie, err := http.ParseSetCookie(g.header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "__Host-parvis-session" || !cookie.Secure || !cookie.HttpOnly || cookie.Path != "/" || cookie.Domain != "" {
		t.Fatalf("%+v (%v)", cookie, err)
	}
	if g := v.ask(&caller{"subdomain", odile}, http.MethodGet, "/entreprise", nil); !g.leadsToSignIn() {
		t.Errorf("a cookie that any host of the domain may set: %d", g.status)
	}
	if g.header.Get("Strict-Transport-Security") == "" {
		t.Error("a browser may come back by http")
	}
}

// Abuse 82: requests that two servers would read otherwise, and headers without end.
func TestAbuse82AmbiguousAndEndlessRequestsAreRefused(t *testing.T) {
	v := &village{platform: start(t, db.SQLite), t: t}
	const hidden = "GET /entreprise HTTP/1.1\r\nHost: x\r\n\r\n"
	for what, c := range map[string]struct {
		request string
		want    int
	}{
		"a megabyte of header":     {"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a hundred thousand cakes": {"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("Cookie: a=b\r\n", 100_000) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a megabyte of address":    {"GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"two lengths":              {"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", http.StatusBadRequest},
		"a length that is none":    {"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd", http.StatusBadRequest},
		"an unknown coding":        {"POST /connexion HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden, http.StatusNotImplemented},
		"a space before the colon": {"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd", http.StatusBadRequest},
		"two hosts":                {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", http.StatusBadRequest},
		"no host":                  {"GET / HTTP/1.1\r\n\r\n", http.StatusBadRequest},
		"a line break in a header": {"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", http.StatusBadRequest},
	} {
		if g := v.raw(c.request); g.status != c.want {
			t.Errorf("%s: %d, want %d", what, g.status, c.want)
		}
	}
	// A body whose length is said in two ways ends where its chunks do, and what follows
	// is not taken for another request of the same person.
	g := v.raw("POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
	if g.status != http.StatusUnprocessableEntity && g.status != http.StatusBadRequest {
		t.Errorf("a length and chunks: %d", g.status)
	}
	if g := v.ask(&caller{}, http.MethodGet, "/sante", nil); g.status != http.StatusOK {
		t.Errorf("others are not served any more: %d", g.status)
	}
}

// Abuse 70: the link of a mail begins with the address that the operator gave, whatever
// the request says of where it was sent.
func TestAbuse70AHostThatIsNotOursBeginsNoLink(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		odile := v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
		form := "identifiant=odile.muller"
		g := v.raw(fmt.Sprintf("POST /mot-de-passe-oublie HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(form), form))
		if g.status != http.StatusOK {
			t.Fatalf("%d", g.status)
		}
		m := v.mail(t, odile.Address, "Choisissez un nouveau mot de passe")
		if strings.Contains(m.Text+m.HTML, "evil") {
			t.Errorf("%s", m.Text)
		}
		secret := secretOf(t, m, "/mot-de-passe/")
		page := v.ask(&caller{}, http.MethodGet, "/mot-de-passe/"+secret, nil)
		if page.status != http.StatusOK || page.header.Get("Referrer-Policy") != "no-referrer" || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the page of a secret: %d %v", page.status, page.header)
		}
		change := map[string][]string{"mot_de_passe": {"maillet ciseau gouge"}, "confirmation": {"maillet ciseau gouge"}}
		for i, want := range []int{http.StatusSeeOther, http.StatusNotFound} {
			if g := v.send(nil, "/mot-de-passe/"+secret, change); g.status != want {
				t.Errorf("used %d times: %d, want %d", i+1, g.status, want)
			}
		}
		if by, err := v.Orgs.ActorOf(t.Context(), odile.session); err != nil || by.SignedIn() {
			t.Errorf("a session of the old password goes on (%v)", err)
		}
	})
}

// Abuse 85: a page is not slowed by a body that says it is compressed; the rest of the
// forms is in TestAFormMayNotBeHugeNorCompressed.
func TestAbuse85NoBodyIsUnpacked(t *testing.T) {
	v := &village{platform: start(t, db.SQLite), t: t}
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "identity, gzip", "x"} {
		r := httptest.NewRequest(http.MethodPost, "/connexion", strings.NewReader("\x1f\x8b"))
		r.Header.Set("Content-Encoding", coding)
		w := httptest.NewRecorder()
		v.Site.Server().ServeHTTP(w, r)
		if w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d", coding, w.Code)
		}
	}
}
