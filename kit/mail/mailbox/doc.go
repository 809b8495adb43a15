// Package mailbox is an SMTP server that receives and keeps mail, for the
// demonstration (where nobody has a relay and one wants to read what was sent)
// and for tests (where a real server is the only honest judge of a sender).
//
// It speaks SMTP through the same library as any other server, may require
// STARTTLS and a password, and can be told to misbehave: to refuse, to hang up or
// to dawdle at each step of a conversation. It never relays anything.
//
// Messages stay in memory, and also in a folder when one is given: one .eml file
// each, written and flushed before the server says 250.
package mailbox
