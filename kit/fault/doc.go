// Package fault is the one kind of error that may reach a person.
//
// A rule that refuses something returns a *Error: what kind of refusal it is,
// which field of the form it belongs to, and the French sentence to show, written
// where the rule is. Every other error is internal: the web floor shows a
// reference number in its place and writes the cause to the log.
package fault
