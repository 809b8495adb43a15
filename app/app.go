package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"parvis/gateway/directory"
	"parvis/gateway/receiver"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/job"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/cpv"
	"parvis/procurement/event"
	"parvis/procurement/feed"
	"parvis/procurement/intake"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
	"parvis/web/answer"
	"parvis/web/company"
	"parvis/web/public"
	"parvis/web/ui"
)

// Config is what an operator decides. The zero value of each field is safe.
type Config struct {
	Data     string      // the data directory
	Database string      // "postgres://…"; empty: SQLite in the data directory
	SMTP     string      // the relay, "smtp://…"; empty: mail waits for one
	BaseURL  string      // how people reach the platform; begins every link
	MailFrom string      // the sender's address; empty: made from BaseURL
	Clock    clock.Clock // nil: the machine's
	Log      *slog.Logger
	Demo     bool

	// Directory is the address of the directory of companies, see gateway/directory;
	// empty: names are typed.
	Directory string

	// BOAMP is the address of the platform that the gazette is fetched from, see
	// gateway/boamp/api; empty: nothing is fetched.
	BOAMP string
	// Gazette is what is fetched from in its place, for who has a platform of their own.
	Gazette intake.Gazette

	Operator string         // who runs the platform and how to reach them, for the legal notice
	Proxies  []netip.Prefix // whose X-Forwarded-For is believed

	Receivers receiver.Config // how the addresses of webhooks are reached; zero: on the public network alone

	OperatorMail string // where disputes are told to who runs the platform; empty: in the log alone
}

// App is a program ready to run.
type App struct {
	Config   Config
	DB       *db.DB
	Queue    *job.Queue
	Journal  *event.Journal
	Accounts *account.Service
	Orgs     *org.Service
	Buyers   *org.Buyers
	CPV      *cpv.Service
	Profiles *org.Profiles
	Notices  *notice.Service
	Intake   *intake.Service
	Watches  *watch.Service
	Feeds    *feed.Service
	Webhooks *webhook.Service
	Members  *member.Service
	Alerts   *alert.Service
	Persons  *person.Service
	Outbox   *mail.Outbox
	Sender   *mail.Sender
	Site     *answer.Site

	fetch fetching
	lock  *os.File
	due   chan struct{} // the clock was moved: look at the timetable now
}

// Open opens and migrates the database and builds the rooms. Nothing runs yet.
func Open(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c, due: make(chan struct{}, 1)}
	if a.Config.Clock == nil {
		a.Config.Clock = clock.System{}
	}
	if a.Config.Log == nil {
		a.Config.Log = slog.Default()
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fault.New(fault.Invalid, "Le dossier de données «\u00a0"+c.Data+"\u00a0» ne peut pas être créé.").Because(err)
	}
	database := c.Database
	if database == "" {
		database = filepath.Join(c.Data, "parvis.db")
	}
	var err error
	if a.DB, err = db.Open(ctx, database, a.Config.Clock); err != nil {
		return nil, fault.New(fault.Unavailable, "La base de données ne s'ouvre pas.").Because(err)
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if err := a.DB.Migrate(ctx); errors.Is(err, db.ErrNewer) {
		return fault.New(fault.Invalid, "Cette base de données vient d'une version plus récente de Parvis\u00a0: installez cette version, ou restaurez une sauvegarde.").Because(err)
	} else if err != nil {
		return err
	}
	log := a.Config.Log
	a.Queue = job.New(a.DB, log)
	a.Journal = event.NewJournal(a.Queue)
	a.Accounts = account.New(a.DB, a.Journal, log)
	a.Accounts.At(a.Config.BaseURL)
	a.Orgs = org.New(a.DB, a.Accounts)
	a.Buyers = org.NewBuyers(a.DB, a.Journal)
	a.CPV = cpv.New(a.DB)
	if err := a.profiles(); err != nil {
		return err
	}
	a.Notices = notice.NewService(a.DB, a.Journal)
	a.Notices.FactsOf = factsOf
	a.Intake = intake.New(a.DB, a.Journal, a.Notices, a.Config.BaseURL, log)
	if err := a.gazette(); err != nil {
		return err
	}
	a.Watches = watch.NewService(a.DB, a.Journal, a.Notices)
	a.Feeds = feed.New(a.DB, a.Journal, a.Notices, a.Watches)
	a.webhooks()
	a.Members = member.New(a.DB, a.Journal, a.Accounts, a.Orgs, a.Watches)
	var err error
	if a.Outbox, err = mail.New(a.DB, mail.Options{From: a.from(), Log: log}); err != nil {
		return fault.New(fault.Invalid, "L'adresse d'expéditeur «\u00a0"+a.from()+"\u00a0» n'est pas valable\u00a0: donnez-en une par --mail-from.").Because(err)
	}
	if a.Sender, err = mail.NewSender(a.Outbox, a.Config.SMTP, log); err != nil {
		return fault.New(fault.Invalid, "Le relais de messagerie donné par --smtp n'est pas compris\u00a0: écrivez smtp://serveur:port ou smtps://serveur:port.").Because(err)
	}
	a.Alerts = alert.NewService(a.DB, a.Journal, a.Outbox, a.Watches, a.Config.BaseURL, log)
	a.Alerts.NameCodes(a.CPV)
	a.Persons = person.New(a.DB, a.Accounts, a.Members, a.Watches, a.Alerts)
	if a.Config.OperatorMail != "" {
		operator, err := account.ParseAddress(a.Config.OperatorMail)
		if err != nil {
			return fault.New(fault.Invalid, "L'adresse de l'exploitant «\u00a0"+a.Config.OperatorMail+"\u00a0» n'est pas valable\u00a0: donnez-en une autre par --operator-mail.").Because(err)
		}
		a.Alerts.TellOperator(operator)
	}
	if m, ok := a.Config.Clock.(*clock.Movable); ok {
		m.OnMove(func() {
			a.Outbox.Nudge()
			a.Webhooks.Nudge()
			select {
			case a.due <- struct{}{}:
			default:
			}
		})
	}
	a.site()
	return a.Queue.Open()
}

