package app_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// TestEveryLinkOfAMailLeadsSomewhere opens all the links of an alert: those that are the
// reader's own open without an account, those that are the company's ask to sign in, and
// then open; and looking changes nothing.
func TestEveryLinkOfAMailLeadsSomewhere(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			p := start(t, dialect)
			odile := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
			form := watch.Form{Name: "Menuiseries", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "immediate", Hour: 7}
			form.Refine.CPV = []string{"45421000"}
			if _, err := p.Watches.Create(t.Context(), odile.Actor, form); err != nil {
				t.Fatal(err)
			}
			p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiserie de la halle", Departments: []string{"67"}, CPV: []string{"45421100"}})
			m := p.mail(t, odile.Address, "Nouveau marché")
			v := &village{platform: p, t: t}
			before := p.state(t)
			links := slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`http://\S+`).FindAllString(m.Text, -1))))
			seen := map[string]bool{}
			for _, address := range links {
				u, err := url.Parse(address)
				if err != nil || !strings.HasPrefix(address, p.url+"/") {
					t.Errorf("%s: %v", address, err)
					continue
				}
				if !strings.Contains(m.HTML, strings.ReplaceAll(address, "&", "&amp;")) {
					t.Errorf("the HTML has no link to %s", address)
				}
				path := u.RequestURI()
				company := strings.HasPrefix(path, "/entreprise/")
				stranger := v.ask(&caller{}, "GET", path, nil)
				switch {
				case company && (stranger.status != 303 || !strings.HasPrefix(stranger.header.Get("Location"), "/connexion")):
					t.Errorf("%s: a visitor gets %d %s", path, stranger.status, stranger.header.Get("Location"))
				case !company && stranger.status != 200:
					t.Errorf("%s: a visitor gets %d", path, stranger.status)
				}
				if got := v.ask(&caller{person: odile}, "GET", path, nil); got.status != 200 && got.status != 303 {
					t.Errorf("%s: its reader gets %d", path, got.status)
				}
				for _, part := range []string{"exclure-mot", "exclure-organisme", "exclure-cpv", "calendrier.ics", "/suivi/", "/desabonnement/", "#pause"} {
					seen[part] = seen[part] || strings.Contains(address, part)
				}
			}
			for part, there := range seen {
				if !there {
					t.Errorf("no link of the mail has %s", part)
				}
			}
			if after := p.state(t); after != before {
				t.Errorf("looking has changed something: %v became %v", before, after)
			}
		})
	}
}

// state is what the links of a mail could change.
func (p *platform) state(t *testing.T) (out [4]int) {
	t.Helper()
	for i, query := range []string{"SELECT sum(version) FROM watch", "SELECT count(*) FROM watch_recipient WHERE stopped_at IS NOT NULL",
		"SELECT count(*) FROM told WHERE followed_at IS NOT NULL", "SELECT count(*) FROM outbox"} {
		if err := p.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&out[i], query) }); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
