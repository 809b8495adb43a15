package cmd_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// serveHere runs a platform in this process, beside which commands are typed. One
// company watches for a word.
func serveHere(t *testing.T, place []string, address, word string) (*app.App, *mailbox.Mailbox) {
	t.Helper()
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := configOf(place)
	c.SMTP, c.BaseURL = "smtp://"+box.Addr()+"?starttls=no", "http://"+l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	watcher(t, a, address, word) // before mails leave: the one with the link would be the only valid one
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		_ = box.Close()
	})
	return a, box
}

// configOf is what the options say.
func configOf(place []string) app.Config {
	c := app.Config{Data: place[1], Log: slog.New(slog.DiscardHandler)}
	if len(place) > 2 {
		c.Database = place[3]
	}
	return c
}

// watcher makes a company whose watch hears of a word at once.
func watcher(t *testing.T, a *app.App, address, word string) {
	t.Helper()
	ctx := t.Context()
	if err := a.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: "12345678200002", CompanyName: "Voirie Test", Name: "Une Personne", Address: address}, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	parsed, err := account.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	var token string
	if err := a.DB.Write(ctx, func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, parsed)
		if err != nil {
			return err
		}
		token, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	const password = "un mot de passe assez long"
	in, err := a.Orgs.Register(ctx, token, org.RegisterForm{Login: "une.personne", Password: password, Confirm: password, From: account.Visitor{Remote: "127.0.0.1", Browser: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	by, err := a.Orgs.ActorOf(ctx, in.Session)
	if err != nil {
		t.Fatal(err)
	}
	form := watch.Form{Name: "Au fil de l'eau", Keywords: word, Mode: "any", Active: true, Frequency: string(watch.Immediate), Hour: 7}
	if _, err := a.Watches.Create(ctx, by, form); err != nil {
		t.Fatal(err)
	}
}

// TestOnlyAnImportThatAlertsTellsCompanies imports into a platform that serves,
// with and without --alert.
func TestOnlyAnImportThatAlertsTellsCompanies(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		const address = "personne@entreprise.example"
		a, box := serveHere(t, place, address, "voirie")
		today := time.Now().Format(time.DateOnly)
		soon, past := time.Now().AddDate(0, 0, 30).Format("2006-01-02T15:04"), time.Now().AddDate(0, 0, -3).Format("2006-01-02T15:04")
		silent := line("26-1", "Voirie du bourg", "dateparution", today, "x_date_limite_locale", soon)
		imports(t, place, silent, "-", counts{read: 1, new: 1})
		told := silent + // known: nobody hears of it
			line("26-2", "Voirie close", "dateparution", "2026-01-05", "x_date_limite_locale", past) +
			line("26-3", "Toiture", "dateparution", today, "x_date_limite_locale", soon) +
			line("26-4", "Voirie attribuée", "dateparution", today, "nature", "ATTRIBUTION") +
			line("26-5", "Voirie du port", "dateparution", today, "x_date_limite_locale", soon)
		imports(t, place, told, "-", counts{read: 5, new: 4, same: 1}, "--alert")
		// The last one comes after all the others have been dealt with.
		imports(t, place, line("26-6", "Voirie de la fin", "dateparution", today, "x_date_limite_locale", soon), "-", counts{read: 1, new: 1}, "--alert")
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for _, title := range []string{"Voirie du port", "Voirie de la fin"} {
			if _, err := box.Wait(ctx, func(m mailbox.Message) bool { return m.To[0] == address && strings.Contains(m.Text, title) }); err != nil {
				t.Fatalf("no mail tells of %q: %v", title, err)
			}
		}
		for _, m := range box.Messages() {
			for _, title := range []string{"Voirie du bourg", "Voirie close", "Toiture", "Voirie attribuée"} {
				if strings.Contains(m.Text, title) {
					t.Errorf("a mail tells of %q", title)
				}
			}
		}
		// The search of the running server knows what another process took in.
		eventually(t, "the search to know of the import", func() bool { return found(t, a.Notices, "voirie") == 5 })
	})
}

func TestAlertsByTheEnvironment(t *testing.T) {
	place := where(t, db.SQLite)
	t.Setenv("PARVIS_DATA", place[1])
	t.Setenv("PARVIS_ALERT", "1")
	if _, errOut, status := run(t, line("26-1", "Voirie"), "import", "boamp", "-"); status != 0 {
		t.Fatal(errOut)
	}
	t.Setenv("PARVIS_ALERT", "0")
	if _, errOut, status := run(t, line("26-2", "Voirie"), "import", "boamp", "-"); status != 0 {
		t.Fatal(errOut)
	}
	var alerts []bool
	for _, r := range recordedEvents(t, openDatabase(t, place)) {
		alerts = append(alerts, r.Alerts)
	}
	if len(alerts) != 2 || !alerts[0] || alerts[1] {
		t.Errorf("alerts %v", alerts)
	}
}
