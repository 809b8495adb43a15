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
	mailNotices:         "Alerte de marchés",
	mailJoinRequest:     "Demande d'une personne de rejoindre l'établissement",
	mailJoinAccepted:    "Demande de rejoindre un établissement acceptée",
	mailJoinRefused:     "Demande de rejoindre un établissement refusée",
	mailMemberRemoved:   "Retrait d'un établissement",
}

// Label is what people read of a kind of mail; a kind that another version wrote is
// read as it is.
func Label(kind string) string { return cmp.Or(labels[kind], kind) }