// profiles builds what companies say of themselves, with the directory if there is one.
func (a *App) profiles() error {
	var companies org.Directory // nil, and no pointer to nothing
	if a.Config.Directory != "" {
		client, err := directory.New(directory.Config{URL: a.Config.Directory, Clock: a.Config.Clock, Agent: "Parvis (" + a.Config.BaseURL + ")"})
		if err != nil {
			return err
		}
		companies = client
	}
	a.Profiles = org.NewProfiles(a.DB, a.Journal, companies, a.Config.Log)
	return nil
}

// from is the sender's address: the configured one, or one at the host that
// people reach the platform by.
func (a *App) from() string {
	if a.Config.MailFrom != "" {
		return a.Config.MailFrom
	}
	u, err := url.Parse(a.Config.BaseURL)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.Hostname() == "localhost" {
		return "ne-pas-repondre@parvis.invalid"
	}
	return "ne-pas-repondre@" + u.Hostname()
}

// site registers the pages of every audience.
func (a *App) site() {
	s := answer.New(a.Orgs.ActorOf, a.Config.Log)
	u, err := url.Parse(a.Config.BaseURL)
	s.Secure = err == nil && u.Scheme == "https"
	s.Demo = a.Config.Demo
	s.Hats = a.Orgs.Memberships
	s.Proxies = a.Config.Proxies
	s.Warning = a.warning
	s.Files("GET /static/", ui.Assets())
	public.Routes(s, public.Pages{
		DB: a.DB, Notices: a.Notices, Orgs: a.Orgs, Accounts: a.Accounts, Watches: a.Watches, Members: a.Members, Alerts: a.Alerts, Profiles: a.Profiles, Persons: a.Persons,
		CPV: a.CPV, Feeds: a.Feeds, Base: a.Config.BaseURL, Operator: a.Config.Operator,
	})
	company.Routes(s, company.Pages{Notices: a.Notices, Base: a.Config.BaseURL, Watches: a.Watches, Alerts: a.Alerts, Org: a.Orgs, Members: a.Members, Accounts: a.Accounts, Profiles: a.Profiles, Persons: a.Persons, CPV: a.CPV, Feeds: a.Feeds, Webhooks: a.Webhooks, MailReady: a.Sender.Configured})
	a.Site = s
}

// graceful is how long requests and jobs under way may take to finish.
const graceful = 30 * time.Second

// Serve answers requests on the listener and does what is due, until ctx ends;
// then it finishes what is under way and returns.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if err := a.takeDirectory(); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := a.awaitGazette(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{
		Handler: a.Site.Server(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.Config.Log.Handler(), slog.LevelDebug),
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	if err := a.Queue.Start(work); err != nil {
		return errors.Join(fmt.Errorf("start jobs: %w", err), l.Close())
	}
	var background sync.WaitGroup
	following, stopFollowing := context.WithCancel(ctx)
	defer stopFollowing()
	a.runBackground(following, &background)
	a.awaitIndex(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	a.Config.Log.Info("parvis answers", "address", l.Addr().String(), "database", a.DB.Dialect(), "passkeys", a.Accounts.OffersPasskeys())
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	stopFollowing() // also when it is the server that failed
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	err = errors.Join(ignoreClosed(err), server.Shutdown(late), a.Queue.Stop(late))
	background.Wait()
	a.Config.Log.Info("parvis has stopped")
	return err
}

// patience is how long whoever asks first waits for the search index: that of a small
// platform is there by then.
const patience = time.Second

// awaitIndex waits a little for the search index, then lets pages be answered without:
// those that search say how much of it is there.
func (a *App) awaitIndex(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-a.Notices.Ready():
	case <-time.After(patience):
		a.Config.Log.Info("pages are answered while the search index is being loaded")
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// runBackground follows changes, sends mail and keeps the timetable until ctx
// ends.
func (a *App) runBackground(ctx context.Context, wait *sync.WaitGroup) {
	report := func(err error) { a.Config.Log.Error("index not up to date", "error", err) }
	began := time.Now()
	wait.Go(func() { a.Notices.Run(ctx, report) })
	wait.Go(func() {
		select {
		case <-ctx.Done():
		case <-a.Notices.Ready():
			a.Config.Log.Info("search index is loaded", "notices", a.Notices.Index().Len(), "took", time.Since(began).Round(time.Millisecond))
		}
	})
	wait.Go(func() { a.Watches.Matcher().Run(ctx, report) })
	wait.Go(func() { a.Webhooks.Run(ctx) })
	wait.Go(func() { a.Orgs.FollowBuyers(ctx, report) })
	wait.Go(func() {
		a.keepTimetable(ctx)
		a.fetch.wait.Wait()
	})
	wait.Go(func() {
		if err := a.Sender.Run(ctx); err != nil && ctx.Err() == nil {
			a.Config.Log.Error("mail sender stopped", "error", err)
		}
	})
}

// Close lets go of the database and the data directory.
func (a *App) Close() error {
	err := a.DB.Close()
	if a.lock != nil {
		err = errors.Join(err, a.lock.Close())
	}
	return err
}
