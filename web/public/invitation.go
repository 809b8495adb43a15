package public

import (
	"net/http"
	"net/url"

	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/member"
	"parvis/web/answer"
	"parvis/web/ui"
)

// invitationPage is where the link of an invitation leads: whoever holds it has the
// mailbox, and so may be told whether the address has an account.
type invitationPage struct {
	member.Invited
	Action string
	Who    string // the address of whoever is signed in; empty for a visitor
	Name   string
	Login  string
	Errors ui.Errors
}

// invitationTitle is what surrounds the page, in whichever of its states.
var invitationTitle = ui.Page{Title: "Invitation", Narrow: true}

// role says in what quality one is invited.
func (i invitationPage) role() string {
	if i.Role == access.CompanyAdmin {
		return "Administrateur"
	}
	return "Utilisateur"
}

// signInURL comes back here once one is signed in.
func (i invitationPage) signInURL() string {
	return at("/connexion", url.Values{fieldNext: {i.Action}})
}

func (p Pages) invitationOf(v *answer.Visit) (invitationPage, error) {
	token := v.PathValue("token")
	i, err := p.Members.InvitationOf(v.Context(), token)
	return invitationPage{Invited: i, Action: "/invitation/" + url.PathEscape(token), Who: v.Actor.Address}, err
}

// invitation shows what one is invited to; nothing is accepted by looking.
func (p Pages) invitation(v *answer.Visit) (answer.Answer, error) {
	i, err := p.invitationOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	return invitationShown(v, i), nil
}

// invitationShown is one page for each of those who may hold the link.
func invitationShown(v *answer.Visit, i invitationPage) answer.Answer {
	switch {
	case v.Actor.SignedIn() && !i.For(v.Actor):
		return answer.Show(invitationTitle, strangerView(i)).WithStatus(http.StatusConflict).Kept()
	case v.Actor.SignedIn():
		return answer.Show(invitationTitle, joinView(i)).Kept()
	case i.Known:
		return answer.Show(invitationTitle, knownView(i)).Kept()
	}
	return answer.Show(invitationTitle, enrolView(i)).Kept()
}

// acceptInvitation brings in whoever the invitation is for, and goes on under the new
// membership.
func (p Pages) acceptInvitation(v *answer.Visit) (answer.Answer, error) {
	i, err := p.invitationOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	welcome := "Vous faites maintenant partie de «\u00a0" + i.Establishment.CompanyName + "\u00a0», et agissez pour cet établissement."
	switch {
	case v.Actor.SignedIn() && !i.For(v.Actor) || !v.Actor.SignedIn() && i.Known:
		return invitationShown(v, i), nil
	case !v.Actor.SignedIn():
		return p.enrol(v, i, welcome)
	}
	id, err := p.Members.AcceptInvitation(v.Context(), v.Actor, v.PathValue("token"))
	if err != nil {
		return answer.Answer{}, err
	}
	session, err := p.Accounts.Switch(v.Context(), v.Token(), id)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(space, welcome).WithSession(session), nil
}

// enrol makes the account of somebody who has none, and opens its first session.
func (p Pages) enrol(v *answer.Visit, i invitationPage, welcome string) (answer.Answer, error) {
	i.Name, i.Login = v.PostForm.Get(fieldName), v.PostForm.Get(fieldLogin)
	in, err := p.Members.RegisterInvited(v.Context(), v.PathValue("token"), member.InvitedForm{
		InvitedForm: account.InvitedForm{Name: i.Name, CredentialsForm: account.CredentialsForm{
			Login: i.Login, Password: v.PostForm.Get(fieldPassword), Confirm: v.PostForm.Get(fieldConfirm),
		}},
		From: v.Visitor(),
	})
	if err != nil {
		refusal := refusalStatus(err)
		if i.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		return answer.Refused(invitationTitle, enrolView(i)).WithStatus(refusal).Kept(), nil
	}
	return answer.SeeOther(space, "Votre compte est créé"+nbsp+": bienvenue sur Parvis. "+welcome).WithEntry(in), nil
}
