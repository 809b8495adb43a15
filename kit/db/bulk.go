package db

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"parvis/kit/clock"
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

// InsertOr adds rows, and does what conflict says with those that are there already: no
// row may be there twice among them. See lists for what their values may be.
func (tx *Tx) InsertOr(conflict, table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") "
	if tx.pg == nil {
		return tx.ExecMany(head+"VALUES ("+Placeholders(1, len(columns))+") "+conflict, rows)
	}
	unnest, args := lists(rows)
	_, err := tx.Exec(head+"SELECT * FROM "+unnest+" "+conflict, args...)
	return err
}

// Update gives these columns of rows of a table other values: each row has them in the
// order of columns, and last the value of key, which tells which row it is. No row may be
// there twice. See lists for what the values may be.
func (tx *Tx) Update(table string, columns []string, key string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	set := make([]string, len(columns))
	if tx.pg == nil {
		for i, c := range columns {
			set[i] = c + " = " + Placeholders(i+1, 1)
		}
		return tx.ExecMany("UPDATE "+table+" SET "+strings.Join(set, ", ")+" WHERE "+key+" = "+Placeholders(len(columns)+1, 1), rows)
	}
	for i, c := range columns {
		set[i] = c + " = v." + c
	}
	unnest, args := lists(rows)
	_, err := tx.Exec("UPDATE "+table+" AS t SET "+strings.Join(set, ", ")+" FROM "+unnest+
		" AS v("+strings.Join(columns, ", ")+", "+key+") WHERE t."+key+" = v."+key, args...)
	return err
}

// lists turns rows into one list for each column, which PostgreSQL takes apart again:
// texts, numbers (int64), booleans, and moments, which may be none.
func lists(rows [][]any) (unnest string, args []any) {
	args = make([]any, len(rows[0]))
	names := make([]string, len(rows[0]))
	for i, first := range rows[0] {
		kind := ""
		switch first.(type) {
		case int64:
			args[i], kind = column(rows, i, func(v int64) int64 { return v }), "bigint"
		case bool:
			args[i], kind = column(rows, i, func(v bool) bool { return v }), "boolean"
		case clock.Instant:
			args[i], kind = column(rows, i, func(v clock.Instant) *int64 {
				if v.IsZero() {
					return nil
				}
				n := int64(v)
				return &n
			}), "bigint"
		default:
			args[i], kind = column(rows, i, func(v string) string { return v }), "text"
		}
		names[i] = Placeholders(i+1, 1) + "::" + kind + "[]"
	}
	return "unnest(" + strings.Join(names, ", ") + ")", args
}

func column[T, As any](rows [][]any, i int, as func(T) As) []As {
	out := make([]As, len(rows))
	for n, row := range rows {
		out[n] = as(row[i].(T))
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
