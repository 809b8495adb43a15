package company_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/cpv"
	"parvis/procurement/event"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
	"parvis/web/answer"
	"parvis/web/company"
)

// Two companies.
const (
	muller  = "73282932000074"
	another = "44306184100047"
)

// platform is the site over real rooms on a real database.
type platform struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Movable
	accounts *account.Service
	org      *org.Service
	profiles *org.Profiles
	notices  *notice.Service
	watches  *watch.Service
	members  *member.Service
	feeds    *feed.Service
	webhooks *webhook.Service
	receiver webhook.Answer // of all webhooks
	server   http.Handler
	mailDown bool
}

func each(t *testing.T, f func(t *testing.T, p *platform)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		p := open(t, d)
		p.clock = c
		f(t, p)
	})
}

func open(t *testing.T, d *db.DB) *platform { t.Helper(); return openWith(t, d, nil) }

// openWith has a directory of companies too.
func openWith(t *testing.T, d *db.DB, companies org.Directory) *platform {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	q := job.New(d, log)
	j := event.NewJournal(q)
	p := &platform{t: t, db: d, accounts: account.New(d, j, log)}
	p.org = org.New(d, p.accounts)
	p.profiles = org.NewProfiles(d, j, companies, log)
	p.notices = notice.NewService(d, j)
	p.watches = watch.NewService(d, j, p.notices)
	outbox, err := mail.New(d, mail.Options{From: "veille@parvis.example", Log: log})
	p.must(err)
	alerts := alert.NewService(d, j, outbox, p.watches, "http://parvis.example", log)
	p.must(q.Open())
	site := answer.New(p.org.ActorOf, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	site.Hats = p.org.Memberships
	p.members = member.New(d, j, p.accounts, p.org, p.watches)
	p.feeds = feed.New(d, j, p.notices, p.watches)
	p.webhooks = webhook.New(d, j, p.watches, func(context.Context, webhook.Request) webhook.Answer { return p.receiver }, "http://parvis.example", log)
	company.Routes(site, company.Pages{Notices: p.notices, Feeds: p.feeds, Webhooks: p.webhooks, Base: "https://parvis.example", Watches: p.watches, Alerts: alerts, Org: p.org, Members: p.members, Accounts: p.accounts, Profiles: p.profiles, CPV: cpv.New(d),
		Persons: person.New(d, p.accounts, p.members, p.watches, alerts), MailReady: func() bool { return !p.mailDown }})
	p.server = site.Server()
	return p
}

// testLog shows the cause of a fault of ours beside the test that met it.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) { l.t.Log(string(b)); return len(b), nil }

func (p *platform) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// call is a notice to record; what is empty gets something usual.
type call struct {
	id, title, buyer, city, reference string
	siret                             string
	departments                       []string
	deadline                          time.Time
	published                         string
	lots                              []notice.Lot
	impossible                        string // a deadline that cannot be
}

func (p *platform) record(calls ...call) {
	p.t.Helper()
	p.recordFrom(notice.SourceBOAMP, calls...)
}

// age makes everything that is there so many days older.
func (p *platform) age(days int) {
	p.t.Helper()
	p.clock.Move(time.Duration(days) * 24 * time.Hour)
	p.write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE session SET seen_at = $1, expires_at = $2", tx.Now, tx.Now.Add(time.Hour))
		return err
	})
}

func (p *platform) recordFrom(source string, calls ...call) {
	p.t.Helper()
	var records []notice.Record
	for _, c := range calls {
		r := notice.Record{
			Source: source, SourceID: c.id, Kind: notice.Contract, Title: c.title, Reference: c.reference, Departments: c.departments,
			PublishedOn: "2026-11-20", Deadline: clock.At(c.deadline), Lots: c.lots,
			Buyer: notice.BuyerRecord{Name: c.buyer, City: c.city, SIRET: c.siret},
		}
		if c.buyer == "" {
			r.Buyer.Name = "Ville de Sélestat"
		}
		if c.published != "" {
			r.PublishedOn = c.published
		}
		if r.DeadlineRaw = c.impossible; c.impossible != "" {
			r.DeadlineDoubtful = true
		} else if c.deadline.IsZero() {
			r.Deadline = clock.At(dbtest.Start.AddDate(0, 0, 30))
		}
		records = append(records, r)
	}
	_, err := p.notices.Record(context.Background(), access.Platform("test"), records, true)
	p.must(err)
	p.must(p.notices.Load(context.Background()))
}

