// Package access says who may do what: the actor of a use case, the acts that
// exist, and one matrix of who holds which. It is pure and knows no table: where
// an act is allowed (which company, which watch) is in the rooms' queries, which
// start from the actor.
package access
