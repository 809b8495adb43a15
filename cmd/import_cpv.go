package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"parvis/app"
	"parvis/gateway/cpvfile"
	"parvis/kit/fault"
	"parvis/procurement/access"
)

// ImportCPV loads the whole vocabulary of codes.
type ImportCPV struct {
	Base
	File string `arg:"" name:"fichier" help:"Tableau CSV à lire, avec une colonne «\u00a0CODE\u00a0» et une colonne «\u00a0FR\u00a0»\u00a0; «\u00a0-\u00a0» lit l'entrée standard."`
}

// Run reads the file and keeps its codes.
func (c *ImportCPV) Run(ctx context.Context, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	var in io.Reader = std.In
	name := "entrée standard"
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fault.New(fault.Invalid, "Le fichier «\u00a0"+c.File+"\u00a0» ne peut pas être ouvert.").Because(err)
		}
		defer func() { _ = f.Close() }()
		in, name = f, c.File
	}
	entries, refused, err := cpvfile.Read(in)
	if err != nil {
		return err
	}
	for _, r := range refused {
		fmt.Fprintf(std.Err, "%s, %v\n", name, r)
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	did, err := a.CPV.Import(ctx, access.Platform("import CPV"), entries)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s\u00a0: %s\u00a0: %s, %s, %s, %s\n", name, count(len(entries)+len(refused), "code lu", "codes lus"),
		count(did.New, "nouveau", "nouveaux"), count(did.Changed, "modifié", "modifiés"), count(did.Same, "inchangé", "inchangés"), count(len(refused), "refusé", "refusés"))
	if len(refused) > 0 {
		return errLines
	}
	return nil
}
