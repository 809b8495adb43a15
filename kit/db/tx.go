package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/georgysavva/scany/v2/dbscan"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"parvis/kit/clock"
)

// ErrNone is what One returns when no row answers.
var ErrNone = errors.New("db: no row")

// Tx is a transaction. It carries its context, as the drivers' own do, because
// it never outlives the call that it was made for.
type Tx struct {
	// Now is the one instant of this transaction.
	Now clock.Instant

	ctx     context.Context
	db      *DB
	pg      pgx.Tx
	lite    *sql.Tx
	changed bool
	handed  []string // ids of changes
	after   []func()
}

func (tx *Tx) begin(readOnly bool) (err error) {
	switch {
	case tx.db.pool != nil && readOnly:
		tx.pg, err = tx.db.pool.BeginTx(tx.ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	case tx.db.pool != nil:
		tx.pg, err = tx.db.pool.Begin(tx.ctx)
	case readOnly:
		tx.lite, err = tx.db.read.BeginTx(tx.ctx, nil)
	default:
		tx.lite, err = tx.db.write.BeginTx(tx.ctx, nil)
	}
	return err
}

// commitPatience is how long a commit may take.
const commitPatience = 30 * time.Second

// commit goes through once it has begun: whoever waits may leave, but a COMMIT that is
// cut off leaves nobody able to say whether it was done, and the job queue, which reads
// its row while it still is, takes that for its own fault and stops the program.
func (tx *Tx) commit() error {
	if tx.pg != nil {
		if err := tx.ctx.Err(); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tx.ctx), commitPatience)
		defer cancel()
		return tx.pg.Commit(ctx)
	}
	return tx.lite.Commit()
}

// rollback ignores its error: the transaction has failed already and the
// connection is dropped by the driver when it is unusable.
func (tx *Tx) rollback() {
	if tx.pg != nil {
		_ = tx.pg.Rollback(context.WithoutCancel(tx.ctx))
		return
	}
	_ = tx.lite.Rollback()
}

// Context is the context of the call that this transaction serves.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Dialect tells which database runs it; for *_sqlite.go and *_postgres.go only.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// Pgx is the driver's transaction on PostgreSQL, nil on SQLite: for the job
// queue and bulk import only.
func (tx *Tx) Pgx() pgx.Tx { return tx.pg }

// SQL is the driver's transaction on SQLite, nil on PostgreSQL: as Pgx.
func (tx *Tx) SQL() *sql.Tx { return tx.lite }

// AfterCommit has f run once the transaction is durable, never otherwise.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Exec runs a statement and tells how many rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	tx.observe(query)
	if tx.pg != nil {
		tag, err := tx.pg.Exec(tx.ctx, query, planned(args)...)
		if err != nil {
			return 0, err
		}
		return tag.RowsAffected(), nil
	}
	res, err := tx.lite.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// All fills dst, a pointer to a slice, with every row; columns find their
// fields by snake case or `db` tag.
func (tx *Tx) All(dst any, query string, args ...any) error {
	rows, err := tx.rows(query, args...)
	if err != nil {
		return err
	}
	return dbscan.ScanAll(dst, rows)
}

// One fills dst from the only row, or returns ErrNone.
func (tx *Tx) One(dst any, query string, args ...any) error {
	rows, err := tx.rows(query, args...)
	if err != nil {
		return err
	}
	err = dbscan.ScanOne(dst, rows)
	if dbscan.NotFound(err) {
		return ErrNone
	}
	return err
}

// Each calls f with every row in turn, for results too large to hold.
func (tx *Tx) Each(f func(scan func(dst ...any) error) error, query string, args ...any) (err error) {
	rows, err := tx.rows(query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (tx *Tx) observe(query string) {
	if tx.db.Observe != nil {
		tx.db.Observe(query)
	}
}

func (tx *Tx) rows(query string, args ...any) (dbscan.Rows, error) {
	tx.observe(query)
	if tx.pg != nil {
		rows, err := tx.pg.Query(tx.ctx, query, planned(args)...)
		if err != nil {
			return nil, err
		}
		return pgRows{rows}, nil
	}
	return tx.lite.QueryContext(tx.ctx, query, args...)
}

// pgRows gives pgx's rows the shape of database/sql's.
type pgRows struct{ pgx.Rows }

func (r pgRows) Close() error { r.Rows.Close(); return r.Rows.Err() }

func (r pgRows) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}

func (r pgRows) NextResultSet() bool { return false }

// IsUnique tells that a unique index refused the row.
func IsUnique(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "23505"
	}
	var le *sqlite.Error
	if errors.As(err, &le) {
		return le.Code() == 2067 || le.Code() == 1555 // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
	}
	return false
}

// Placeholders writes "$from, $from+1, …" for n values: sets are spelled out,
// because arrays are not portable.
func Placeholders(from, n int) string {
	b := make([]byte, 0, n*5)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, "$%d", from+i)
	}
	return string(b)
}
