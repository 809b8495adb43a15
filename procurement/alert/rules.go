package alert

import (
	"fmt"

	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// Kinds of mail.
const (
	mailSignUp          = "sign_up"
	mailSignUpRepeated  = "sign_up_repeated"
	mailReset           = "password_reset"
	mailPasswordChanged = "password_changed"
	mailErased          = "account_erased"
	mailRequest         = "recipient_request"
	mailNotices         = "notices"
)

// Rule says who is told of a kind of event.
type Rule struct {
	Told string // in words, for people
	tell func(s *Service, tx *db.Tx, e event.Event) error
}

// nobody is told, for the reason given.
func nobody(why string) Rule { return Rule{Told: "nobody: " + why} }

// Rules is who is told of what. A kind without a rule fails a test.
var Rules = map[event.Kind]Rule{
	event.SignUpAsked:        {"the address that asked: a link to finish, so that it is theirs", (*Service).mailSignUp},
	event.SignUpRepeated:     {"the owner of the address: they have an account already", (*Service).mailSignUpRepeated},
	event.AccountCreated:     nobody("they are on the page that says so"),
	event.SignedIn:           {"the owner of the account, of a browser that it did not know", (*Service).mailSignedIn},
	event.SignInRefused:      nobody("a mail for each wrong password would be a weapon"),
	event.ResetAsked:         {"the owner of the account, if there is one: a link to choose another password", (*Service).mailReset},
	event.PasswordChanged:    {"the owner of the account, always: so they learn of it when it was not them", (*Service).mailPasswordChanged},
	event.SessionsEnded:      nobody("they are on the page that says so; whoever entered in their place was told of then"),
	event.AccountErased:      nobody("has an address any more: the erasure itself owes them a last mail"),
	event.FactorAdded:        {"the owner of the account, always: so they learn of it when it was not them", (*Service).mailFactor},
	event.FactorRemoved:      {"the owner of the account, always", (*Service).mailFactor},
	event.FactorsForgotten:   {"the owner of the account, always: somebody may have passed for them", (*Service).mailFactor},
	event.CodesRenewed:       {"the owner of the account, always", (*Service).mailFactor},
	event.CodeUsed:           {"the owner of the account, always: with how many are left", (*Service).mailFactor},
	event.CodeRefused:        nobody("in the journal; the tenth one is told"),
	event.StepExhausted:      {"the owner of the account: somebody knows their password", (*Service).mailFactor},
	event.PasskeyDoubted:     {"the owner of the account: their key may have been copied", (*Service).mailFactor},
	event.NameChanged:        nobody("they are on the page that says so"),
	event.AddressAsked:       {"the address that is wanted: a link to confirm it, or, when it is taken, a warning", (*Service).mailAddressAsked},
	event.AddressDropped:     nobody("they are on the page that says so"),
	event.AddressChanged:     {"the address that is left, always: a link to take it back", (*Service).mailAddressChanged},
	event.AddressRestored:    {"the address that it takes the place of: so they know why it signs in no more", (*Service).mailAddressRestored},
	event.MembershipCreated:  {"the administrators of the establishment, of a request to join; nobody of its first person", (*Service).mailJoinRequest},
	event.MembershipApproved: {"the person, when an administrator let them in: by an invitation or the operator they learn it otherwise", (*Service).mailJoinAccepted},
	event.MembershipRefused:  {"the person: they are not, and what they may do", (*Service).mailJoinRefused},
	event.MembershipChanged:  nobody("the pages show what a role opens"),
	event.MembershipEnded:    {"the person, when somebody else removed them", (*Service).mailMemberRemoved},
	event.ProfileChanged:     nobody("the profile shows it, with who changed what"),
	event.NoticesRecorded:    {"the recipients of the watches that match: at once, or in their next digest", (*Service).matchRecorded},
	event.SourceSilent:       {"whoever runs the platform, once: no notice comes any more", (*Service).mailSourceSilent},
	event.SourceHeard:        nobody("the warning leaves the pages by itself, and the log says it"),
	event.WatchCreated:       nobody("they are on the page that says so"),
	event.WatchChanged:       nobody("they are on the page that says so"),
	event.WatchDeleted:       nobody("they are on the page that says so"),
	event.RecipientAsked:     {"the address, once: do they want this watch?", (*Service).mailRequest},
	event.RecipientConfirmed: nobody("the watch page shows it"),
	event.RecipientStopped:   nobody("the watch page shows it; the page of the link confirms it"),
	event.RecipientFailed:    {"the owners of the watches and the administrators, in one mail an hour at most: which addresses fail", (*Service).mailRecipientsFailed},
	event.RecipientRecalled:  nobody("they are on the page that says so"),
	event.NoticeTagged:       nobody("colleagues see it on their list, with who and when"),
	event.DigestsSent:        nobody("the digests themselves tell"),

	event.EstablishmentVerified:   {"the administrators: «\u00a0Établissement vérifié\u00a0»", (*Service).mailVerified},
	event.EstablishmentUnverified: {"the administrators: it is declared only, again", (*Service).mailVerified},
	event.FallbackAsked:           {"the mailbox: does it agree?", (*Service).mailFallbackAsked},
	event.FallbackConfirmed:       nobody("the profile shows it; the page of the link confirms it"),
	event.FallbackRefused:         nobody("the profile shows it; the page of the link confirms it"),
	event.FallbackRemoved:         {"the mailbox, if it was in use: it will not be written to again", (*Service).mailFallbackRemoved},
	event.AddressFailed:           {"the establishment's «\u00a0adresse de secours\u00a0», if it has one that agreed", (*Service).mailAddressFailed},
	event.InvitationSent:          {"the address: who invites, to which establishment, and a link; nobody when it has had its mails of the day", (*Service).mailInvitation},
	event.InvitationCancelled:     nobody("the page of its link says that it is no longer good"),
	event.InvitationAccepted:      {"whoever invited", (*Service).mailInvitationAccepted},
	event.WatchesPassed:           {"whoever has them now, unless it is their own doing", (*Service).mailWatchesPassed},
	event.DisputeOpened:           {"those who administer the establishment, and the operator", (*Service).mailDisputeOpened},
	event.DisputeGranted:          {"the person, and those who administered until then", (*Service).mailDisputeGranted},
	event.DisputeRejected:         {"the person, and those who administer", (*Service).mailDisputeRejected},
	event.DisputeDropped:          nobody("it is no longer in the operator's list"),
	event.BuyersMerged:            nobody("the operator did it; the pages name the buyer that is kept"),
	event.BuyersUnmerged:          nobody("the operator did it; the pages name each buyer again"),

	event.FeedOpened:       nobody("they are on the page that shows its address"),
	event.FeedClosed:       nobody("they are on the page that says so"),
	event.WebhookAdded:     nobody("they are on the page that shows its secret"),
	event.WebhookRemoved:   nobody("they are on the page that says so"),
	event.WebhookRenewed:   nobody("they are on the page that shows the new one"),
	event.WebhookConfirmed: nobody("its page says so, and the receiver knows"),
	event.WebhookSuspended: {"whoever made the watch, once: nothing is sent there any more", (*Service).mailWebhookSuspended},
	event.WebhookResumed:   nobody("they are on the page that says so"),
}

// told lists the kinds that somebody is told of.
func told() []event.Kind {
	var kinds []event.Kind
	for _, k := range event.Kinds {
		if Rules[k].tell != nil {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (s *Service) hear(tx *db.Tx, e event.Event) error { return Rules[e.Kind].tell(s, tx, e) }

// owe writes down a mail about the subject of an event. Who has erased their account has
// no address any more, and is told nothing of what happened before.
func (s *Service) owe(tx *db.Tx, kind, ref, address string) error {
	if address == "" {
		return nil
	}
	a, err := account.ParseAddress(address)
	if err != nil {
		return fmt.Errorf("alert: owe %s: %w", kind, err)
	}
	return s.outbox.Owe(tx, mail.Owed{Kind: kind, Ref: ref, Recipient: a.Mailbox()})
}
