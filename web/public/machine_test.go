package public_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/web/answer"
	"parvis/web/public"
)

func TestHealthIsTheDatabases(t *testing.T) {
	each(t, func(h *house) {
		p := h.get("/sante")
		if p.StatusCode != 200 || p.body != `{"database":"ok","status":"ok"}` || p.Header.Get("Content-Type") != "application/json" {
			h.t.Errorf("%d %s", p.StatusCode, p.body)
		}
	})
	d, err := db.Open(context.Background(), dbtest.URL(t, db.SQLite), &clock.Movable{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	visitors := func(context.Context, string) (access.Actor, error) { return access.Anybody(), nil }
	site := answer.New(visitors, slog.New(slog.NewTextHandler(io.Discard, nil)))
	public.Routes(site, public.Pages{DB: d})
	w := httptest.NewRecorder()
	site.Server().ServeHTTP(w, requestOf("GET", "/sante"))
	if w.Code != 503 || w.Body.String() != `{"database":"unavailable","status":"unavailable"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestRobotsStayOutOfWhatIsForOnePerson(t *testing.T) {
	each(t, func(h *house) {
		p := h.get("/robots.txt")
		if p.StatusCode != 200 || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") || !strings.Contains(p.body, "Disallow: /desabonnement/\n") {
			h.t.Errorf("%d %s", p.StatusCode, p.body)
		}
	})
}

func TestLegalNotices(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.get("/mentions"), 200, "Mentions légales et données personnelles", "n'a pas encore indiqué", "EUPL", "1.2", "CC BY 4.0", "Atkinson Hyperlegible Next", "Base légale", "12 heures au plus", "Journal des actes", "Aucune mesure d'audience")
		h.Operator = "Syndicat mixte <e-Alsace>, 1 place de la Gare"
		site := answer.New(h.Orgs.ActorOf, slog.New(slog.DiscardHandler))
		public.Routes(site, h.Pages)
		h.pages = site.Server()
		p := h.get("/mentions")
		h.says(p, 200, "Syndicat mixte <e-Alsace>, 1 place de la Gare", "!n'a pas encore indiqué")
		h.holds(p, "!<e-Alsace>")
	})
}

// Every route is for visitors: none may ask for more, and each has its act.
func TestEveryRouteButFollowingIsOpenToVisitors(t *testing.T) {
	site := answer.New(nil, slog.New(slog.DiscardHandler))
	public.Routes(site, public.Pages{})
	if len(site.Routes()) != 55 {
		t.Errorf("%d routes", len(site.Routes()))
	}
	// Who follows a call has an account: a visitor is led to sign in, and comes back.
	signedIn := map[string]access.Act{"GET /annonces/{id}/suivi": access.EditWatches, "POST /annonces/{id}/suivi": access.EditWatches}
	for _, r := range site.Routes() {
		if act, ok := signedIn[r.Pattern]; ok && r.Act == act {
			delete(signedIn, r.Pattern)
		} else if !access.Anybody().May(r.Act) {
			t.Errorf("%s needs %s", r.Pattern, r.Act)
		}
	}
	if len(signedIn) > 0 {
		t.Errorf("not there, or open to all: %v", signedIn)
	}
}
