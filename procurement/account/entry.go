package account

// Visitor is where somebody who proves who they are does it from.
type Visitor struct {
	Remote  string // network address, see NetworkOf
	Browser string // what it says it is
	Device  string // token of the cookie that this browser keeps, if any
}

// Entry is what proving who one is gives.
type Entry struct {
	Session string // token of the session that is open
}
