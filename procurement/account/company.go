package account

import "parvis/kit/fault"

// CompanyForm is what somebody who has an account says of an establishment that
// they wish to act for: what the sign-up page asks of a company.
type CompanyForm struct {
	SIRET       string
	Country     string // ISO 3166, two letters; empty is France
	NationalID  string // abroad: the identifier in the country's own register
	CompanyName string
}

// Read checks all fields together and gives the company as a sign-up would. Faults
// are on siret, pays, identifiant_national, entreprise.
func (f CompanyForm) Read() (SignUp, error) {
	var out SignUp
	var faults fault.List
	on := func(field string, err error) {
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.On(field))
		}
	}
	SignUpForm{SIRET: f.SIRET, Country: f.Country, NationalID: f.NationalID}.readNumber(&out, on)
	var err error
	out.CompanyName, err = ParseCompanyName(f.CompanyName)
	on("entreprise", err)
	return out, faults.Err()
}
