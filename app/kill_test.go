package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// program is the binary under test, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parvis-program")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "parvis")
	out, err := exec.Command("go", "build", "-o", path, "parvis").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// The size of the test: how often the server is killed, and how many notices are
// published meanwhile.
const (
	kills          = 20
	noticesPerKill = 6
)

// TestKilledAtAnyMomentNobodyMissesNorHearsTwice publishes notices while the
// server is killed twenty times without warning and started again. In the end
// each recipient has had each notice once: by an immediate mail or by a digest.
// The only copies allowed are those of a mail that the relay had accepted when the
// server died before writing that down: same Message-ID, same bytes.
func TestKilledAtAnyMomentNobodyMissesNorHearsTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("not in -short: it runs the server twenty times")
	}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			killed(t, binary, dialect)
		})
	}
}

func killed(t *testing.T, binary string, dialect db.Dialect) {
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
	people := populate(t, a)
	random := rand.New(rand.NewPCG(1, uint64(len(dialect))))
	published := 0
	for round := range kills {
		s.start(t)
		for range noticesPerKill {
			publish(t, a, published)
			published++
			time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
		}
		if round%3 == 2 {
			hourStrikes(t, a)
		}
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		s.kill(t)
	}
	s.start(t)
	defer s.kill(t)
	told := func() (missing int) {
		got := receipts(t, a, box)
		for _, p := range people {
			for n := range published {
				if len(got[p][n]) == 0 {
					missing++
				}
			}
		}
		return missing
	}
	// The hour strikes once more when everything is matched, for the daily watches.
	for deadline := time.Now().Add(90 * time.Second); told() > 0; time.Sleep(500 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d (recipient, notice) never told; server log:\n%s", told(), published*len(people), s.log)
		}
		hourStrikes(t, a)
	}
	time.Sleep(2 * time.Second) // for what would come twice
	repeats(t, a, box, people, published)
}

// repeats checks that whoever was told twice was sent the same mail twice.
func repeats(t *testing.T, a *app.App, box *mailbox.Mailbox, people []string, published int) {
	t.Helper()
	again := map[string]bool{}
	for person, notices := range receipts(t, a, box) {
		for n, mails := range notices {
			for _, m := range mails[1:] {
				if m.MessageID != mails[0].MessageID || !bytes.Equal(m.Raw, mails[0].Raw) {
					t.Errorf("%s was told of notice %d by two different mails: %s and %s", person, n, mails[0].MessageID, m.MessageID)
				}
				again[m.MessageID] = true
			}
		}
	}
	t.Logf("%d kills, %d notices, %d recipients, %d mails received; %d came twice, each the same bytes under the same Message-ID",
		kills, published, len(people), len(box.Messages()), len(again))
}

var noticeNumber = regexp.MustCompile(`Marché de voirie numéro (\d+)\b`)

// receipts sorts the mails by recipient and notice. One that has more to tell than thirty
// contracts leads to a page with all of them.
func receipts(t *testing.T, a *app.App, box *mailbox.Mailbox) map[string]map[int][]mailbox.Message {
	t.Helper()
	got := map[string]map[int][]mailbox.Message{}
	for _, m := range box.Messages() {
		seen := map[int]bool{}
		for _, found := range noticeNumber.FindAllStringSubmatch(m.Text+restOf(a, m.Text), -1) {
			var n int
			if _, err := fmt.Sscan(found[1], &n); err != nil {
				t.Fatal(err)
			}
			if !seen[n] {
				seen[n] = true
				if got[m.To[0]] == nil {
					got[m.To[0]] = map[int][]mailbox.Message{}
				}
				got[m.To[0]][n] = append(got[m.To[0]][n], m)
			}
		}
	}
	return got
}

func restOf(a *app.App, said string) string {
	at := restOfMail.FindStringSubmatch(said)
	if at == nil {
		return ""
	}
	page := httptest.NewRecorder()
	a.Site.Server().ServeHTTP(page, httptest.NewRequest(http.MethodGet, at[1], nil))
	return page.Body.String()
}

