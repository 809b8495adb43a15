// Package cpvfile reads the Common Procurement Vocabulary as tables of it are handed
// around: the Publications Office's, with a column for each language, saved as CSV,
// or one with the French labels only. It answers for finding the columns, the
// separator and the alphabet, and for naming the lines that are no code.
package cpvfile
