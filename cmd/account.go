package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"parvis/app"
	"parvis/procurement/access"
)

// Account is what an operator does for the holder of an account.
type Account struct {
	ForgetFactors ForgetFactors `cmd:"" name:"forget-factors" help:"Retirer la double authentification de qui a tout perdu, une fois son identité vérifiée."`

	SuspendAddress SuspendAddress `cmd:"" name:"suspend-address" help:"Ne plus envoyer d'alertes à une adresse dont un avis de non-remise est revenu."`
}

// ForgetFactors takes away the second factors of one person.
type ForgetFactors struct {
	Base
	Identifier string `arg:"" name:"identifiant" help:"Identifiant ou adresse électronique de la personne. Un message la prévient."`
}

// Run takes them away and says whose they were.
func (c *ForgetFactors) Run(ctx context.Context, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who, err := a.Accounts.ForgetFactors(ctx, access.Platform("parvis account forget-factors"), c.Identifier)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s (%s) se connecte de nouveau avec son seul mot de passe. Ses sessions sont fermées, et un message l'en prévient.\n", who.Name, who.Login)
	return nil
}

// SuspendAddress stops the alerts of an address that a bounce has come back for, after the
// relay had taken the mail: nothing here reads those, only whoever opens the mailbox of
// the sender does.
type SuspendAddress struct {
	Base
	Address string `arg:"" name:"adresse" help:"Adresse que l'avis de non-remise nomme. Ceux dont les veilles lui écrivaient sont prévenus."`
}

// Run suspends it and says how many watches it received.
func (c *SuspendAddress) Run(ctx context.Context, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	n, err := a.Alerts.Suspend(ctx, access.Platform("parvis account suspend-address"), c.Address)
	switch {
	case err != nil:
		return err
	case n == 1:
		fmt.Fprintf(std.Out, "%s ne reçoit plus la veille à laquelle cette adresse était abonnée.\n", c.Address)
	default:
		fmt.Fprintf(std.Out, "%s ne reçoit plus les %d veilles auxquelles cette adresse était abonnée.\n", c.Address, n)
	}
	return nil
}
