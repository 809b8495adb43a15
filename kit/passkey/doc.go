// Package passkey registers passkeys and checks what they sign (WebAuthn level 3). It
// is the one place that knows the library for it, which has not reached its first
// stable version.
//
// A ceremony has two halves. Begin gives what the browser hands to the authenticator
// and the server's half, which the caller keeps out of the browser's reach, for minutes,
// and gives back once; Finish judges the answer against it. The package holds nothing
// between the two.
//
// Keys made here serve alone as well as after a password, so each must be found without
// a name being typed (a discoverable credential) and must check who holds it, by a
// finger, a face or a code. No attestation is asked for: which make a key is of is
// nobody's business.
package passkey