// buyer is the id of a buyer of the register, by its name.
func (p *platform) buyer(name string) string {
	p.t.Helper()
	found, exact, err := p.org.FindByName(context.Background(), name)
	p.must(err)
	if !exact {
		p.t.Fatalf("%q names %d buyers", name, len(found))
	}
	return found[0].ID
}

func (p *platform) write(f func(tx *db.Tx) error) {
	p.t.Helper()
	p.must(p.db.Write(context.Background(), f))
}

func (p *platform) count(query string, args ...any) (n int) {
	p.t.Helper()
	p.must(p.db.Read(context.Background(), func(tx *db.Tx) error { return tx.One(&n, query, args...) }))
	return n
}

// browser is somebody signed in.
type browser struct {
	*platform
	actor   access.Actor
	cookies map[string]string
}

// join signs somebody up in a company and in: the first one administers it.
func (p *platform) join(siret, login string) *browser {
	p.t.Helper()
	ctx := context.Background()
	p.must(p.accounts.AskSignUp(ctx, account.SignUpForm{SIRET: siret, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: login + "@muller.example"}, account.Visitor{}))
	var token string
	p.write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT subject FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.SignUpAsked)); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintSignUpToken(tx, id)
		return err
	})
	const password = "rabot varlope"
	in, err := p.org.Register(ctx, token, org.RegisterForm{Login: login, Password: password, Confirm: password, From: account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"}})
	p.must(err)
	b := &browser{platform: p, cookies: map[string]string{"parvis-session": in.Session, "parvis-device": in.Device}}
	b.actor, err = p.org.ActorOf(ctx, in.Session)
	p.must(err)
	return b
}

// visitor is somebody who is not signed in.
func (p *platform) visitor() *browser { return &browser{platform: p, cookies: map[string]string{}} }

// watch makes a watch as the room does, and gives it as it then is.
func (b *browser) watch(f watch.Form) *watch.Watch {
	b.t.Helper()
	saved, err := b.watches.Create(context.Background(), b.actor, f)
	b.must(err)
	return b.find(saved.ID)
}

func (b *browser) find(id string) *watch.Watch {
	b.t.Helper()
	w, err := b.watches.Find(context.Background(), b.actor, id)
	b.must(err)
	return w
}

func (b *browser) list() []*watch.Watch {
	b.t.Helper()
	all, err := b.watches.List(context.Background(), b.actor)
	b.must(err)
	return all
}

func (b *browser) get(path string) page { b.t.Helper(); return b.send("GET", path, nil, nil) }

func (b *browser) post(path string, form url.Values) page {
	b.t.Helper()
	return b.send("POST", path, form, nil)
}

func (b *browser) send(method, path string, form url.Values, headers map[string]string) page {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	b.must(err)
	return page{b.t, w.Code, w.Header().Get("Location"), w.Body.String(), root}
}

// follow posts a form that is accepted and gives the page where it leads.
func (b *browser) follow(path string, form url.Values) page {
	b.t.Helper()
	p := b.post(path, form)
	if p.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d, %s", path, p.status, p.text())
	}
	path, _, _ = strings.Cut(p.location, "#") // which browsers keep to themselves
	return b.get(path)
}

// filled is a form of a watch as a browser sends it, changed by pairs of name and value.
func filled(pairs ...string) url.Values {
	f := whole(url.Values{"nom": {"Menuiseries"}, "mots_cles": {"menuiserie"}, "mode": {"any"}, "alerte": {"oui"}, "rythme": {"daily"}, "jour": {"1"}, "heure": {"7"}, "pause": {""}, "organisme-saisi": {""}})
	for i := 0; i < len(pairs); i += 2 {
		f.Del(pairs[i])
	}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

func numbered(n int, text string) []call {
	var out []call
	for i := range n {
		out = append(out, call{id: fmt.Sprintf("26-%d", 100+i), title: fmt.Sprintf("%s %d", text, i)})
	}
	return out
}

// whole adds what a browser sends of « Affiner » when nobody has touched it.
func whole(f url.Values) url.Values {
	for name, values := range map[string][]string{"exclus": {""}, "cpv-saisi": {""}, "organisme_exclu-saisi": {""}, "cpv_exclu-saisi": {""}, "cpv_combine": {"or"}, "france_entiere": {"non", "oui"}, "jours_restants": {""}} {
		f[name] = values
	}
	return f
}
