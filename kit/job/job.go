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

// timeout is how long one attempt may take; stuck is when a job whose process
// died is taken up again.
const (
	timeout = 3 * time.Minute
	stuck   = 5 * time.Minute
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
	cfg := &river.Config{
		Workers:              q.workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Logger:               q.log,
		FetchCooldown:        10 * time.Millisecond,
		FetchPollInterval:    250 * time.Millisecond,
		JobTimeout:           timeout,
		RescueStuckJobsAfter: stuck,
	}
	var err error
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

// Start takes back at once what a dead predecessor on this data directory was
// doing (SQLite: nobody else can be), and works until ctx ends.
func (q *Queue) Start(ctx context.Context) error {
	if q.lite != nil {
		if err := q.takeBack(ctx); err != nil {
			return err
		}
		return q.lite.Start(ctx)
	}
	return q.pg.Start(ctx)
}

// takeBack spares SQLite the wait for the queue's own rescue: only one program
// serves a data directory, so a running job of another run is nobody's.
func (q *Queue) takeBack(ctx context.Context) error {
	return q.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE river_job SET state = 'available' WHERE state = 'running'")
		return err
	})
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
