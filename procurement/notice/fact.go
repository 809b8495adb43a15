package notice

// Topic is what a fact of a notice is about.
type Topic string

// Topics of facts, in the order of a page.
const (
	Documents  Topic = "documents" // address: where the documents of the consultation are
	Answering  Topic = "answering" // address: where bids and applications are sent
	Profile    Topic = "profile"   // address: the buyer profile
	Visit      Topic = "visit"
	Opening    Topic = "opening" // day on which bids are opened
	Validity   Topic = "validity"
	Languages  Topic = "languages"
	Electronic Topic = "electronic"
	Signature  Topic = "signature"
	Catalogue  Topic = "catalogue"

	Value        Topic = "value"
	Duration     Topic = "duration"
	Performance  Topic = "performance" // place of performance
	Quantity     Topic = "quantity"
	Technique    Topic = "technique" // framework agreement, dynamic purchasing system
	LotRule      Topic = "lot_rule"  // for how many lots one may bid
	Variants     Topic = "variants"
	Options      Topic = "options"
	Renewal      Topic = "renewal"
	Phases       Topic = "phases"
	Recurrence   Topic = "recurrence"
	Auction      Topic = "auction"
	Negotiation  Topic = "negotiation"
	Prize        Topic = "prize"
	Financing    Topic = "financing"
	UnionFunds   Topic = "union_funds"
	AwardOutcome Topic = "award_outcome" // the result in the buyer's own words

	Criterion Topic = "criterion" // award criterion

	Suitability Topic = "suitability"
	Economic    Topic = "economic"
	Technical   Topic = "technical"
	Selection   Topic = "selection"
	Proofs      Topic = "proofs"
	Grouping    Topic = "grouping" // legal form of a group of bidders
	Guarantee   Topic = "guarantee"
	Reserved    Topic = "reserved"
	Execution   Topic = "execution"
	Candidates  Topic = "candidates" // how many are invited to bid

	Contact    Topic = "contact"
	Address    Topic = "address"
	Phone      Topic = "phone"
	Mail       Topic = "mail"
	Website    Topic = "website" // address
	Identifier Topic = "identifier"
	BuyerType  Topic = "buyer_type"
	Activity   Topic = "activity"

	Recourse     Topic = "recourse"
	RecourseInfo Topic = "recourse_info"
	Mediation    Topic = "mediation"
	RecourseNote Topic = "recourse_note"

	More        Topic = "more"
	Scope       Topic = "scope"       // the gazette's « périmètre »
	Subnature   Topic = "subnature"   // the gazette's « sousnature »
	Simplified  Topic = "simplified"  // marché public simplifié
	ShownUntil  Topic = "shown_until" // day on which the gazette ceases to show the notice: never a deadline
	ProcedureID Topic = "procedure_id"

	Cut Topic = "cut" // the notice says more than is kept here: its source has the rest
)

// topicLabels are the topics as a page names them.
var topicLabels = map[Topic]string{
	Documents: "Dossier de consultation (DCE)", Answering: "Où répondre", Profile: "Profil d'acheteur", Visit: "Visite",
	Opening: "Ouverture des plis", Validity: "Validité des offres", Languages: "Langues des réponses", Electronic: "Réponse électronique",
	Signature: "Signature électronique", Catalogue: "Catalogue électronique",
	Value: "Valeur estimée", Duration: "Durée", Performance: "Lieu d'exécution", Quantity: "Quantités", Technique: "Technique d'achat",
	LotRule: "Réponse aux lots", Variants: "Variantes", Options: "Options", Renewal: "Reconductions", Phases: "Tranches", Recurrence: "Marché périodique",
	Auction: "Enchère électronique", Negotiation: "Attribution sans négociation", Prize: "Primes", Financing: "Financement et paiement",
	UnionFunds: "Fonds de l'Union européenne", AwardOutcome: "Résultat, dans les mots de l'acheteur",
	Criterion: "Critères d'attribution", Suitability: "Aptitude à exercer et situation juridique", Economic: "Capacité économique et financière",
	Technical: "Capacité technique et professionnelle", Selection: "Sélection des candidatures", Proofs: "Pièces à fournir",
	Grouping: "Forme des groupements", Guarantee: "Garanties", Reserved: "Marché réservé", Execution: "Conditions d'exécution",
	Candidates: "Nombre de candidats", Contact: "Contact", Address: "Adresse", Phone: "Téléphone", Mail: "Adresse électronique", Website: "Site",
	Identifier: "SIRET dans l'avis", BuyerType: "Type d'organisme", Activity: "Activité principale",
	Recourse: "Instance chargée des recours", RecourseInfo: "Renseignements sur les recours", Mediation: "Médiation", RecourseNote: "Délais et voies de recours",
	More: "Renseignements complémentaires", Scope: "Périmètre", Subnature: "Précision sur l'avis", Simplified: "Marché public simplifié",
	ShownUntil: "Fin de diffusion", ProcedureID: "Identifiant de la procédure",
}

// Label names a topic for people.
func (t Topic) Label() string { return topicLabels[t] }

// Fact is one thing that a notice says of its contract, of how to answer or of its
// buyer, as its source says it. It is shown; nothing is searched or decided by it.
type Fact struct {
	Topic    Topic  `json:"topic"`
	Lot      string `json:"lot,omitempty"`    // number of the lot of which it is said; "" for the whole
	Text     string `json:"text,omitempty"`   // words, or an address of the web
	Weight   string `json:"weight,omitempty"` // of a criterion: « 60 », « 60 % », « rang 1 »
	Cents    int64  `json:"cents,omitempty"`  // amount, or the least one when UpTo is there too
	UpTo     int64  `json:"up_to,omitempty"`  // in cents, the greatest amount
	Currency string `json:"currency,omitempty"`
	From     string `json:"from,omitempty"` // YYYY-MM-DD
	Until    string `json:"until,omitempty"`
}
