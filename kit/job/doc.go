// Package job runs durable work: a job is written in the transaction of what
// makes it necessary, done once by one replica, and finished in the transaction
// of its effect. It is a thin wiring of River, a job queue on both databases, so
// that rooms enqueue inside their transaction and never see the queue.
//
// The queue runs only what is due now. What is due later is a row with an
// instant, looked at by app/timetable.go, so that a moved clock moves it.
package job
