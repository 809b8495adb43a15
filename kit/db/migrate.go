package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"testing/fstest"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migration
var migrations embed.FS

// ErrNewer says that the database was made by a newer Parvis.
var ErrNewer = errors.New("db: schema is newer than this program")

// migrationLock is the advisory lock that makes replicas migrate one at a time.
const migrationLock = 7_203_114_501

// Migrate brings the schema forward to this program's: ours first, then the job
// queue's. Several replicas may call it at once. A schema newer than the program
// is refused with ErrNewer.
func (d *DB) Migrate(ctx context.Context) error {
	if d.pool != nil {
		conn, err := d.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
			return err
		}
		defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock) }()
	}
	if err := d.migrateOurs(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := d.migrateQueue(ctx); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}

func (d *DB) migrateOurs(ctx context.Context) error {
	files, err := filesFor(d.dialect)
	if err != nil {
		return err
	}
	conn, dialect := d.write, goose.DialectSQLite3
	if d.pool != nil {
		conn, dialect = stdlib.OpenDBFromPool(d.pool), goose.DialectPostgres
		defer func(c *sql.DB) { _ = c.Close() }(conn)
	}
	p, err := goose.NewProvider(dialect, conn, files, goose.WithVerbose(false))
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("%w: version %d, known %d", ErrNewer, current, target)
	}
	_, err = p.Up(ctx)
	return err
}

func (d *DB) migrateQueue(ctx context.Context) error {
	if d.pool != nil {
		m, err := rivermigrate.New(riverpgxv5.New(d.pool), nil)
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(d.write), nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// filesFor gathers the common migrations and those of one dialect, in one
// folder as the migration library wants them.
func filesFor(dialect Dialect) (fs.FS, error) {
	all := fstest.MapFS{}
	for _, dir := range []string{"migration", "migration/" + string(dialect)} {
		entries, err := migrations.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			data, err := migrations.ReadFile(dir + "/" + e.Name())
			if err != nil {
				return nil, err
			}
			all[e.Name()] = &fstest.MapFile{Data: data}
		}
	}
	return all, nil
}
