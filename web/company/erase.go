package company

import (
	"cmp"
	"errors"
	"net/http"

	"parvis/kit/fault"
	"parvis/procurement/member"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// eraseURL is « Supprimer mon compte ».
const eraseURL = dataURL + "/supprimer"

// fieldStop is the box that asks for what others send to stop too.
const fieldStop = "arreter"

// erasePage says what erasing the account does, and asks for the password.
type erasePage struct {
	Address   string
	Losses    []string
	Passed    []string // what goes on with somebody else
	Elsewhere []watch.Received
	Stop      bool
	Refusal   string // why it cannot be done yet
	Errors    ui.Errors
}

// eraseTitle is what surrounds the form, fresh or refused.
var eraseTitle = ui.Page{Title: "Supprimer mon compte", Narrow: true}

func (p Pages) askErase(v *answer.Visit) (answer.Answer, error) {
	page, err := p.erasePage(v)
	return answer.Show(eraseTitle, eraseBody(page)), err
}

func (p Pages) erasePage(v *answer.Visit) (erasePage, error) {
	would, err := p.Persons.Prospect(v.Context(), v.Actor)
	if err != nil {
		return erasePage{}, err
	}
	page := erasePage{Address: would.Account.Address, Elsewhere: would.Elsewhere}
	if e, ok := fault.As(would.Refusal); ok {
		page.Refusal = e.Text
	}
	page.Losses = []string{
		"votre compte\u00a0: votre nom, votre adresse, votre identifiant " + quoted(would.Account.Login) + " et votre mot de passe",
		"vos connexions en cours, celle-ci comprise, et les navigateurs connus",
		"le journal des messages que vous avez reçus",
	}
	if would.Own > 0 {
		page.Losses = append(page.Losses, "vos veilles personnelles ("+ui.Number(would.Own)+") et leurs alertes à venir")
	}
	for _, part := range would.Partings {
		page.say(part)
	}
	return page, nil
}

// say puts what becomes of a membership where it belongs.
func (page *erasePage) say(part member.Parting) {
	name := quoted(part.Establishment.CompanyName)
	switch {
	case part.Asked:
		page.Losses = append(page.Losses, "votre demande de rejoindre "+name)
	case part.Alone:
		page.Losses = append(page.Losses, "votre rattachement à "+name+", où il n'y a que vous")
		if part.Watches > 0 {
			page.Losses = append(page.Losses, ui.Plural(part.Watches, "la veille", "les "+ui.Number(part.Watches)+" veilles")+" de "+name+
				", avec ce que "+ui.Plural(part.Watches, "ses", "leurs")+" autres destinataires en reçoivent")
		}
		if part.Requests > 0 {
			page.Losses = append(page.Losses, ui.Plural(part.Requests, "la demande", "les "+ui.Number(part.Requests)+" demandes")+" de rejoindre "+name+
				" qui "+ui.Plural(part.Requests, "attend", "attendent")+"\u00a0: refusées, un message le dit à qui attendait")
		}
	default:
		page.Losses = append(page.Losses, "votre rattachement à "+name+", et votre adresse dans ses veilles")
		if part.Watches > 0 {
			page.Passed = append(page.Passed, ui.Plural(part.Watches, "la veille que vous avez créée", "les "+ui.Number(part.Watches)+" veilles que vous avez créées")+
				" chez "+name+ui.Plural(part.Watches, "\u00a0: elle passe", "\u00a0: elles passent")+" à "+cmp.Or(part.Heir, "l'administrateur que vous aurez nommé"))
		}
	}
}

func (p Pages) erase(v *answer.Visit) (answer.Answer, error) {
	form := person.Erasure{Password: v.PostForm.Get(fieldCurrent), Stop: v.PostForm.Get(fieldStop) != ""}
	refused := p.Persons.Erase(v.Context(), v.Actor, v.Token(), form, v.Visitor())
	if refused == nil {
		return answer.SeeOther("/", "Votre compte est supprimé. Un dernier message vous le confirme.").WithSession(""), nil
	}
	e, ok := fault.As(refused)
	if !ok && len(fault.All(refused)) == 0 || ok && e.Kind == fault.SignIn {
		return answer.Answer{}, refused
	}
	page, err := p.erasePage(v)
	if err != nil {
		return answer.Answer{}, errors.Join(refused, err)
	}
	page.Stop = form.Stop
	if page.Errors, err = answer.Errors(refused); err != nil {
		return answer.Answer{}, err
	}
	a := answer.Refused(eraseTitle, eraseBody(page))
	switch {
	case fault.Is(refused, fault.Unavailable):
		a = a.WithStatus(http.StatusTooManyRequests)
	case fault.Is(refused, fault.Conflict):
		a = a.WithStatus(http.StatusConflict)
	}
	return a, nil
}

// from says whose watch it is that reaches the address.
func from(r watch.Received) string {
	if r.CompanyName == "" {
		return quoted(r.WatchName)
	}
	return quoted(r.WatchName) + ", de " + r.CompanyName
}
