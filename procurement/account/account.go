package account

import (
	"encoding/base64"
	"log/slog"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/passkey"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// Account is one person: an identifiant, one address that no other account has,
// a password (which never leaves this room).
type Account struct {
	ID         string
	Login      string // identifiant, as it was typed
	Address    string // as it was typed; see ParseAddress
	AddressKey string // what makes the address unique
	Name       string
	CreatedAt  clock.Instant
}

// actor is the person outside any membership, as the journal names them.
func (a Account) actor() access.Actor {
	return access.Actor{AccountID: a.ID, Name: a.Name, Address: a.Address, Role: access.Newcomer}
}

// Service holds the use cases of this room.
type Service struct {
	db      *db.DB
	journal *event.Journal
	log     *slog.Logger
	hasher  *hasher
	party   *passkey.Party // nil where browsers allow no passkeys, see At
	host    string         // that people reach the platform by
}

// New makes the room on this database; events go to the journal.
func New(d *db.DB, journal *event.Journal, log *slog.Logger) *Service {
	return &Service{db: d, journal: journal, log: log, hasher: newHasher()}
}

// Find reads an account, db.ErrNone when there is none.
func Find(tx *db.Tx, id string) (Account, error) { return accountByID(tx, id) }

// FindByAddress reads the account of an address, db.ErrNone when it has none.
// For the platform's own decisions: no page may tell what it answered.
func FindByAddress(tx *db.Tx, a Address) (Account, error) { return accountByAddress(tx, a.Key) }

// digestOf is what is stored of a secret; ok is false for what cannot be one, so
// that garbage costs no query.
func digestOf(typed string) (hash string, ok bool) {
	if len(typed) > 64 {
		return "", false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(typed)
	if err != nil || len(b) != 32 {
		return "", false
	}
	return token.Hash(typed), true
}

// newToken makes a secret for a link or a cookie, and what is stored of it.
func newToken() (secret, hash string) {
	secret = token.New()
	return secret, token.Hash(secret)
}
