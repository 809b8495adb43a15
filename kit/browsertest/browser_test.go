package browsertest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serve answers with one HTML document under a policy that forbids inline scripts.
func serve(t *testing.T, html string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:")
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(html))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

const soundPage = `<!doctype html><html lang="fr"><head><title>Essai</title><link rel="icon" href="data:,"></head>
<body><main><h1>Essai</h1><p>Du texte.</p><noscript><p id="sans">Sans script</p></noscript></main></body></html>`

func TestAxePassesASoundPageAndNamesFaults(t *testing.T) {
	b := New(t)
	Axe(t, b.Page(serve(t, soundPage)))

	faulty := strings.Replace(soundPage, "<p>Du texte.</p>", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><input id="seul">`, 1)
	p := b.Page(serve(t, faulty))
	found := map[string]bool{}
	for _, v := range Violations(t, p) {
		found[v.ID] = true
		if v.Help == "" || len(v.Targets) == 0 {
			t.Errorf("violation %q says neither what it asks nor where", v.ID)
		}
	}
	for _, want := range []string{"image-alt", "label"} {
		if !found[want] {
			t.Errorf("axe did not see %q, saw %v", want, found)
		}
	}
}

func TestPageNotesPolicyViolationsAndAllowsExpectedOnes(t *testing.T) {
	b := New(t)
	p := b.Page(serve(t, strings.Replace(soundPage, "<p>Du texte.</p>", `<script>document.title = "forcé"</script>`, 1)))
	deadline := time.Now().Add(patience)
	for len(p.Errors()) == 0 && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond) // the log comes on another channel than the page
	}
	errors := p.Errors()
	if len(errors) != 1 || !strings.Contains(errors[0], "Content Security Policy") {
		t.Fatalf("errors = %q, want one violation of the policy", errors)
	}
	if got := p.MustInfo().Title; got != "Essai" {
		t.Errorf("the refused script ran: title %q", got)
	}
	p.AllowErrors("Content Security Policy")
	if got := p.Errors(); len(got) != 0 {
		t.Errorf("errors allowed yet kept: %q", got)
	}
}

func TestViews(t *testing.T) {
	b := New(t)
	url := serve(t, soundPage)
	p := b.Page(url, Phone.InDark())
	if got := p.MustEval(`() => innerWidth + " " + matchMedia("(prefers-color-scheme: dark)").matches`).Str(); got != "375 true" {
		t.Errorf("phone in dark: got %q", got)
	}
	p.Viewport(640, 480)
	if got := p.MustEval(`() => innerWidth`).Int(); got != 640 {
		t.Errorf("after Viewport: width %d, want 640", got)
	}
	if p := b.Page(url, Desktop.WithoutScript()); !p.MustHas("#sans") {
		t.Error("with scripts off, the noscript part is not shown")
	}
	if p := b.Page(url); p.MustHas("#sans") {
		t.Error("with scripts on, the noscript part is shown")
	}
	forced := b.Page(url, View{ForcedColors: true})
	if !forced.MustEval(`() => matchMedia("(forced-colors: active)").matches`).Bool() {
		t.Error("forced colours are not emulated")
	}
}

func TestScreenshotOnlyWhenAsked(t *testing.T) {
	p := New(t).Page(serve(t, soundPage), Narrow)
	folder := t.TempDir()
	t.Setenv("PARVIS_SCREENSHOTS", "")
	Screenshot(t, p, "refusée")
	t.Setenv("PARVIS_SCREENSHOTS", folder)
	Screenshot(t, p, "essai/page")
	picture, err := os.ReadFile(filepath.Join(folder, "essai", "page.png"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Error("the picture is not a PNG")
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*.png"))
	if len(files) != 0 {
		t.Errorf("pictures nobody asked for: %v", files)
	}
}

func TestMissingBrowserIsFailureOnlyWhereRequired(t *testing.T) {
	for _, c := range []struct {
		ci, require string
		want        bool
	}{
		{"", "", false}, {"true", "", true}, {"false", "1", true}, {"1", "0", false},
	} {
		t.Setenv("CI", c.ci)
		t.Setenv("PARVIS_REQUIRE_BROWSER", c.require)
		if got := required(); got != c.want {
			t.Errorf("CI=%q PARVIS_REQUIRE_BROWSER=%q: required = %v, want %v", c.ci, c.require, got, c.want)
		}
	}
}
