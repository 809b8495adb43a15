package account

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// DeviceLife is how long a browser is known after the last sign-in from it: thirteen
// months, as the CNIL advises, and less than the 400 days that browsers allow.
const DeviceLife = 395 * 24 * time.Hour

// Limits of what is known of browsers.
const (
	maxDevices      = 20                  // of an account; beyond, the one unused for longest is forgotten
	maxTokens       = 5                   // accounts by which one browser is known
	replacedLife    = 5 * time.Minute     // a token that a sign-in replaced still works: a double click
	forgottenMemory = 30 * 24 * time.Hour // mails that speak of a browser leave within that time
)

// Device is a browser that an account has signed in from (« navigateur connu »).
type Device struct {
	ID            string
	AccountID     string
	TokenHash     string
	PreviousHash  string
	PreviousUntil clock.Instant
	Browser       string        // what it said it was at its last sign-in
	KnownAt       clock.Instant // of its first sign-in
	SeenAt        clock.Instant // of its last one
	ExpiresAt     clock.Instant
}

// FindDevice reads a known browser, or one that was forgotten lately; db.ErrNone
// when there is none.
func FindDevice(tx *db.Tx, id string) (Device, error) { return deviceByID(tx, id) }

// A browser keeps one token per account that it signed in to, joined by dots, the
// last one first: no row ties two accounts that share a browser, and what one of
// them does leaves the other's token as it is.

// deviceHashes are what is stored of the tokens that a browser keeps. What cannot be
// a token costs no query.
func deviceHashes(kept string) []string {
	var hashes []string
	for one := range strings.SplitSeq(kept, ".") {
		if hash, ok := digestOf(one); ok && len(hashes) < maxTokens {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// keepDevice is what a browser is to keep once a new token replaces the one of this
// hash, or none.
func keepDevice(kept, token, replacedHash string) string {
	tokens := []string{token}
	for one := range strings.SplitSeq(kept, ".") {
		if hash, ok := digestOf(one); ok && hash != replacedHash && len(tokens) < maxTokens {
			tokens = append(tokens, one)
		}
	}
	return strings.Join(tokens, ".")
}

// deviceOf tells by which browser of the account somebody comes, and the hash of the
// token that says so; found is false when the account does not know it.
func deviceOf(tx *db.Tx, accountID, kept string) (d Device, by string, found bool, err error) {
	hashes := deviceHashes(kept)
	if accountID == "" || len(hashes) == 0 {
		return Device{}, "", false, nil
	}
	d, err = deviceByHashes(tx, accountID, hashes)
	if errors.Is(err, db.ErrNone) {
		return Device{}, "", false, nil
	}
	by = d.TokenHash
	if !slices.Contains(hashes, by) {
		by = d.PreviousHash
	}
	return d, by, err == nil, err
}

// meet makes the browser known to the account, by a token that is new each time: one
// that somebody planted or copied is worth nothing afterwards. known tells whether it
// was known before.
func meet(tx *db.Tx, a Account, from Visitor) (d Device, keep string, known bool, err error) {
	d, by, known, err := deviceOf(tx, a.ID, from.Device)
	if err != nil {
		return Device{}, "", false, err
	}
	token, hash := newToken()
	d.TokenHash, d.PreviousHash, d.PreviousUntil = hash, by, tx.Now.Add(replacedLife)
	d.Browser, d.SeenAt, d.ExpiresAt = browserName(from.Browser), tx.Now, tx.Now.Add(DeviceLife)
	if known {
		// Another request may have forgotten it since.
		if known, err = renewDevice(tx, d); err != nil {
			return Device{}, "", false, err
		}
	}
	if !known {
		d.ID, d.AccountID, d.KnownAt, by = db.NewID(), a.ID, tx.Now, ""
		if err := insertDevice(tx, d); err != nil {
			return Device{}, "", false, err
		}
		if err := forgetOldDevices(tx, a.ID, maxDevices); err != nil {
			return Device{}, "", false, err
		}
	}
	return d, keepDevice(from.Device, token, by), known, nil
}
