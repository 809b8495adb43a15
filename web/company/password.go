package company

import (
	"net/http"

	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// passwordURL is « Changer de mot de passe ».
const passwordURL = "/entreprise/mot-de-passe"

// Fields of the form, as the room's faults name them.
const (
	fieldCurrent     = "mot_de_passe_actuel"
	fieldNewPassword = "mot_de_passe"
	fieldConfirm     = "confirmation"
)

// passwordPage asks for the password in use and for another. What is typed in it
// never comes back.
type passwordPage struct {
	Errors ui.Errors
}

// passwordTitle is what surrounds the form, fresh or refused.
var passwordTitle = ui.Page{Title: "Changer de mot de passe", Narrow: true}

func (p Pages) password(*answer.Visit) (answer.Answer, error) {
	return answer.Show(passwordTitle, passwordBody(passwordPage{})), nil
}

func (p Pages) changePassword(v *answer.Visit) (answer.Answer, error) {
	err := p.Accounts.ChangePassword(v.Context(), v.Token(), account.ChangeForm{
		Current:     v.PostForm.Get(fieldCurrent),
		NewPassword: account.NewPassword{Password: v.PostForm.Get(fieldNewPassword), Confirm: v.PostForm.Get(fieldConfirm)},
	}, v.Visitor())
	if err != nil {
		var page passwordPage
		later := fault.Is(err, fault.Unavailable)
		if page.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		a := answer.Refused(passwordTitle, passwordBody(page))
		if later {
			a = a.WithStatus(http.StatusTooManyRequests)
		}
		return a, nil
	}
	return answer.SeeOther(spaceURL, "Votre mot de passe est changé. Vos autres connexions sont fermées, et un message vous le confirme."), nil
}
