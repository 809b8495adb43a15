package public

import (
	"net/url"

	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of the sign-up, as the room's faults name them.
const (
	fieldSIRET      = "siret"
	fieldCountry    = "pays"
	fieldNationalID = "identifiant_national"
	fieldCompany    = "entreprise"
	fieldStreet     = "rue"
	fieldPostcode   = "code_postal"
	fieldCity       = "ville"
	fieldName       = "nom"
	fieldAddress    = "adresse"
)

// signUpPage asks who one is; no password yet, the mailbox must answer first.
type signUpPage struct {
	Form   account.SignUpForm
	Next   string // where they were going, "" for nowhere
	Errors ui.Errors

	Directory bool         // names are looked up
	Listing   *org.Listing // what the directory said of the SIRET
}

// abroad tells that the part for foreign companies was used.
func (s signUpPage) abroad() bool {
	return s.Form.Country != "" || s.Form.NationalID != "" || s.Errors.On(fieldCountry) != "" || s.Errors.On(fieldNationalID) != ""
}

// signUpTitle is what surrounds the form, fresh or refused.
var signUpTitle = ui.Page{Title: "Créer un compte", Narrow: true}

// signUp shows the form, to somebody signed in too: a person may sign up a
// colleague's company from their own desk.
func (p Pages) signUp(v *answer.Visit) (answer.Answer, error) {
	return answer.Show(signUpTitle, signUpView(signUpPage{Next: next(v), Directory: p.Profiles.HasDirectory()})), nil
}

// signUpURL leads to the form, and from there where one was going.
func signUpURL(next string) string {
	if next == "" {
		return "/inscription"
	}
	return at("/inscription", url.Values{fieldNext: {next}})
}

// askSignUp answers every address alike: only its owner may know whether it has an
// account, and the mail tells them.
func (p Pages) askSignUp(v *answer.Visit) (answer.Answer, error) {
	s := signUpPage{Next: next(v), Directory: p.Profiles.HasDirectory(), Form: account.SignUpForm{
		LeadsTo: next(v),
		SIRET:   v.PostForm.Get(fieldSIRET), Country: v.PostForm.Get(fieldCountry), NationalID: v.PostForm.Get(fieldNationalID),
		CompanyName: v.PostForm.Get(fieldCompany), Name: v.PostForm.Get(fieldName), Address: v.PostForm.Get(fieldAddress),
		Postal: account.PostalAddress{Street: v.PostForm.Get(fieldStreet), Postcode: v.PostForm.Get(fieldPostcode), City: v.PostForm.Get(fieldCity)},
	}}
	searching := v.PostForm.Get(fieldAction) == actionSearch
	faulty := p.complete(v, &s, searching)
	if searching && faulty == nil {
		return answer.Show(signUpTitle, signUpView(s)), nil
	}
	if !searching {
		faulty = p.Accounts.AskSignUp(v.Context(), s.Form, v.Visitor())
	}
	if faulty != nil {
		refusal := refusalStatus(faulty)
		var err error
		if s.Errors, err = answer.Errors(faulty); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(signUpTitle, signUpView(s)).WithStatus(refusal), nil
	}
	return answer.Show(ui.Page{Title: "Un message vient de vous être envoyé", Narrow: true, NoIndex: true}, sentView(printable(s.Form.Address), s.Listing)), nil
}
