package person

import (
	"encoding/json"
	"time"

	"parvis/kit/clock"
)

// Export is all that is kept of one person and can be told to them: the copy of GDPR
// articles 15 and 20. It is read by people too, so its words are French. What it leaves
// out is what opens something (hashes of passwords and links) and what is others': their
// names and addresses are counted at most.
type Export struct {
	MadeAt      Moment       `json:"etabli_le"`
	Account     Account      `json:"compte"`
	Memberships []Membership `json:"rattachements"`
	Sessions    []Session    `json:"connexions_en_cours"`
	Browsers    []Browser    `json:"navigateurs_connus"`
	SignUps     []SignUp     `json:"inscriptions"`
	Resets      []Reset      `json:"demandes_de_mot_de_passe"`
	Factors     []Factor     `json:"double_authentification"`
	Addresses   []Address    `json:"autres_adresses"`
	Invitations []Invitation `json:"invitations"`
	Disputes    []Dispute    `json:"contestations"`
	Watches     []Watch      `json:"veilles"`
	Feeds       []Feed       `json:"flux_prives"`
	Received    []Received   `json:"veilles_recues"`
	Tags        []Tag        `json:"etiquettes"`
	Notes       []Note       `json:"notes"`
	Mails       []Mail       `json:"messages"`
	Journal     []Line       `json:"journal"`
	Purposes    []Purpose    `json:"pourquoi_et_combien_de_temps"`
}

// Moment is an instant as a file says it: RFC 3339, on the clocks of Paris, null for
// none.
type Moment clock.Instant

// MarshalJSON writes the moment.
func (m Moment) MarshalJSON() ([]byte, error) {
	if clock.Instant(m).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(clock.Instant(m).In(clock.Paris).Format(time.RFC3339))
}

// String is the moment as people read it, « — » for none.
func (m Moment) String() string {
	if clock.Instant(m).IsZero() {
		return "—"
	}
	return clock.Instant(m).Short(clock.Paris)
}

// Account is who they are.
type Account struct {
	ID        string `json:"numero"`
	Name      string `json:"nom"`
	Address   string `json:"adresse"`
	Login     string `json:"identifiant"`
	CreatedAt Moment `json:"cree_le"`
}

// Membership is where they act, or acted, and as what.
type Membership struct {
	Company    string `json:"entreprise"`
	Number     string `json:"etablissement"`
	Role       string `json:"role"`
	AskedAt    Moment `json:"demande_le"`
	ApprovedAt Moment `json:"accepte_le"`
	EndedAt    Moment `json:"termine_le"`
}

// Session is a connection that is open.
type Session struct {
	Browser   string `json:"navigateur"`
	CreatedAt Moment `json:"ouverte_le"`
	SeenAt    Moment `json:"vue_le"`
	ExpiresAt Moment `json:"fin_au_plus_tard"`
}

// Browser is one that they signed in from.
type Browser struct {
	Name        string `json:"navigateur"`
	KnownAt     Moment `json:"premiere_connexion"`
	SeenAt      Moment `json:"derniere_connexion"`
	ExpiresAt   Moment `json:"connu_jusqu_au"`
	ForgottenAt Moment `json:"oublie_le"`
}

// SignUp is a request for an account from their address.
type SignUp struct {
	Name    string `json:"nom"`
	Address string `json:"adresse"`
	Company string `json:"entreprise"`
	Country string `json:"pays"`
	Number  string `json:"numero_d_entreprise"`
	AskedAt Moment `json:"demandee_le"`
	UsedAt  Moment `json:"terminee_le"`
	LeadsTo string `json:"menait_a,omitempty"` // what they were going to do, once signed up
}

// Reset is a request for another password.
type Reset struct {
	AskedAt   Moment `json:"demande_le"`
	ExpiresAt Moment `json:"lien_valable_jusqu_a"`
	ClosedAt  Moment `json:"clos_le"`
}

// Factor is a second factor: a passkey by its name, or an application of codes.
type Factor struct {
	What    string `json:"facteur"`
	AddedAt Moment `json:"ajoute_le"`
	UsedAt  Moment `json:"utilise_le"`
}

