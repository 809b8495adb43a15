// Package person answers for what concerns one person across the rooms: what is kept of
// them, why and for how long; the copy of it that they may take away; their erasure; and
// their address as it changes.
//
// Each room knows its own tables; this one, after all of them, asks each in turn, in one
// transaction. It has no table. purpose.go is the one notice of what is kept: the pages
// show it, and its terms are the rooms' own constants. A test walks the schema: every
// column that can tell something of a person is exported, erased, or kept for a reason
// that is written there.
//
// An export holds what is the person's and nobody else's: colleagues and other
// recipients are counted, not named; nothing in it opens anything.
//
// An erasure is immediate and cannot be undone. The account's row stays, emptied, because
// memberships and the journal name its id; the journal also keeps the name, for ever: it
// is the record of who did what in procedures, and is append-only.
//
// A change of address changes the account, has what is mailed to the address follow it,
// and what is owed too, in one transaction: a watch must not go on telling a mailbox
// that its person has left, nor miss them at the new one.
package person
