package job

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"parvis/kit/db"
)

// Args is what a job needs to know, stored as JSON. Kind is a stable word: jobs
// of an older program are in the table.
type Args = river.JobArgs

// timeout is how long one attempt may take; stuck is when the queue itself takes
// up a job whose process died, should our own rounds, made in between, have missed it.
const (
	timeout = 3 * time.Minute
	stuck   = 5 * time.Minute
	between = 2 * time.Second
)

// Queue is the job queue of one program.
type Queue struct {
	db      *db.DB
	workers *river.Workers
	log     *slog.Logger

	pg   *river.Client[pgx.Tx]
	lite *river.Client[*sql.Tx]
}

// New makes the queue of d. Handlers are added before Start.
func New(d *db.DB, log *slog.Logger) *Queue {
	return &Queue{db: d, workers: river.NewWorkers(), log: log}
}

// Handle says how the jobs of A are done: work runs in a transaction in which
// the job is finished too, so its effect happens once. An error rolls back and
// the job is tried again later, more and more rarely; a job that keeps failing is
// parked.
func Handle[A Args](q *Queue, work func(tx *db.Tx, args A) error) {
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[A]) error {
		return q.db.Write(ctx, func(tx *db.Tx) error {
			if err := work(tx, j.Args); err != nil {
				return err
			}
			if tx.Pgx() != nil {
				_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx.Pgx(), j)
				return err
			}
			_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx.SQL(), j)
			return err
		})
	}))
}

// Open prepares the queue for Enqueue; Start begins to work.
func (q *Queue) Open() error {
	run, err := q.db.Boot(context.Background())
	if err != nil {
		return err
	}
	cfg := &river.Config{
		ID:                   run,
		Workers:              q.workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Logger:               q.log,
		FetchCooldown:        10 * time.Millisecond,
		FetchPollInterval:    250 * time.Millisecond,
		JobTimeout:           timeout,
		RescueStuckJobsAfter: stuck,
	}
	if q.db.Pool() != nil {
		q.pg, err = river.NewClient(riverpgxv5.New(q.db.Pool()), cfg)
	} else {
		q.lite, err = river.NewClient(riversqlite.New(q.db.Writer()), cfg)
	}
	if err != nil {
		return fmt.Errorf("open job queue: %w", err)
	}
	return nil
}

// Enqueue writes a job in the transaction: if it commits, the job will be done.
func (q *Queue) Enqueue(tx *db.Tx, args Args) error {
	var err error
	if q.pg != nil {
		_, err = q.pg.InsertTx(tx.Context(), tx.Pgx(), args, nil)
	} else {
		_, err = q.lite.InsertTx(tx.Context(), tx.SQL(), args, nil)
	}
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// Start takes back what dead runs were doing, at once and from time to time, and
// works until ctx ends.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.takeBack(ctx); err != nil {
		return err
	}
	go q.rounds(ctx)
	if q.lite != nil {
		return q.lite.Start(ctx)
	}
	return q.pg.Start(ctx)
}

// rounds looks for jobs of the dead, in case another replica was killed.
func (q *Queue) rounds(ctx context.Context) {
	tick := time.NewTicker(between)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := q.takeBack(ctx); err != nil && ctx.Err() == nil {
				q.log.Error("jobs of dead runs not taken back", "error", err)
			}
		}
	}
}

// takeBack spares the wait for the queue's own rescue, which cannot tell a dead
// run from a slow one and waits for minutes: our runs can be told apart.
func (q *Queue) takeBack(ctx context.Context) error {
	var runs []string
	if err := q.db.Read(ctx, func(tx *db.Tx) error {
		return tx.All(&runs, "SELECT DISTINCT "+q.workedBy()+" FROM river_job WHERE state = 'running'")
	}); err != nil {
		return err
	}
	for _, id := range runs {
		alive, err := q.db.Alive(ctx, id)
		if err != nil {
			return err
		}
		if alive {
			continue
		}
		if err := q.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE river_job SET state = 'available' WHERE state = 'running' AND "+q.workedBy()+" = $1", id)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// workedBy is the column with the run that is doing a job: the last of a list,
// which is an array on one database and JSON on the other.
func (q *Queue) workedBy() string {
	if q.lite != nil {
		return "coalesce(json_extract(attempted_by, '$[#-1]'), '')"
	}
	return "coalesce(attempted_by[array_upper(attempted_by, 1)], '')"
}

// Stop finishes the jobs under way, or gives up when ctx ends.
func (q *Queue) Stop(ctx context.Context) error {
	if q.lite != nil {
		return q.lite.Stop(ctx)
	}
	return q.pg.Stop(ctx)
}

// Parked counts the jobs that failed too often and wait for somebody.
func (q *Queue) Parked(ctx context.Context) (int, error) {
	var n int
	err := q.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(&n, "SELECT count(*) FROM river_job WHERE state = 'discarded'")
	})
	return n, err
}
