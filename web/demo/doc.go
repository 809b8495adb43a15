// Package demo is the pages of a demonstration: who one can enter as, the clock
// that one can move, the notice that one can publish, and the mailbox in which every
// mail arrives, received by a real mail server. Only `parvis demo` has them.
package demo
