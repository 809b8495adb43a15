package app_test

import (
	"context"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"parvis/app"
	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// platform is a running Parvis with its mailbox and a clock that moves.
type platform struct {
	*app.App
	url   string
	box   *mailbox.Mailbox
	clock *clock.Movable
}

// start runs a platform on a database for the length of the test.
func start(t *testing.T, dialect db.Dialect, change ...func(*app.Config)) *platform {
	t.Helper()
	return startAs(t, dialect, "127.0.0.1", change...)
}

// startAs runs a platform that people reach by a name of this machine.
func startAs(t *testing.T, dialect db.Dialect, host string, change ...func(*app.Config)) *platform {
	t.Helper()
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{url: "http://" + net.JoinHostPort(host, port), box: box, clock: &clock.Movable{}}
	p.clock.Move(time.Until(dbtest.Start))
	database := ""
	if dialect == db.Postgres {
		database = dbtest.URL(t, dialect)
	}
	ctx, stop := context.WithCancel(context.Background())
	config := app.Config{
		Data: t.TempDir(), Database: database, SMTP: "smtp://" + box.Addr() + "?starttls=no", BaseURL: p.url,
		Clock: p.clock, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for _, f := range change {
		f(&config)
	}
	p.App, err = app.Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		_ = box.Close()
	})
	awaitPage(t, p.url+"/sante")
	return p
}

// publish takes in a call as the daily fetch would.
func (p *platform) publish(t *testing.T, r notice.Record) {
	t.Helper()
	r.Source, r.Kind, r.PublishedOn = "boamp", notice.Contract, p.clock.Now().In(clock.Paris).Format(time.DateOnly)
	if r.Deadline == 0 {
		r.Deadline = clock.At(dbtest.Start.AddDate(0, 0, 21))
	}
	if _, err := p.Notices.Record(t.Context(), access.Platform("test"), []notice.Record{r}, true); err != nil {
		t.Fatal(err)
	}
}

// mail waits for a message to an address whose subject holds a text.
func (p *platform) mail(t *testing.T, to, subject string) mailbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	m, err := p.box.Wait(ctx, func(m mailbox.Message) bool { return m.To[0] == to && strings.Contains(m.Subject, subject) })
	if err != nil {
		for _, m := range p.box.Messages() {
			t.Logf("received: %s: %s", m.To, m.Subject)
		}
		t.Fatalf("no mail « %s » to %s: %v", subject, to, err)
	}
	return m
}

// link finds the address of a page in a mail.
func link(t *testing.T, m mailbox.Message, path string) string {
	t.Helper()
	found := regexp.MustCompile(`http://\S*` + regexp.QuoteMeta(path) + `\S+`).FindString(m.Text)
	if found == "" {
		t.Fatalf("no link to %s in:\n%s", path, m.Text)
	}
	return found
}

// look has a page checked and pictured at both widths.
func look(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	for _, v := range []struct {
		width, height int
		suffix        string
	}{{1280, 900, "-1280"}, {375, 812, "-375"}} {
		p.Viewport(v.width, v.height)
		browsertest.Axe(t, p)
		browsertest.Screenshot(t, p, name+v.suffix)
		if wide := p.MustEval("() => document.documentElement.scrollWidth").Int(); wide > v.width {
			t.Errorf("%s is %d px wide in a window of %d", name, wide, v.width)
		}
	}
	p.Viewport(0, 0)
}

// keys types as a person does: Tab reaches the next control, text is typed.
func keys(p *browsertest.Page, steps ...any) {
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			p.MustInsertText(s)
		case input.Key:
			p.Keyboard.MustType(s)
		}
	}
}

// submit presses Enter in the focused field and waits for the next page.
func submit(p *browsertest.Page) {
	p.Leads(func() { p.Keyboard.MustType(input.Enter) })
}

// click presses the button or link of this text and waits for the next page.
func click(p *browsertest.Page, selector, text string) {
	p.Leads(func() { p.MustElementR(selector, text).MustClick() })
}

func text(p *browsertest.Page) string { return p.MustElement("body").MustText() }

// must fails unless the page says each of these.
func must(t *testing.T, p *browsertest.Page, words ...string) {
	t.Helper()
	// A no-break space reads as a space.
	said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text(p))
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%s does not say « %s »; it says:\n%s", p.MustInfo().URL, w, said)
		}
	}
}

