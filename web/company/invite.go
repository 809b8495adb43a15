package company

import (
	"net/http"

	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/member"
	"parvis/web/answer"
	"parvis/web/ui"
)

// inviteURL is where an administrator invites somebody.
const inviteURL = peopleURL + "/inviter"

// fieldRole is a field of an invitation, as the room's faults name it.
const fieldRole = "role"

// invitePage asks whom to invite, and as what.
type invitePage struct {
	Company, Number string
	Form            member.InvitationForm
	Errors          ui.Errors
}

// invitationRow is an invitation that nobody has answered.
type invitationRow struct {
	ID, Address, Role, Until string
	Over                     string // why it is no longer good; empty: it is
}

func (r invitationRow) url(act string) string { return peopleURL + "/invitations/" + r.ID + "/" + act }

func invitationRowOf(i member.Invitation) invitationRow {
	row := invitationRow{ID: i.ID, Address: i.Address, Role: roleLabel(i.Role), Until: frenchDate(i.ExpiresAt)}
	switch {
	case i.Expired:
		row.Over = "expirée"
	case i.Void:
		row.Over = "sans effet\u00a0: son auteur n'administre plus"
	}
	return row
}

func roleLabel(r access.Role) string {
	if r == access.CompanyAdmin {
		return "Administrateur"
	}
	return "Utilisateur"
}

func (i invitePage) roles() ui.Choice {
	return ui.Choice{Field: ui.Field{Name: fieldRole, Label: "Rôle", Required: true, Error: i.Errors.On(fieldRole)}, Options: []ui.Option{
		{Value: string(access.CompanyUser), Label: "Utilisateur", Hint: "Voit et modifie les veilles de l'établissement.", Chosen: i.Form.Role == string(access.CompanyUser)},
		{Value: string(access.CompanyAdmin), Label: "Administrateur", Hint: "Peut aussi inviter, accepter et retirer des personnes, et changer leur rôle.", Chosen: i.Form.Role == string(access.CompanyAdmin)},
	}}
}

func (p Pages) inviteShown(v *answer.Visit, page invitePage) (ui.Page, invitePage, error) {
	people, err := p.Members.List(v.Context(), v.Actor)
	page.Company, page.Number = people.Establishment.CompanyName, people.Establishment.Pretty()
	return ui.Page{Title: "Inviter une personne", Narrow: true}, page, err
}

func (p Pages) invite(v *answer.Visit) (answer.Answer, error) {
	around, page, err := p.inviteShown(v, invitePage{Form: member.InvitationForm{Role: string(access.CompanyUser)}})
	return answer.Show(around, inviteBody(page)), err
}

// sendInvitation answers alike whether or not the address has an account.
func (p Pages) sendInvitation(v *answer.Visit) (answer.Answer, error) {
	form := member.InvitationForm{Address: v.PostForm.Get(fieldAddress), Role: v.PostForm.Get(fieldRole)}
	err := p.Members.Invite(v.Context(), v.Actor, form)
	if err == nil {
		return answer.SeeOther(peopleURL, invitationSent(form.Address)), nil
	}
	later := fault.Is(err, fault.Unavailable)
	faults, err := answer.Errors(err)
	if err != nil {
		return answer.Answer{}, err
	}
	around, page, err := p.inviteShown(v, invitePage{Form: form, Errors: faults})
	a := answer.Refused(around, inviteBody(page))
	if later {
		a = a.WithStatus(http.StatusTooManyRequests)
	}
	return a, err
}

// invitationSent says what was done, whatever becomes of the mail.
func invitationSent(address string) string {
	return "Une invitation est adressée à " + visible(address) + "\u00a0: son lien vaut sept jours."
}

func (p Pages) resendInvitation(v *answer.Visit) (answer.Answer, error) {
	address, err := p.Members.Resend(v.Context(), v.Actor, v.PathValue("id"))
	if fault.Is(err, fault.Invalid) { // they have joined meanwhile: no field to say it beside
		e, _ := fault.As(err)
		err = fault.New(fault.Conflict, e.Text)
	}
	return p.done(v, invitationSent(address), err)
}

func (p Pages) cancelInvitation(v *answer.Visit) (answer.Answer, error) {
	address, err := p.Members.Cancel(v.Context(), v.Actor, v.PathValue("id"))
	return p.done(v, "L'invitation de "+address+" est annulée\u00a0: son lien n'ouvre plus rien.", err)
}
