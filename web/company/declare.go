package company

import (
	"net/http"

	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/refdata"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of an establishment, as the room's faults name them.
const (
	fieldSIRET      = "siret"
	fieldCountry    = "pays"
	fieldNationalID = "identifiant_national"
)

// declarePage asks for another establishment, as signing up does.
type declarePage struct {
	Form   account.CompanyForm
	Errors ui.Errors
}

var declareTitle = ui.Page{Title: "Rejoindre ou déclarer un autre établissement", Narrow: true}

// abroad tells that the part for foreign companies was used.
func (d declarePage) abroad() bool {
	return d.Form.Country != "" || d.Form.NationalID != "" || d.Errors.On(fieldCountry) != "" || d.Errors.On(fieldNationalID) != ""
}

// countries are the choices; the first one is France, where the SIRET says all.
func (d declarePage) countries() []ui.Option {
	out := []ui.Option{{Label: "France (l'entreprise a un SIRET)"}}
	for _, c := range refdata.Countries() {
		out = append(out, ui.Option{Value: c.Code, Label: c.Name, Chosen: c.Code == d.Form.Country})
	}
	return out
}

func (p Pages) anotherEstablishment(*answer.Visit) (answer.Answer, error) {
	return answer.Show(declareTitle, declareBody(declarePage{})), nil
}

// declare brings the person into another establishment. They go on acting under what
// they do now, and choose when to change; somebody who acts under nothing changes at
// once.
func (p Pages) declare(v *answer.Visit) (answer.Answer, error) {
	form := account.CompanyForm{
		SIRET: v.PostForm.Get(fieldSIRET), Country: v.PostForm.Get(fieldCountry),
		NationalID: v.PostForm.Get(fieldNationalID), CompanyName: v.PostForm.Get(fieldCompany),
	}
	done, err := p.Members.Declare(v.Context(), v.Actor, form)
	if err != nil {
		page := declarePage{Form: form}
		later := fault.Is(err, fault.Unavailable)
		if page.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		a := answer.Refused(declareTitle, declareBody(page))
		if later {
			a = a.WithStatus(http.StatusTooManyRequests)
		}
		return a, nil
	}
	name := quoted(done.Establishment.CompanyName) + ", " + done.Establishment.Pretty()
	said := "Votre demande de rejoindre " + name + " est envoyée à ses administrateurs."
	switch {
	case done.Already:
		said = "Vous êtes déjà rattaché à " + name + ", ou votre demande attend une réponse."
	case done.First:
		said = "Vous administrez maintenant " + name + ". Cet établissement est déclaré, non vérifié."
	}
	a := answer.SeeOther(hatsURL, said)
	if v.Actor.MembershipID != "" {
		return a, nil
	}
	token, err := p.Accounts.Switch(v.Context(), v.Token(), done.MembershipID)
	return a.WithSession(token), err
}
