package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/directory"
	"parvis/gateway/directory/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

const (
	seat   = "73282932000074"
	branch = "73282932000082"
	trader = "44306184100047"
	other  = "32680358200062"
	abroad = "40422137600027"
	posted = "52108731200026"
	none   = "47818111800025"
	month  = 30 * 24 * time.Hour
)

func program() *rehearsal.Program {
	return rehearsal.New(
		rehearsal.Company{SIREN: "732829320", Name: "MENUISERIE MULLER", Initials: "MM", Places: []rehearsal.Place{
			{SIRET: seat, Street: "12 RUE DES TILLEULS", Postcode: "67600", City: "SELESTAT"},
			{SIRET: branch, Street: "ZONE ARTISANALE", Postcode: "68000", City: "COLMAR", Closed: true},
		}},
		rehearsal.Company{SIREN: "443061841", Name: "CAMILLE DURAND", Person: true, Hidden: true, Places: []rehearsal.Place{
			{SIRET: trader, Street: "3 IMPASSE DU LAVOIR", Postcode: "88000", City: "EPINAL"}}},
		rehearsal.Company{SIREN: "326803582", Name: "DISCRETE SARL", Hidden: true, Ceased: true, Places: []rehearsal.Place{
			{SIRET: other, Street: "1 RUE BASSE", Postcode: "67000", City: "STRASBOURG"}}},
		rehearsal.Company{SIREN: "404221376", Name: "KEHL BAU GMBH", Places: []rehearsal.Place{{SIRET: abroad, Street: "HAUPTSTRASSE 4 77694 KEHL"}}},
		rehearsal.Company{SIREN: "521087312", Name: "PRESSE & CIE", Places: []rehearsal.Place{
			{SIRET: posted, Street: "8 RUE DU PORT BP 12345", Postcode: "67012", City: "STRASBOURG CEDEX 1"}}},
	)
}

// serve runs a handler and gives a client of it.
func serve(t *testing.T, h http.Handler) (*directory.Client, *clock.Movable) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := &clock.Movable{}
	client, err := directory.New(directory.Config{URL: s.URL, Agent: "Parvis (test)", Clock: c, Patience: 400 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return client, c
}

func TestWhatTheDirectoryPublishesOfAnEstablishment(t *testing.T) {
	p := program()
	client, _ := serve(t, p)
	for siret, want := range map[string]org.Entry{
		seat:   {Name: "MENUISERIE MULLER", Postal: account.PostalAddress{Street: "12 RUE DES TILLEULS", Postcode: "67600", City: "SELESTAT"}},
		branch: {Name: "MENUISERIE MULLER", Postal: account.PostalAddress{Street: "ZONE ARTISANALE", Postcode: "68000", City: "COLMAR"}, Closed: true},
		trader: {},
		other:  {Name: "DISCRETE SARL", Closed: true},
		abroad: {Name: "KEHL BAU GMBH", Postal: account.PostalAddress{Street: "HAUPTSTRASSE 4", Postcode: "77694", City: "KEHL"}},
		posted: {Name: "PRESSE & CIE", Postal: account.PostalAddress{Street: "8 RUE DU PORT BP 12345", Postcode: "67012", City: "STRASBOURG CEDEX 1"}},
	} {
		got, err := client.Find(t.Context(), refdata.SIRET(siret), month)
		if got.At.IsZero() {
			t.Errorf("%s: no date", siret)
		}
		got.At = 0
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", siret, err, diff)
		}
	}
	if _, err := client.Find(t.Context(), none, month); !errors.Is(err, org.ErrUnlisted) {
		t.Errorf("an unknown SIRET: %v", err)
	}
	if p.TurnedAway() != 0 {
		t.Errorf("%d requests over the limit", p.TurnedAway())
	}
}

