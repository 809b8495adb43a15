package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"parvis/app"
	"parvis/kit/fault"
	"parvis/procurement/notice"
)

// importFiles takes in the notices of files of one source.
type importFiles struct {
	Base
	Alert bool     `help:"Prévenir les entreprises des avis nouveaux et encore ouverts, comme le ferait la relève du jour. Une reprise du passé ne prévient personne."`
	Files []string `arg:"" name:"fichier" help:"Fichiers, archives (tar, zip) ou dossiers à lire\u00a0; «\u00a0-\u00a0» lit l'entrée standard."`
}

// ImportBOAMP takes in files of the gazette's open data.
type ImportBOAMP struct{ importFiles }

// Run imports the gazette's files.
func (c *ImportBOAMP) Run(ctx context.Context, std Std) error { return c.run(ctx, "boamp", std) }

// ImportTED takes in the notices of French buyers in the Official Journal.
type ImportTED struct{ importFiles }

// Run imports the Journal's files.
func (c *ImportTED) Run(ctx context.Context, std Std) error { return c.run(ctx, "ted", std) }

// errInterrupted says that nothing is lost: what is known already is passed over.
var errInterrupted = fault.New(fault.Unavailable, "L'import a été interrompu. Ce qui était entré est gardé\u00a0: la même commande reprend le reste.")

// run imports each file in turn. One that cannot be read stops nothing.
func (c *importFiles) run(ctx context.Context, source string, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	complete := true
	for _, path := range c.Files {
		whole, err := c.one(ctx, a, source, path, std)
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			return err
		}
		complete = complete && whole
	}
	if !complete {
		return errLines
	}
	return nil
}

// one imports a file and tells whether all of it went in.
func (c *importFiles) one(ctx context.Context, a *app.App, source, path string, std Std) (whole bool, err error) {
	p := &progress{name: "entrée standard", to: std.Err}
	in := std.In
	if about, err := os.Stat(path); err == nil && about.IsDir() {
		all := folder(path)
		defer func() { _ = all.Close() }()
		p.name, in = path, all
	} else if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			report(fault.New(fault.Invalid, "Le fichier «\u00a0"+path+"\u00a0» ne peut pas être ouvert.").Because(err), std.Err)
			return false, nil
		}
		defer func() { _ = f.Close() }()
		p.name, in = path, f
		if about, err := f.Stat(); err == nil && about.Mode().IsRegular() {
			p.size = about.Size()
		}
	}
	p.in = in
	r, done := untilDone(ctx, p)
	defer done()
	p.begin()
	did, err := a.ImportNotices(ctx, source, r, c.Alert, func(err error) {
		if ctx.Err() == nil { // which is said once, by Run
			sayRefused(std.Err, p.name, err)
		}
	}, p.show)
	if err != nil || ctx.Err() != nil {
		return false, err
	}
	fmt.Fprintln(std.Out, p.summary(did))
	return did.Refused == 0 && !did.Cut, nil
}

// untilDone reads r until ctx ends, even while r waits for a pipe to be filled.
func untilDone(ctx context.Context, r io.Reader) (in io.Reader, done func()) {
	out, to := io.Pipe()
	go func() {
		_, err := io.Copy(to, r)
		_ = to.CloseWithError(err)
	}()
	forget := context.AfterFunc(ctx, func() { _ = out.CloseWithError(ctx.Err()) })
	return out, func() {
		forget()
		_ = out.Close()
	}
}

// sayRefused writes one line of the report.
func sayRefused(to io.Writer, name string, err error) {
	var bad *notice.RecordError
	if !errors.As(err, &bad) {
		fmt.Fprintf(to, "%s\u00a0: %v\n", name, err)
		return
	}
	if bad.Ends { // it is the file that is wrong, not a notice
		fmt.Fprintf(to, "%s, %s\u00a0: %s\n", name, bad.Where(), bad.Reason)
		if bad.Cause != nil {
			fmt.Fprintln(to, "        ", bad.Cause)
		}
		return
	}
	id := bad.SourceID
	if id == "" {
		id = "sans numéro"
	}
	fmt.Fprintf(to, "%s, %s, avis %s\u00a0: %s\n", name, bad.Where(), id, bad.Reason)
}
