// Package feed answers for the private feeds of a watch (« flux privés »): addresses at
// which programs read what matches it, as news (Atom, JSON Feed) or as a diary of
// deadlines (iCalendar).
//
// A program has no session: the address is the key, 256 bits of chance of which only
// the hash is kept. So it is shown once, when it is made; who has lost it makes another,
// which ends the former. There is one per watch, person and format, so that giving up a
// telephone's diary leaves the news reader alone.
//
// A feed never outlives the right to see its watch. Each reading asks whether its owner
// could open the watch's page at that moment, under the membership that it was made
// under; rows of those who no longer can are swept later, and answer nothing meanwhile.
//
// What it holds comes from the queries that fill the live list and the alerts. Articles
// of law: none.
package feed