// What goes wrong with somebody else's program, one by one: always an error, soon, and
// never ErrUnlisted, which would be believed.
func TestAnAnswerThatIsNotUnderstoodIsNoAnswer(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirection was followed") }))
	defer stranger.Close()
	says := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for what, h := range map[string]http.HandlerFunc{
		"refused":      says(400, "application/json", `{"erreur":"Veuillez indiquer au moins un paramètre de recherche."}`),
		"forbidden":    says(403, "text/html", "<h1>Forbidden</h1>"),
		"broken":       says(500, "application/json", `{"erreur":"Une erreur inattendue s'est produite. Veuillez réessayer plus tard."}`),
		"down":         says(503, "text/html", "<h1>Service Unavailable</h1>"),
		"a page":       says(200, "text/html", "<!doctype html><title>Maintenance</title>"),
		"nothing":      says(200, "application/json", ""),
		"another JSON": says(200, "application/json", `{"results":[]}`),
		"a list":       says(200, "application/json", `[]`),
		"another type": says(200, "application/json", `{"results":[{"siren":732829320}],"total_results":1}`),
		"followed":     says(200, "application/json", `{"results":[],"total_results":0}{"x":1}`),
		"moved":        func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, stranger.URL, http.StatusFound) },
		"cut":          says(200, "application/json", `{"results":[{"siren":"732829`),
		"cut by length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write([]byte(`{"results":[`))
		},
		"hung up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"slow":    func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"dripping": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		},
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"results":[],"total_results":0,"x":"` + strings.Repeat("x", 1<<20) + `"}`))
		},
		"an endless list": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat("[", 1<<16))); err != nil {
					return
				}
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			client, _ := serve(t, h)
			got, err := client.Find(t.Context(), seat, month)
			if err == nil || errors.Is(err, org.ErrUnlisted) || got != (org.Entry{}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// The service searches words too: an answer about another establishment, or one whose
// numbers do not agree, is about none.
func TestAnAnswerAboutAnotherEstablishmentIsAboutNone(t *testing.T) {
	for what, body := range map[string]string{
		"empty":                  `{"results":[],"total_results":0}`,
		"of the same company":    `{"results":[{"siren":"732829320","nom_raison_sociale":"M","siege":{"siret":"` + branch + `"},"matching_etablissements":[]}],"total_results":1}`,
		"of another company":     `{"results":[{"siren":"999999999","nom_raison_sociale":"M","siege":{"siret":"` + seat + `"}}],"total_results":1}`,
		"without establishments": `{"results":[{"siren":"732829320","nom_raison_sociale":"M","siege":null,"matching_etablissements":null}],"total_results":1}`,
	} {
		client, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		if got, err := client.Find(t.Context(), seat, month); !errors.Is(err, org.ErrUnlisted) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestAnAnswerIsKeptForAsLongAsItIsGood(t *testing.T) {
	p := program()
	client, c := serve(t, p)
	ask := func(siret string, maxAge time.Duration) {
		if _, err := client.Find(t.Context(), refdata.SIRET(siret), maxAge); err != nil && !errors.Is(err, org.ErrUnlisted) {
			t.Fatal(err)
		}
	}
	asked := func(when string, want int) {
		t.Helper()
		if got := len(p.Asked()); got != want {
			t.Errorf("%s: asked %d times, want %d", when, got, want)
		}
	}
	for range 3 {
		ask(seat, month)
		ask(none, month)
	}
	asked("again and again", 2)
	c.Move(9 * time.Minute)
	ask(none, month)
	asked("an absence of nine minutes", 2)
	c.Move(2 * time.Minute)
	ask(none, month)
	asked("an absence of eleven", 3)
	c.Move(29 * 24 * time.Hour)
	ask(seat, month)
	asked("an answer of 29 days", 3)
	ask(seat, time.Hour)
	asked("too old for who wants a fresh one", 4)
	ask(seat, time.Hour)
	asked("which is kept too", 4)
	c.Move(31 * 24 * time.Hour)
	ask(seat, month)
	asked("an answer of 31 days", 5)
	c.Move(-40 * 24 * time.Hour)
	ask(seat, month)
	asked("an answer of tomorrow", 6)
}

func TestThoseWhoAskTogetherAskOnce(t *testing.T) {
	p := program()
	let, entered := make(chan struct{}), make(chan struct{}, 10)
	client, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-let
		p.ServeHTTP(w, r)
	}))
	gone, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := client.Find(gone, seat, month); first <- err }()
	<-entered
	var all sync.WaitGroup
	var named atomic.Int32
	for range 20 {
		all.Go(func() {
			if e, err := client.Find(t.Context(), seat, month); err == nil && e.Name == "MENUISERIE MULLER" {
				named.Add(1)
			}
		})
	}
	leave() // whoever asked first does not wait
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who left: %v", err)
	}
	close(let)
	all.Wait()
	if named.Load() != 20 || len(p.Asked()) != 1 {
		t.Errorf("%d were answered, by %d questions", named.Load(), len(p.Asked()))
	}
}

// Somebody who signs up while the directory is down does not wait for it, and it is not
// asked each time: addresses that insist have been shut out.
func TestADeadDirectoryIsLeftAloneAndTriedAgain(t *testing.T) {
	p := program()
	var down atomic.Bool
	var asked atomic.Int32
	down.Store(true)
	client, c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1); down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.ServeHTTP(w, r)
	}))
	find := func() error { _, err := client.Find(t.Context(), seat, month); return err }
	sequence := func(when string, questions, want int32) {
		t.Helper()
		for range questions {
			if err := find(); err == nil {
				t.Fatalf("%s: answered", when)
			}
		}
		if got := asked.Load(); got != want {
			t.Errorf("%s: asked %d times, want %d", when, got, want)
		}
	}
	sequence("failing", 10, 3)
	c.Move(29 * time.Second)
	sequence("within the rest", 10, 3)
	c.Move(2 * time.Second)
	sequence("one tries it", 10, 4)
	c.Move(31 * time.Second)
	sequence("and the rest is longer", 10, 4)
	for range 20 {
		c.Move(10 * time.Minute) // the longest rest
		if err := find(); err == nil {
			t.Fatal("answered")
		}
	}
	if got := asked.Load(); got != 24 {
		t.Errorf("asked %d times in three hours, want 24", got)
	}
	down.Store(false)
	c.Move(10*time.Minute + time.Second)
	if err := find(); err != nil {
		t.Errorf("up again: %v", err)
	}
	down.Store(true)
	c.Move(60 * 24 * time.Hour)
	for range 2 {
		_ = find()
	}
	if _, err := client.Find(t.Context(), branch, month); err == nil || asked.Load() != 28 {
		t.Errorf("the count of failures begins anew: asked %d times", asked.Load())
	}
}

func TestADirectoryThatSaysTooFastIsObeyed(t *testing.T) {
	for said, rest := range map[string]time.Duration{
		"120": 2 * time.Minute, "1": 30 * time.Second, "": 30 * time.Second, "jamais": 30 * time.Second, "-5": 30 * time.Second,
		"999999999999": 10 * time.Minute, time.Now().UTC().Add(5 * time.Minute).Format(http.TimeFormat): 5 * time.Minute,
		time.Now().UTC().AddDate(9, 0, 0).Format(http.TimeFormat): 10 * time.Minute,
	} {
		var asked atomic.Int32
		client, c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", said)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		find := func() { _, _ = client.Find(t.Context(), seat, month) }
		find()
		find()
		c.Move(rest - 3*time.Second)
		find()
		early := asked.Load()
		c.Move(5 * time.Second)
		find()
		if early != 1 || asked.Load() != 2 {
			t.Errorf("Retry-After %q: asked %d times too early, %d in all", said, early-1, asked.Load())
		}
	}
}

// inMemory reaches a program without a network, so that time can be the test's.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r.RemoteAddr = "192.0.2.1:1"
	m.ServeHTTP(w, r)
	return w.Result(), nil
}

// A crowd never makes the platform go over the service's limit, and nobody of it waits
// more than two seconds.
func TestACrowdStaysUnderTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := program()
		client, err := directory.New(directory.Config{URL: "https://annuaire.example", Transport: inMemory{p}})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		var answered, refused atomic.Int32
		var all sync.WaitGroup
		for wave := range 10 {
			for i := range 30 {
				all.Go(func() {
					time.Sleep(time.Duration(wave) * time.Second)
					asked := time.Now()
					_, err := client.Find(t.Context(), refdata.SIRET(fmt.Sprintf("%014d", wave*100+i)), month)
					if errors.Is(err, org.ErrUnlisted) {
						answered.Add(1)
					} else {
						refused.Add(1)
					}
					if waited := time.Since(asked); waited > 2*time.Second {
						t.Errorf("waited %v", waited)
					}
				})
			}
		}
		all.Wait()
		if p.TurnedAway() != 0 {
			t.Errorf("%d requests over the limit", p.TurnedAway())
		}
		if answered.Load() < 30 || refused.Load() == 0 || int(answered.Load()) != len(p.Asked()) {
			t.Errorf("%d answered, %d refused in %v, %d asked", answered.Load(), refused.Load(), time.Since(begin), len(p.Asked()))
		}
	})
}

func TestOnlyAnAddressOfTheOperatorIsAsked(t *testing.T) {
	for _, wrong := range []string{"", "annuaire", "ftp://annuaire.example", "https://", "https://a@annuaire.example", "https://annuaire.example?x=1", "https://annuaire.example#x", "://"} {
		if _, err := directory.New(directory.Config{URL: wrong}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	var seen *http.Request
	client, err := directory.New(directory.Config{URL: "https://annuaire.example/relais/", Agent: "Parvis (https://marches.example)",
		Transport: inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen = r; w.WriteHeader(http.StatusTeapot) })}})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = client.Find(t.Context(), seat, month)
	want := "https://annuaire.example/relais/search?include=siege%2Cmatching_etablissements&minimal=true&page=1&per_page=1&q=" + seat
	if seen == nil || seen.URL.String() != want || seen.UserAgent() != "Parvis (https://marches.example)" {
		t.Errorf("asked %v", seen)
	}
}
