package app_test

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// matching is how many notices TestF21 publishes; « go test ./app -run F21 -matching
// 100000 » does what the list of faults asks.
var matching = flag.Int("matching", 3000, "notices of the test that kills the server while it matches")

// mostEarlyKills is how often the server is killed as soon as it has matched anything.
const mostEarlyKills = 30

// F21: the server is killed without warning while it matches what was published, and
// started again, several times. In the end each notice was matched once, and told of to
// whom the uninterrupted rule says, once.
func TestF21KilledWhileMatchingItComesToTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("not in -short: it runs the server several times")
	}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { killedMatching(t, binary, dialect) })
	}
}

func killedMatching(t *testing.T, binary string, dialect db.Dialect) {
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = box.Close() }()
	s := &server{binary: binary, data: t.TempDir(), box: box, log: &bytes.Buffer{}}
	if dialect == db.Postgres {
		s.database = dbtest.URL(t, dialect)
	}
	a, err := app.Open(t.Context(), app.Config{Data: s.data, Database: s.database, BaseURL: "http://parvis.test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	by := joined(t, a, "odile@entreprise.example", "odile")
	for i, words := range []string{"voirie", "menuiserie"} {
		form := watch.Form{Name: words, Keywords: words, Mode: "any", Active: true, Frequency: string([]watch.Frequency{watch.Immediate, watch.Daily}[i]), Hour: 7}
		if _, err := a.Watches.Create(t.Context(), by, form); err != nil {
			t.Fatal(err)
		}
	}
	publishMany(t, a, *matching)
	count := func(query string) (n int) {
		if err := a.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&n, query) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	kills, last := 0, 0
	deadline := time.Now().Add(5*time.Minute + time.Duration(*matching)*10*time.Millisecond)
	for done := 0; done < *matching; kills++ {
		s.start(t)
		more, pause := 1, time.Millisecond // as soon as anything was done; then a thirtieth of all, for each start reads all notices
		if kills >= mostEarlyKills {
			more, pause = max(1, *matching/mostEarlyKills), 50*time.Millisecond
		}
		for done = last; done < min(last+more, *matching) && time.Now().Before(deadline); time.Sleep(pause) {
			done = count("SELECT count(*) FROM notice_match")
		}
		s.kill(t)
		if last = done; time.Now().After(deadline) {
			t.Fatalf("%d of %d notices were matched; server log:\n%s", done, *matching, s.log)
		}
	}
	s.start(t) // what was owed when it died is told now
	defer s.kill(t)
	for count("SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')") > 0 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	voirie := (*matching + 2) / 3
	for name, c := range map[string][2]int{
		"matched":  {count("SELECT count(*) FROM notice_match"), *matching},
		"told":     {count("SELECT count(*) FROM told"), voirie},
		"mailed":   {count("SELECT count(*) FROM mailing_item"), voirie},
		"mailings": {count("SELECT count(DISTINCT notice_id) FROM mailing_item"), voirie},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %d, want %d", name, c[0], c[1])
		}
	}
	if kills < 3 {
		t.Errorf("only %d kills: too few to mean anything", kills)
	}
	t.Logf("%d notices, %d kills", *matching, kills)
}

// publishMany records notices of which a third are about roads and a third about
// joinery; nobody matches them yet.
func publishMany(t *testing.T, a *app.App, n int) {
	t.Helper()
	now := a.Config.Clock.Now()
	records := make([]notice.Record, n)
	for i := range records {
		records[i] = notice.Record{
			Source: "boamp", SourceID: fmt.Sprintf("26-%d", i+1), Kind: notice.Contract,
			Title: fmt.Sprintf("Marché de %s numéro %d", []string{"voirie", "menuiserie", "nettoyage"}[i%3], i),
			Buyer: notice.BuyerRecord{Name: fmt.Sprintf("Ville de Test n° %d", i/20), Postcode: "67000"}, Departments: []string{"67"},
			PublishedOn: now.In(clock.Paris).Format(time.DateOnly), Deadline: now.Add(30 * 24 * time.Hour),
		}
	}
	for from := 0; from < n; from += 100 {
		if _, err := a.Notices.Record(t.Context(), access.Platform("test"), records[from:min(from+100, n)], true); err != nil {
			t.Fatal(err)
		}
	}
}
