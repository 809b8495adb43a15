package company_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

func TestZZLook(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	p := open(t, d)
	p.record(
		call{id: "26-1", title: "Travaux de menuiserie, voirie et réseaux", reference: "2026-T-041", buyer: "Ville de Sélestat", departments: []string{"67"},
			deadline: time.Date(2026, 11, 26, 12, 0, 0, 0, clock.Paris)},
		call{id: "26-2", title: "Construction d'un gymnase", buyer: "Commune de Barr", departments: []string{"974"},
			deadline: time.Date(2026, 12, 20, 16, 0, 0, 0, clock.Paris),
			lots:     []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiseries bois"}, {Number: "3", Title: "Bardage"}}},
	)
	p.record(numbered(45, "Menuiserie")...)
	odile := p.join(muller, "odile")
	w := odile.watch(watch.Form{Name: "Bois Bas-Rhin", Keywords: "menuiserie bardage", Active: true, Recipients: []string{"devis@muller.example"}})
	odile.watch(watch.Form{Name: "Routes", Keywords: "voirie", Active: true, Frequency: "immediate", Departments: []string{"67", "68"}})
	odile.watch(watch.Form{Name: "Jardins", AcceptEmpty: true})
	p.write(func(tx *db.Tx) error { return watch.Fail(tx, "odile@muller.example") })
	emile := p.join(muller, "emile")
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > 8 && r.URL.Path[:8] == "/static/" {
			ui.Assets().ServeHTTP(rw, r)
			return
		}
		who := odile
		if r.URL.Query().Has("emile") {
			who = emile
		}
		r.Header.Del("Cookie")
		r.AddCookie(&http.Cookie{Name: "parvis-session", Value: who.cookies["parvis-session"]})
		if r.URL.Query().Has("bad") {
			f := filled("nom", "", "mots_cles", "bx", "heure", "25", "destinataire", "paul@", "departement", "67", "organisme-saisi", "menui")
			r2 := httptest.NewRequest("POST", watchesPage, nil)
			r2.PostForm, r2.Form = f, f
			r2.Header = r.Header
			p.server.ServeHTTP(rw, r2)
			return
		}
		p.server.ServeHTTP(rw, r)
	}))
	defer s.Close()
	b := browsertest.New(t)
	for name, path := range map[string]string{"space": "/entreprise", "newcomer": "/entreprise?emile", "empty": "/entreprise/veilles?emile", "list": "/entreprise/veilles",
		"new": "/entreprise/veilles/nouvelle", "edit": "/entreprise/veilles/" + w.ID + "/modifier", "delete": "/entreprise/veilles/" + w.ID + "/supprimer", "bad": "/x?bad"} {
		for vn, v := range map[string]browsertest.View{"desk": browsertest.Desktop, "phone": browsertest.Narrow.InDark()} {
			t.Run(name+vn, func(t *testing.T) {
				pg := b.Page(s.URL+path, v)
				browsertest.Screenshot(t, pg, name+"-"+vn)
				pg.AllowErrors("422")
				browsertest.Axe(t, pg)
				if over := pg.MustEval(`() => document.documentElement.scrollWidth - innerWidth`).Int(); over > 0 {
					t.Errorf("%d px too wide", over)
				}
			})
		}
	}
}
