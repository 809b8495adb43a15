// Package watch answers for companies' market watches (« veilles ») : what a
// company asks to hear of, who receives it and when, and the matcher that tells
// which watches a new notice concerns.
//
// A watch belongs to an establishment; a person who is not approved there yet has
// watches of their own. The box « Acceptation de l'alerte » is its status: ticked
// is active. It counts from the moment it became active: older notices are shown,
// never mailed.
//
// Whoever else receives it has agreed first. Recipients are rows with dated
// facts: asked, confirmed, stopped (by themselves), failed (refused by their
// server), removed (by the company). Only a confirmed one, neither stopped nor
// failed, is mailed.
//
// What a company decides about a contract that a watch found is a tag (« étiquette ») :
// one choice for the establishment, the last one, because a company does one thing; and
// a note of each person, because two who write at once must lose nothing. « On passe »
// keeps the contract, in whatever gazette, out of all that the establishment's watches
// send: see Passed.
//
// A watch may be shown to the other establishments of its company. Both must have been
// proved: anybody can declare another SIRET of a company and administer it.
//
// The room records facts; alert/ says who is told of them. Articles of law: none.
package watch
