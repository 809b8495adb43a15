package cmd_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parvis/kit/mail/mailbox"
	"parvis/kit/totp"
	"parvis/procurement/account"
)

// TestWhoLostEverythingIsHelpedBesideAServer takes the factors of somebody away while a
// platform serves: they sign in with their password alone, and its server tells them.
func TestWhoLostEverythingIsHelpedBesideAServer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		const address, password = "personne@entreprise.example", "un mot de passe assez long"
		a, box := serveHere(t, place, address, "voirie")
		from := account.Visitor{Remote: "127.0.0.1", Browser: "test"}
		signIn := func() account.Entry {
			in, err := a.Accounts.SignIn(t.Context(), "une.personne", password, from)
			if err != nil {
				t.Fatal(err)
			}
			return in
		}
		help := func(who string) (string, string, int) {
			return run(t, "", append([]string{"account", "forget-factors", who}, place...)...)
		}
		if out, errOut, status := help("une.personne"); status != 1 || out != "" || !strings.Contains(errOut, "pas de double authentification") {
			t.Errorf("nothing to take away: %d %s%s", status, out, errOut)
		}
		session := signIn().Session
		if err := a.Accounts.BeginApplication(t.Context(), session, password, from); err != nil {
			t.Fatal(err)
		}
		draft, err := a.Accounts.ApplicationDraft(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		code, err := totp.Code(draft.Secret, totp.StepAt(a.DB.Clock.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Accounts.AddApplication(t.Context(), session, code); err != nil {
			t.Fatal(err)
		}
		if in := signIn(); in.Session != "" {
			t.Fatal("the password alone opens a session")
		}
		if out, errOut, status := help("inconnue"); status != 1 || out != "" || !strings.Contains(errOut, "Personne n'a cet identifiant") {
			t.Errorf("nobody: %d %s%s", status, out, errOut)
		}
		out, errOut, status := help(address)
		if status != 0 || errOut != "" || !strings.Contains(out, "Une Personne (une.personne) se connecte de nouveau") {
			t.Errorf("%d %s%s", status, out, errOut)
		}
		if in := signIn(); in.Session == "" {
			t.Error("the password does not open a session again")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if _, err := box.Wait(ctx, func(m mailbox.Message) bool {
			return m.To[0] == address && strings.Contains(m.Subject, "double authentification a été retirée")
		}); err != nil {
			t.Errorf("its owner is not told: %v", err)
		}
	})
}
