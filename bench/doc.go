// Package bench measures, on the whole program, what is promised in figures: how to
// run each measure and what it gave are in its README. What can be checked without
// a watch in hand is checked here too, by make test.
package bench
