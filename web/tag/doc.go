// Package tag answers for how people tag a contract (« étiquette ») wherever a page
// shows it: three buttons under a row of a list, the same on the contract's own page,
// and a form with the note. It reads and shows; what may be done is for the room watch.
//
// Pressing the button of the choice that stands takes it back. Everything works without
// scripts: each button sends a form.
package tag
