package account

// Visitor is where somebody who proves who they are does it from.
type Visitor struct {
	Remote  string // network address, see NetworkOf
	Browser string // what it says it is
	Device  string // what this browser keeps of Entry.Device, if anything
}

// Entry is what proving who one is gives.
type Entry struct {
	Session string // token of the session that is open; empty when none was opened
	Pending string // token of the sign-in that waits for its second step, if it does
	Device  string // what the browser is to keep for DeviceLife, to be known again; empty: unchanged
}
