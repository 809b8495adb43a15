package notice

import (
	"time"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// Kind is what a notice announces: the gazette's « nature ».
type Kind string

// Kinds of notice. Only Contract, Prior and Corrigendum can be open.
const (
	Contract     Kind = "contract"     // avis de marché, appel à concurrence
	Prior        Kind = "prior"        // avis de préinformation, périodique
	Corrigendum  Kind = "corrigendum"  // avis rectificatif
	Cancellation Kind = "cancellation" // avis d'annulation
	Award        Kind = "award"        // résultat de marché
	Amendment    Kind = "amendment"    // modification d'un marché en cours
	VEA          Kind = "vea"          // intention de conclure, ex ante volontaire
	Other        Kind = "other"
)

// Sources of notices: this platform itself, the national gazette, the European one.
const (
	SourceHere  = "parvis"
	SourceBOAMP = "boamp"
	SourceTED   = "ted"
)

// Lot is one lot of a notice.
type Lot struct {
	Number      string   `json:"number"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	CPV         []string `json:"cpv,omitempty"`
}

// Correction is one line of a corrigendum: « au lieu de … lire … ».
type Correction struct {
	Section string `json:"section"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
}

// AwardLine is one award: to whom, for how much.
type AwardLine struct {
	Lot        string `json:"lot,omitempty"`
	Holder     string `json:"holder"`
	AmountCent int64  `json:"amount_cent,omitempty"`
	Currency   string `json:"currency,omitempty"`
	On         string `json:"on,omitempty"` // date, YYYY-MM-DD
}

// Detail is what only some notices have.
type Detail struct {
	Corrections  []Correction   `json:"corrections,omitempty"`
	Awards       []AwardLine    `json:"awards,omitempty"`
	Unawarded    []UnawardedLot `json:"unawarded,omitempty"` // what a result says nobody was given
	CancelReason string         `json:"cancel_reason,omitempty"`
	Family       string         `json:"family,omitempty"` // the gazette's: JOUE, FNS, MAPA, DSP, DIVERS
	Criteria     []string       `json:"criteria,omitempty"`
	Unread       []string       `json:"unread,omitempty"` // parts of the record whose shape we do not know
}

// BuyerRecord is what a source says of the buyer.
type BuyerRecord struct {
	Name     string
	SIRET    string // as it was found, valid or not
	Postcode string
	City     string
}

// Record is a notice as a source gives it, cleaned of its dirt but not yet ours.
type Record struct {
	Source      string // "boamp"
	SourceID    string // the gazette's number, e.g. 20-1110
	Kind        Kind
	Category    refdata.Category      // "" when the source says nothing
	Procedure   refdata.ProcedureType // "" when unknown
	Title       string
	Description string
	Reference   string
	Buyer       BuyerRecord
	Departments []string // INSEE codes; none = lieu non précisé
	CPV         []string // 8 digits
	Descriptors []string
	Lots        []Lot
	Detail      Detail
	PublishedOn string // YYYY-MM-DD

	Deadline         clock.Instant // zero = non communiquée
	DeadlineRaw      string        // as the source wrote it
	DeadlineSource   string        // the field it was read in
	DeadlineDoubtful bool          // the hour must be checked in the notice
	VisitAt          clock.Instant
	QuestionsUntil   clock.Instant
	TimeZone         string // IANA name of the clock on the buyer's wall; "" when the source does not know

	URL    string
	Linked []string // source ids of the notices that this one changes or follows
	Raw    string   // the record as received

	Aliases []string      // other identifiers by which notices of the source refer to this one
	Stamp   clock.Instant `json:"-"` // when the source made this state of the notice, when it says
	Partial bool          `json:"-"` // an extract without the notice's own form
	Hash    string        `json:"-"` // HashOf, when whoever read the record has asked it already
	// Facts are read when they are shown, and not kept: see TakeFacts.
	Facts []Fact `json:",omitempty"`
}

// silentFor is how long a call without a known deadline is shown as open.
const silentFor = 60 * 24 * time.Hour

// Notice is a recorded notice, as it stands: Deadline is the one that counts after
// the corrigenda that followed.
type Notice struct {
	Record
	ID          string
	BuyerID     string
	RecordedAt  clock.Instant // when the platform first had it: what counts for alerts
	ChangedAt   clock.Instant
	CancelledAt clock.Instant
	AwardedOn   string // YYYY-MM-DD of the first award that followed, "" when none has
	Result      What   // what the results that followed say of it all, "" when none has

	// Bodies are the organisms of which the buyer is a service: when ByIDs read it.
	Bodies []string
}

// Open tells whether a company can still answer at that moment. A call whose
// deadline is not known counts as open for sixty days after its publication, or until
// a result says that it was awarded, or that it never will be.
func (n *Notice) Open(at clock.Instant) bool { return n.openUntil() >= at }

// openUntil is the last moment at which the notice can be answered, zero when it
// never can.
func (n *Notice) openUntil() clock.Instant {
	if n.Kind != Contract || !n.CancelledAt.IsZero() {
		return 0
	}
	if !n.Deadline.IsZero() {
		return n.Deadline
	}
	if n.Result != "" {
		return 0
	}
	day, err := time.ParseInLocation(time.DateOnly, n.PublishedOn, clock.Paris)
	if err != nil {
		return 0
	}
	return clock.At(day).Add(silentFor)
}
