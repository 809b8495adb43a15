// Package mail owes, composes and sends mail, so that what happened is told: never
// lost, and never twice but for the one window that SMTP leaves open.
//
// A room owes a mail in the transaction of the fact (Outbox.Owe): if the fact
// exists, so does the row. Nothing is composed then. When the row is due, a Sender
// takes it under a lease, asks the room's composer for what there is to say at
// that moment, freezes the bytes in the row, talks to the relay outside any
// transaction, and marks the row.
//
// A message that no server can have taken is thawed: the next attempt says what is
// true by then. A message whose fate is unknown (the final dot was sent and no
// answer came) keeps its bytes and its Message-ID for ever, so that a second copy
// is the first one again and mail programs can tell.
//
// States of a row:
//
//	pending   → sending                      due, taken by a sender
//	sending   → sent                         the relay answered 250
//	          → pending                      temporary failure, or relay down
//	          → refused                      the relay says that there is no such recipient
//	          → parked                       refused for what it says, or cannot be composed
//	          → cancelled                    nobody wants it any more (ErrUnwanted)
//	pending   → expired                      its time has passed
//	parked    → pending                      somebody asked again (Outbox.Retry)
//
// When a row is due, retried or expired is told by the database's clock, which can
// be moved. Leases and time-outs measure real conversations, on the machine's.
package mail
