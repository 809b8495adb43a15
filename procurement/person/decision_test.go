package person_test

// fate is what was decided of a column.
type fate string

const (
	plain   fate = "plain"   // ids, dates, words of code: says nothing of a person by itself
	key     fate = "key"     // finds whose row it is: in the export under another name, or not at all; gone after an erasure
	copied  fate = "copied"  // in the person's export; gone after an erasure
	kept    fate = "kept"    // in the export; stays after an erasure, for the reason of its table
	secret  fate = "secret"  // opens something: never in an export; gone after an erasure
	digest  fate = "digest"  // nobody can read it back; goes by its term
	company fate = "company" // of a company or a public body, not of a person
)

// decision is what was decided of a table: nobody's, or whose its rows are and what
// becomes of each column.
type decision struct {
	why     string            // it holds nothing of a person, or what it keeps and why
	whose   string            // SQL: the rows of account $1, whose address has the key $2; empty: nobody's
	columns map[string]fate   // all of them for somebody's table; what looks personal in nobody's
	fill    map[string]string // what the canary test writes where a marker alone would not be read back
}

// decisions is the schema, table by table. A table or a column that is not here fails
// TestEveryColumnIsDecided.
var decisions = map[string]decision{
	"account": {
		why: "the row stays, emptied: memberships and the journal name its id", whose: "id = $1",
		columns: map[string]fate{"id": plain, "login": copied, "login_key": key, "address": key, "address_key": key, "name": copied,
			"password_hash": secret, "created_at": plain, "erased_at": plain},
	},
	"sign_up": {
		whose: "address_key = $2",
		columns: map[string]fate{"id": plain, "address": key, "address_key": key, "name": copied, "country": plain, "number": copied,
			"company_name": copied, "street": company, "postcode": company, "city": company, "listed_at": plain,
			"token_hash": secret, "asked_at": plain, "expires_at": plain, "used_at": plain, "leads_to": copied},
	},
	"device": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "token_hash": secret, "previous_hash": secret, "previous_until": plain, "browser": copied,
			"known_at": plain, "seen_at": plain, "expires_at": plain, "forgotten_at": plain},
	},
	"session": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "device_id": plain, "token_hash": secret, "account_id": plain, "membership_id": plain, "browser": copied,
			"created_at": plain, "seen_at": plain, "expires_at": plain},
	},
	"membership": {
		why: "dates without a name stay: the journal names its id", whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "establishment_id": plain, "role": plain,
			"created_at": plain, "approved_at": plain, "ended_at": plain},
	},
	"totp": {
		whose:   "account_id = $1",
		columns: map[string]fate{"account_id": plain, "secret": secret, "last_step": plain, "created_at": plain},
	},
	"passkey": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "credential_id": key, "public_key": key, "sign_count": plain, "backup_eligible": plain,
			"transports": plain, "name": copied, "created_at": plain, "used_at": plain},
	},
	"recovery_code": {whose: "account_id = $1", columns: map[string]fate{"account_id": plain, "code_hash": secret, "used_at": plain}},
	"factor_draft": {
		whose: "account_id = $1",
		columns: map[string]fate{"session_hash": key, "account_id": plain, "secret": secret, "name": key, "ceremony": key, "ceremony_until": plain,
			"expires_at": plain},
	},
	"pending_sign_in": {
		whose:   "account_id = $1",
		columns: map[string]fate{"token_hash": secret, "account_id": plain, "wrong": plain, "ceremony": key, "ceremony_until": plain, "expires_at": plain},
	},
	"address_change": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "address": copied, "address_key": key, "token_hash": secret, "asked_at": plain,
			"expires_at": plain, "closed_at": plain},
	},
	"former_address": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "address": copied, "address_key": key, "token_hash": secret, "left_at": plain,
			"until": plain, "closed_at": plain},
	},
	"invitation": {
		whose: "address_key = $2",
		columns: map[string]fate{"id": plain, "establishment_id": plain, "address": key, "address_key": key, "role": plain, "inviter_id": plain,
			"token_hash": secret, "invited_at": plain, "expires_at": plain, "accepted_at": plain, "closed_at": plain},
	},
	"dispute": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "establishment_id": plain, "account_id": plain, "reason": copied, "opened_at": plain, "decided_at": plain,
			"outcome": plain},
	},
	"attempt": {why: "keys are digests of account and network; they go by their terms", columns: map[string]fate{"key": digest}},
	"password_reset": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "account_id": plain, "address_key": key, "token_hash": secret,
			"asked_at": plain, "expires_at": plain, "closed_at": plain},
	},
	"solicitation": {why: "digests of addresses, for a day", columns: map[string]fate{"who": digest}},
	"event": {
		why: "the journal is append-only: it proves who did what, under the name that they had", whose: "actor_id = $1",
		columns: map[string]fate{"id": plain, "at": plain, "kind": plain, "actor_id": plain, "actor_name": kept, "subject": plain, "body": plain},
	},
	"watch": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "num": plain, "scope": plain, "establishment_id": plain, "account_id": plain, "name": copied,
			"name_key": key, "criteria": copied, "active": plain, "active_since": plain, "frequency": plain, "hour": plain,
			"weekday": plain, "paused_since": plain, "paused_until": plain, "rhythm_since": plain, "version": plain, "created_at": plain, "changed_at": plain, "deleted_at": plain,
			"shared_at": plain, "edited_by": plain},
		fill: map[string]string{"criteria": `{"keywords":["%s"]}`},
	},
	"tag": {
		why: "a company's choice about a contract; who erases their account is taken from it", whose: "account_id = $1",
		columns: map[string]fate{"scope": plain, "establishment_id": plain, "notice_id": plain, "choice": plain, "account_id": plain, "at": plain},
	},
	"tag_note": {
		why: "what was noted for an establishment is its own: it stays, without the name; what was noted alone goes", whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "scope": plain, "establishment_id": plain, "notice_id": plain, "account_id": plain, "text": copied, "at": plain},
	},
	"watch_recipient": {
		whose: "address_key = $2",
		columns: map[string]fate{"id": plain, "watch_id": plain, "account_id": plain, "address": key, "address_key": key, "main": plain, "asked_at": plain,
			"confirmed_at": plain, "stopped_at": plain, "failed_at": plain, "removed_at": plain, "token_hash": secret, "withheld": plain},
	},
	"mailing": {
		whose:   "address_key = $2",
		columns: map[string]fate{"id": plain, "kind": plain, "address": key, "address_key": key, "slot": plain, "token_hash": secret, "created_at": plain},
	},
	"mailing_item": {
		whose: "mailing_id IN (SELECT id FROM mailing WHERE address_key = $2)",
		columns: map[string]fate{"mailing_id": plain, "notice_id": plain, "watches": plain, "position": plain,
			"said": plain, "known": plain},
	},
	"mailing_watch": {
		whose:   "mailing_id IN (SELECT id FROM mailing WHERE address_key = $2)",
		columns: map[string]fate{"watch_id": plain, "mailing_id": plain},
	},
	"told": {
		whose:   "address_key = $2",
		columns: map[string]fate{"address_key": key, "notice_id": plain, "mailing_id": plain, "at": plain, "stated": plain, "followed_at": plain, "followed_in": plain},
	},
	"outbox": {
		whose: "lower(recipient) = $2",
		columns: map[string]fate{"id": plain, "kind": plain, "ref": plain, "recipient": key, "message_id": plain, "state": plain, "due_at": plain,
			"expires_at": plain, "attempts": plain, "faults": plain, "lease_owner": plain, "lease_until": plain, "bytes": secret, "once": plain,
			"answer": copied, "created_at": plain, "ended_at": plain},
	},
	"feed": {
		whose: "account_id = $1",
		columns: map[string]fate{"id": plain, "watch_id": plain, "account_id": plain, "membership_id": plain, "format": plain, "token_hash": secret,
			"created_at": plain, "used_on": plain},
	},

	"webhook":           {why: "an address of a company's own systems: it goes with its watch", columns: map[string]fate{"address": company}},
	"webhook_delivery":  {why: "published notices, and what machines answer"},
	"company":           {why: "a company; its number is public", columns: map[string]fate{"number": company}},
	"establishment":     {why: "a company's; its number is public", columns: map[string]fate{"name": company, "phone": company}},
	"fallback_address":  {why: "a mailbox of a company's, that agreed by itself", columns: map[string]fate{"address": company, "address_key": company}},
	"buyer":             {why: "a public body", columns: map[string]fate{"name": company}},
	"buyer_alias":       {why: "a public body", columns: map[string]fate{"name": company}},
	"buyer_sighting":    {why: "a public body", columns: map[string]fate{"value": company}},
	"buyer_merge":       {why: "a decision of the operator about public bodies; who decided is a name that they gave to their command"},
	"notice":            {why: "a published notice", columns: map[string]fate{"buyer_name": company}},
	"notice_raw":        {why: "a published notice, as it was received"},
	"raw_pack":          {why: "published notices, as they were received"},
	"notice_link":       {why: "published notices"},
	"notice_alias":      {why: "numbers of published notices"},
	"notice_change":     {why: "published notices"},
	"notice_superseded": {why: "published notices"},
	"cpv":               {why: "a public nomenclature", columns: map[string]fate{"label": plain}},
	"notice_match":      {why: "ids of notices and numbers"},
	"slot":              {why: "numbers and dates"},
	"digest_run":        {why: "hours"},
	"watch_progress":    {why: "a watch's id and a number"},
	"import_progress":   {why: "numbers of records of files"},
	"gazette":           {why: "dates and numbers of a fetch", columns: map[string]fate{"whole_to": plain}},
	"counter":           {why: "numbers of the platform", columns: map[string]fate{"name": plain}},
	"setting":           {why: "settings of the platform", columns: map[string]fate{"name": plain}},
	"change":            {why: "ids of what changed, for a day"},
	"goose_db_version":  {why: "versions of the schema"},
	"sqlite_sequence":   {why: "the database's own", columns: map[string]fate{"name": plain}},
	// The jobs' arguments are ids of events: see event.delivery.
	"river_client":       {why: "the queue's own"},
	"river_client_queue": {why: "the queue's own"},
	"river_job":          {why: "jobs; their arguments are ids"},
	"river_leader":       {why: "the queue's own"},
	"river_migration":    {why: "the queue's own"},
	"river_notification": {why: "the queue's own"},
	"river_queue":        {why: "the queue's own"},
}
