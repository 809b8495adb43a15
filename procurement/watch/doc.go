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
// The room records facts; alert/ says who is told of them. Articles of law: none.
package watch
