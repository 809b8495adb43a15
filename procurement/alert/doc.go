// Package alert answers for who is told of what, how, and when.
//
// rules.go is the one table: every kind of event has its rule, or an explicit
// "nobody". A new notice is matched against all active watches in the
// transaction that writes one row for it: the watches, and the slot it fell in.
// Immediate watches are mailed from there; daily ones by a digest, which closes
// the slot under a lock that every matcher shares, asks the watches' current
// criteria of all notices since each one's last digest, and leaves out what the
// recipient's ledger says was mailed. The ledger (told) has one row per recipient
// and notice: whatever else happens, nobody is told twice.
//
// What a mail says is composed when it is about to leave, from mailing rows, so
// that a watch deleted or paused meanwhile sends nothing.
package alert
