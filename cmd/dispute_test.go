package cmd_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// open opens the platform of a place, as a server beside the command line does.
func open(t *testing.T, place []string) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), configOf(place))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// signUp makes an account by the real way in.
func signUp(t *testing.T, a *app.App, name, login string) access.Actor {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	address, err := account.ParseAddress(login + "@muller.example")
	must(err)
	must(a.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: "73282932000074", CompanyName: "Menuiserie Muller", Name: name, Address: address.Text}, account.Visitor{}))
	var secret string
	must(a.DB.Write(ctx, func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, address)
		if err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	}))
	in, err := a.Orgs.Register(ctx, secret, org.RegisterForm{Login: login, Password: "rabot varlope", Confirm: "rabot varlope", From: account.Visitor{Remote: "192.0.2.17"}})
	must(err)
	by, err := a.Orgs.ActorOf(ctx, in.Session)
	must(err)
	return by
}

func TestTheOperatorDecidesWhoAdministers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		a := open(t, place)
		odile, karim := signUp(t, a, "Odile Muller", "odile"), signUp(t, a, "Karim Benali", "karim")
		decide := func(words ...string) (string, string, int) {
			t.Helper()
			return run(t, "", append(append([]string{"establishment"}, words...), place...)...)
		}
		says := func(out, errOut string, status, want int, texts ...string) {
			t.Helper()
			read := strings.ReplaceAll(out+errOut, "\u00a0", " ")
			for _, text := range texts {
				if !strings.Contains(read, text) {
					t.Errorf("it doesn't say %q:\n%s", text, read)
				}
			}
			if status != want || (errOut == "") != (want == 0) {
				t.Errorf("status %d, %s", status, errOut)
			}
		}
		contest := func() string {
			t.Helper()
			if err := a.Members.Contest(t.Context(), karim, "Odile a quitté l'entreprise.\nVoir le Kbis."); err != nil {
				t.Fatal(err)
			}
			out, errOut, status := decide("disputes")
			says(out, errOut, status, 0, "Établissement : Menuiserie Muller, SIRET 732 829 320 00074 (établissement déclaré, non vérifié)",
				"Qui conteste : Karim Benali, karim@muller.example (demande en attente)", "Administré par : Odile Muller, odile@muller.example, depuis le",
				"    Odile a quitté l'entreprise.\n    Voir le Kbis.")
			return regexp.MustCompile(`[0-9a-f-]{36}`).FindString(out)
		}
		roles := func(want string) {
			t.Helper()
			var got []string
			if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
				all, err := account.MembersOf(tx, odile.EstablishmentID)
				for _, m := range all {
					got = append(got, string(m.ActingRole()))
				}
				return err
			}); err != nil || strings.Join(got, " ") != want {
				t.Errorf("%v (%v), want %s", got, err, want)
			}
		}

		out, errOut, status := decide("disputes")
		says(out, errOut, status, 0, "Aucune contestation n'attend de décision.")
		out, errOut, status = decide("grant", "rien")
		says(out, errOut, status, 1, "Il n'y a pas de contestation de ce numéro")

		id := contest()
		out, errOut, status = decide("reject", id)
		says(out, errOut, status, 0, "La contestation de Karim Benali est rejetée : rien ne change pour Menuiserie Muller, SIRET 732 829 320 00074.")
		roles("admin newcomer")
		out, errOut, status = decide("grant", id)
		says(out, errOut, status, 1, "Cette contestation est déjà close.")

		out, errOut, status = decide("grant", contest())
		says(out, errOut, status, 0, "Karim Benali administre maintenant Menuiserie Muller, SIRET 732 829 320 00074. Un message part à chacun.")
		roles("user admin")
		out, errOut, status = decide("disputes")
		says(out, errOut, status, 0, "Aucune contestation n'attend de décision.")
	})
}

func TestTheOperatorsAddressIsReadAtTheStart(t *testing.T) {
	_, errOut, status := run(t, "", "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--operator-mail", "Paul <paul@")
	if status != 1 || !strings.Contains(errOut, "donnez-en une autre par --operator-mail") {
		t.Errorf("status %d: %s", status, errOut)
	}
}
