// Package app builds the program out of its rooms and runs it: opens the
// database, migrates it, hands each room what it needs, serves the pages and does
// what is due. The end-to-end tests start this same program.
package app
