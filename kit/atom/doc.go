// Package atom writes feeds that news readers and programs follow (Atom, RFC 4287).
package atom
