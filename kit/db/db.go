package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"parvis/kit/clock"
)

// Dialect is the kind of database behind a DB.
type Dialect string

// The two dialects. Only kit/db and the few files named *_sqlite.go and
// *_postgres.go may care.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database.
type DB struct {
	Clock clock.Clock
	// Observe, when set before anything runs, is told each statement of our own
	// before it runs (the job queue's are not). It may be called from several places
	// at once.
	Observe func(query string)

	dialect Dialect

	pool         *pgxpool.Pool // PostgreSQL
	write, read  *sql.DB       // SQLite: one writer, several readers
	hands        hands
	wakeMu       sync.Mutex
	wake         []chan struct{}
	stopListener context.CancelFunc
	listenerDone chan struct{}
	bootMu       sync.Mutex
	boot         *boot
}

// Open opens the database of url: "postgres://…" or the path of an SQLite file
// (created when missing). The schema is not touched: see Migrate.
func Open(ctx context.Context, url string, c clock.Clock) (*DB, error) {
	d := &DB{Clock: c}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		d.dialect = Postgres
		if err := d.openPostgres(ctx, url); err != nil {
			return nil, fmt.Errorf("open PostgreSQL: %w", err)
		}
		return d, nil
	}
	d.dialect = SQLite
	if err := d.openSQLite(ctx, strings.TrimPrefix(url, "sqlite:")); err != nil {
		return nil, fmt.Errorf("open SQLite %s: %w", url, err)
	}
	return d, nil
}

// Dialect tells which database this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Pool is the PostgreSQL pool, nil on SQLite. For the job queue only.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Writer is the SQLite writer, nil on PostgreSQL. For the job queue only.
func (d *DB) Writer() *sql.DB { return d.write }

// Close lets go of everything. Transactions under way fail.
func (d *DB) Close() error {
	if d.stopListener != nil {
		d.stopListener()
		<-d.listenerDone
	}
	if d.boot != nil {
		d.boot.release()
	}
	if d.pool != nil {
		d.pool.Close()
		return nil
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if d.pool != nil {
		return d.pool.Ping(ctx)
	}
	return d.read.PingContext(ctx)
}

// Read runs f in a transaction that sees one state of the database and changes
// nothing.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return d.run(ctx, true, f)
}

// Write runs f in a transaction and commits it when f returns nil. What f
// registered with AfterCommit runs then.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return d.run(ctx, false, f)
}

func (d *DB) run(ctx context.Context, readOnly bool, f func(*Tx) error) (err error) {
	tx := &Tx{Now: d.Clock.Now(), ctx: ctx, db: d}
	if err := tx.begin(readOnly); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			tx.rollback() // f failed or panicked
			for _, id := range tx.handed {
				d.take(id)
			}
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	if tx.changed {
		d.Wake()
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

// NewID makes an identifier: a UUIDv7, whose order in time keeps indexes
// compact and whose random part cannot be guessed.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
