package company

import (
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/cpv"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Pages is what the pages of companies are made from.
type Pages struct {
	Watches  *watch.Service
	Alerts   *alert.Service
	Org      *org.Service
	Members  *member.Service
	Accounts *account.Service
	Profiles *org.Profiles
	Persons  *person.Service
	CPV      *cpv.Service
	Notices  *notice.Service
	// Base begins the addresses that leave the site: those of files.
	Base     string
	Feeds    *feed.Service
	Webhooks *webhook.Service
	// MailReady tells whether the platform can send mail now; nil means that it can.
	MailReady func() bool
}

// Addresses that several pages lead to.
const (
	spaceURL   = "/entreprise"
	watchesURL = "/entreprise/veilles"
	peopleURL  = "/entreprise/utilisateurs"
	hatsURL    = ui.HatsURL
	suggestURL = "/organismes" // of the public pages
)

// Routes registers the pages of companies.
func Routes(site *answer.Site, p Pages) {
	site.Route("GET /entreprise", access.SeeWatches, p.space)

	site.Route("GET /entreprise/veilles", access.SeeWatches, p.list)
	site.Route("GET /entreprise/veilles/nouvelle", access.EditWatches, p.begin)
	site.Route("POST /entreprise/veilles", access.EditWatches, p.create)
	site.Route("GET /entreprise/veilles/marches.csv", access.SeeWatches, p.csv)
	site.Route("GET /entreprise/veilles/marches.xlsx", access.SeeWatches, p.workbook)
	site.Route("POST /entreprise/veilles/apercu", access.EditWatches, p.preview)
	site.Route("GET /entreprise/veilles/{id}/modifier", access.EditWatches, p.edit)
	site.Route("GET /entreprise/veilles/{id}", access.EditWatches, p.open)
	site.Route("POST /entreprise/veilles/{id}", access.EditWatches, p.update)
	site.Route("GET /entreprise/veilles/{id}/flux", access.SeeWatches, p.feeds)
	site.Route("POST /entreprise/veilles/{id}/flux", access.EditWatches, p.openFeed)
	site.Route("GET /entreprise/veilles/{id}/flux/renouveler", access.EditWatches, p.askFeed(true))
	site.Route("GET /entreprise/veilles/{id}/flux/revoquer", access.EditWatches, p.askFeed(false))
	site.Route("POST /entreprise/veilles/{id}/flux/revoquer", access.EditWatches, p.closeFeed)
	site.Route("GET /entreprise/veilles/{id}/webhooks", access.SeeWatches, p.webhooks)
	site.Route("POST /entreprise/veilles/{id}/webhooks", access.EditWatches, p.addWebhook)
	site.Route("GET /entreprise/veilles/{id}/webhooks/{hook}", access.SeeWatches, p.webhook)
	site.Route("POST /entreprise/veilles/{id}/webhooks/{hook}/essai", access.EditWatches, p.tryWebhook)
	site.Route("POST /entreprise/veilles/{id}/webhooks/{hook}/reprendre", access.EditWatches, p.resumeWebhook)
	site.Route("GET /entreprise/veilles/{id}/webhooks/{hook}/secret", access.EditWatches, p.askSecret)
	site.Route("POST /entreprise/veilles/{id}/webhooks/{hook}/secret", access.EditWatches, p.renewSecret)
	site.Route("GET /entreprise/veilles/{id}/webhooks/{hook}/supprimer", access.EditWatches, p.askRemoveWebhook)
	site.Route("POST /entreprise/veilles/{id}/webhooks/{hook}/supprimer", access.EditWatches, p.removeWebhook)
	site.Route("GET /entreprise/veilles/{id}/supprimer", access.EditWatches, p.askDelete)
	site.Route("POST /entreprise/veilles/{id}/supprimer", access.EditWatches, p.delete)
	site.Route("GET /entreprise/envois", access.SeeWatches, p.sent)
	site.Route("POST /entreprise/envois/adresses/{id}", access.EditWatches, p.recall)

	site.Route("GET /entreprise/etiquettes/{id}", access.SeeWatches, p.tagOf)
	site.Route("POST /entreprise/etiquettes/{id}", access.EditWatches, p.tag)

	site.Route("GET /entreprise/mes-informations", access.EditAccount, p.personal)
	site.Route("POST /entreprise/mes-informations", access.EditAccount, p.changeName)
	site.Route("GET /entreprise/mes-informations/adresse", access.EditAccount, p.personal)
	site.Route("POST /entreprise/mes-informations/adresse", access.EditAccount, p.askAddress)
	site.Route("POST /entreprise/mes-informations/adresse/annuler", access.EditAccount, p.dropAddress)
	site.Route("GET /entreprise/mot-de-passe", access.EditAccount, p.password)
	site.Route("POST /entreprise/mot-de-passe", access.EditAccount, p.changePassword)

	site.Route("GET /entreprise/connexions", access.EditAccount, p.connections)
	site.Route("POST /entreprise/connexions/fermer", access.EditAccount, p.closeOthers)
	site.Route("POST /entreprise/connexions/{id}/fermer", access.EditAccount, p.closeOne)
	site.Route("POST /entreprise/connexions/navigateurs/{id}/oublier", access.EditAccount, p.forgetBrowser)
	site.Route("GET /entreprise/mes-donnees", access.EditAccount, p.data)
	site.Route("GET /entreprise/mes-donnees/export.json", access.EditAccount, p.exportJSON)
	site.Route("GET /entreprise/mes-donnees/export.html", access.EditAccount, p.exportHTML)
	site.Route("GET /entreprise/mes-donnees/supprimer", access.EditAccount, p.askErase)
	site.Route("POST /entreprise/mes-donnees/supprimer", access.EditAccount, p.erase)

	site.Route("GET /entreprise/profil", access.SeeProfile, p.profile)
	site.Route("POST /entreprise/profil", access.EditProfile, p.saveProfile)
	site.Route("POST /entreprise/profil/annuaire", access.EditProfile, p.refreshProfile)
	site.Route("POST /entreprise/profil/secours", access.EditProfile, p.askFallback)
	site.Route("GET /entreprise/profil/secours/{id}/retirer", access.EditProfile, p.askRemoveFallback)
	site.Route("POST /entreprise/profil/secours/{id}/retirer", access.EditProfile, p.removeFallback)
	site.Route("POST /entreprise/profil/secours/{id}/renvoyer", access.EditProfile, p.resendFallback)

	site.Route("GET /entreprise/double-authentification", access.EditAccount, p.factors)
	site.Route("GET /entreprise/double-authentification/application", access.EditAccount, p.askApplication)
	site.Route("POST /entreprise/double-authentification/application", access.EditAccount, p.beginApplication)
	site.Route("GET /entreprise/double-authentification/application/code", access.EditAccount, p.firstCode)
	site.Route("POST /entreprise/double-authentification/application/code", access.EditAccount, p.addApplication)
	site.Route("GET /entreprise/double-authentification/application/retirer", access.EditAccount, p.askRemoveApplication)
	site.Route("POST /entreprise/double-authentification/application/retirer", access.EditAccount, p.removeApplication)
	site.Route("GET /entreprise/double-authentification/cle-d-acces", access.EditAccount, p.askPasskey)
	site.Route("POST /entreprise/double-authentification/cle-d-acces", access.EditAccount, p.beginPasskey)
	site.Route("GET /entreprise/double-authentification/cle-d-acces/creer", access.EditAccount, p.makePasskey)
	site.Route("POST /entreprise/double-authentification/cle-d-acces/creer", access.EditAccount, p.addPasskey)
	site.Route("POST /entreprise/double-authentification/cle-d-acces/creer/defi", access.EditAccount, p.askNewPasskey)
	site.Route("GET /entreprise/double-authentification/cles/{id}/renommer", access.EditAccount, p.askRename)
	site.Route("POST /entreprise/double-authentification/cles/{id}/renommer", access.EditAccount, p.rename)
	site.Route("GET /entreprise/double-authentification/cles/{id}/retirer", access.EditAccount, p.askRemovePasskey)
	site.Route("POST /entreprise/double-authentification/cles/{id}/retirer", access.EditAccount, p.removePasskey)
	site.Route("GET /entreprise/double-authentification/codes", access.EditAccount, p.askCodes)
	site.Route("POST /entreprise/double-authentification/codes", access.EditAccount, p.renewCodes)

	site.Route("GET /entreprise/utilisateurs", access.SeeUsers, p.people)
	site.Route("GET /entreprise/utilisateurs/quitter", access.LeaveCompany, p.askLeave)
	site.Route("POST /entreprise/utilisateurs/quitter", access.LeaveCompany, p.leave)
	site.Route("POST /entreprise/utilisateurs/rejoindre", access.JoinCompany, p.join)
	site.Route("GET /entreprise/utilisateurs/contester", access.ContestAdmin, p.contest)
	site.Route("POST /entreprise/utilisateurs/contester", access.ContestAdmin, p.sendContest)
	site.Route("GET /entreprise/utilisateurs/inviter", access.ManageUsers, p.invite)
	site.Route("POST /entreprise/utilisateurs/inviter", access.ManageUsers, p.sendInvitation)
	site.Route("POST /entreprise/utilisateurs/invitations/{id}/renvoyer", access.ManageUsers, p.resendInvitation)
	site.Route("POST /entreprise/utilisateurs/invitations/{id}/annuler", access.ManageUsers, p.cancelInvitation)
	site.Route("POST /entreprise/utilisateurs/{id}/accepter", access.ManageUsers, p.accept)
	site.Route("GET /entreprise/utilisateurs/{id}/refuser", access.ManageUsers, p.askRefuse)
	site.Route("POST /entreprise/utilisateurs/{id}/refuser", access.ManageUsers, p.turnDown)
	site.Route("POST /entreprise/utilisateurs/{id}/administrateur", access.ManageUsers, p.makeAdmin)
	site.Route("GET /entreprise/utilisateurs/{id}/utilisateur", access.ManageUsers, p.askMakeUser)
	site.Route("POST /entreprise/utilisateurs/{id}/utilisateur", access.ManageUsers, p.makeUser)
	site.Route("GET /entreprise/utilisateurs/{id}/retirer", access.ManageUsers, p.askRemove)
	site.Route("POST /entreprise/utilisateurs/{id}/retirer", access.ManageUsers, p.removePerson)

	site.Route("GET /entreprise/rattachements", access.SeeMemberships, p.hats)
	site.Route("GET /entreprise/rattachements/nouveau", access.AddMembership, p.anotherEstablishment)
	site.Route("POST /entreprise/rattachements", access.AddMembership, p.declare)
	site.Route("POST /entreprise/rattachements/{id}/choisir", access.SeeMemberships, p.choose)
	site.Route("GET /entreprise/rattachements/{id}/quitter", access.SeeMemberships, p.askLeaveAs)
	site.Route("POST /entreprise/rattachements/{id}/quitter", access.SeeMemberships, p.leaveAs)
}

func (p Pages) mailReady() bool { return p.MailReady == nil || p.MailReady() }
