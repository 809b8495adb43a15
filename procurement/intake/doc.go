// Package intake answers for how notices come in from outside: how far the import of a
// file went, so that one that was killed goes on where it was; and the fetch of a
// gazette, which happens by itself: when it is due, who is at it, from which day on it
// reads, whom it may alert, and what is said when nothing comes any more.
//
// What a notice is, and that it is recorded once however often it comes, is the room
// notice's; how a gazette is reached, a gateway's (Gazette).
//
// # What alerts
//
// A fetch alerts of notices published since the day when it was first awaited: what it
// reads of the days before fills the search and tells nobody. After an absence it
// catches up, and tells of all that can still be answered; after one of more than sixty
// days it begins anew.
//
// # What is said to be silent
//
// A gazette that cannot be fetched, and one that answers and brings nothing new, when it
// has been so for more than Patience. It comes out every day of the week: a platform that
// stands still answers as if all were well.
//
// # Who fetches
//
// One run at a time, under a lease of the row that it renews, and that every one of its
// transactions checks: who has lost it writes nothing more.
package intake
