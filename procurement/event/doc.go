// Package event is the journal: what happened on the platform, by whom, when.
// It is at once register, audit and outbox: an event is recorded in the
// transaction of the fact, with one durable job per subscriber, so that whoever
// must hear of it does, and nobody hears of what was rolled back. Rows are never
// changed nor removed; names of actors are copied, so that they outlive accounts.
package event