// Address is one that they asked for, or left.
type Address struct {
	Address  string `json:"adresse"`
	State    string `json:"etat"`
	At       Moment `json:"depuis"`
	Until    Moment `json:"jusqu_a"`
	ClosedAt Moment `json:"clos_le"`
}

// Invitation is one to their address.
type Invitation struct {
	Company    string `json:"entreprise"`
	InvitedAt  Moment `json:"recue_le"`
	ExpiresAt  Moment `json:"valable_jusqu_a"`
	AcceptedAt Moment `json:"acceptee_le"`
	ClosedAt   Moment `json:"close_le"`
}

// Dispute is what they said of an establishment's administrator.
type Dispute struct {
	Company   string `json:"entreprise"`
	Reason    string `json:"motif"`
	OpenedAt  Moment `json:"ouverte_le"`
	DecidedAt Moment `json:"decidee_le"`
}

// Watch is one that they made or were handed.
type Watch struct {
	Name        string   `json:"nom"`
	Company     string   `json:"entreprise"`
	Active      bool     `json:"active"`
	Rhythm      string   `json:"rythme"`
	PausedUntil Moment   `json:"en_pause_jusque,omitempty"`
	Mode        string   `json:"portee_des_mots_cles"`
	Keywords    []string `json:"mots_cles,omitempty"`
	Exclude     []string `json:"mots_exclus,omitempty"`
	Buyers      []string `json:"organismes,omitempty"`
	Departments []string `json:"departements,omitempty"`
	CPV         []string `json:"codes_cpv,omitempty"`
	OutBuyers   []string `json:"organismes_exclus,omitempty"`
	OutCPV      []string `json:"codes_cpv_exclus,omitempty"`
	Categories  []string `json:"natures,omitempty"`
	Webhooks    []string `json:"webhooks,omitempty"`   // addresses
	Own         string   `json:"votre_adresse"`        // where it stands for their address
	Others      int      `json:"autres_destinataires"` // counted, not named
	CreatedAt   Moment   `json:"creee_le"`
	ChangedAt   Moment   `json:"modifiee_le"`
	DeletedAt   Moment   `json:"supprimee_le"`
}

// Feed is a private address at which they read a watch; what opens it is left out.
type Feed struct {
	Watch  string `json:"veille"`
	Format string `json:"format"`
	MadeAt Moment `json:"creee_le"`
	UsedOn string `json:"derniere_lecture,omitempty"` // YYYY-MM-DD
}

// Received is a watch of somebody else that reaches their address, and what they said
// of it.
type Received struct {
	Watch       string `json:"veille"`
	Company     string `json:"entreprise"`
	Address     string `json:"adresse"`
	State       string `json:"etat"`
	AskedAt     Moment `json:"demande_le"`
	ConfirmedAt Moment `json:"accord_le"`
	StoppedAt   Moment `json:"refus_le"`
	FailedAt    Moment `json:"adresse_refusee_le"`
}

// Tag is what they were the last to decide about a contract.
type Tag struct {
	Notice  string `json:"avis"`
	Company string `json:"entreprise"` // for whom; empty: themselves
	Choice  string `json:"etiquette"`
	At      Moment `json:"quand"`
}

// Note is what they noted of a contract.
type Note struct {
	Notice  string `json:"avis"`
	Company string `json:"entreprise"`
	Text    string `json:"note"`
	At      Moment `json:"quand"`
}

// Mail is a message to their address.
type Mail struct {
	Subject string   `json:"objet"`
	Address string   `json:"adresse"`
	OwedAt  Moment   `json:"du_le"`
	State   string   `json:"etat"`
	EndedAt Moment   `json:"fin_le"`
	Answer  string   `json:"reponse_du_serveur"`
	Notices []string `json:"avis,omitempty"`
}

// Line is a line of the journal about them.
type Line struct {
	At   Moment `json:"quand"`
	What string `json:"quoi"`
	By   string `json:"par"`
	Name string `json:"nom_inscrit"` // theirs, as it was then; empty for others' acts
}
