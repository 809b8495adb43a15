package cmd_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is what `parvis demo --json` writes.
type shown struct {
	URL      string `json:"url"`
	Mailbox  string `json:"mailbox"`
	Accounts []struct {
		Role     string `json:"role"`
		Login    string `json:"login"`
		Password string `json:"password"`
	} `json:"accounts"`
}

// startDemo starts a demonstration and reads its line.
func startDemo(t *testing.T, env []string, options ...string) (*process, shown) {
	t.Helper()
	p := launch(t, env, nil, append([]string{"demo", "--json", "--listen", "127.0.0.1:0"}, options...)...)
	var s shown
	decoder := json.NewDecoder(strings.NewReader(p.line(t)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	awaitPage(t, p, s.URL+"/sante")
	return p, s
}

// stopDemo stops it, and gives what else it wrote.
func stopDemo(t *testing.T, p *process) string {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
	if status := p.status(t); status != 0 {
		t.Errorf("status %d, %s", status, p.said())
	}
	rest, err := io.ReadAll(p.out)
	if err != nil {
		t.Fatal(err)
	}
	return string(rest)
}

// get reads a page.
func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, res.Status, err)
	}
	return string(text)
}

// signIn enters by the page that everybody enters by.
func signIn(t *testing.T, base, login, password string) (*http.Client, *http.Response) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	res, err := c.PostForm(base+"/connexion", url.Values{"identifiant": {login}, "mot_de_passe": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return c, res
}

func mails(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "courrier", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTheDemonstrationTellsAProgramWhereItIs reads the line of JSON, enters by every
// account that it names, publishes, stops, and starts again: the accounts, the
// notices and the mails are still there, and nothing twice.
func TestTheDemonstrationTellsAProgramWhereItIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "démo 1")
	p, s := startDemo(t, nil, "--data", dir)
	if s.Mailbox != s.URL+"/demo/courrier" || len(s.Accounts) < 2 {
		t.Fatalf("%+v", s)
	}
	get(t, http.DefaultClient, s.URL+"/demo")
	for _, a := range s.Accounts {
		if a.Role == "" || a.Password == "" {
			t.Errorf("%+v", a)
		}
		if _, res := signIn(t, s.URL, a.Login, a.Password); res.StatusCode != http.StatusOK || res.Request.URL.Path == "/connexion" {
			t.Errorf("%s: %s, at %s", a.Login, res.Status, res.Request.URL)
		}
	}
	unasked := len(mails(t, dir))
	for range 10 { // of which some match a watch
		res, err := http.PostForm(s.URL+"/demo/avis", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("publish: %s", res.Status)
		}
	}
	eventually(t, "a mail about a notice", func() bool { return len(mails(t, dir)) > unasked })
	if rest := stopDemo(t, p); rest != "" {
		t.Errorf("more than one line was written: %q", rest)
	}
	before := mails(t, dir)
	d := openDatabase(t, []string{"--data", dir})
	notices, accounts, watches := countOf(t, d, "notice"), countOf(t, d, "account"), countOf(t, d, "watch")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	p, again := startDemo(t, nil, "--data", dir)
	if diff := cmp.Diff(s.Accounts, again.Accounts); diff != "" {
		t.Errorf("accounts (-first +second):\n%s", diff)
	}
	first := s.Accounts[0]
	if _, res := signIn(t, again.URL, first.Login, first.Password); res.Request.URL.Path == "/connexion" {
		t.Errorf("%s does not enter any more", first.Login)
	}
	if page := get(t, http.DefaultClient, again.Mailbox); !strings.Contains(page, strings.TrimSuffix(filepath.Base(before[0]), ".eml")) {
		t.Errorf("the mailbox does not show %s any more", before[0])
	}
	stopDemo(t, p)
	for _, m := range before {
		if _, err := os.Stat(m); err != nil {
			t.Error(err)
		}
	}
	d = openDatabase(t, []string{"--data", dir})
	if n, a, w := countOf(t, d, "notice"), countOf(t, d, "account"), countOf(t, d, "watch"); n != notices || a != accounts || w != watches {
		t.Errorf("%d notices, %d accounts, %d watches; before the second start %d, %d, %d", n, a, w, notices, accounts, watches)
	}
}

