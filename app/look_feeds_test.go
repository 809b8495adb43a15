package app_test

import (
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// TestPagesOfFeedsLookRight visits what lets a watch be read elsewhere, whatever it is
// called.
func TestPagesOfFeedsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	saved, err := p.Watches.Create(t.Context(), who.Actor, watch.Form{Name: hostile, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
	if err != nil {
		t.Fatal(err)
	}
	page := p.signedIn(t, b, who, "/entreprise/veilles/"+saved.ID+"/flux")
	everywhere(t, page, "flux")
	page.Leads(func() { page.MustElement("input[value=agenda] ~ button").MustClick() })
	everywhere(t, page, "flux-adresse")
	visit(page, p.url+"/entreprise/veilles/"+saved.ID+"/flux")
	look(t, page, "flux-cree")
	click(page, "a", "Remplacer")
	look(t, page, "flux-remplacer")
}

// TestPagesOfWebhooksLookRight visits webhooks in every state, with what hostile
// receivers answer.
func TestPagesOfWebhooksLookRight(t *testing.T) {
	w := listenTool(t)
	p := start(t, db.SQLite, w.reached)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	saved, err := p.Watches.Create(t.Context(), who.Actor, watch.Form{Name: hundred[:100], Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
	if err != nil {
		t.Fatal(err)
	}
	base := "/entreprise/veilles/" + saved.ID + "/webhooks"
	page := p.signedIn(t, b, who, base)
	page.AllowErrors("422")
	everywhere(t, page, "webhooks-vide")
	page.MustElement("#adresse").MustInput("http://127.0.0.1/")
	click(page, "button", "Ajouter le webhook")
	everywhere(t, page, "webhooks-refuse")
	page.MustElement("#adresse").MustSelectAllText().MustInput("https://" + toolName + "/" + strings.ToLower(unbreakable))
	w.mu.Lock() // the trial waits until the secret is read
	click(page, "button", "Ajouter le webhook")
	w.secret = page.MustElement(".secret").MustText()
	w.mu.Unlock()
	everywhere(t, page, "webhooks-secret")
	w.did("test")
	p.awaitHook(t, "SELECT count(*) FROM webhook WHERE confirmed_at IS NOT NULL")
	p.take(t, notice.Record{SourceID: "26-1", Title: "Menuiseries " + unbreakable, Departments: []string{"67"}, Deadline: inDays(9)})
	_, hooks, err := p.Webhooks.List(t.Context(), who.Actor, saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	id := hooks[0].ID
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
		var n string
		if err := tx.One(&n, "SELECT id FROM notice"); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO webhook_delivery (id, webhook_id, notice_id, revision, reason, cancelled, created_at, due_at, expires_at, attempts, tried_at, status, answer)
			VALUES ($1, $2, $3, 0, 'matched', $4, $5, $6, $6, 3, $5, 503, $7)`, db.NewID(), id, n, false, tx.Now, int64(tx.Now)+86_400_000, hostile+strings.Repeat("é", 100))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+base)
	everywhere(t, page, "webhooks")
	visit(page, p.url+base+"/"+id)
	everywhere(t, page, "webhook")
	visit(page, p.url+base+"/"+id+"/supprimer")
	look(t, page, "webhook-supprimer")
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE webhook SET suspended_at = $1, failing_since = $1", tx.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+base+"/"+id)
	everywhere(t, page, "webhook-suspendu")
	visit(page, p.url+"/entreprise/veilles")
	must(t, page, "est suspendu")
	look(t, page, "veilles-webhook-suspendu")
}

// TestPagesOfAssistanceLookRight reads the guide.
func TestPagesOfAssistanceLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	page := b.Page(p.url + "/assistance")
	everywhere(t, page, "assistance")
	for _, chapter := range []string{"veille", "webhooks"} {
		visit(page, p.url+"/assistance/"+chapter)
		everywhere(t, page, "assistance-"+chapter)
	}
	visit(page, p.url+"/assistance/veille#affiner")
	if at := page.MustEval(`() => Math.abs(document.getElementById("affiner").getBoundingClientRect().top) < innerHeight`).Bool(); !at {
		t.Error("an anchor leads nowhere")
	}
}

// TestMyComputerIsTested runs the page of tests in a real browser: everything suits, but
// a clock of three minutes ahead is said to be wrong, with what to do.
func TestMyComputerIsTested(t *testing.T) {
	p := start(t, db.SQLite)
	p.clock.Move(-p.clock.Shift()) // as the browser's
	b := browsertest.New(t)
	page := b.Page(p.url + "/test-poste")
	page.Until(`!document.querySelector("[data-rapport]").hidden`)
	states := func() map[string]string {
		out := map[string]string{}
		for name, v := range page.MustEval(`() => Object.fromEntries([...document.querySelectorAll("[data-essai]")].map(l => [l.dataset.essai, l.querySelector("[data-etat]").textContent.trim()]))`).Map() {
			out[name] = v.Str()
		}
		return out
	}
	got := states()
	for _, name := range []string{"javascript", "temoins", "heure", "fichiers", "chiffrement", "flux", "descendant", "montant"} {
		if got[name] != "Convient" {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	report := page.MustElement("textarea").MustProperty("value").Str()
	for _, says := range []string{"Parvis, test du poste", "Heure du poste : Convient. Moins d'une seconde d'écart", "Débit en envoi : Convient.", "Mbit/s"} {
		if !strings.Contains(report, says) {
			t.Errorf("the report doesn't say %q:\n%s", says, report)
		}
	}
	everywhere(t, page, "test-poste")
	p.clock.Move(-3 * 60e9)
	page.MustElement("[data-encore]").MustClick()
	page.Until(`document.querySelector("[data-essai=heure] [data-etat]").textContent.trim() === "Ne convient pas"`)
	page.Until(`!document.querySelector("[data-encore]").hidden`)
	if line := page.MustElement("[data-essai=heure]").MustText(); !strings.Contains(line, "180 s en avance sur le serveur") || !strings.Contains(line, "Que faire\u00a0: Réglez l'horloge") {
		t.Errorf("%q", line)
	}
	must(t, page, "Une ligne demande votre attention.")
	everywhere(t, page, "test-poste-heure")
}
