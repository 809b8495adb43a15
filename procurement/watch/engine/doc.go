// Package engine finds, for one notice, every watch that matches it, among a
// million, in microseconds.
//
// Every keyword, phrase or CPV prefix of any watch is a feature: a small number.
// Text is read once per notice and becomes the set of features present; all that
// follows is arithmetic on that set. A watch is filed under its most selective
// clause: its buyers when it names some, else its rarest feature, in the cells of
// its departments. A cell is one run of a flat array:
//
//	ids whose feature is enough | groups that one more feature opens | ids with conditions
//
// so that a notice reads the cells of its features in its departments, and nearly
// every word it reads is an answer. Answers are bits of one bitmap over the
// watches, which makes each appear once, in order.
//
// A notice with lots is read unit by unit, as notice.Query says. The meaning is
// Query's; what is here is speed, and is tested against it.
package engine
