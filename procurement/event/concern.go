package event

import "parvis/kit/db"

// Concerning lists what somebody did and what happened to what is theirs, by its ids;
// the oldest first.
func Concerning(tx *db.Tx, actorID string, subjects []string) ([]Event, error) {
	args := []any{actorID}
	for _, s := range subjects {
		args = append(args, s)
	}
	var out []Event
	err := tx.All(&out, `SELECT id, at, kind, actor_id, actor_name, subject, body FROM event
		WHERE actor_id = $1 OR subject IN (`+db.Placeholders(2, len(subjects))+`) ORDER BY at, id`, args...)
	return out, err
}

// labels are what people read of each kind of event, in their export.
var labels = map[Kind]string{
	SignUpAsked:        "Inscription demandée",
	SignUpRepeated:     "Inscription demandée pour une adresse qui a un compte",
	AccountCreated:     "Compte créé",
	SignedIn:           "Connexion",
	SignInRefused:      "Connexion refusée\u00a0: mot de passe incorrect",
	ResetAsked:         "Nouveau mot de passe demandé",
	PasswordChanged:    "Mot de passe changé",
	SessionsEnded:      "Connexions fermées ou navigateurs oubliés",
	AccountErased:      "Compte supprimé",
	MembershipCreated:  "Rattachement à un établissement créé ou demandé",
	MembershipApproved: "Rattachement accepté",
	MembershipRefused:  "Rattachement refusé",
	MembershipChanged:  "Rôle changé",
	MembershipEnded:    "Rattachement terminé",
	NoticesRecorded:    "Avis enregistrés",
	SourceSilent:       "Journal d'annonces non reçu",
	SourceHeard:        "Journal d'annonces de nouveau reçu",
	WatchCreated:       "Veille créée",
	WatchChanged:       "Veille modifiée",
	WatchDeleted:       "Veille supprimée",
	RecipientAsked:     "Accord demandé à un destinataire",
	RecipientConfirmed: "Accord d'un destinataire",
	RecipientStopped:   "Désabonnement d'un destinataire",
	RecipientFailed:    "Adresse d'un destinataire refusée par son serveur",
	RecipientRecalled:  "Destinataire en échec remis en service",
	NoticeTagged:       "Étiquette posée sur un marché",
	DigestsSent:        "Récapitulatifs envoyés",
	FactorAdded:        "Second facteur ajouté",
	FactorRemoved:      "Second facteur retiré",
	FactorsForgotten:   "Seconds facteurs retirés par l'exploitant",
	CodesRenewed:       "Codes de secours renouvelés",
	CodeUsed:           "Code de secours utilisé",
	CodeRefused:        "Code de vérification refusé",
	StepExhausted:      "Trop de codes de vérification incorrects",
	PasskeyDoubted:     "Clé d'accès refusée\u00a0: elle semble copiée",
	NameChanged:        "Nom changé",
	AddressAsked:       "Changement d'adresse demandé",
	AddressDropped:     "Changement d'adresse abandonné",
	AddressChanged:     "Adresse changée",
	AddressRestored:    "Ancienne adresse reprise",
	ProfileChanged:     "Profil de l'entreprise modifié",
	FallbackAsked:      "Adresse de secours demandée",
	FallbackConfirmed:  "Adresse de secours confirmée",
	FallbackRefused:    "Adresse de secours refusée",
	FallbackRemoved:    "Adresse de secours retirée",
	AddressFailed:      "Adresse refusée par son serveur",
	InvitationSent:     "Invitation envoyée",
	InvitationAccepted: "Invitation acceptée",
	WatchesPassed:      "Veilles transmises",
	DisputeOpened:      "Administrateur contesté",
	DisputeGranted:     "Contestation accordée",
	DisputeRejected:    "Contestation rejetée",
	DisputeDropped:     "Contestation retirée",
	BuyersMerged:       "Organismes réunis",
	BuyersUnmerged:     "Organismes séparés",

	EstablishmentVerified:   "Établissement vérifié",
	EstablishmentUnverified: "Établissement déclaré, de nouveau",
	InvitationCancelled:     "Invitation annulée",

	FeedOpened:       "Adresse d'un flux privé créée",
	FeedClosed:       "Adresse d'un flux privé révoquée",
	WebhookAdded:     "Webhook ajouté",
	WebhookRemoved:   "Webhook supprimé",
	WebhookRenewed:   "Secret d'un webhook renouvelé",
	WebhookConfirmed: "Webhook confirmé par un premier essai",
	WebhookSuspended: "Webhook suspendu après des jours d'échec",
	WebhookResumed:   "Webhook repris",
}

// Label is what people read of a kind.
func (k Kind) Label() string {
	if l := labels[k]; l != "" {
		return l
	}
	return string(k) // of another version
}
