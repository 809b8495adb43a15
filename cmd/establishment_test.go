package cmd_test

import (
	"log/slog"
	"strings"
	"testing"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// signUpAt makes an account where the data are.
func signUpAt(t *testing.T, place []string, form account.SignUpForm, login string) {
	t.Helper()
	config := app.Config{Data: place[1], Log: slog.New(slog.DiscardHandler)}
	if len(place) > 2 {
		config.Database = place[3]
	}
	a, err := app.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := a.Accounts.AskSignUp(t.Context(), form, account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	var secret string
	if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
		address, err := account.ParseAddress(form.Address)
		if err != nil {
			return err
		}
		asked, err := account.LastSignUp(tx, address)
		if err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Orgs.Register(t.Context(), secret, org.RegisterForm{Login: login, Password: "rabot varlope", Confirm: "rabot varlope"}); err != nil {
		t.Fatal(err)
	}
}

func TestAnOperatorVerifiesAnEstablishment(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		signUpAt(t, place, account.SignUpForm{SIRET: "73282932000074", CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: "odile@exemple.fr"}, "odile")
		signUpAt(t, place, account.SignUpForm{Country: "BE", NationalID: "0732.829.320", CompanyName: "Arlon Bois", Name: "Luc", Address: "luc@exemple.be"}, "luc")
		for _, c := range []struct {
			act, number string
			status      int
			says        string
		}{
			{"verify", "732 829 320 00074", 0, "Menuiserie Muller, SIRET 732 829 320 00074 : établissement vérifié. Ses administrateurs en sont prévenus."},
			{"verify", "73282932000074", 0, "Menuiserie Muller, SIRET 732 829 320 00074 : établissement vérifié. Il l'était déjà."},
			{"unverify", "73282932000074", 0, "Menuiserie Muller, SIRET 732 829 320 00074 : établissement déclaré, non vérifié. Ses administrateurs en sont prévenus."},
			{"unverify", "73282932000074", 0, "établissement déclaré, non vérifié. Il l'était déjà."},
			{"verify", "BE 0732.829.320", 0, "Arlon Bois, BE 0732829320 : établissement vérifié."},
			{"verify", "be0732829320", 0, "Il l'était déjà."},
			{"verify", "73282932000082", 1, "Personne n'est inscrit sur cette plateforme avec ce numéro."},
			{"verify", "73282932000075", 1, "Ce numéro SIRET est inexact"},
			{"unverify", "DE1", 1, "Personne n'est inscrit"},
			{"verify", "Muller", 1, "Personne n'est inscrit"},
			{"verify", "", 1, "Indiquez un numéro SIRET"},
		} {
			out, errOut, status := run(t, "", append([]string{"establishment", c.act, c.number}, place...)...)
			if said := strings.ReplaceAll(out+errOut, "\u00a0", " "); status != c.status || !strings.Contains(said, c.says) {
				t.Errorf("%s %q: status %d, %s", c.act, c.number, status, said)
			}
		}
	})
}

func TestTheDirectoryIsAnAddress(t *testing.T) {
	_, errOut, status := run(t, "", "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--directory", "annuaire")
	if status != 1 || !strings.Contains(errOut, "L'annuaire des entreprises donné par --directory n'est pas compris") {
		t.Errorf("status %d, %s", status, errOut)
	}
}
