package access_test

import (
	"testing"

	"parvis/kit/fault"
	"parvis/procurement/access"
)

func TestWhoMayDoWhat(t *testing.T) {
	all := []access.Role{access.Visitor, access.Newcomer, access.CompanyUser, access.CompanyAdmin, access.System}
	// Written out by hand, so that a change of the matrix is a change here too.
	allowed := map[access.Act]string{
		access.VisitSite:     "visitor newcomer user admin system",
		access.EditAccount:   "newcomer user admin",
		access.SearchNotices: "visitor newcomer user admin system",
		access.RecordNotices: "system",
		access.SeeWatches:    "newcomer user admin",
		access.EditWatches:   "newcomer user admin",
		access.SendAlerts:    "system",
		access.SeeUsers:      "newcomer user admin",
		access.ManageUsers:   "admin",
		access.LeaveCompany:  "newcomer user admin",
		access.JoinCompany:   "newcomer",

		access.SeeProfile:      "newcomer user admin",
		access.EditProfile:     "admin",
		access.VerifyCompanies: "system",
		access.ForgetFactors:   "system",
		access.SeeMemberships:  "newcomer user admin",
		access.AddMembership:   "newcomer user admin",
		access.ContestAdmin:    "newcomer",
		access.DecideDisputes:  "system",
		access.MergeBuyers:     "system",
	}
	for _, act := range access.Acts {
		got := ""
		for _, r := range all {
			if (access.Actor{Role: r}).May(act) {
				if got != "" {
					got += " "
				}
				got += string(r)
			}
		}
		if got != allowed[act] {
			t.Errorf("%s: %q, want %q", act, got, allowed[act])
		}
	}
	if len(allowed) != len(access.Acts) {
		t.Errorf("%d acts in the test, %d in the room", len(allowed), len(access.Acts))
	}
	if (access.Actor{}).May(access.SearchNotices) {
		t.Error("an actor without a role may do nothing")
	}
}

func TestAVisitorIsLedToSignInAndOthersAreToldNo(t *testing.T) {
	if err := access.Anybody().Must(access.EditWatches); !fault.Is(err, fault.SignIn) {
		t.Errorf("visitor: %v", err)
	}
	if err := (access.Actor{Role: access.CompanyUser}).Must(access.RecordNotices); !fault.Is(err, fault.Forbidden) {
		t.Errorf("company user: %v", err)
	}
	if err := access.Platform("import").Must(access.RecordNotices); err != nil {
		t.Errorf("platform: %v", err)
	}
}

func TestANewcomerSeesOnlyTheirOwn(t *testing.T) {
	a := access.Actor{AccountID: "a1", EstablishmentID: "e1", Role: access.CompanyUser}
	b := a
	b.Role = access.Newcomer
	if a.Scope() == b.Scope() {
		t.Error("a person who is not approved shares the company's data")
	}
}
