package company

import (
	"net/http"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// personalURL is « Mes informations personnelles »; what follows it changes the address,
// or gives the change up.
const (
	personalURL    = "/entreprise/mes-informations"
	newAddressURL  = personalURL + "/adresse"
	dropAddressURL = newAddressURL + "/annuler"
)

// Fields of the forms, as the room's faults name them.
const (
	fieldPersonName = "nom"
	fieldAddress    = "adresse"
)

// personalPage is what the platform knows of the person, and the forms that change it.
type personalPage struct {
	Name    string // as it was typed, in a form that is refused
	Login   string
	Address string
	Wanted  string // the address that waits for its mailbox, empty for none
	Until   string // for how long
	Typed   string // address, in a form that is refused
	Errors  ui.Errors
}

// personalTitle is what surrounds the forms, fresh or refused.
var personalTitle = ui.Page{Title: "Mes informations personnelles", Narrow: true}

func (p Pages) personalPage(v *answer.Visit) (personalPage, error) {
	a, wanted, waits, err := p.Accounts.Self(v.Context(), v.Actor)
	page := personalPage{Name: a.Name, Login: a.Login, Address: a.Address}
	if waits {
		page.Wanted, page.Until = wanted.Address, wanted.ExpiresAt.Long(clock.Paris)
	}
	return page, err
}

func (p Pages) personal(v *answer.Visit) (answer.Answer, error) {
	page, err := p.personalPage(v)
	return answer.Show(personalTitle, personalBody(page)), err
}

// refusedPersonal shows the page again with what was typed and what is wrong with it.
func (p Pages) refusedPersonal(v *answer.Visit, refusal error, keep func(*personalPage)) (answer.Answer, error) {
	faults, err := answer.Errors(refusal)
	if err != nil {
		return answer.Answer{}, err
	}
	page, err := p.personalPage(v)
	if err != nil {
		return answer.Answer{}, err
	}
	page.Errors = faults
	keep(&page)
	a := answer.Refused(personalTitle, personalBody(page))
	if fault.Is(refusal, fault.Unavailable) {
		a = a.WithStatus(http.StatusTooManyRequests)
	}
	return a, nil
}

func (p Pages) changeName(v *answer.Visit) (answer.Answer, error) {
	typed := v.PostForm.Get(fieldPersonName)
	if err := p.Accounts.ChangeName(v.Context(), v.Actor, typed); err != nil {
		return p.refusedPersonal(v, err, func(page *personalPage) { page.Name = visible(typed) })
	}
	return answer.SeeOther(personalURL, "Votre nom est enregistré."), nil
}

// askAddress answers alike whoever has the address: only its mailbox may know.
func (p Pages) askAddress(v *answer.Visit) (answer.Answer, error) {
	form := account.AddressForm{Address: v.PostForm.Get(fieldAddress), Current: v.PostForm.Get(fieldCurrent)}
	if err := p.Accounts.AskAddress(v.Context(), v.Token(), form, v.Visitor()); err != nil {
		return p.refusedPersonal(v, err, func(page *personalPage) { page.Typed = visible(form.Address) })
	}
	return answer.SeeOther(personalURL, "Un message vient d'être envoyé à la nouvelle adresse. Suivez son lien pour la confirmer\u00a0: d'ici là, rien ne change."), nil
}

func (p Pages) dropAddress(v *answer.Visit) (answer.Answer, error) {
	waited, err := p.Accounts.DropAddress(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	if !waited {
		return answer.SeeOther(personalURL, "Aucun changement d'adresse n'était en attente."), nil
	}
	return answer.SeeOther(personalURL, "La demande est annulée\u00a0: le lien du message n'ouvre plus rien et votre adresse ne change pas."), nil
}
