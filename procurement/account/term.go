package account

import "time"

// Terms is how long what passes is kept in this room, for the pages that tell people
// so. ForgetStale is what makes each of them true.
type Terms struct {
	Session      time.Duration // from the sign-in, whatever happens
	Idle         time.Duration // of a session, without a page
	SignUpLink   time.Duration // works that long
	SignUp       time.Duration // from when it was asked, used or not
	Reset        time.Duration // of a forgotten password, from when it was asked
	Solicitation time.Duration // that an address was written to because a form asked
	Failures     time.Duration // at most, from the last one
	Device       time.Duration // a known browser, from the last sign-in
	Forgotten    time.Duration // one that was forgotten, from then
	Wanted       time.Duration // an address that was asked for, from then
	Left         time.Duration // an address that was left, from the mail that tells it so
}

// KeptFor is what the code of this room keeps to.
func KeptFor() Terms {
	return Terms{
		Session: life, Idle: idle, SignUpLink: signUpLife, SignUp: 2 * signUpLife, Reset: resetMemory,
		Solicitation: solicitationMemory, Failures: devicePace.memory, Device: DeviceLife, Forgotten: forgottenMemory,
		Wanted: addressLife, Left: restoreLife,
	}
}
