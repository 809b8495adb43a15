package event

import (
	"encoding/json"
	"fmt"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/job"
	"parvis/procurement/access"
)

// Kind is a stable word for something that can happen.
type Kind string

// Everything that can happen today. alert/rules.go says for each who is told.
const (
	SignUpAsked        Kind = "account.sign_up_asked"
	SignUpRepeated     Kind = "account.sign_up_repeated" // for an address that has an account
	AccountCreated     Kind = "account.created"
	SignedIn           Kind = "account.signed_in"
	SignInRefused      Kind = "account.sign_in_refused"
	ResetAsked         Kind = "account.reset_asked" // somebody forgot their password, or says so
	PasswordChanged    Kind = "account.password_changed"
	SessionsEnded      Kind = "account.sessions_ended" // by their owner, from another one
	AccountErased      Kind = "account.erased"         // by its owner
	FactorAdded        Kind = "account.factor_added"   // a passkey, or an application of codes
	FactorRemoved      Kind = "account.factor_removed"
	FactorsForgotten   Kind = "account.factors_forgotten" // by the operator, for who lost them all
	CodesRenewed       Kind = "account.recovery_codes_renewed"
	CodeUsed           Kind = "account.recovery_code_used"
	CodeRefused        Kind = "account.code_refused" // wrong, after the right password
	StepExhausted      Kind = "account.second_step_exhausted"
	PasskeyDoubted     Kind = "account.passkey_doubted" // its counter went back
	NameChanged        Kind = "account.name_changed"
	AddressAsked       Kind = "account.address_asked"    // another one is wanted
	AddressDropped     Kind = "account.address_dropped"  // it is not wanted any more
	AddressChanged     Kind = "account.address_changed"  // the new one has answered
	AddressRestored    Kind = "account.address_restored" // the old one was taken back by its mailbox
	MembershipCreated  Kind = "membership.created"
	MembershipApproved Kind = "membership.approved"
	MembershipRefused  Kind = "membership.refused"
	MembershipChanged  Kind = "membership.role_changed"
	MembershipEnded    Kind = "membership.ended"              // left, by oneself, or removed
	ProfileChanged     Kind = "establishment.profile_changed" // the subject of this and of what follows is the establishment

	EstablishmentVerified   Kind = "establishment.verified" // by the operator
	EstablishmentUnverified Kind = "establishment.unverified"
	FallbackAsked           Kind = "establishment.fallback_asked" // a mailbox, to be its « adresse de secours »
	FallbackConfirmed       Kind = "establishment.fallback_confirmed"
	FallbackRefused         Kind = "establishment.fallback_refused" // at once, or later
	FallbackRemoved         Kind = "establishment.fallback_removed" // by its people, or replaced
	AddressFailed           Kind = "establishment.address_failed"   // of somebody whom it alerts

	NoticesRecorded    Kind = "notice.recorded"
	SourceSilent       Kind = "notice.source_silent" // a gazette has not been received for too long
	SourceHeard        Kind = "notice.source_heard"  // it is again
	WatchCreated       Kind = "watch.created"
	WatchChanged       Kind = "watch.changed"
	WatchDeleted       Kind = "watch.deleted"
	RecipientAsked     Kind = "watch.recipient_asked"
	RecipientConfirmed Kind = "watch.recipient_confirmed"
	RecipientStopped   Kind = "watch.recipient_stopped"
	RecipientFailed    Kind = "watch.recipient_failed"   // of any watch of the subject, a scope: its server refuses
	RecipientRecalled  Kind = "watch.recipient_recalled" // mailed again, once it was put right
	DigestsSent        Kind = "alert.digests_sent"
	NoticeTagged       Kind = "notice.tagged" // by a company: à étudier, on y va, on passe; the subject is the notice

	InvitationSent      Kind = "invitation.sent"
	InvitationCancelled Kind = "invitation.cancelled"
	InvitationAccepted  Kind = "invitation.accepted"
	WatchesPassed       Kind = "watch.passed" // from somebody who is gone to who administers
	DisputeOpened       Kind = "dispute.opened"
	DisputeGranted      Kind = "dispute.granted"
	DisputeRejected     Kind = "dispute.rejected"
	DisputeDropped      Kind = "dispute.dropped" // with the request that it came from
	BuyersMerged        Kind = "buyer.merged"    // by the operator; the subject is the one that is kept
	BuyersUnmerged      Kind = "buyer.unmerged"

	// The subject of a feed's is its watch: the feed itself is somebody's secret.
	FeedOpened Kind = "feed.opened" // or given another address
	FeedClosed Kind = "feed.closed"

	WebhookAdded     Kind = "webhook.added"
	WebhookRemoved   Kind = "webhook.removed"
	WebhookRenewed   Kind = "webhook.renewed"   // its secret
	WebhookConfirmed Kind = "webhook.confirmed" // it has accepted a trial for the first time
	WebhookSuspended Kind = "webhook.suspended" // after days of failures
	WebhookResumed   Kind = "webhook.resumed"
)

