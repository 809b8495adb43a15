package demo_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"parvis/kit/browsertest"
	"parvis/kit/mail/mailbox"
)

// look has a page checked and pictured at both widths, in both schemes.
func look(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		prefer(t, p, scheme)
		for _, v := range []struct {
			width, height int
			suffix        string
		}{{1280, 900, "-1280-"}, {375, 812, "-375-"}} {
			p.Viewport(v.width, v.height)
			browsertest.Axe(t, p)
			browsertest.Screenshot(t, p, name+v.suffix+scheme)
			if wide := p.MustEval("() => document.documentElement.scrollWidth").Int(); wide > v.width {
				t.Errorf("%s is %d px wide in a window of %d", name, wide, v.width)
			}
		}
	}
	prefer(t, p, "light")
	p.Viewport(0, 0)
}

// prefer has the visitor prefer a scheme.
func prefer(t *testing.T, p *browsertest.Page, scheme string) {
	t.Helper()
	media := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if err := media.Call(p.Page); err != nil {
		t.Fatal(err)
	}
}

// click presses the button or link of this text and waits for the next page.
func click(p *browsertest.Page, selector, text string) {
	p.Leads(func() { p.MustElementR(selector, text).MustClick() })
}

// visit goes to an address as one typed it.
func visit(p *browsertest.Page, address string) { p.Leads(func() { p.MustNavigate(address) }) }

// must fails unless the page says each of these; a no-break space reads as a space.
func must(t *testing.T, p *browsertest.Page, words ...string) {
	t.Helper()
	said := plain(p.MustElement("body").MustText())
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%s does not say « %s »; it says:\n%s", p.MustInfo().URL, w, said)
		}
	}
}

func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\r\n", "\n").Replace(s)
}

// mail waits for a message that has come since, to an address, with this in its
// subject or text.
func (r *running) mail(t *testing.T, to, words string, since int) mailbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	known := map[string]bool{}
	for _, m := range r.Mailbox.Messages()[:since] {
		known[m.ID] = true
	}
	m, err := r.Mailbox.Wait(ctx, func(m mailbox.Message) bool {
		return !known[m.ID] && m.To[0] == to && strings.Contains(plain(m.Subject+"\n"+m.Text), words)
	})
	if err != nil {
		for _, m := range r.Mailbox.Messages() {
			t.Logf("received: %s: %s", m.To, m.Subject)
		}
		t.Fatalf("no mail to %s with « %s »: %v", to, words, err)
	}
	return m
}

const odile = "odile.muller@menuiserie-muller.example"

// TestFromTheFirstPageToTheMail is the demonstration as a visitor lives it: enter as
// each person, publish a notice, read the mail that the relay has delivered, follow
// it to the notice, let the clock reach the hour of the digest, read that one too.
func TestFromTheFirstPageToTheMail(t *testing.T) {
	r := start(t, t.TempDir())
	b := browsertest.New(t)
	page := b.Page(r.url + "/demo/courrier")
	must(t, page, "Courrier de la démonstration")
	click(page, "main a", "Retour à la démonstration")
	must(t, page, "Démonstration", "Entrer comme", "Publier un avis", "Horloge")
	look(t, page, "demo")
	entersAsEach(t, r, page)
	immediate(t, r, b, page)
	digest(t, r, b.Page(r.url+"/demo"))
}

// entersAsEach presses the three buttons: each leads to that person's own space.
func entersAsEach(t *testing.T, r *running, page *browsertest.Page) {
	for _, c := range []struct{ login, name, watches string }{
		{"odile.muller", "Odile Muller", "Menuiseries Alsace"},
		{"karim.benali", "Karim Benali", "Vous n'avez pas encore paramétré de veille de marché"},
		{"claire.fontaine", "Claire Fontaine", "Vous n'avez pas encore paramétré de veille de marché"},
	} {
		visit(page, r.url+"/demo")
		must(t, page, c.name)
		page.Leads(func() { page.MustElement(`form:has([value="` + c.login + `"]) button`).MustClick() })
		must(t, page, "Mon espace de dématérialisation", c.name)
		click(page, "nav a", "Ma veille")
		must(t, page, c.watches)
	}
	if strings.Contains(page.MustElement("body").MustText(), "Menuiseries Alsace") {
		t.Error("another company's watch is shown")
	}
}

