package public_test

import (
	"net/url"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// Whoever is signed in follows a call from its page, sees that they do, and no more; who
// was let in nowhere yet does too. Nobody else's page says it.
func TestACallIsFollowedFromItsPage(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		ids := h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie", Deadline: h.in(20)}, notice.Record{SourceID: "26-2", Title: "Voirie", Kind: notice.Award})
		path, act := "/annonces/"+ids[0], "/annonces/"+ids[0]+"/suivi"
		odile := h.join("odile@muller.example", "odile.muller")
		h.says(h.get(path), 200, "Suivre cette consultation", "Chaque changement sera envoyé à odile@muller.example", "!Vous suivez")
		h.says(h.get("/annonces/"+ids[1]), 200, "!Suivre cette consultation") // an award
		h.leadsTo(h.post(act, url.Values{"action": {"suivre"}}), path+"#suivi")
		h.says(h.get(path), 200, "Vous suivez cette consultation", "Chaque changement est envoyé à odile@muller.example", "Ne plus suivre cette consultation")
		if err := h.Watches.Tag(h.t.Context(), odile, ids[0], watch.TagForm{Choice: string(watch.Pass)}); err != nil {
			h.t.Fatal(err)
		}
		h.says(h.get(path), 200, "Votre établissement passe sur ce marché")
		h.leadsTo(h.get(act), path+"#suivi") // after a sign-in; looking changes nothing
		mine := h.token

		h.forget()
		h.join("karim@muller.example", "karim.benali") // of the same company, who waits to be let in
		h.says(h.get(path), 200, "!Vous suivez", "Chaque changement sera envoyé à karim@muller.example")
		h.leadsTo(h.post(act, url.Values{"action": {"suivre"}}), path+"#suivi")
		h.forget()
		h.token = mine
		h.leadsTo(h.post(act, url.Values{"action": {"ne-plus-suivre"}}), path+"#suivi")
		h.says(h.get(path), 200, "Vous ne suivez plus cette consultation.", "!est envoyé à")
		if n := h.count("SELECT count(*) FROM told WHERE address_key = 'karim@muller.example' AND followed_at IS NOT NULL"); n != 1 {
			h.t.Errorf("karim follows %d", n)
		}
		for _, none := range []string{"/annonces/" + db.NewID() + "/suivi", "/annonces/%00/suivi"} {
			h.says(h.post(none, url.Values{"action": {"suivre"}}), 404, "Cette annonce n'existe pas")
		}
		h.says(h.post("/annonces/"+ids[1]+"/suivi", url.Values{"action": {"suivre"}}), 422, "Seul un appel à la concurrence peut être suivi")
	})
}

// A stranger's page is the same whoever follows, and leads to the sign-in that comes back.
func TestAStrangerFollowsBySigningIn(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		ids := h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie", Deadline: h.in(20)})
		path := "/annonces/" + ids[0]
		before := h.get(path)
		h.says(before, 200, "Suivre cette consultation", "Se connecter pour la suivre", "!@")
		h.holds(before, `href="`+path+`/suivi"`, `!action="`+path+`/suivi"`)
		odile := h.join("odile@muller.example", "odile.muller")
		if err := h.Alerts.FollowOpenly(h.t.Context(), odile, ids[0], true); err != nil {
			h.t.Fatal(err)
		}
		h.forget()
		after := h.get(path)
		if after.body != before.body || after.Header.Get("Cache-Control") != "no-cache" || len(after.Cookies()) > 0 {
			h.t.Errorf("a stranger's page has changed, or is kept from caches: %v", after.Header)
		}
		p := h.get(path + "/suivi")
		where := p.Header.Get("Location")
		if p.StatusCode != 303 || !strings.HasPrefix(where, "/connexion?") {
			h.t.Fatalf("%d to %q", p.StatusCode, where)
		}
		to, err := url.Parse(where)
		if err != nil {
			h.t.Fatal(err)
		}
		p = h.post("/connexion", url.Values{"identifiant": {"odile.muller"}, "mot_de_passe": {password}, "suite": {to.Query().Get("suite")}})
		h.leadsTo(p, path+"/suivi")
		h.leadsTo(h.get(path+"/suivi"), path+"#suivi")
		h.says(h.get(path), 200, "Vous suivez cette consultation")
		h.forget()
		if p := h.post(path+"/suivi", url.Values{"action": {"suivre"}}); p.StatusCode != 303 || h.count("SELECT count(*) FROM told") != 1 {
			h.t.Errorf("a stranger's post: %d", p.StatusCode)
		}
	})
}

// The page that stops mails lists what is followed so, and ends it.
func TestTheMailOfWhatOneFollowsIsStopped(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		first := notice.Record{SourceID: "26-1", Title: "Voirie <b>", Deadline: h.in(20)}
		ids := h.record(true, first)
		odile := h.join("odile@muller.example", "odile.muller")
		if err := h.Alerts.FollowOpenly(h.t.Context(), odile, ids[0], true); err != nil {
			h.t.Fatal(err)
		}
		h.forget()
		first.Deadline = h.in(30)
		h.record(true, first)
		link := h.linkIn(h.mailTo("odile@muller.example", "Date limite reportée"), "/desabonnement/")
		p := h.get(link)
		h.says(p, 200, "Ne plus suivre une consultation", "!recevoir une veille", "odile@muller.example suit cette consultation", "Voirie <b>", "!n'existent plus")
		h.kept(p)
		h.says(h.post(link, nil), 422, "Cochez au moins une veille")
		p = h.post(link, url.Values{"action": {"ne-plus-suivre"}})
		h.says(p, 200, "Vous ne suivez plus cette consultation.", "!suit cette consultation :", "!n'existent plus")
		h.kept(p)
		if n := h.count("SELECT count(*) FROM told"); n != 0 {
			h.t.Errorf("%d lines are left", n)
		}
	})
}
