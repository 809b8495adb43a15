package browsertest

import (
	"os"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
)

// executable is where Debian puts Chromium; PARVIS_CHROMIUM names another one.
const executable = "/usr/bin/chromium"

// Browser is one Chromium process with an empty profile, ended with its test.
type Browser struct {
	t   testing.TB
	rod *rod.Browser
}

// New starts Chromium for the test t, or skips t when there is none (see the package
// comment). The process and its profile go when t ends.
func New(t testing.TB) *Browser {
	t.Helper()
	path := find(t)
	profile, err := os.MkdirTemp("", "parvis-browser-")
	if err != nil {
		t.Fatalf("browsertest: profile folder: %v", err)
	}
	l := launcher.New().Bin(path).Leakless(false).Headless(true).NoSandbox(true).UserDataDir(profile)
	for _, flag := range []flags.Flag{
		"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars",
	} {
		l.Set(flag)
	}
	endpoint, err := l.Launch()
	if err != nil {
		os.RemoveAll(profile)
		t.Fatalf("browsertest: %s does not start: %v", path, err)
	}
	b := &Browser{t: t, rod: rod.New().ControlURL(endpoint)}
	t.Cleanup(func() {
		// A polite close first, so that no process outlives the profile it writes to.
		_ = b.rod.Timeout(conditionPatience).Close()
		l.Kill()
		l.Cleanup()
	})
	if err := b.rod.Connect(); err != nil {
		t.Fatalf("browsertest: no connection to %s: %v", path, err)
	}
	return b
}

// find gives the path of Chromium, or ends t: skipped on a machine that need not have
// one, failed on a machine that must.
func find(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PARVIS_CHROMIUM")
	if path == "" {
		path = executable
	}
	if _, err := os.Stat(path); err != nil {
		if required() {
			t.Fatalf("browsertest: no Chromium at %s, and this run requires it (apt-get install chromium): %v", path, err)
		}
		t.Skipf("browsertest: no Chromium at %s (apt-get install chromium), browser test skipped", path)
	}
	return path
}

// required says whether a missing browser is a failure here.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("PARVIS_REQUIRE_BROWSER") == "1"
}
