// Package cmd is the command line: what an operator types, read into one struct
// per command, with its help in French.
package cmd
