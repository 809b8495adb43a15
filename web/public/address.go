package public

import (
	"net/url"

	"parvis/kit/clock"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// confirmAddressPage is where the link to a new address leads.
type confirmAddressPage struct {
	Name, Login, Address, Until string
	Action                      string
}

// confirmAddressTitle and restoreAddressTitle are what surrounds the forms.
var (
	confirmAddressTitle = ui.Page{Title: "Confirmer votre nouvelle adresse", Narrow: true}
	restoreAddressTitle = ui.Page{Title: "Annuler le changement d'adresse", Narrow: true}
)

// askConfirmAddress says what will change; nothing does yet: scanners follow links
// before people do.
func (p Pages) askConfirmAddress(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	c, err := p.Accounts.AddressChangeOf(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(confirmAddressTitle, confirmAddressView(confirmAddressPage{
		Name: c.Account.Name, Login: c.Account.Login, Address: c.Address, Until: c.ExpiresAt.Long(clock.Paris),
		Action: "/adresse/confirmation/" + url.PathEscape(token),
	})).Kept(), nil
}

// confirmAddress changes it. Who is not signed in here is led to the door: the link
// proves a mailbox only.
func (p Pages) confirmAddress(v *answer.Visit) (answer.Answer, error) {
	moved, err := p.Persons.ConfirmAddress(v.Context(), v.PathValue("token"), v.Token())
	if err != nil {
		return answer.Answer{}, err
	}
	if v.Actor.AccountID == moved.By.AccountID {
		return answer.SeeOther("/entreprise/mes-informations", "Votre adresse est changée. Vos autres sessions sont fermées, et un message en prévient l'ancienne adresse."), nil
	}
	return answer.SeeOther("/connexion", "L'adresse du compte est changée"+nbsp+": connectez-vous avec elle, ou avec l'identifiant."), nil
}

// restoreAddressPage is where the link that takes an address back leads.
type restoreAddressPage struct {
	account.FormerAddress
	Action string
}

// askRestoreAddress says what taking the address back does; nothing is done yet.
func (p Pages) askRestoreAddress(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	f, err := p.Accounts.FormerAddressOf(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	page := restoreAddressPage{f, "/adresse/annulation/" + url.PathEscape(token)}
	return answer.Show(restoreAddressTitle, restoreAddressView(page)).Kept(), nil
}

// restoreAddress takes it back and leads straight to the choice of another password:
// no other opens the account any more.
func (p Pages) restoreAddress(v *answer.Visit) (answer.Answer, error) {
	reset, err := p.Persons.RestoreAddress(v.Context(), v.PathValue("token"))
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther("/mot-de-passe/"+url.PathEscape(reset), "Votre adresse est rétablie et toutes les sessions sont fermées. Choisissez maintenant un autre mot de passe."), nil
}
