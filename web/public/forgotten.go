package public

import (
	"net/url"

	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// forgottenURL is where a link to choose another password is asked for.
const forgottenURL = "/mot-de-passe-oublie"

// forgottenPage asks who has forgotten their password.
type forgottenPage struct {
	Identifier string
	Errors     ui.Errors
}

// forgottenTitle is what surrounds the form, fresh or refused.
var forgottenTitle = ui.Page{Title: "Mot de passe oublié", Narrow: true}

// forgotten shows the form, to somebody signed in too: who wants to change their
// password may not know it any more.
func (p Pages) forgotten(*answer.Visit) (answer.Answer, error) {
	return answer.Show(forgottenTitle, forgottenView(forgottenPage{})), nil
}

// askReset answers everybody alike: only its owner may know whether there is an
// account, and the mail tells them.
func (p Pages) askReset(v *answer.Visit) (answer.Answer, error) {
	f := forgottenPage{Identifier: v.PostForm.Get(fieldLogin)}
	if err := p.Accounts.AskReset(v.Context(), f.Identifier, v.Visitor()); err != nil {
		refusal := refusalStatus(err)
		if f.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(forgottenTitle, forgottenView(f)).WithStatus(refusal), nil
	}
	return answer.Show(ui.Page{Title: "Consultez votre messagerie", Narrow: true, NoIndex: true}, askedView(printable(f.Identifier))), nil
}

// resetPage is where the link of a forgotten password leads.
type resetPage struct {
	account.Reset
	Action string
	Errors ui.Errors
}

// resetTitle is what surrounds the form, fresh or refused.
var resetTitle = ui.Page{Title: "Choisir un nouveau mot de passe", Narrow: true}

// resetOf reads whose link it is; the link stays good.
func (p Pages) resetOf(v *answer.Visit) (resetPage, error) {
	token := v.PathValue("token")
	r, err := p.Accounts.ResetOf(v.Context(), token)
	return resetPage{Reset: r, Action: "/mot-de-passe/" + url.PathEscape(token)}, err
}

// reset asks the holder of the mailbox for another password.
func (p Pages) reset(v *answer.Visit) (answer.Answer, error) {
	r, err := p.resetOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(resetTitle, resetView(r)).Kept(), nil
}

// setPassword sets it and leads to the door: the link proves a mailbox, and who
// enters proves the password besides.
func (p Pages) setPassword(v *answer.Visit) (answer.Answer, error) {
	r, err := p.resetOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	form := account.NewPassword{Password: v.PostForm.Get(fieldPassword), Confirm: v.PostForm.Get(fieldConfirm)}
	in, err := p.Accounts.ResetPassword(v.Context(), v.PathValue("token"), form, v.Visitor())
	if err != nil {
		if r.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(resetTitle, resetView(r)).Kept(), nil
	}
	return answer.SeeOther("/connexion", "Votre mot de passe est changé"+nbsp+": connectez-vous avec le nouveau.").WithEntry(in), nil
}
