package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"parvis/app"
	"parvis/kit/fault"
	"parvis/procurement/notice"
)

// importFiles takes in the notices of files of one source.
type importFiles struct {
	Base
	Alert     bool     `help:"Prévenir les entreprises des avis nouveaux et encore ouverts, comme le ferait la relève du jour. Une reprise du passé ne prévient personne."`
	FromStart bool     `name:"from-start" help:"Relire depuis le début un fichier dont l'import avait été interrompu, au lieu de reprendre où il en était."`
	Files     []string `arg:"" name:"fichier" help:"Fichiers, archives (tar, zip), dossiers ou adresses (https://…) à lire\u00a0; «\u00a0-\u00a0» lit l'entrée standard. Un import interrompu reprend où il en était."`
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

// warnings is a log of what an operator should see beside what a command says.
func warnings(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// run imports each file in turn. One that cannot be read stops nothing.
func (c *importFiles) run(ctx context.Context, source string, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, Log: warnings(std.Err)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	worst := exitOK
	for _, path := range c.Files {
		status, err := c.one(ctx, a, source, path, std)
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			return err
		}
		worst = max(worst, status)
	}
	if worst != exitOK {
		return exit(worst)
	}
	return nil
}

// one imports a file and tells how it ended: one that is not what it was when its
// import was interrupted is read again from its beginning.
func (c *importFiles) one(ctx context.Context, a *app.App, source, path string, std Std) (status int, err error) {
	for fromStart := c.FromStart; ; fromStart = true {
		in, err := open(ctx, path, std)
		if err != nil {
			report(err, std.Err)
			return exitCut, nil
		}
		did, err := c.read(ctx, a, source, in, fromStart, std)
		in.close()
		switch {
		case errors.Is(err, notice.ErrAnother) && in.again:
			fmt.Fprintf(std.Err, "%s\u00a0: ce n'est plus le contenu dont l'import avait été interrompu\u00a0; il est lu depuis le début.\n", in.name)
			continue
		case errors.Is(err, notice.ErrAnother):
			report(fault.New(fault.Conflict, "L'entrée standard n'est pas celle dont l'import avait été interrompu\u00a0: rien n'en a été gardé. Donnez-la de nouveau, avec --from-start."), std.Err)
			return exitCut, nil
		case err != nil || ctx.Err() != nil:
			return exitFailed, err
		}
		switch {
		case did.Cut:
			return exitCut, nil
		case did.Refused+did.Before.Refused > 0:
			return exitRefused, nil
		}
		return exitOK, nil
	}
}

// read imports what was opened.
func (c *importFiles) read(ctx context.Context, a *app.App, source string, in *input, fromStart bool, std Std) (app.Import, error) {
	p := &progress{name: in.name, in: in.Reader, size: in.size, to: std.Err, terminal: isTerminal(std.Err)}
	r, done := untilDone(ctx, p)
	defer done()
	p.begin()
	id, r := identify(source, in, r)
	did, err := a.ImportFile(ctx, app.Reading{
		Source: source, ID: id, In: r, Alerts: c.Alert, FromStart: fromStart, Bytes: p.taken.Load,
		Refused: func(err error) {
			if ctx.Err() == nil { // which is said once, by Run
				sayRefused(p.above(), in.name, err)
			}
		},
		Resumed: p.resumed, Reached: p.reached, Progress: p.show,
	})
	p.clear()
	if err == nil && ctx.Err() == nil {
		fmt.Fprintln(std.Out, p.summary(did))
	}
	return did, err
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
			fmt.Fprintln(to, "        ", cause(bad.Cause))
		}
		return
	}
	id := bad.SourceID
	if id == "" {
		id = "sans numéro"
	}
	fmt.Fprintf(to, "%s, %s, avis %s\u00a0: %s\n", name, bad.Where(), id, bad.Reason)
}

// cause is what lies behind a refusal, in French where there is a sentence for it.
func cause(err error) string {
	e, ok := fault.As(err)
	switch {
	case !ok:
		return err.Error()
	case e.Cause != nil:
		return fmt.Sprintf("%s (%v)", e.Text, e.Cause)
	}
	return e.Text
}
