package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"parvis/app"
	"parvis/gateway/boamp"
	"parvis/kit/fault"
)

// ImportBOAMP takes in files of the gazette's open data.
type ImportBOAMP struct {
	Base
	Alert bool     `help:"Prévenir les entreprises des avis nouveaux et encore ouverts, comme le ferait la relève du jour. Une reprise du passé ne prévient personne."`
	Files []string `arg:"" name:"fichier" help:"Fichiers à lire\u00a0; «\u00a0-\u00a0» lit l'entrée standard."`
}

// Run imports each file in turn.
func (c *ImportBOAMP) Run(ctx context.Context, std Std) (err error) {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	refused := false
	for _, path := range c.Files {
		did, err := c.one(ctx, a, path, std)
		if err != nil {
			return err
		}
		refused = refused || did.Refused > 0 || did.Cut
	}
	if refused {
		return errLines
	}
	return nil
}

func (c *ImportBOAMP) one(ctx context.Context, a *app.App, path string, std Std) (app.Import, error) {
	var in io.Reader = std.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return app.Import{}, fault.New(fault.Invalid, "Le fichier «\u00a0"+path+"\u00a0» ne peut pas être ouvert.").Because(err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	start := time.Now()
	shown := start
	did, err := a.ImportBOAMP(ctx, in, c.Alert, func(err error) { sayRefused(std.Err, path, err) }, func(did app.Import) {
		if time.Since(shown) >= time.Second {
			shown = time.Now()
			fmt.Fprintf(std.Err, "%s\u00a0: %d avis lus, %.0f par seconde\n", path, did.Read(), float64(did.Read())/time.Since(start).Seconds())
		}
	})
	if err != nil {
		return did, err
	}
	fmt.Fprintf(std.Out, "%s\u00a0: %d avis lus en %.1f s\u00a0: %d nouveaux, %d modifiés, %d inchangés, %d refusés\n",
		path, did.Read(), time.Since(start).Seconds(), did.New, did.Changed, did.Same, did.Refused)
	return did, nil
}

// sayRefused writes one line of the report.
func sayRefused(to io.Writer, path string, err error) {
	var bad *boamp.RecordError
	if !errors.As(err, &bad) {
		fmt.Fprintf(to, "%s\u00a0: %v\n", path, err)
		return
	}
	where := fmt.Sprintf("enregistrement %d", bad.Index)
	if bad.Line > 0 {
		where = fmt.Sprintf("ligne %d", bad.Line)
	}
	id := bad.SourceID
	if id == "" {
		id = "sans numéro"
	}
	fmt.Fprintf(to, "%s, %s, avis %s\u00a0: %s\n", path, where, id, bad.Reason)
}
