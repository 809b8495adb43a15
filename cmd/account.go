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