// populate makes two people with an immediate watch and one with a daily watch
// for every hour, so that whatever hour strikes is theirs.
func populate(t *testing.T, a *app.App) []string {
	t.Helper()
	var people []string
	for i, frequency := range []watch.Frequency{watch.Immediate, watch.Immediate, watch.Daily} {
		address := fmt.Sprintf("personne%d@entreprise.example", i)
		by := joined(t, a, address, fmt.Sprintf("personne.%d", i))
		people = append(people, address)
		hours := []int{7}
		if frequency == watch.Daily {
			hours = hours[:0]
			for h := range 24 {
				hours = append(hours, h)
			}
		}
		for _, h := range hours {
			form := watch.Form{Name: fmt.Sprintf("Voirie %d h", h), Keywords: "voirie", Mode: "any", Active: true, Frequency: string(frequency), Hour: h}
			if _, err := a.Watches.Create(t.Context(), by, form); err != nil {
				t.Fatal(err)
			}
		}
	}
	return people
}

// joined makes an account by the path of its owner.
func joined(t *testing.T, a *app.App, address, login string) access.Actor {
	t.Helper()
	ctx := t.Context()
	if err := a.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: "12345678200002", CompanyName: "Voirie Test", Name: "Une Personne", Address: address}, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	parsed, err := account.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	var secret string
	if err := a.DB.Write(ctx, func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, parsed)
		if err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	const password = "un mot de passe assez long"
	in, err := a.Orgs.Register(ctx, secret, org.RegisterForm{Login: login, Password: password, Confirm: password, From: account.Visitor{Remote: "127.0.0.1", Browser: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	by, err := a.Orgs.ActorOf(ctx, in.Session)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

func publish(t *testing.T, a *app.App, n int) {
	t.Helper()
	r := notice.Record{
		Source: "boamp", SourceID: fmt.Sprintf("26-%d", n+1), Kind: notice.Contract, Title: fmt.Sprintf("Marché de voirie numéro %d", n),
		Buyer: notice.BuyerRecord{Name: "Ville de Test", Postcode: "67000"}, Departments: []string{"67"},
		PublishedOn: time.Now().Format(time.DateOnly), Deadline: a.Config.Clock.Now().Add(30 * 24 * time.Hour),
	}
	out, err := a.Notices.Record(context.WithoutCancel(t.Context()), access.Platform("test"), []notice.Record{r}, true)
	if err != nil || out.New != 1 {
		t.Fatalf("publish %d: %+v, %v", n, out, err)
	}
}

// hourStrikes has the server believe that no digest went out this hour.
func hourStrikes(t *testing.T, a *app.App) {
	t.Helper()
	if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM digest_run WHERE done_at IS NOT NULL")
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// server is the program under test as an operator runs it.
type server struct {
	binary, data, database string
	box                    *mailbox.Mailbox
	log                    *bytes.Buffer
	process                *exec.Cmd
	drained                chan struct{}
}

func (s *server) start(t *testing.T) {
	t.Helper()
	s.process = exec.Command(s.binary, "serve", "--data", s.data, "--database", s.database, "--listen", "127.0.0.1:0",
		"--smtp", "smtp://"+s.box.Addr()+"?starttls=no", "--base-url", "http://parvis.test")
	out, err := s.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	s.drained = make(chan struct{})
	go func() { _, _ = io.Copy(s.log, out); close(s.drained) }()
}

func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.drained
	_ = s.process.Wait() // "signal: killed"
}

// TestServeStopsWhenAsked starts the program on each database, asks for a page,
// and asks it to stop: it does, and says so.
func TestServeStopsWhenAsked(t *testing.T) {
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := l.Addr().String()
			_ = l.Close()
			cmd := exec.Command(binary, "serve", "--data", t.TempDir(), "--listen", address)
			if dialect == db.Postgres {
				cmd.Env = append(os.Environ(), "PARVIS_DATABASE="+dbtest.URL(t, dialect))
			}
			var log bytes.Buffer
			cmd.Stderr = &log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			awaitPage(t, "http://"+address+"/sante")
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("stopped with %v:\n%s", err, &log)
			}
			if !strings.Contains(log.String(), "parvis has stopped") || !strings.Contains(log.String(), string(dialect)) {
				t.Errorf("log:\n%s", &log)
			}
		})
	}
}