// TestFromTheFirstPageToTheMail is the product as a company lives it: it signs up,
// describes a watch, sees what it finds, a colleague agrees to hear of it too, a
// notice is published, both are told why, and one of them stops.
func TestFromTheFirstPageToTheMail(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			p := start(t, dialect)
			b := browsertest.New(t)
			p.publish(t, notice.Record{
				SourceID: "26-1001", Title: "Réfection des menuiseries du gymnase", Reference: "2026-T-001",
				Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100", City: "Valmont"}, Departments: []string{"67"},
			})
			signsUp(t, p, b)
			describesAWatch(t, p, b)
			colleagueAgrees(t, p, b)
			hears(t, p, b)
			stops(t, p, b)
		})
	}
}

func signsUp(t *testing.T, p *platform, b *browsertest.Browser) {
	page := b.Page(p.url + "/")
	look(t, page, "accueil")
	click(page, "a", "Créer un compte")
	page.Focus("#siret")
	keys(page, "123 456 782 00003") // its check digit is wrong
	page.Focus("#entreprise")
	keys(page, "Menuiserie Muller")
	page.Focus("#nom")
	keys(page, "Odile Muller")
	page.Focus("#adresse")
	keys(page, "odile muller@exemple")
	submit(page)
	page.AllowErrors("422")
	must(t, page, "SIRET")
	if got := page.MustElement("#nom").MustProperty("value").Str(); got != "Odile Muller" {
		t.Errorf("the name typed became %q", got)
	}
	if page.MustElement("#siret").MustAttribute("aria-invalid") == nil || page.MustElement("#adresse").MustAttribute("aria-invalid") == nil {
		t.Error("the fields at fault are not marked")
	}
	look(t, page, "inscription-refusee")
	page.MustElement("#siret").MustSelectAllText().MustInput("123 456 782 00002")
	page.MustElement("#adresse").MustSelectAllText().MustInput("odile@menuiserie-muller.example")
	submit(page)
	must(t, page, "Un message vient de vous être envoyé")
	look(t, page, "inscription-envoyee")

	m := p.mail(t, "odile@menuiserie-muller.example", "Terminez votre inscription")
	page = b.Page(link(t, m, "/inscription/"))
	must(t, page, "Menuiserie Muller")
	look(t, page, "inscription-terminer")
	page.MustElement("#identifiant").MustSelectAllText().MustInput("odile.muller")
	page.Focus("#mot_de_passe")
	keys(page, "trois petits rabots")
	page.Focus("#confirmation")
	keys(page, "trois petits rabots")
	submit(page)
	must(t, page, "Mon espace de dématérialisation", "Établissement déclaré, non vérifié")
	look(t, page, "espace")
	// The link has served: it opens nothing any more.
	again := b.Page(link(t, m, "/inscription/"))
	again.AllowErrors("404")
	must(t, again, "n'est plus valable")
}

func describesAWatch(t *testing.T, p *platform, b *browsertest.Browser) {
	page := b.Page(p.url + "/entreprise/veilles")
	must(t, page, "Mes veilles des marchés", "Liste des marchés correspondant à mes critères de recherche",
		"Vous n'avez pas encore paramétré de veille de marché", "Retour à mon espace candidat")
	look(t, page, "veilles-vide")
	click(page, "a", "Créer une nouvelle veille")
	look(t, page, "veille-nouvelle")
	page.Focus("#nom")
	keys(page, "Menuiseries Bas-Rhin", input.Tab, "de bx menuiserie")
	submit(page)
	page.AllowErrors("422")
	must(t, page, "Le mot « bx » compte moins de 3 caractères")
	look(t, page, "veille-refusee")
	page.MustElement("#mots_cles").MustSelectAllText().MustInput("de menuiserie bardage")
	page.MustElementR("label", "Filtrer par numéro ou par nom").MustClick()
	keys(page, "67", input.Enter)
	page.Focus("input[name=rythme][value=immediate]")
	keys(page, input.Space)
	page.MustElementR("button", "Ajouter un destinataire").MustClick()
	page.MustElement("input[name=destinataire]").MustInput("devis@menuiserie-muller.example")
	look(t, page, "veille-remplie")
	click(page, "button", "Valider la création de ma veille")
	must(t, page, "Menuiseries Bas-Rhin", "Mots clés :", "menuiserie", "Bas-Rhin (67)", "dès la publication", "Active", "à confirmer",
		"1 élément correspond à vos critères de recherche", "Réfection des menuiseries du gymnase", "Ville de Valmont", "2026-T-001")
	if marked := page.MustElement("mark").MustText(); marked != "menuiseries" {
		t.Errorf("marked %q", marked)
	}
	look(t, page, "veilles")
	click(page, "a", "Modifier")
	must(t, page, "Enregistrer les modifications")
	look(t, page, "veille-modifier")
}

