// Package token makes the secrets of links and sessions. A secret is given to
// one person and never kept: tables hold its hash, so that whoever reads them can
// open nothing.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// size is the entropy of a secret, in bytes.
const size = 32

// New makes a secret of 256 bits, fit for a URL: 43 characters.
func New() string {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash is what a table keeps of a secret.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
