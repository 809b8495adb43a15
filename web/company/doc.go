// Package company answers for the pages of companies: their space and their market
// watches (« veilles »). It reads and shows; what may be done is for the rooms.
//
// Everything works without scripts: a form has buttons that come back with one line
// more or less and save nothing, and what a person typed is there again each time.
package company
