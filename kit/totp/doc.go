// Package totp makes and checks the codes of authenticator applications: six digits
// drawn from a shared secret and the time (RFC 6238), a new one every thirty seconds.
//
// It keeps nothing: whoever stores the secret also stores the step of the last code
// accepted and gives it back, so that a code that was read over a shoulder serves
// nobody a second time.
package totp
