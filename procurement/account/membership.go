package account

import (
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// Membership is a person in an establishment (« rattachement »).
type Membership struct {
	ID              string
	AccountID       string
	EstablishmentID string
	Role            access.Role // what it is once approved
	CreatedAt       clock.Instant
	ApprovedAt      clock.Instant // zero: asked, not answered yet
	EndedAt         clock.Instant
}

// ActingRole is the role it gives now: until somebody approves it the person acts
// in their own name.
func (m Membership) ActingRole() access.Role {
	if m.ApprovedAt.IsZero() {
		return access.Newcomer
	}
	return m.Role
}

// MembershipBody is the body of event.MembershipCreated.
type MembershipBody struct {
	AccountID       string      `json:"account_id"`
	EstablishmentID string      `json:"establishment_id"`
	Role            access.Role `json:"role"`
	Approved        bool        `json:"approved"`
}

// AddMembership ties the account to an establishment, approved at once or not yet.
// Who comes first in an establishment is for org to say, which holds its lock.
func (s *Service) AddMembership(tx *db.Tx, a Account, establishmentID string, role access.Role, approved bool) (Membership, error) {
	if err := holdAccount(tx, a.ID); err != nil {
		return Membership{}, err
	}
	m := Membership{ID: db.NewID(), AccountID: a.ID, EstablishmentID: establishmentID, Role: role, CreatedAt: tx.Now}
	if approved {
		m.ApprovedAt = tx.Now
	}
	if err := insertMembership(tx, m); err != nil {
		return Membership{}, err
	}
	body := MembershipBody{AccountID: a.ID, EstablishmentID: establishmentID, Role: role, Approved: approved}
	return m, s.journal.Record(tx, a.actor(), event.MembershipCreated, m.ID, body)
}

// MembershipsOf lists the memberships of a person that have not ended, in the
// order in which they began.
func MembershipsOf(tx *db.Tx, accountID string) ([]Membership, error) {
	return membershipsWhere(tx, "account_id", accountID)
}

// MembersOf lists the memberships of an establishment that have not ended, in
// the order in which they began.
func MembersOf(tx *db.Tx, establishmentID string) ([]Membership, error) {
	return membershipsWhere(tx, "establishment_id", establishmentID)
}
