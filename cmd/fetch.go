package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"parvis/app"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// Fetch is what can be fetched by hand.
type Fetch struct {
	Boamp FetchBOAMP `cmd:"" name:"boamp" help:"Relever le BOAMP maintenant, sans attendre l'heure\u00a0: les sept derniers jours, ou ce qui manque depuis la dernière relève. Les entreprises sont prévenues comme par la relève du jour."`
}

// FetchBOAMP fetches the gazette now.
type FetchBOAMP struct {
	Base
	BOAMP string `name:"boamp" default:"https://boamp-datadila.opendatasoft.com" placeholder:"URL" help:"Plateforme d'où le BOAMP est relevé, ou un relais vers elle."`
	State bool   `help:"Dire où en est la relève, sans rien demander à la plateforme."`
}

// errFetchInterrupted says that nothing is lost.
var errFetchInterrupted = fault.New(fault.Unavailable, "La relève a été interrompue. Ce qui était entré est gardé\u00a0: la prochaine reprend le reste.")

// Run fetches, or says how the fetch goes.
func (c *FetchBOAMP) Run(ctx context.Context, std Std) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Config{Data: c.Data, Database: c.Database, BOAMP: c.BOAMP, Log: warnings(std.Err)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if c.State {
		return fetchState(ctx, a, std.Out)
	}
	p := &progress{name: "BOAMP", to: std.Err}
	p.begin()
	did, err := a.Fetch(ctx, func(bad *notice.RecordError) { sayRefused(p.above(), "BOAMP", bad) })
	switch {
	case ctx.Err() != nil:
		report(errFetchInterrupted, std.Err)
		return exit(exitCut)
	case err != nil:
		return err
	}
	fmt.Fprintln(std.Out, p.summary(app.Import{Tally: did}))
	if did.Refused > 0 {
		return exit(exitRefused)
	}
	return nil
}

// fetchState writes what is known of the fetch.
func fetchState(ctx context.Context, a *app.App, to io.Writer) error {
	var st intake.State
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		st, err = intake.StateOf(tx, "boamp")
		return err
	})
	if errors.Is(err, db.ErrNone) {
		fmt.Fprintln(to, "Le BOAMP n'a jamais été relevé\u00a0: donnez --boamp à «\u00a0parvis serve\u00a0».")
		return nil
	}
	if err != nil {
		return err
	}
	when := func(at clock.Instant) string {
		if at.IsZero() {
			return "jamais"
		}
		return at.Long(clock.Paris)
	}
	fmt.Fprintf(to, "Dernière relève complète\u00a0: %s\n", when(st.ReceivedAt))
	if !st.ReceivedAt.IsZero() {
		fmt.Fprintf(to, "  %s\u00a0: %s\n", read(app.Import{Tally: st.Last}), outcome(st.Last))
	}
	if !st.NewsAt.IsZero() {
		fmt.Fprintf(to, "Dernier avis nouveau ou modifié\u00a0: %s\n", when(st.NewsAt))
	}
	fmt.Fprintf(to, "Dernier essai\u00a0: %s\n", when(st.TriedAt))
	if st.Failures > 0 {
		fmt.Fprintf(to, "Essais manqués depuis\u00a0: %d\n  %s\n", st.Failures, st.Fault)
	}
	switch now := a.Config.Clock.Now(); {
	case st.LeaseOwner != "" && st.LeaseUntil > now:
		fmt.Fprintln(to, "Une relève est en cours.")
	case st.DueAt <= now:
		fmt.Fprintln(to, "Prochain essai\u00a0: dès que la plateforme tourne")
	default:
		fmt.Fprintf(to, "Prochain essai\u00a0: %s\n", when(st.DueAt))
	}
	if silence, silent := st.Silent(clock.At(time.Now())); silent {
		fmt.Fprintf(to, "%s.\n", silence.Text())
	}
	return nil
}
