package public_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"parvis/docs/guide"
)

func TestEveryChapterOfTheGuideIsShown(t *testing.T) {
	each(t, func(h *house) {
		index := h.get("/assistance")
		h.says(index, 200, "Assistance utilisateur", "Tester la configuration de mon poste")
		for _, name := range guide.Chapters {
			h.holds(index, `href="/assistance/`+name+`"`)
			p := h.get("/assistance/" + name)
			h.says(p, 200, "Assistance utilisateur")
			h.holds(p, `aria-label="Dans ce chapitre"`)
			h.holds(p, "!**", "!](", "!|---")
		}
		p := h.get("/assistance/webhooks")
		h.holds(p, `<h2 id="verifier-la-signature"`, `href="#verifier-la-signature"`, "webhook-signature</code>", "&#34;type&#34;: &#34;notice.matched&#34;")
	})
}

func TestPicturesOfTheGuide(t *testing.T) {
	each(t, func(h *house) {
		p := h.get("/assistance/image/veille-liste.webp")
		if p.StatusCode != 200 || p.Header.Get("Content-Type") != "image/webp" || !strings.HasPrefix(p.body, "RIFF") {
			h.t.Errorf("%d %v", p.StatusCode, p.Header)
		}
		for _, path := range []string{"/assistance/inconnu", "/assistance/image/inconnue.webp", "/assistance/image/..%2fveille.md", "/assistance/image/%00", "/assistance/veille.md"} {
			if p := h.get(path); p.StatusCode != 404 {
				h.t.Errorf("%s: %d", path, p.StatusCode)
			}
		}
	})
}

// Without scripts the page says what the server sees, and tries cookies by a form.
func TestAComputerIsTestedWithoutScripts(t *testing.T) {
	each(t, func(h *house) {
		p := h.get("/test-poste")
		h.says(p, 200, "Heure du serveur", "JavaScript est désactivé", "Non vérifié", "Que faire : Réglez l'horloge")
		h.leadsTo(h.post("/test-poste", nil), "/test-poste?temoins=retour")
		h.says(h.get("/test-poste?temoins=retour"), 200, "Acceptés", "Votre navigateur garde les témoins")
		h.flash = ""
		h.says(h.get("/test-poste?temoins=retour"), 200, "Refusés", "Autorisez les témoins")
	})
}

func TestTheMeasuresOfAComputerAreBounded(t *testing.T) {
	each(t, func(h *house) {
		var hour struct{ Instant int64 }
		before := int64(h.clock.Now())
		if err := json.Unmarshal([]byte(h.get("/test-poste/heure").body), &hour); err != nil || hour.Instant < before || hour.Instant > int64(h.clock.Now()) {
			h.t.Errorf("%d, after %d: %v", hour.Instant, before, err)
		}
		down := h.get("/test-poste/debit")
		if down.StatusCode != 200 || len(down.body) != 512<<10 || down.Header.Get("Cache-Control") != "no-store" {
			h.t.Errorf("%d, %d bytes", down.StatusCode, len(down.body))
		}
		up := func(n int) page {
			r := requestOf("POST", "/test-poste/debit")
			r.Body = http.NoBody
			if n > 0 {
				r.Body = bodyOf(strings.Repeat("x", n))
			}
			r.Header.Set("Content-Type", "application/octet-stream")
			return h.do(r)
		}
		if p := up(512 << 10); p.StatusCode != 200 || p.body != `{"octets":524288}` {
			h.t.Errorf("%d %s", p.StatusCode, p.body)
		}
		for _, n := range []int{512<<10 + 1, 2 << 20} {
			if p := up(n); p.StatusCode != 422 {
				h.t.Errorf("%d bytes: %d", n, p.StatusCode)
			}
		}
		for range 30 {
			down = h.get("/test-poste/debit")
		}
		h.says(down, 429, "Trop d'essais depuis votre réseau")
	})
}

// bodyOf is a body of these bytes.
func bodyOf(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
