package answer_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/web/answer"
)

// door is a site that gives and takes cookies, and says which it reads.
func door(t *testing.T, secure bool) http.Handler {
	t.Helper()
	site := answer.New(func(context.Context, string) (access.Actor, error) { return access.Anybody(), nil }, slog.New(slog.DiscardHandler))
	site.Secure = secure
	for path, a := range map[string]answer.Answer{
		"/entrer":   answer.SeeOther("/", "").WithEntry(account.Entry{Session: "session", Device: "navigateur"}),
		"/choisir":  answer.SeeOther("/", "").WithEntry(account.Entry{Device: "navigateur"}),
		"/attendre": answer.SeeOther("/", "").WithEntry(account.Entry{Pending: "attente"}),
		"/changer":  answer.SeeOther("/", "").WithSession("autre"),
		"/sortir":   answer.SeeOther("/", "").WithSession(""),
	} {
		site.Route("GET "+path, access.VisitSite, func(*answer.Visit) (answer.Answer, error) { return a, nil })
	}
	site.Route("GET /lu", access.VisitSite, func(v *answer.Visit) (answer.Answer, error) {
		from := v.Visitor()
		if from.Device != v.Device() || from.Browser != "Firefox" || from.Remote == "" {
			t.Errorf("the visitor is %+v", from)
		}
		return answer.Text(v.Token() + " " + v.Device()), nil
	})
	return site.Server()
}

func ask(h http.Handler, path string, cookies ...string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("User-Agent", "Firefox")
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// Abuse 71: on https no other host of the domain can set our cookies, and no script
// reads them anywhere.
func TestCookiesAreWhatTheyAre(t *testing.T) {
	const common = "; HttpOnly; SameSite=Lax"
	const thirteenMonths = "; Max-Age=34128000"
	for _, c := range []struct {
		secure       bool
		prefix, tail string
	}{{false, "parvis-", common}, {true, "__Host-parvis-", "; HttpOnly; Secure; SameSite=Lax"}} {
		h := door(t, c.secure)
		session, device := c.prefix+"session=", c.prefix+"device="
		for path, want := range map[string][]string{
			"/entrer":  {session + "session; Path=/" + c.tail, device + "navigateur; Path=/" + thirteenMonths + c.tail},
			"/choisir": {device + "navigateur; Path=/" + thirteenMonths + c.tail},
			"/changer": {session + "autre; Path=/" + c.tail},
			"/sortir":  {session + "; Path=/; Max-Age=0" + c.tail}, // the browser stays known
		} {
			if got := ask(h, path).Header.Values("Set-Cookie"); !slices.Equal(got, want) {
				t.Errorf("secure %v: %s: %q, want %q", c.secure, path, got, want)
			}
		}
	}
}

// A sign-in that waits for its second step is kept for as long as it waits, and
// forgotten once it is done.
func TestASignInUnderWayIsKeptTenMinutes(t *testing.T) {
	h := door(t, true)
	want := []string{"__Host-parvis-pending=attente; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"}
	if got := ask(h, "/attendre").Header.Values("Set-Cookie"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	const gone = "__Host-parvis-pending=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
	for path, forgets := range map[string]bool{"/entrer": true, "/lu": false, "/sortir": false} {
		got := ask(h, path, "__Host-parvis-pending=attente").Header.Values("Set-Cookie")
		if slices.Contains(got, gone) != forgets {
			t.Errorf("%s: %q, forgets: %v", path, got, forgets)
		}
	}
	if got := ask(h, "/entrer", "parvis-pending=attente").Header.Values("Set-Cookie"); slices.Contains(got, gone) {
		t.Errorf("what a subdomain set was read: %q", got)
	}
}

func TestOnlyOurOwnCookiesAreRead(t *testing.T) {
	plain := []string{"parvis-session=s", "parvis-device=d"}
	host := []string{"__Host-parvis-session=S", "__Host-parvis-device=D"}
	for _, c := range []struct {
		name    string
		secure  bool
		cookies []string
		want    string
	}{
		{"http", false, plain, "s d"},
		{"https", true, host, "S D"},
		{"https, set by a subdomain", true, plain, " "},
		{"https, both", true, append(slices.Clone(plain), host...), "S D"},
		{"http, none", false, nil, " "},
		{"another name", true, []string{"__Host-parvis-sessions=x", "__host-parvis-session=x", "__Secure-parvis-device=x"}, " "},
	} {
		got, err := io.ReadAll(ask(door(t, c.secure), "/lu", c.cookies...).Body)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q (%v), want %q", c.name, got, err, c.want)
		}
	}
}
