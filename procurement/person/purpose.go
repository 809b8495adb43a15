package person

import (
	"fmt"
	"time"

	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/member"
	"parvis/procurement/watch"
)

// Purpose is a kind of data that is kept of people, and on what terms: a line of the
// notice that GDPR article 13 wants and of the record of article 30.
type Purpose struct {
	Key   string `json:"-"` // stable: which line it is
	What  string `json:"donnees"`
	Why   string `json:"finalite"`
	Basis string `json:"base_legale"` // in GDPR article 6
	Term  string `json:"duree"`
}

// The bases of article 6 that are relied on.
const (
	byContract = "Contrat\u00a0: le service que vous avez demandé"
	byConsent  = "Votre accord, que vous retirez quand vous voulez"
	bySecurity = "Intérêt légitime\u00a0: la sécurité des comptes"
	byProof    = "Intérêt légitime\u00a0: savoir ce qui est parti, et ne rien envoyer deux fois"
	byTrace    = "Intérêt légitime\u00a0: répondre de ce qui a été fait\u00a0; pour les procédures, obligation des profils d'acheteur (annexe 8 du code de la commande publique)"
)

// Purposes is the notice: what is kept of people who have an account, or whose address
// receives something. Each term is the constant that the code obeys.
func Purposes() []Purpose {
	kept := account.KeptFor()
	return []Purpose{
		{"compte", "Compte\u00a0: nom, adresse électronique, identifiant, empreinte du mot de passe",
			"Vous reconnaître, et vous écrire à son sujet", byContract,
			"Tant que le compte existe\u00a0; vous pouvez le supprimer"},
		{"rattachements", "Rattachements\u00a0: établissement, rôle, dates, passés compris",
			"Savoir au nom de quelle entreprise vous agissez, et avec quels droits", byContract,
			"Tant que le compte existe\u00a0; ensuite, sans votre nom ni votre adresse"},
		{"inscriptions", "Inscription\u00a0: nom, adresse, entreprise",
			"Vérifier que l'adresse est la vôtre", byContract,
			Span(kept.SignUp) + " après la demande"},
		{"sessions", "Connexion en cours\u00a0: heures et navigateur",
			"Vous garder connecté", byContract,
			Span(kept.Session) + " au plus, " + Span(kept.Idle) + " sans activité"},
		{"demandes", "Demandes de nouveau mot de passe, et messages qu'un formulaire vous fait envoyer\u00a0: quand",
			"Vous envoyer un lien qui ne serve qu'une fois, et peu de messages par jour", bySecurity,
			Span(max(kept.Reset, kept.Solicitation))},
		{"navigateurs", "Navigateurs d'où vous vous êtes connecté\u00a0: ce que chacun dit être, première et dernière connexion",
			"Vous prévenir d'une connexion depuis un autre, et ne pas vous ralentir quand on devine votre mot de passe", bySecurity,
			Span(kept.Device) + " après la dernière connexion\u00a0; oublié, " + Span(kept.Forgotten)},
		{"facteurs", "Double authentification, si vous l'avez choisie\u00a0: secret de l'application, clés d'accès et leurs noms, empreintes des codes de secours",
			"Vérifier que c'est vous, en plus du mot de passe", byContract,
			"Jusqu'à ce que vous la retiriez"},
		{"adresses", "Adresses que vous avez demandées pour votre compte, ou quittées",
			"Changer d'adresse sans qu'on puisse vous prendre votre compte", bySecurity,
			"Demandée, " + Span(kept.Wanted) + "\u00a0; quittée, " + Span(kept.Left) + " après le message qui l'en prévient"},
		{"invitations", "Invitations à rejoindre un établissement, et contestations que vous avez faites",
			"Savoir qui a été invité par qui, et décider de qui administre", byContract,
			"Invitation, " + Span(member.KeepInvitations) + " après sa fin\u00a0; contestation, tant que le compte existe"},
		{"essais", "Essais de connexion manqués, par compte, par navigateur et par réseau, sous forme d'empreintes",
			"Empêcher de deviner un mot de passe", bySecurity,
			Span(kept.Failures) + " au plus après le dernier essai"},
		{"veilles", "Veilles\u00a0: nom, critères, rythme",
			"Trouver les marchés qui vous concernent", byContract,
			"Tant que la veille existe, puis " + Span(watch.Keep)},
		{"flux", "Adresses de vos flux privés, sous forme d'empreintes\u00a0: veille, format, jours de création et de dernière lecture",
			"Ouvrir vos flux à vos lecteurs et agendas, et vous dire s'ils servent encore", byContract,
			"Tant que la veille existe et que vous pouvez la voir"},
		{"etiquettes", "Étiquettes et notes que vous posez sur des marchés (à étudier, on y va, on passe)",
			"Décider à plusieurs d'y répondre", byContract,
			Span(watch.Keep) + " après leur dernier changement\u00a0; à la suppression de votre compte, celles d'un établissement lui restent, sans votre nom"},
		{"destinataires", "Adresses qui reçoivent une veille, avec leur accord ou leur refus",
			"N'envoyer une veille qu'à ceux qui l'ont acceptée", byConsent,
			"Tant que l'adresse est dans la veille\u00a0; retirée ou sans réponse, " + Span(watch.Keep)},
		{"envois", "Journal des envois\u00a0: quel message, quels avis, à quelle adresse, quand, et la réponse du serveur",
			"Vous dire ce qui est parti, et quand", byProof,
			Span(alert.Keep)},
		{"journal", "Journal des actes\u00a0: qui a fait quoi, quand. Votre nom y est copié à chaque acte",
			"Répondre de ce qui a été fait sur la plateforme", byTrace,
			"Sans limite\u00a0: ses lignes ne sont jamais changées ni retirées"},
	}
}

// Span writes a term as people say it.
func Span(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	unit, n := "heures", int(d/time.Hour)
	switch {
	case d >= year && d%year%(30*day) == 0:
		unit, n = "mois", int(d/year)*12+int(d%year/(30*day))
	case d%day == 0:
		unit, n = "jours", int(d/day)
	}
	if n == 1 {
		unit = map[string]string{"heures": "heure", "jours": "jour"}[unit]
	}
	return fmt.Sprintf("%d\u00a0%s", n, unit)
}
