package public

import (
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of the sign-up, as the room's faults name them.
const (
	fieldSIRET      = "siret"
	fieldCountry    = "pays"
	fieldNationalID = "identifiant_national"
	fieldCompany    = "entreprise"
	fieldName       = "nom"
	fieldAddress    = "adresse"
)

// signUpPage asks who one is; no password yet, the mailbox must answer first.
type signUpPage struct {
	Form   account.SignUpForm
	Errors ui.Errors
}

// abroad tells that the part for foreign companies was used.
func (s signUpPage) abroad() bool {
	return s.Form.Country != "" || s.Form.NationalID != "" || s.Errors.On(fieldCountry) != "" || s.Errors.On(fieldNationalID) != ""
}

// signUpTitle is what surrounds the form, fresh or refused.
var signUpTitle = ui.Page{Title: "Créer un compte", Narrow: true}

// signUp shows the form, to somebody signed in too: a person may sign up a
// colleague's company from their own desk.
func (p Pages) signUp(*answer.Visit) (answer.Answer, error) {
	return answer.Show(signUpTitle, signUpView(signUpPage{})), nil
}

// askSignUp answers every address alike: only its owner may know whether it has an
// account, and the mail tells them.
func (p Pages) askSignUp(v *answer.Visit) (answer.Answer, error) {
	s := signUpPage{Form: account.SignUpForm{
		SIRET: v.PostForm.Get(fieldSIRET), Country: v.PostForm.Get(fieldCountry), NationalID: v.PostForm.Get(fieldNationalID),
		CompanyName: v.PostForm.Get(fieldCompany), Name: v.PostForm.Get(fieldName), Address: v.PostForm.Get(fieldAddress),
	}}
	if err := p.Accounts.AskSignUp(v.Context(), s.Form, v.Visitor()); err != nil {
		refusal := refusalStatus(err)
		if s.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(signUpTitle, signUpView(s)).WithStatus(refusal), nil
	}
	return answer.Show(ui.Page{Title: "Un message vient de vous être envoyé", Narrow: true, NoIndex: true}, sentView(printable(s.Form.Address))), nil
}