// Kinds lists them all, so that a test finds the ones nobody decided about.
var Kinds = []Kind{
	SignUpAsked, SignUpRepeated, AccountCreated, SignedIn, SignInRefused, ResetAsked, PasswordChanged, SessionsEnded, MembershipCreated,
	NameChanged, AddressAsked, AddressDropped, AddressChanged, AddressRestored,
	MembershipApproved, MembershipRefused, MembershipChanged, MembershipEnded,
	ProfileChanged, EstablishmentVerified, EstablishmentUnverified, FallbackAsked, FallbackConfirmed, FallbackRefused, FallbackRemoved, AddressFailed,
	NoticesRecorded, SourceSilent, SourceHeard,
	WatchCreated, WatchChanged, WatchDeleted, RecipientAsked, RecipientConfirmed, RecipientStopped, RecipientFailed, RecipientRecalled, DigestsSent,
	AccountErased,
	FactorAdded, FactorRemoved, FactorsForgotten, CodesRenewed, CodeUsed, CodeRefused, StepExhausted, PasskeyDoubted,
	InvitationSent, InvitationCancelled, InvitationAccepted, WatchesPassed, DisputeOpened, DisputeGranted, DisputeRejected, DisputeDropped,
	BuyersMerged, BuyersUnmerged,
	FeedOpened, FeedClosed, WebhookAdded, WebhookRemoved, WebhookRenewed, WebhookConfirmed, WebhookSuspended, WebhookResumed,
	NoticeTagged,
}

// Event is one line of the journal.
type Event struct {
	ID        string
	At        clock.Instant
	Kind      Kind
	ActorID   *string
	ActorName string
	Subject   string // the id of what it happened to
	Body      string // JSON, its shape is the kind's
}

// Decode reads the body into v.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal([]byte(e.Body), v); err != nil {
		return fmt.Errorf("event %s (%s): %w", e.ID, e.Kind, err)
	}
	return nil
}

// Journal records events and delivers them.
type Journal struct {
	queue       *job.Queue
	subscribers []subscriber
}

type subscriber struct {
	name  string
	kinds []Kind
	hear  func(*db.Tx, Event) error
}

// delivery is the job that hands one event to one subscriber.
type delivery struct {
	Subscriber string `json:"subscriber"`
	EventID    string `json:"event_id"`
}

func (delivery) Kind() string { return "event.delivery" }

// NewJournal makes the journal; its deliveries run on the queue.
func NewJournal(q *job.Queue) *Journal {
	j := &Journal{queue: q}
	job.Handle(q, j.deliver)
	return j
}

// Subscribe has hear called once for every event of these kinds, in a
// transaction of its own after the fact's. name is stable: it is stored.
func (j *Journal) Subscribe(name string, kinds []Kind, hear func(*db.Tx, Event) error) {
	j.subscribers = append(j.subscribers, subscriber{name, kinds, hear})
}

// Record writes the event and one job per subscriber, in the fact's transaction.
func (j *Journal) Record(tx *db.Tx, by access.Actor, kind Kind, subject string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	var actor *string
	if by.AccountID != "" {
		actor = &by.AccountID
	}
	id := db.NewID()
	if _, err := tx.Exec(`INSERT INTO event (id, at, kind, actor_id, actor_name, subject, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, tx.Now, string(kind), actor, by.Name, subject, string(text)); err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	for _, s := range j.subscribers {
		if slices.Contains(s.kinds, kind) {
			if err := j.queue.Enqueue(tx, delivery{s.name, id}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *Journal) deliver(tx *db.Tx, d delivery) error {
	e, err := Find(tx, d.EventID)
	if err != nil {
		return err
	}
	for _, s := range j.subscribers {
		if s.name == d.Subscriber {
			return s.hear(tx, e)
		}
	}
	return fmt.Errorf("event: no subscriber %q (written by another version?)", d.Subscriber)
}

// About lists what happened to a subject, oldest first.
func About(tx *db.Tx, subject string) ([]Event, error) {
	var out []Event
	err := tx.All(&out, `SELECT id, at, kind, actor_id, actor_name, subject, body FROM event
		WHERE subject = $1 ORDER BY at, id`, subject)
	return out, err
}

// Find reads an event by its id.
func Find(tx *db.Tx, id string) (Event, error) {
	var e Event
	err := tx.One(&e, `SELECT id, at, kind, actor_id, actor_name, subject, body FROM event WHERE id = $1`, id)
	if err != nil {
		return e, fmt.Errorf("event %s: %w", id, err)
	}
	return e, nil
}
