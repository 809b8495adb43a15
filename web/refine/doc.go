// Package refine answers for the section « Affiner », which a search and a watch share:
// what its fields send, how an address says them, CPV codes found by their labels, and
// the words in which its criteria are told.
package refine
