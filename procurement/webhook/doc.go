// Package webhook answers for telling a company's own systems, at once, of what matches
// a watch: to which addresses, what is said, how it is signed, when it is tried again,
// and when it is given up.
//
// The room listens to the journal by itself. It matches new notices by the engine that
// alerts do, in its own transaction, and writes there one delivery per webhook, notice
// and revision; mails know nothing of it and never wait for it. A webhook that was told
// of a notice is told of a deadline that moves and of a cancellation: what it was told
// last stands in its last delivery, and what differs makes the next one.
//
// A delivery is written once and sent at least once: a receiver that took it may have
// been cut off before we heard so. Its id is the same at each attempt, and so are its
// bytes, which are composed when it is first about to leave and frozen.
//
// What is sent leaves outside any transaction, under a lease, one at a time per webhook.
// One that fails rests longer and longer, whatever waits for it; after days of nothing
// but failures it is suspended and its owner told, once. A webhook is sent nothing but
// trials until it has accepted one: nobody has us write to a stranger.
//
// Signing follows Standard Webhooks, for which there are libraries in most languages.
// The network is the gateway receiver's. Articles of law: none.
package webhook
