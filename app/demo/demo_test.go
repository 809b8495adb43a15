package demo_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/app/demo"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// running is a demonstration that answers.
type running struct {
	*demo.Demo
	url  string
	stop func()
}

// start opens the demonstration of a folder and serves it until the test ends or
// stop is called.
func start(t *testing.T, dir string) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{url: "http://" + l.Addr().String()}
	ctx, cancel := context.WithCancel(context.Background())
	r.Demo, err = demo.Open(ctx, dir, r.url, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, l) }()
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(r.stop)
	for range 200 {
		if res, err := http.Get(r.url + "/sante"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return r
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the demonstration does not answer")
	return nil
}

// visitor is a browser's cookies, without the browser.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// press sends a form as one of the demonstration's buttons does.
func press(t *testing.T, c *http.Client, address string, fields ...string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	res, err := c.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %s", address, res.Status)
	}
}

// recorded lists every notice of the database: source id to our id.
func recorded(t *testing.T, d *demo.Demo) map[string]string {
	t.Helper()
	out := map[string]string{}
	for from := 0; ; from += 100 {
		page, err := d.Notices.Search(t.Context(), access.Anybody(), notice.Search{From: from, Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range page.Notices {
			out[n.SourceID] = n.ID
		}
		if from+100 >= page.Total {
			return out
		}
	}
}

// TestPublishingGoesOnAfterTheLastOne presses the button more often than there are
// notices behind it: the second time round they are new notices.
func TestPublishingGoesOnAfterTheLastOne(t *testing.T) {
	r := start(t, t.TempDir())
	c := visitor(t)
	before := len(recorded(t, r.Demo))
	for range 14 {
		press(t, c, r.url+"/demo/avis")
	}
	var fresh []string
	awaitNotices(t, r, before+14)
	for id := range recorded(t, r.Demo) {
		if strings.HasPrefix(id, "DEMO-90") {
			fresh = append(fresh, id)
		}
	}
	slices.Sort(fresh)
	want := []string{
		"DEMO-9001", "DEMO-9001-2", "DEMO-9002", "DEMO-9002-2", "DEMO-9003", "DEMO-9004", "DEMO-9005", "DEMO-9006",
		"DEMO-9007", "DEMO-9008", "DEMO-9009", "DEMO-9010", "DEMO-9011", "DEMO-9012",
	}
	if !slices.Equal(fresh, want) {
		t.Errorf("published %q, want %q", fresh, want)
	}
}

// awaitNotices waits until the index has followed the database.
func awaitNotices(t *testing.T, r *running, want int) {
	t.Helper()
	for range 500 {
		if len(recorded(t, r.Demo)) == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%d notices, want %d", len(recorded(t, r.Demo)), want)
}

// TestARestartKeepsEverything stops a demonstration and takes it up again: the
// notices are the same ones, published ones included; the mails, the watches, the
// session and the clock are as they were.
func TestARestartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	c := visitor(t)
	press(t, c, r.url+"/demo/entrer", "identifiant", "odile.muller")
	count := len(recorded(t, r.Demo)) + 1
	press(t, c, r.url+"/demo/avis")
	awaitNotices(t, r, count)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := r.Mailbox.Wait(ctx, func(m mailbox.Message) bool { return strings.Contains(m.Subject, "Nouveau marché") }); err != nil {
		t.Fatal(err)
	}
	press(t, c, r.url+"/demo/horloge", "de", "1h")
	notices, mails, now := recorded(t, r.Demo), r.Mailbox.Messages(), r.DB.Clock.Now()
	if now.Sub(clock.At(time.Now())) < 59*time.Minute {
		t.Fatalf("the clock did not move: %v", now)
	}
	r.stop()

	again := start(t, dir)
	if got := recorded(t, again.Demo); len(got) != count {
		t.Errorf("%d notices after the restart, want %d", len(got), count)
	} else {
		for source, id := range notices {
			if got[source] != id {
				t.Errorf("%s was %s and is %s", source, id, got[source])
			}
		}
	}
	if got := again.Mailbox.Messages(); len(got) < len(mails) || got[0].MessageID != mails[0].MessageID {
		t.Errorf("%d mails after the restart, want at least the %d before", len(got), len(mails))
	}
	if d := again.DB.Clock.Now().Sub(now); d < 0 || d > time.Minute {
		t.Errorf("the clock moved by %v during the restart", d)
	}
	if got := len(again.People); got != 3 {
		t.Errorf("%d people after the restart", got)
	}
	sameAccount(t, again, c)
}

// sameAccount uses the session of before on the address of now.
func sameAccount(t *testing.T, r *running, c *http.Client) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/entreprise/veilles", nil)
	if err != nil {
		t.Fatal(err)
	}
	// 127.0.0.1 is one host for cookies, whatever the port.
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.Request.URL.Path != "/entreprise/veilles" {
		t.Errorf("the session is lost: %s", res.Request.URL)
	}
	var watches int
	if err := r.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&watches, "SELECT count(*) FROM watch") }); err != nil {
		t.Fatal(err)
	}
	if watches != 2 {
		t.Errorf("%d watches after the restart, want the 2 of the first time", watches)
	}
}

// TestARealPlatformsFolderIsRefused: accounts whose password everybody knows have
// no place in it.
func TestARealPlatformsFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	d, err := db.Open(t.Context(), filepath.Join(dir, "parvis.db"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Migrate(t.Context()), d.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := demo.Open(t.Context(), dir, "http://127.0.0.1:1", slog.New(slog.DiscardHandler)); err == nil {
		_ = got.Close()
		t.Error("a demonstration was opened in a real platform's folder")
	} else if !strings.Contains(err.Error(), "vraie plateforme") {
		t.Errorf("refused by %v", err)
	}
}
