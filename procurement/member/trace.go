package member

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// InvitationRecord is an invitation as the person it is for may see it.
type InvitationRecord struct {
	EstablishmentID string
	Role            string
	InvitedAt       clock.Instant
	ExpiresAt       clock.Instant
	AcceptedAt      clock.Instant
	ClosedAt        clock.Instant
}

// DisputeRecord is what a person said of an establishment's administrator.
type DisputeRecord struct {
	EstablishmentID string
	Reason          string
	OpenedAt        clock.Instant
	DecidedAt       clock.Instant
	Outcome         string
}

// InvitationsTo lists what this room keeps of invitations to an address.
func InvitationsTo(tx *db.Tx, addressKey string) ([]InvitationRecord, error) {
	return invitationRecords(tx, addressKey)
}

// DisputesOf lists the disputes that a person opened.
func DisputesOf(tx *db.Tx, accountID string) ([]DisputeRecord, error) {
	return disputeRecords(tx, accountID)
}

// ForgetPerson removes what only somebody who erases their account needed here.
func ForgetPerson(tx *db.Tx, accountID, addressKey string) error {
	return deleteTraces(tx, accountID, addressKey)
}
