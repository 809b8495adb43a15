package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode/utf8"

	"parvis/app"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// Establishment is what the operator says of establishments.
type Establishment struct {
	Verify   VerifyEstablishment   `cmd:"" help:"Dire qu'un établissement est bien représenté par ses inscrits\u00a0; ses administrateurs en sont prévenus."`
	Unverify UnverifyEstablishment `cmd:"" help:"Revenir à «\u00a0Établissement déclaré, non vérifié\u00a0»\u00a0; ses administrateurs en sont prévenus."`
	Disputes ListDisputes          `cmd:"" help:"Énumérer les contestations d'administrateur qui attendent une décision."`
	Grant    GrantDispute          `cmd:"" help:"Donner raison à qui conteste\u00a0: cette personne administre l'établissement, les administrateurs d'avant en restent utilisateurs."`
	Reject   RejectDispute         `cmd:"" help:"Rejeter une contestation\u00a0: les administrateurs sont confirmés."`
}

// VerifyEstablishment gives the second proof of an establishment.
type VerifyEstablishment struct {
	Base
	Number string `arg:"" name:"siret" help:"Son SIRET, avec ou sans espaces\u00a0; à l'étranger, son pays et son identifiant\u00a0: BE0732829320."`
}

// UnverifyEstablishment takes it back.
type UnverifyEstablishment struct{ VerifyEstablishment }

// Run verifies.
func (c *VerifyEstablishment) Run(ctx context.Context, std Std) error { return c.say(ctx, std, true) }

// Run takes back a verification.
func (c *UnverifyEstablishment) Run(ctx context.Context, std Std) error {
	return c.say(ctx, std, false)
}

func (c *VerifyEstablishment) say(ctx context.Context, std Std, verified bool) error {
	country, number, err := numberOf(c.Number)
	if err != nil {
		return err
	}
	return c.open(ctx, std, func(a *app.App) error {
		e, changed, err := a.Profiles.Verify(ctx, access.Platform("exploitant"), country, number, verified)
		if err != nil {
			return err
		}
		fmt.Fprintln(std.Out, verdict(e, changed))
		return nil
	})
}

// verdict says what an establishment is now.
func verdict(e org.Establishment, changed bool) string {
	said := fmt.Sprintf("%s, %s\u00a0: %s.", e.CompanyName, e.Pretty(), lowerFirst(e.Status()))
	if !changed {
		return said + " Il l'était déjà."
	}
	return said + " Ses administrateurs en sont prévenus."
}

// lowerFirst puts a sentence inside another.
func lowerFirst(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToLower(s[:size]) + s[size:]
}

// open opens the platform where its data are, whether or not it is being served.
func (b Base) open(ctx context.Context, std Std, do func(*app.App) error) (err error) {
	if err := b.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: b.Data, Database: b.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return do(a)
}

var abroad = regexp.MustCompile(`(?i)^([a-z]{2})[\s:]*(\S.*)$`)

// numberOf reads the number of an establishment as the operator types it.
func numberOf(typed string) (country, number string, err error) {
	if m := abroad.FindStringSubmatch(strings.TrimSpace(typed)); m != nil && !strings.EqualFold(m[1], account.France) {
		return strings.ToUpper(m[1]), account.TidyNationalID(m[2]), nil
	}
	siret, err := refdata.ParseSIRET(typed)
	if e, ok := fault.As(err); ok {
		return "", "", fault.New(fault.Invalid, e.Text)
	}
	return account.France, siret.String(), err
}