func colleagueAgrees(t *testing.T, p *platform, b *browsertest.Browser) {
	m := p.mail(t, "devis@menuiserie-muller.example", "Souhaitez-vous recevoir")
	page := b.Page(link(t, m, "/confirmation/"))
	must(t, page, "Menuiserie Muller", "Menuiseries Bas-Rhin")
	look(t, page, "confirmation")
	click(page, "button", "Accepter")
	look(t, page, "confirmation-acceptee")
	page = b.Page(p.url + "/entreprise/veilles")
	if strings.Contains(text(page), "à confirmer") {
		t.Error("the address has agreed and is still shown as waiting")
	}
}

func hears(t *testing.T, p *platform, b *browsertest.Browser) {
	p.publish(t, notice.Record{
		SourceID: "26-1002", Title: "Construction d'une école maternelle", Reference: "2026-T-044",
		Buyer:       notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "67200", City: "Hautval"},
		Departments: []string{"67"}, Lots: []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "7", Title: "Bardage bois"}},
		VisitAt: clock.At(dbtest.Start.AddDate(0, 0, 7)),
	})
	p.publish(t, notice.Record{SourceID: "26-1003", Title: "Fourniture de repas", Buyer: notice.BuyerRecord{Name: "EHPAD des Tilleuls"}, Departments: []string{"67"}})
	for _, to := range []string{"odile@menuiserie-muller.example", "devis@menuiserie-muller.example"} {
		m := p.mail(t, to, "Nouveau marché")
		said := strings.NewReplacer("\u00a0", " ", "\r\n", "\n").Replace(m.Text)
		for _, w := range []string{"Construction d'une école maternelle", "Commune de Hautval", "2026-T-044", "Lot 7 : Bardage bois",
			"Visite obligatoire le mardi 1er décembre 2026 à 10 h 00", "Date limite : mardi 15 décembre 2026 à 10 h 00 (dans 21 jours)",
			"Pourquoi vous recevez cet avis :\n- veille « Menuiseries Bas-Rhin », sur « bardage »"} {
			if !strings.Contains(said, w) {
				t.Errorf("the mail to %s does not say « %s »:\n%s", to, w, said)
			}
		}
		if strings.Contains(said, "Gros œuvre") || strings.Contains(said, "repas") || !strings.Contains(m.HTML, "Bardage bois") {
			t.Errorf("the mail to %s says what does not concern them, or not in both forms:\n%s", to, said)
		}
		page := b.Page(link(t, m, "/annonces/"))
		must(t, page, "Construction d'une école maternelle", "Commune de Hautval", "Gros œuvre", "Bardage bois")
		look(t, page, "annonce")
	}
	page := b.Page(p.url + "/annonces?mots_cles=bardage&departement=67")
	must(t, page, "Construction d'une école maternelle")
	look(t, page, "annonces")
}

func stops(t *testing.T, p *platform, b *browsertest.Browser) {
	m := p.mail(t, "devis@menuiserie-muller.example", "Nouveau marché")
	page := b.Page(link(t, m, "/desabonnement/"))
	must(t, page, "Menuiseries Bas-Rhin")
	look(t, page, "desabonnement")
	click(page, "button", "Ne plus recevoir")
	look(t, page, "desabonnement-fait")
	page = b.Page(p.url + "/entreprise/veilles")
	must(t, page, "désabonnée")
	p.publish(t, notice.Record{SourceID: "26-1004", Title: "Bardage du gymnase", Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100"}, Departments: []string{"67"}})
	p.mail(t, "odile@menuiserie-muller.example", "Bardage du gymnase")
	for _, m := range p.box.Messages() {
		if m.To[0] == "devis@menuiserie-muller.example" && strings.Contains(m.Subject, "Bardage du gymnase") {
			t.Error("who has unsubscribed was mailed")
		}
	}
	click(page, "button", "Se déconnecter")
	page = b.Page(p.url + "/entreprise/veilles")
	must(t, page, "Connectez-vous")
	look(t, page, "connexion")
}