// immediate publishes a notice: its mail is in the mailbox a moment later.
func immediate(t *testing.T, r *running, b *browsertest.Browser, page *browsertest.Page) {
	visit(page, r.url+"/demo")
	click(page, "main button", "Publier un avis")
	must(t, page, "Avis publié : « Remplacement des fenêtres et portes-fenêtres de la mairie-école")
	look(t, page, "demo-avis-publie")
	m := r.mail(t, odile, "Remplacement des fenêtres", 0)
	click(page, "main a", "Ouvrir le courrier")
	must(t, page, odile, "Remplacement des fenêtres")
	look(t, page, "demo-courrier")
	click(page, "main a", "Remplacement des fenêtres")
	must(t, page, "Pourquoi vous recevez cet avis", "veille « Bois partout en Grand Est », sur « menuiseries bois »", "Commune de Rosenkirch",
		"Retour au courrier")
	look(t, page, "demo-message")
	formatted := page.MustElementR("main a", "mise en forme")
	if target := formatted.MustAttribute("target"); target == nil || *target != "_blank" {
		t.Error("the other form does not open in a tab of its own")
	}
	address := formatted.MustProperty("href").Str()
	page.Leads(func() { page.MustElement(`main a[href*="/annonces/"]`).MustClick() })
	must(t, page, "Remplacement des fenêtres et portes-fenêtres", "Commune de Rosenkirch", "L'essentiel")
	looksFormatted(t, b, address, m)
}

// looksFormatted opens the other form of a mail, in which nothing runs and nothing
// is fetched.
func looksFormatted(t *testing.T, b *browsertest.Browser, address string, m mailbox.Message) {
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("the mail's page is under the policy %q", policy)
	}
	tab := b.Page(address)
	must(t, tab, "Remplacement des fenêtres", "Pourquoi vous recevez cet avis")
	unboxed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(m.HTML))
	}))
	t.Cleanup(unboxed.Close)
	outside := b.Page(unboxed.URL)
	outside.AllowErrors("favicon")
	look(t, outside, "demo-message-html") // axe runs in no sandbox: the same text outside of it
	tab.Focus(`a[href*="/annonces/"]`)
	tab.Keyboard.MustType(input.Enter)
	tab.Until(`location.pathname.startsWith("/annonces/") && document.readyState === "complete"`)
	must(t, tab, "Commune de Rosenkirch")
}

// digest publishes until a notice concerns the daily watch alone, and lets seven
// o'clock strike.
func digest(t *testing.T, r *running, page *browsertest.Page) {
	for range 2 {
		click(page, "main button", "Publier un avis")
	}
	before := len(r.Mailbox.Messages())
	click(page, "main button", "Aller au prochain 7")
	must(t, page, "à 7 h 00")
	m := r.mail(t, odile, "coupe-feu", before)
	if !strings.Contains(plain(m.Text), "veille « Menuiseries Alsace »") {
		t.Errorf("the digest does not say whose it is:\n%s", m.Text)
	}
	if strings.Contains(m.Text, "mairie-école") {
		t.Errorf("the digest repeats what was mailed at once:\n%s", m.Text)
	}
	if at := m.Date.Local(); at.Sub(time.Now()) < 0 {
		t.Errorf("the digest is dated %v, before the clock was moved", at)
	}
	visit(page, r.url+"/demo/courrier/"+m.ID)
	must(t, page, "coupe-feu")
	look(t, page, "demo-recapitulatif")
}
