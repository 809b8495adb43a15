// Package receiver posts to addresses that strangers have chosen, without lending them
// our place in the network.
//
// Whoever may have us write to an address could have us write to what only we can
// reach: this machine, its neighbours, what a cloud tells its machines about
// themselves. So a name is resolved once, all that it leads to is judged, and the very
// address that was judged is the one that is connected to: a name that leads elsewhere
// the next moment (DNS rebinding) gains nothing. Redirections are not followed, no proxy
// is used, which would resolve by itself, and what comes back is bounded in time and
// size. A stranger learns of a failure by its kind.
package receiver
