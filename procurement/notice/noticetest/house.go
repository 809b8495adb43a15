package noticetest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/org"
)

// House is the program up to its notices. Nothing runs by itself: see Work.
type House struct {
	t        testing.TB
	DB       *db.DB
	Clock    *clock.Movable
	Queue    *job.Queue
	Journal  *event.Journal
	Accounts *account.Service
	Orgs     *org.Service
	Notices  *notice.Service
}

// Silent is a log that nobody reads.
var Silent = slog.New(slog.DiscardHandler)

// Open wires the rooms on a migrated database, as app.Open does.
func Open(t testing.TB, d *db.DB, c *clock.Movable) *House {
	t.Helper()
	h := &House{t: t, DB: d, Clock: c, Queue: job.New(d, Silent)}
	h.Journal = event.NewJournal(h.Queue)
	h.Accounts = account.New(d, h.Journal, Silent)
	h.Orgs = org.New(d, h.Accounts)
	h.Notices = notice.NewService(d, h.Journal)
	h.must(h.Queue.Open())
	h.must(h.Notices.Load(context.Background()))
	return h
}

// Each runs f on both databases, in a house of its own.
func Each(t *testing.T, f func(t *testing.T, h *House)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) { f(t, Open(t, d, c)) })
}

func (h *House) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// Set moves the clock to a moment, forwards or back.
func (h *House) Set(at time.Time) { h.Clock.Move(clock.At(at).Sub(h.Clock.Now())) }

// Read runs f in a reading transaction.
func (h *House) Read(f func(tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.DB.Read(context.Background(), f))
}

// Write runs f in a writing transaction.
func (h *House) Write(f func(tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.DB.Write(context.Background(), f))
}

// Count is the answer of a query that counts.
func (h *House) Count(query string, args ...any) (n int) {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error { return tx.One(&n, query, args...) })
	return n
}

// Password opens every account of these tests.
const Password = "rabot varlope"

// Seat and Branch are two establishments of one company; Other is of another one.
const (
	Seat   = "73282932000074"
	Branch = "73282932000082"
	Other  = "35600000000048"
)

// Join makes an account by the real way in, from the sign-up to the chosen
// password, and gives its owner as the web floor would know them.
func (h *House) Join(siret, login, address string) access.Actor {
	h.t.Helper()
	ctx := context.Background()
	h.must(h.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: siret, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: address}, account.Visitor{}))
	typed, err := account.ParseAddress(address)
	h.must(err)
	var secret string
	h.Write(func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, typed)
		if err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	})
	in, err := h.Orgs.Register(ctx, secret, org.RegisterForm{Login: login, Password: Password, Confirm: Password, From: account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"}})
	h.must(err)
	by, err := h.Orgs.ActorOf(ctx, in.Session)
	h.must(err)
	return by
}

// Record takes notices in and has the index know them.
func (h *House) Record(alerts bool, records ...notice.Record) notice.Outcome {
	h.t.Helper()
	out, err := h.Notices.Record(context.Background(), access.Platform("test"), records, alerts)
	h.must(err)
	h.must(h.Notices.Load(context.Background()))
	return out
}

// IDOf is our id of the source's notice.
func (h *House) IDOf(sourceID string) (id string) {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice WHERE source_id = $1", sourceID) })
	return id
}

// Work runs jobs until none is left to do, as the program would.
func (h *House) Work() {
	h.t.Helper()
	ctx := context.Background()
	h.must(h.Queue.Start(ctx))
	h.AwaitIdle()
	h.must(h.Queue.Stop(ctx))
}

// AwaitIdle waits until no job is left to do on a queue that runs.
func (h *House) AwaitIdle() {
	h.t.Helper()
	for range 3000 {
		if h.Count("SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'pending')") == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	var failure []string
	h.Read(func(tx *db.Tx) error {
		if h.DB.Dialect() == db.SQLite {
			return tx.All(&failure, "SELECT CAST(errors AS TEXT) FROM river_job WHERE state = 'retryable'")
		}
		return tx.All(&failure, "SELECT array_to_string(errors, ' ') FROM river_job WHERE state = 'retryable'")
	})
	h.t.Fatalf("jobs are still not done: %v", failure)
}

// Call is a call for competition that is open for three weeks, in the Bas-Rhin.
func Call(sourceID, title string) notice.Record {
	return notice.Record{
		Source: "boamp", SourceID: sourceID, Kind: notice.Contract, Title: title, Departments: []string{"67"},
		Buyer:       notice.BuyerRecord{Name: "Ville de Sélestat", Postcode: "67600", City: "Sélestat"},
		PublishedOn: dbtest.Start.Format(time.DateOnly), Deadline: clock.At(dbtest.Start.AddDate(0, 0, 21)),
		URL: "https://www.boamp.fr/avis/detail/" + sourceID,
	}
}
