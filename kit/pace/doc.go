// Package pace bounds how often one place may ask something, in this process alone: so
// many times at once, then one more now and then.
package pace
