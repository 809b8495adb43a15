// Package db opens the one database of a Parvis and runs the transactions of the
// rooms on it: SQLite in a data directory, or PostgreSQL by its URL.
//
// SQL is written once, in the PostgreSQL dialect with $1, in the subset that
// both accept: ids are UUIDv7 as TEXT, instants BIGINT through clock.Instant,
// booleans BOOLEAN, JSON TEXT, ON CONFLICT in the place of catch-and-continue; no
// now(), no ILIKE, no arrays. Tx hides which of the two it runs on.
//
// A transaction has one instant, Tx.Now: the application's clock, so that a
// moved clock moves everything. What must happen after a commit (waking a
// sender) is handed to Tx.AfterCommit; nothing is published before it.
//
// Replicas keep indexes in memory. They follow the change log: a room calls
// Tx.Changed in the transaction of its change, and a Follower reads it back by
// transaction watermark, never by "id greater than the last one seen", which
// loses what commits late.
package db
