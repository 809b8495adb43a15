package db

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// What is done for hundreds of rows at once. The databases differ here: PostgreSQL
// copies rows and takes statements in one go, and would wait a round trip for each
// otherwise; SQLite has no round trip, and would read the text of each statement again.

// Insert adds rows, the fast way. A row that is refused fails the transaction: what may
// be there already goes through ExecMany, with ON CONFLICT.
func (tx *Tx) Insert(table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + Placeholders(1, len(columns)) + ")"
	if tx.pg == nil {
		return tx.ExecMany(query, rows)
	}
	tx.observe(query)
	_, err := tx.pg.CopyFrom(tx.ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// InsertOr adds rows of texts and numbers (int64), and does what conflict says with those
// that are there already: no row may be there twice among them.
func (tx *Tx) InsertOr(conflict, table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") "
	if tx.pg == nil {
		return tx.ExecMany(head+"VALUES ("+Placeholders(1, len(columns))+") "+conflict, rows)
	}
	lists, names := make([]any, len(columns)), make([]string, len(columns))
	for i := range columns {
		if _, number := rows[0][i].(int64); number {
			lists[i], names[i] = column[int64](rows, i), Placeholders(i+1, 1)+"::bigint[]"
		} else {
			lists[i], names[i] = column[string](rows, i), Placeholders(i+1, 1)+"::text[]"
		}
	}
	_, err := tx.Exec(head+"SELECT * FROM unnest("+strings.Join(names, ", ")+") "+conflict, lists...)
	return err
}

func column[T any](rows [][]any, i int) []T {
	out := make([]T, len(rows))
	for n, row := range rows {
		out[n] = row[i].(T)
	}
	return out
}

// ExecMany runs one statement with each of these arguments, in their order.
func (tx *Tx) ExecMany(query string, args [][]any) error {
	if len(args) == 0 {
		return nil
	}
	tx.observe(query)
	if tx.pg != nil {
		var all pgx.Batch
		for _, a := range args {
			all.Queue(query, a...)
		}
		return tx.pg.SendBatch(tx.ctx, &all).Close()
	}
	prepared, err := tx.lite.PrepareContext(tx.ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = prepared.Close() }()
	// The driver watches over each statement's context at a price; whether somebody
	// still waits is asked between two of them.
	quiet := context.WithoutCancel(tx.ctx)
	for _, a := range args {
		if err := tx.ctx.Err(); err != nil {
			return err
		}
		if _, err := prepared.ExecContext(quiet, a...); err != nil {
			return err
		}
	}
	return nil
}

// Analyze has PostgreSQL count what is in tables that grew at once. Until it does so of
// itself, a minute later, its plans are those of empty tables, and an import that doubles
// them takes twice as long for each notice. SQLite's plans follow the indexes alone.
func (d *DB) Analyze(ctx context.Context, tables ...string) error {
	if d.pool == nil || len(tables) == 0 {
		return nil
	}
	_, err := d.pool.Exec(ctx, "ANALYZE "+strings.Join(tables, ", "))
	return err
}

// AnyOf writes that what precedes it is among the values of parameter n, which List
// makes: however many they are, the statement is the same, and is read once.
func (tx *Tx) AnyOf(n int) string {
	if tx.pg != nil {
		return "= ANY(" + Placeholders(n, 1) + ")"
	}
	return "IN (SELECT value FROM json_each(" + Placeholders(n, 1) + "))"
}

// List is the parameter that AnyOf reads.
func (tx *Tx) List(values []string) any {
	if values == nil {
		values = []string{}
	}
	if tx.pg != nil {
		return values
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings: it cannot fail
	}
	return string(text)
}

// planned has PostgreSQL plan a statement that reads a list for the list it gets, and
// for the table as large as it is by now. A plan kept from when the table was empty
// would read all of it, each time, for hours of an import.
func planned(args []any) []any {
	if slices.ContainsFunc(args, func(a any) bool { _, list := a.([]string); return list }) {
		return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	}
	return args
}
