package company

import (
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/member"
	"parvis/web/answer"
	"parvis/web/ui"
)

// The pages that ask before they act on somebody.

var backToPeople = ui.Link{Label: "Ne rien changer", URL: peopleURL}

// askAbout shows a question about one of the establishment's people.
func (p Pages) askAbout(v *answer.Visit, question func(member.Person) ui.Confirm) (answer.Answer, error) {
	who, err := p.Members.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	c := question(who)
	c.Cancel = backToPeople
	return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
}

func (p Pages) askRefuse(v *answer.Visit) (answer.Answer, error) {
	return p.askAbout(v, func(who member.Person) ui.Confirm {
		return ui.Confirm{
			Title:  "Refuser la demande de " + who.Name + "\u00a0?",
			Losses: []string{"sa demande de rejoindre l'établissement", "les autres destinataires des veilles créées en son nom"},
			Kept:   []string{"son compte et ses veilles, envoyées à sa seule adresse"},
			Undo:   "Un message lui dira que sa demande est refusée. Cette personne pourra demander à nouveau.",
			Action: rowOf(who, v.Actor).url("refuser"),
			Label:  "Refuser la demande",
		}
	})
}

func (p Pages) askMakeUser(v *answer.Visit) (answer.Answer, error) {
	return p.askAbout(v, func(who member.Person) ui.Confirm {
		c := ui.Confirm{
			Title:  "Retirer à " + who.Name + " le rôle d'administrateur\u00a0?",
			Losses: []string{"son droit d'accepter ou de refuser les demandes, de changer les rôles et de retirer des personnes"},
			Kept:   []string{"son accès à l'établissement et à ses veilles"},
			Undo:   "Vous pourrez lui rendre ce rôle.",
			Action: rowOf(who, v.Actor).url("utilisateur"),
			Label:  "Rendre utilisateur",
		}
		if who.ID == v.Actor.MembershipID {
			c.Title, c.Losses[0] = "Renoncer au rôle d'administrateur\u00a0?", "votre droit d'accepter ou de refuser les demandes, de changer les rôles et de retirer des personnes"
			c.Kept[0], c.Undo = "votre accès à l'établissement et à ses veilles", "Seul un autre administrateur pourra vous rendre ce rôle."
		}
		return c
	})
}

func (p Pages) askRemove(v *answer.Visit) (answer.Answer, error) {
	if v.PathValue("id") == v.Actor.MembershipID {
		return answer.SeeOther(peopleURL+"/quitter", ""), nil
	}
	return p.askAbout(v, func(who member.Person) ui.Confirm {
		return ui.Confirm{
			Title:  "Retirer " + who.Name + " de l'établissement\u00a0?",
			Losses: []string{"son accès à l'établissement, dès maintenant", "son adresse, dans toutes les veilles de l'établissement"},
			Kept:   []string{"les veilles créées par cette personne\u00a0: elles passent à votre nom et vous sont envoyées", "leurs autres destinataires"},
			Undo:   "Un message lui dira que son rattachement a pris fin. Pour revenir, cette personne devra demander à nouveau.",
			Action: rowOf(who, v.Actor).url("retirer"),
			Label:  "Retirer de l'établissement",
		}
	})
}

// askLeave asks whoever is leaving. Somebody of no establishment has none to leave.
func (p Pages) askLeave(v *answer.Visit) (answer.Answer, error) {
	people, err := p.Members.List(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	if people.Mine == nil {
		return answer.Answer{}, fault.New(fault.NotFound, "Vous n'êtes rattaché à aucun établissement.")
	}
	by := v.Actor
	by.CompanyName = people.Establishment.CompanyName
	c := leaving(by)
	c.Action, c.Cancel = peopleURL+"/quitter", backToPeople
	return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
}

// leaving asks somebody whether they leave the establishment that they act for.
func leaving(by access.Actor) ui.Confirm {
	if by.Role == access.Newcomer {
		return ui.Confirm{
			Title:  "Retirer votre demande de rejoindre " + quoted(by.CompanyName) + "\u00a0?",
			Losses: []string{"votre demande", "les veilles que vous avez créées en attendant, et leurs alertes à venir"},
			Kept:   []string{"votre compte", "le journal des alertes déjà envoyées"},
			Undo:   "Vous pourrez demander à nouveau à rejoindre l'établissement.",
			Label:  "Retirer ma demande",
		}
	}
	return ui.Confirm{
		Title:  "Quitter l'établissement " + quoted(by.CompanyName) + "\u00a0?",
		Losses: []string{"votre accès à l'établissement, dès maintenant", "votre adresse, dans toutes les veilles de l'établissement"},
		Kept:   []string{"votre compte", "les veilles que vous avez créées\u00a0: elles passent à un administrateur", "leurs autres destinataires"},
		Undo:   "Pour revenir, vous devrez demander à nouveau à rejoindre l'établissement.",
		Label:  "Quitter l'établissement",
	}
}
