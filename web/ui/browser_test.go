package ui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"parvis/kit/browsertest"
	"parvis/web/ui"
)

// policy is the product's content security policy.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// site serves the gallery as the product serves pages, and answers what its scripts ask.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Assets())
	page := func(path string, c templ.Component) { mux.Handle("GET "+path, templ.Handler(c)) }
	page("/galerie", ui.Gallery())
	page("/visiteur", ui.GalleryVisitor())
	page("/confirmer", ui.Layout(ui.Page{Title: "Supprimer la veille", Narrow: true}, ui.ConfirmDelete(ui.Confirm{
		Title: "Supprimer la veille « Menuiseries Bas-Rhin » ?", Losses: []string{"ses critères et ses 2 destinataires"},
		Kept: []string{"le journal des envois déjà faits, pendant douze mois"}, Undo: "Cette suppression est définitive.",
		Action: "/supprimer", Label: "Supprimer la veille", Cancel: ui.Link{Label: "Garder la veille", URL: "/galerie"},
	})))
	page("/panne", ui.ErrorPage(ui.Page{}, ui.Failure{Status: 500, Reference: "01JD-7F3K-92QX"}))
	mux.HandleFunc("GET /organismes/suggestions", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode([]map[string]string{
			{"id": "s1", "label": "Ville de Sélestat"}, {"id": "x", "label": `<img src=x onerror="document.title='percé'"> & fils`},
		})
	})
	mux.HandleFunc("POST /entreprise/veilles/apercu", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		_, _ = w.Write([]byte("<p>" + templ.EscapeString("nom="+r.PostFormValue("nom")+" départements="+strings.Join(r.PostForm["departement"], ",")) + "</p>"))
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// fits fails when the page scrolls sideways: WCAG 1.4.10.
func fits(t *testing.T, p *browsertest.Page) {
	t.Helper()
	if over := p.MustEval(`() => document.documentElement.scrollWidth - innerWidth`).Int(); over > 0 {
		culprits := p.MustEval(`() => [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
			.slice(0, 5).map(e => e.tagName + "." + e.className).join(", ")`).Str()
		t.Errorf("the page is %d px too wide, by %s", over, culprits)
	}
}

func TestPagesAreAccessibleInEveryView(t *testing.T) {
	url, b := site(t), browsertest.New(t)
	views := []struct {
		name string
		view browsertest.View
	}{
		{"1280-light", browsertest.Desktop}, {"1280-dark", browsertest.Desktop.InDark()},
		{"375-light", browsertest.Phone}, {"375-dark", browsertest.Phone.InDark()},
		{"320-light", browsertest.Narrow},
	}
	for _, path := range []string{"galerie", "visiteur", "confirmer", "panne"} {
		for _, v := range views {
			t.Run(path+"/"+v.name, func(t *testing.T) {
				p := b.Page(url+"/"+path, v.view)
				if path == "galerie" {
					p.Until(`document.querySelectorAll(".map path").length > 96 && document.querySelector("[role=combobox]")`)
				}
				browsertest.Screenshot(t, p, path+"-"+v.name)
				browsertest.Axe(t, p)
				fits(t, p)
			})
		}
	}
}
