package access

import "parvis/kit/fault"

// Role is what a person is in the membership they act under.
type Role string

// The roles. A visitor has no account; System is the platform itself (imports,
// digests); a Newcomer's membership is not approved yet: they act in their own
// name, apart from the company's data.
const (
	Visitor      Role = "visitor"
	Newcomer     Role = "newcomer"
	CompanyUser  Role = "user"
	CompanyAdmin Role = "admin"
	System       Role = "system"
)

// Act is something that a use case lets somebody do.
type Act string

// The acts of today, by room.
const (
	VisitSite     Act = "site.visit"             // pages that are for everybody
	EditAccount   Act = "account.edit"           // one's own
	ForgetFactors Act = "account.forget_factors" // somebody else's, once they lost them all
	SearchNotices Act = "notice.search"
	RecordNotices Act = "notice.record"
	SeeWatches    Act = "watch.see"
	EditWatches   Act = "watch.edit"
	SendAlerts    Act = "alert.send"
	SeeUsers      Act = "member.see"    // a newcomer sees their own line only
	ManageUsers   Act = "member.manage" // invite, accept, refuse, change a role, remove
	LeaveCompany  Act = "member.leave"
	JoinCompany   Act = "member.join" // ask again, once refused or gone

	SeeProfile      Act = "profile.see" // a newcomer sees the name and number only
	EditProfile     Act = "profile.edit"
	VerifyCompanies Act = "profile.verify" // the operator's
	SeeMemberships  Act = "membership.see" // one's own, and act under another of them
	AddMembership   Act = "membership.add" // join or declare another establishment
	ContestAdmin    Act = "dispute.open"   // of an establishment that has not let one in
	DecideDisputes  Act = "dispute.decide"
	MergeBuyers     Act = "buyer.merge" // and see all that the register holds of one: the operator's
)

// Acts lists every act, for the tests of the matrix.
var Acts = []Act{VisitSite, EditAccount, SearchNotices, RecordNotices, SeeWatches, EditWatches, SendAlerts,
	SeeUsers, ManageUsers, LeaveCompany, JoinCompany, SeeProfile, EditProfile, VerifyCompanies, ForgetFactors,
	SeeMemberships, AddMembership, ContestAdmin, DecideDisputes, MergeBuyers}

// matrix is who may do what. What is not written is refused.
var matrix = map[Act]map[Role]bool{
	VisitSite:     {Visitor: true, Newcomer: true, CompanyUser: true, CompanyAdmin: true, System: true},
	EditAccount:   {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	ForgetFactors: {System: true},
	SearchNotices: {Visitor: true, Newcomer: true, CompanyUser: true, CompanyAdmin: true, System: true},
	RecordNotices: {System: true},
	SeeWatches:    {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	EditWatches:   {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	SendAlerts:    {System: true},
	SeeUsers:      {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	ManageUsers:   {CompanyAdmin: true},
	LeaveCompany:  {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	JoinCompany:   {Newcomer: true},

	SeeProfile:      {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	EditProfile:     {CompanyAdmin: true},
	VerifyCompanies: {System: true},
	SeeMemberships:  {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	AddMembership:   {Newcomer: true, CompanyUser: true, CompanyAdmin: true},
	ContestAdmin:    {Newcomer: true},
	DecideDisputes:  {System: true},
	MergeBuyers:     {System: true},
}

// Actor is a person under one of their memberships, a visitor, or the platform.
type Actor struct {
	AccountID       string
	Name            string // copied into the journal, so that it outlives the account
	Address         string // verified
	MembershipID    string
	EstablishmentID string
	CompanyName     string
	SIRET           string
	Verified        bool // the establishment has been proved, not only declared
	Role            Role
}

// Anybody is a visitor.
func Anybody() Actor { return Actor{Role: Visitor} }

// Platform is Parvis itself, named by what it is doing.
func Platform(name string) Actor { return Actor{Role: System, Name: name} }

// SignedIn tells a person from a visitor.
func (a Actor) SignedIn() bool { return a.AccountID != "" }

// Scope is whose data the actor sees: the establishment's, or their own alone
// while nobody has approved them.
func (a Actor) Scope() string {
	if a.Role == Newcomer {
		return "account:" + a.AccountID
	}
	return "establishment:" + a.EstablishmentID
}

// May tells whether the matrix allows the act.
func (a Actor) May(act Act) bool { return matrix[act][a.Role] }

// Must refuses what the matrix does not allow: a visitor is led to sign in,
// anybody else is told no.
func (a Actor) Must(act Act) error {
	switch {
	case a.May(act):
		return nil
	case a.Role == Visitor || a.Role == "":
		return fault.New(fault.SignIn, "Connectez-vous pour continuer.")
	default:
		return fault.New(fault.Forbidden, "Votre compte ne permet pas cette action.")
	}
}
