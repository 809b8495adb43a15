// Package account answers for persons: how somebody gets an account, proves who
// they are, and stays signed in; and for the memberships that say under which
// establishment they act.
//
// A sign-up proves the mailbox before anything exists: AskSignUp writes a row and
// an event, the mail carries a token, and whoever holds the mailbox chooses the
// identifiant and the password. Nobody can prepare an account for somebody else's
// address, and nothing visible tells whether an address has an account: both
// answers write the same rows and the mail alone says which it is, to its owner.
//
// A forgotten password goes the same way: AskReset writes the same rows whether or
// not somebody has what was typed, the mail carries the link, and only its holder
// chooses another password. Whoever changes a password, by a link or by proving the
// one in use, ends the sessions and the links that the old one might have opened.
//
// Whoever erases their account says the password again. The row stays, emptied, because
// memberships and the journal name its id; see the room person for all that goes with it.
//
// A session is an opaque token of 256 bits in the browser, its digest here, bound
// to one membership. What an actor is called in their company lives in the room
// org, which comes later: org.Service.ActorOf completes SessionOf with it, and is
// the only way the web floor learns who acts.
package account
