// Package notice answers for calls for competition as anybody can read them,
// whatever their source: what a notice is, how it is recorded once however often
// it is received, what a person may search for (Criteria), and the search itself.
//
// Criteria are the same for a search and for a company's watch, and one meaning
// of "matches" serves both: Query. The search index answers it over all notices,
// the watches' engine answers it backwards, and a naive scan is the oracle that
// both are tested against.
//
// A notice with lots is judged lot by lot: it matches when its common text, or
// one lot, satisfies the words and holds none of the excluded ones. Words are
// searched in title, description, reference, descriptors and lots; never in the
// buyer's name (that is a criterion of its own) nor in CPV labels.
package notice
