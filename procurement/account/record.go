package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// Record is what this room keeps of one person, less what is secret: neither the
// password's hash nor a token's.
type Record struct {
	Account
	Memberships []Membership // ended ones too, in the order in which they began
	Sessions    []SessionRecord
	Devices     []DeviceRecord
	SignUps     []SignUp // of their address
	Resets      []Reset
	Factors     []FactorRecord
	Wanted      []AddressChange // addresses that were asked for
	Former      []FormerAddress // addresses that may still be taken back
}

// FactorRecord is a second factor, less what it is made of.
type FactorRecord struct {
	Name      string // of a passkey; empty for an authenticator application
	CreatedAt clock.Instant
	UsedAt    clock.Instant
}

// SessionRecord is a session as its owner may see it.
type SessionRecord struct {
	MembershipID string
	Browser      string
	CreatedAt    clock.Instant
	SeenAt       clock.Instant
	ExpiresAt    clock.Instant
}

// DeviceRecord is a browser that the account knows, or has forgotten lately.
type DeviceRecord struct {
	Browser     string
	KnownAt     clock.Instant
	SeenAt      clock.Instant
	ExpiresAt   clock.Instant
	ForgottenAt clock.Instant
}

// RecordOf reads what is kept of a person, db.ErrNone when there is none.
func RecordOf(tx *db.Tx, accountID string) (Record, error) {
	var r Record
	var err error
	if r.Account, err = accountByID(tx, accountID); err != nil {
		return r, err
	}
	if r.Memberships, err = allMemberships(tx, accountID); err != nil {
		return r, err
	}
	if r.Sessions, err = sessionRecords(tx, accountID); err != nil {
		return r, err
	}
	if r.Devices, err = deviceRecords(tx, accountID); err != nil {
		return r, err
	}
	if r.SignUps, err = signUpsOf(tx, r.AddressKey); err != nil {
		return r, err
	}
	if r.Resets, err = resetsOf(tx, accountID); err != nil {
		return r, err
	}
	if r.Factors, err = factorRecords(tx, accountID); err != nil {
		return r, err
	}
	if r.Wanted, err = addressChangesOf(tx, accountID); err != nil {
		return r, err
	}
	r.Former, err = formersOf(tx, accountID)
	return r, err
}
