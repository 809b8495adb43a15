package public

import (
	"net/url"

	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of a person's credentials, as the room's faults name them.
const (
	fieldLogin    = "identifiant"
	fieldPassword = "mot_de_passe"
	fieldConfirm  = "confirmation"
)

// registerPage is where the link of a sign-up leads.
type registerPage struct {
	account.SignUp
	Action string
	Login  string
	Errors ui.Errors
}

// registerTitle is what surrounds the form, fresh or refused.
var registerTitle = ui.Page{Title: "Terminer l'inscription", Narrow: true}

// signUpOf reads whose link it is; the link stays good.
func (p Pages) signUpOf(v *answer.Visit) (registerPage, error) {
	token := v.PathValue("token")
	who, err := p.Accounts.SignUpOf(v.Context(), token)
	return registerPage{SignUp: who, Action: "/inscription/" + url.PathEscape(token)}, err
}

// credentials asks the holder of the mailbox to choose how to sign in.
func (p Pages) credentials(v *answer.Visit) (answer.Answer, error) {
	r, err := p.signUpOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(registerTitle, registerView(r)).Kept(), nil
}

// register makes the account and opens its first session, in place of whatever
// session this browser had.
func (p Pages) register(v *answer.Visit) (answer.Answer, error) {
	r, err := p.signUpOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	r.Login = v.PostForm.Get(fieldLogin)
	in, err := p.Orgs.Register(v.Context(), v.PathValue("token"), org.RegisterForm{
		Login: r.Login, Password: v.PostForm.Get(fieldPassword), Confirm: v.PostForm.Get(fieldConfirm),
		From: v.Visitor(),
	})
	if err != nil {
		refusal := refusalStatus(err)
		if r.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(registerTitle, registerView(r)).WithStatus(refusal).Kept(), nil
	}
	if err := p.Accounts.SignOut(v.Context(), v.Token()); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(either(inside(r.LeadsTo), space), "Votre compte est créé"+nbsp+": bienvenue sur Parvis.").WithEntry(in), nil
}
