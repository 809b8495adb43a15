package alert

import "cmp"

// labels are what people read of the kinds of mail, in their export.
var labels = map[string]string{
	mailSignUp:          "Lien pour terminer une inscription",
	mailSignUpRepeated:  "Rappel\u00a0: cette adresse a déjà un compte",
	mailReset:           "Lien pour choisir un nouveau mot de passe",
	mailPasswordChanged: "Mot de passe changé",
	mailSignedIn:        "Nouvelle connexion au compte",
	mailErased:          "Compte supprimé",
	mailRequest:         "Demande d'accord pour recevoir une veille",
	mailFailing:         "Adresses en échec",
	mailNotices:         "Alerte de marchés",
	mailChanges:         "Changement d'un marché annoncé",
	mailJoinRequest:     "Demande d'une personne de rejoindre l'établissement",
	mailJoinAccepted:    "Demande de rejoindre un établissement acceptée",
	mailJoinRefused:     "Demande de rejoindre un établissement refusée",
	mailMemberRemoved:   "Retrait d'un établissement",
	mailAddressAsked:    "Changement d'adresse demandé",
	mailAddressChanged:  "Adresse du compte changée",
	mailAddressRestored: "Ancienne adresse du compte reprise",
	mailAddressFailed:   "Adresse d'un utilisateur refusée par son serveur",
	mailVerified:        "Vérification de l'établissement",
	mailFallbackRequest: "Demande d'accord pour être l'adresse de secours",
	mailFallbackRemoved: "Fin d'une adresse de secours",
	mailFactor:          "Double authentification\u00a0: ce qui a changé",
	mailInvitation:      "Invitation à rejoindre un établissement",
	mailWatchesPassed:   "Veilles transmises",
	mailDisputeOpened:   "Administrateur contesté",
	mailDisputeOperator: "Administrateur contesté\u00a0: à l'exploitant",
	mailDisputeGranted:  "Contestation accordée",
	mailDisputeReplaced: "Administrateur remplacé",
	mailDisputeRejected: "Contestation rejetée",
	mailSourceSilent:    "Journal d'annonces non reçu\u00a0: à l'exploitant",

	mailInvitationAccepted: "Invitation acceptée",
	mailWebhookSuspended:   "Webhook suspendu",
	mailDisputeConfirmed:   "Administrateur confirmé",
}

// Label is what people read of a kind of mail; a kind that another version wrote is
// read as it is.
func Label(kind string) string { return cmp.Or(labels[kind], kind) }
