package app

import (
	"context"
	"fmt"
	"time"

	"parvis/kit/db"
	"parvis/procurement/alert"
)

// Everything that happens by itself is here. What is due on the platform's clock
// is a row with an instant that the task looks for; the intervals below are only
// how often it looks, on the machine's clock. Besides these, the mail sender looks
// at the outbox every second and the followers at the change log.
func (a *App) timetable() []task {
	return []task{
		{"send digests", time.Second, a.Alerts.Digests},
		{"fetch the gazette, when it is time", time.Second, a.fetchWhenDue},
		{"see whether the gazette still comes", time.Second, a.lookForSilence},
		{"ask the addresses that had their mails of the day", time.Minute, a.Watches.AskWithheld},
		{"forget expired sessions and sign-ups", time.Hour, a.Accounts.ForgetStale},
		{"forget invitations that expired a month ago", time.Hour, a.Members.ForgetInvitations},
		{"forget changes that everybody has followed", time.Hour, a.DB.ForgetChanges},
		{"forget mail sent a year ago", 24 * time.Hour, a.forgetMail},
		{"forget watches deleted a year ago", 24 * time.Hour, a.Watches.Forget},
		{"forget webhooks that are over, and their log of ninety days", time.Hour, a.Webhooks.Forget},
		{"forget feeds that nobody may read any more", time.Hour, a.Feeds.Sweep},
		{"forget who was told of what a year ago", 24 * time.Hour, a.Alerts.Forget},
		{"forget rescue addresses taken off a year ago", 24 * time.Hour, a.Profiles.ForgetFallbacks},
		{"forget imports given up a month ago", 24 * time.Hour, a.Intake.ForgetFiles},
		{"compare the clocks", time.Minute, a.compareClocks},
	}
}

type task struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// keepTimetable does each task when it is due, all of them at once when the clock
// is moved, one after the other.
func (a *App) keepTimetable(ctx context.Context) {
	tasks := a.timetable()
	last := make([]time.Time, len(tasks))
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for moved := false; ; {
		for i, t := range tasks {
			if ctx.Err() != nil {
				return
			}
			if !moved && time.Since(last[i]) < t.every {
				continue
			}
			last[i] = time.Now()
			if err := t.do(ctx); err != nil && ctx.Err() == nil {
				a.Config.Log.Error("task failed; it will be tried again", "task", t.name, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-a.due:
			moved = true
		case <-tick.C:
			moved = false
		}
	}
}

// forgetMail keeps the log of deliveries as long as what was in each of them.
func (a *App) forgetMail(ctx context.Context) error {
	_, err := a.Outbox.Forget(ctx, a.Config.Clock.Now().Add(-alert.Keep))
	return err
}

// maxDrift is how far the machine's clock may be from the database's.
const maxDrift = time.Second

// compareClocks says when this machine and the database's disagree: deadlines are
// judged by this one.
func (a *App) compareClocks(ctx context.Context) error {
	if a.DB.Dialect() != db.Postgres {
		return nil
	}
	var theirs int64
	before := time.Now()
	if err := a.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.One(&theirs, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
	}); err != nil {
		return err
	}
	drift := time.UnixMilli(theirs).Sub(before.Add(time.Since(before) / 2))
	if drift.Abs() > maxDrift {
		return fmt.Errorf("the database's clock is %v from this machine's", drift)
	}
	return nil
}
