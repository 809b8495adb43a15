package db

import (
	"context"
	"encoding/json"
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