func TestTheDemonstrationTellsAPersonWhereItIs(t *testing.T) {
	p := launch(t, nil, nil, "demo", "--listen", "127.0.0.1:0")
	ready := p.line(t)
	at, found := strings.CutPrefix(strings.TrimSpace(ready), "La démonstration de Parvis est prête\u00a0: ")
	if !found {
		t.Fatal(ready)
	}
	get(t, http.DefaultClient, at)
	rest := stopDemo(t, p)
	for _, part := range []string{"Son courrier\u00a0: " + strings.TrimSuffix(at, "/demo") + "/demo/courrier\n", "\nComptes\u00a0:\n", "odile.muller", "Ctrl+C arrête la démonstration\u00a0; ses données restent dans ./parvis-demo.\n"} {
		if !strings.Contains(rest, part) {
			t.Errorf("%q is not in\n%s", part, rest)
		}
	}
	if _, err := os.Stat(filepath.Join(p.Dir, "parvis-demo", "parvis.db")); err != nil {
		t.Error(err)
	}
}

// TestTheDemonstrationKeepsOffARealPlatform gives it the folder of one, and the
// variables of one.
func TestTheDemonstrationKeepsOffARealPlatform(t *testing.T) {
	real := t.TempDir()
	if _, errOut, status := run(t, line("26-1", "Voirie"), "import", "boamp", "-", "--data", real); status != 0 {
		t.Fatal(errOut)
	}
	out, errOut, status := run(t, "", "demo", "--listen", "127.0.0.1:0", "--data", real, "--json")
	if want := "parvis\u00a0: Le dossier «\u00a0" + real + "\u00a0» contient une vraie plateforme, pas une démonstration\u00a0: choisissez-en un autre par --data.\n"; status != 1 || errOut != want || out != "" {
		t.Errorf("status %d, %q, %s", status, out, errOut)
	}
	p, s := startDemo(t, []string{"PARVIS_DATA=" + real, "PARVIS_DATABASE=postgres://127.0.0.1:1/parvis", "PARVIS_LISTEN=127.0.0.1:1", "PARVIS_BASE_URL=https://marches.exemple.fr", "PARVIS_SMTP=smtp://127.0.0.1:1"})
	if !strings.HasPrefix(s.URL, "http://localhost:") {
		t.Errorf("it says it is at %s", s.URL)
	}
	stopDemo(t, p)
	if _, err := os.Stat(filepath.Join(p.Dir, "parvis-demo", "parvis.db")); err != nil {
		t.Errorf("the demonstration is not in its own folder: %v", err)
	}
	d := openDatabase(t, []string{"--data", real})
	if notices, accounts := countOf(t, d, "notice"), countOf(t, d, "account"); notices != 1 || accounts != 0 {
		t.Errorf("the platform has %d notices and %d accounts", notices, accounts)
	}
}

func TestTheDemonstrationReadsItsOwnVariables(t *testing.T) {
	dir := t.TempDir()
	p := launch(t, []string{"PARVIS_DEMO_DATA=" + dir, "PARVIS_DEMO_LISTEN=127.0.0.1:0", "PARVIS_DEMO_JSON=1"}, nil, "demo")
	if first := p.line(t); !json.Valid([]byte(first)) {
		t.Errorf("PARVIS_DEMO_JSON: %s", first)
	}
	if _, err := os.Stat(filepath.Join(dir, "parvis.db")); err != nil {
		t.Error(err)
	}
}

// TestTwoDemonstrationsDoNotShareAFolder: the second says nothing of being ready.
func TestTwoDemonstrationsDoNotShareAFolder(t *testing.T) {
	dir := t.TempDir()
	first, s := startDemo(t, nil, "--data", dir)
	second := launch(t, nil, nil, "demo", "--json", "--listen", "127.0.0.1:0", "--data", dir)
	if status := second.status(t); status != 1 || !strings.Contains(second.said(), "Un autre Parvis sert déjà le dossier «\u00a0"+dir+"\u00a0»") {
		t.Errorf("status %d, %s", status, second.said())
	}
	if out, _ := io.ReadAll(second.out); len(out) > 0 {
		t.Errorf("it says that it is ready: %s", out)
	}
	get(t, http.DefaultClient, s.URL+"/demo")
	stopDemo(t, first)
}

// TestTheDemonstrationIsReachedWhereItSays listens on all addresses, which is none.
func TestTheDemonstrationIsReachedWhereItSays(t *testing.T) {
	p := launch(t, nil, nil, "demo", "--json", "--listen", ":0")
	var s shown
	if err := json.Unmarshal([]byte(p.line(t)), &s); err != nil || !strings.HasPrefix(s.URL, "http://localhost:") {
		t.Fatalf("%+v, %v", s, err)
	}
	get(t, http.DefaultClient, s.URL+"/demo")
}

// The accounts of a demonstration have a password that everybody knows.
func TestADemonstrationIsNotServedForReal(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "demonstration"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errOut, status := run(t, "", "serve", "--data", dir, "--listen", "127.0.0.1:0")
	if status != 1 || !strings.Contains(errOut, "est celui d'une démonstration") {
		t.Errorf("status %d, %q", status, errOut)
	}
}
