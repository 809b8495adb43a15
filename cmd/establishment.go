package cmd

import (
	"context"
	"errors"
	"log/slog"

	"parvis/app"
)

// Establishment is what the operator says of establishments.
type Establishment struct {
	Disputes ListDisputes  `cmd:"" help:"Énumérer les contestations d'administrateur qui attendent une décision."`
	Grant    GrantDispute  `cmd:"" help:"Donner raison à qui conteste\u00a0: cette personne administre l'établissement, les administrateurs d'avant en restent utilisateurs."`
	Reject   RejectDispute `cmd:"" help:"Rejeter une contestation\u00a0: les administrateurs sont confirmés."`
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
