// Package clock says what time it is, for everything that has consequences.
//
// Rules never call time.Now: they take the instant of their transaction, which
// comes from here. In a demonstration and in tests the clock can be moved, and
// everything that is due moves with it.
package clock
