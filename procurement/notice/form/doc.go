// Package form reads the forms in which contracting authorities write their
// notices, whichever source hands them over: the European form, which the French
// gazette and the Official Journal both publish, and the values that all forms
// have in common: dates on somebody's wall, sums of money, CPV codes, lots.
//
// It makes no notice by itself: a gateway knows its source, takes from here what
// the form says, and answers for the record.
package form

import ()
