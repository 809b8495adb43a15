package app

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parvis/gateway/boamp/api"
	"parvis/kit/clock"
	"parvis/procurement/access"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// gazette is the source that is fetched.
const gazette = "boamp"

// fetching is the fetch of this process.
type fetching struct {
	from    intake.Gazette // nil: nothing is fetched
	wait    sync.WaitGroup // of the one under way
	busy    atomic.Bool
	rests   atomic.Int64 // not before then, on the machine's clock: the database failed
	silence atomic.Pointer[intake.Silence]
}

// fetcher is who fetches, in the journal.
func fetcher() access.Actor { return access.Platform("relève " + intake.Name(gazette)) }

// gazette builds what is fetched from, if anything is.
func (a *App) gazette() error {
	if a.fetch.from = a.Config.Gazette; a.fetch.from != nil || a.Config.BOAMP == "" {
		return nil
	}
	client, err := api.New(api.Config{URL: a.Config.BOAMP, Agent: "Parvis (" + a.Config.BaseURL + ")", Log: a.Config.Log})
	if err != nil {
		return err
	}
	a.fetch.from = client
	return nil
}

// awaitGazette writes down that the gazette is awaited from now on.
func (a *App) awaitGazette(ctx context.Context) error {
	if a.fetch.from == nil {
		return nil
	}
	return a.Intake.Await(ctx, fetcher(), gazette, a.lock != nil)
}

// Fetch fetches the gazette now, whether or not it is due. Each record that cannot be
// read is told to refused.
func (a *App) Fetch(ctx context.Context, refused func(*notice.RecordError)) (intake.Tally, error) {
	return a.Intake.Fetch(ctx, fetcher(), gazette, a.fetch.from, refused)
}

// fetchWhenDue begins a fetch when it is time, and does not wait for its end: digests do
// not either.
func (a *App) fetchWhenDue(ctx context.Context) error {
	f := &a.fetch
	if f.from == nil || time.Now().UnixMilli() < f.rests.Load() || !f.busy.CompareAndSwap(false, true) {
		return nil
	}
	due, err := a.Intake.Due(ctx, gazette)
	if !due || err != nil {
		f.busy.Store(false)
		return err
	}
	f.wait.Go(func() {
		defer f.busy.Store(false)
		_, err := a.Fetch(ctx, func(bad *notice.RecordError) {
			a.Config.Log.Warn("a notice of the gazette cannot be read", "notice", bad.SourceID, "reason", bad.Reason, "cause", bad.Cause)
		})
		if err != nil && !errors.Is(err, intake.ErrUnderWay) {
			// What went wrong is in its row, with when to try again; unless it is the
			// database that did.
			f.rests.Store(time.Now().Add(restAfterFault).UnixMilli())
		}
	})
	return nil
}

// restAfterFault is the least that a process waits after a fetch that failed.
const restAfterFault = 10 * time.Second

// lookForSilence keeps what pages warn of.
func (a *App) lookForSilence(ctx context.Context) error {
	if a.fetch.from == nil {
		return nil
	}
	found, silent, err := a.Intake.Look(ctx, gazette)
	if err != nil {
		return err
	}
	if !silent {
		a.fetch.silence.Store(nil)
		return nil
	}
	a.fetch.silence.Store(&found)
	return nil
}

// warned are the pages where notices of the gazette would be missed.
var warned = []string{"/annonces", "/entreprise/veilles"}

// warning is what the page of a path warns of.
func (a *App) warning(path string) string {
	silence := a.fetch.silence.Load()
	if silence == nil {
		return ""
	}
	concerned := path == "/entreprise"
	for _, page := range warned {
		concerned = concerned || path == page || strings.HasPrefix(path, page+"/")
	}
	if !concerned {
		return ""
	}
	return silence.Text() + "\u00a0: les avis parus depuis le " + silence.Since.Long(clock.Paris) +
		" peuvent manquer. Dès son retour, ils s'ajouteront ici, et vos alertes annonceront ceux qui sont encore ouverts."
}
