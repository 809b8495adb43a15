package watch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// consentFor is how long a request to receive a watch waits for its answer.
const consentFor = 7 * 24 * time.Hour

// recipientName is how the journal calls who answers for an address: the journal is
// for ever, addresses are not. Which one it was is in the row of the recipient.
const recipientName = "destinataire"

var errNoRecipient = fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: la demande a expiré, ou l'adresse a été retirée de la veille.")

// AskedBody is the body of event.RecipientAsked.
type AskedBody struct {
	Withheld bool `json:"withheld,omitempty"` // not mailed: the address was written to often enough that day
}

// addRecipients asks each new address whether it wants the watch. It gives the
// addresses of whom it is asked, those included whose mailbox is left in peace: how
// often others wrote to it is not the company's business.
func (s *Service) addRecipients(tx *db.Tx, by access.Actor, w *Watch, addresses []account.Address) (asked []string, err error) {
	unknown, allowed := map[string]bool{}, map[string]bool{}
	for _, a := range addresses {
		known, err := agreed(tx, w.Scope, a.Key)
		if err != nil {
			return nil, err
		}
		unknown[a.Key] = !known
	}
	for _, key := range slices.Sorted(maps.Keys(unknown)) {
		if !unknown[key] {
			continue
		}
		if allowed[key], err = account.Solicit(tx, key); err != nil {
			return nil, err
		}
	}
	for _, a := range addresses {
		var confirmed clock.Instant
		if !unknown[a.Key] {
			confirmed = tx.Now
		}
		id, err := insertRecipient(tx, w.ID, a, false, confirmed)
		if err != nil {
			return nil, err
		}
		if !unknown[a.Key] {
			continue
		}
		asked = append(asked, a.Text)
		if !allowed[a.Key] {
			if err := withhold(tx, id); err != nil {
				return nil, err
			}
		}
		if err := s.journal.Record(tx, by, event.RecipientAsked, id, AskedBody{Withheld: !allowed[a.Key]}); err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// replaceRecipients makes the list of further addresses what the form says. Only
// its owner takes back what an address has said: a colleague must not.
func (s *Service) replaceRecipients(tx *db.Tx, by access.Actor, w *Watch, addresses []account.Address, resume bool) ([]string, error) {
	var fresh []account.Address
	for _, a := range addresses {
		if !slices.ContainsFunc(w.Recipients, func(r Recipient) bool { return r.AddressKey == a.Key }) {
			fresh = append(fresh, a)
		}
	}
	for _, r := range w.Recipients {
		switch {
		case r.Main && resume && by.AccountID == w.AccountID:
			for _, fact := range []string{"stopped_at", "failed_at"} {
				if err := setRecipient(tx, r.ID, fact, 0); err != nil {
					return nil, err
				}
			}
		case !r.Main && !slices.ContainsFunc(addresses, func(a account.Address) bool { return a.Key == r.AddressKey }):
			if err := removeRecipient(tx, r.ID); err != nil {
				return nil, err
			}
		}
	}
	return s.addRecipients(tx, by, w, fresh)
}

// Request is what a person is asked: whether they want a company's watch.
type Request struct {
	Recipient
	WatchName   string
	CompanyName string
	Number      string // the SIRET as people read it, or the identifier abroad
	AskedBy     string
	ExpiresAt   clock.Instant
}

// MintToken makes the secret of a confirmation request, in the transaction that
// composes its mail: only its hash is kept. ok is false when nobody should be
// asked any more.
func MintToken(tx *db.Tx, recipientID string) (secret string, r Request, ok bool, err error) {
	r, err = request(tx, "id = $1", recipientID)
	if fault.Is(err, fault.NotFound) {
		return "", r, false, nil
	}
	if err != nil || r.State() != Awaited || tx.Now > r.ExpiresAt {
		return "", r, false, err
	}
	secret = token.New()
	_, err = tx.Exec("UPDATE watch_recipient SET token_hash = $1 WHERE id = $2", token.Hash(secret), recipientID)
	return secret, r, true, err
}

func request(tx *db.Tx, condition string, args ...any) (Request, error) {
	r, err := recipientBy(tx, condition, args...)
	if err != nil {
		return Request{}, err
	}
	out := Request{Recipient: r, ExpiresAt: r.AskedAt.Add(consentFor)}
	watches, err := ByIDs(tx, []string{r.WatchID})
	if err != nil {
		return out, err
	}
	if len(watches) == 0 || !watches[0].DeletedAt.IsZero() {
		return out, errNoRecipient
	}
	w := watches[0]
	e, err := org.EstablishmentByID(tx, w.EstablishmentID)
	if err != nil {
		return out, err
	}
	asker, err := account.Find(tx, w.AccountID)
	if err != nil {
		return out, err
	}
	out.WatchName, out.CompanyName, out.AskedBy = w.Name, e.CompanyName, asker.Name
	out.Number = e.Pretty()
	return out, nil
}

// FindRecipient reads a recipient; ok is false when it was removed.
func FindRecipient(tx *db.Tx, id string) (r Recipient, ok bool, err error) {
	r, err = recipientBy(tx, "id = $1", id)
	if fault.Is(err, fault.NotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

// RequestOf shows the request of a token; nothing is consumed.
func (s *Service) RequestOf(ctx context.Context, secret string) (Request, error) {
	var r Request
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = liveRequest(tx, secret)
		return err
	})
	return r, err
}

func liveRequest(tx *db.Tx, secret string) (Request, error) {
	r, err := request(tx, "token_hash = $1", token.Hash(secret))
	if err == nil && r.State() == Awaited && tx.Now > r.ExpiresAt {
		return r, errNoRecipient
	}
	return r, err
}

// Answer records whether the person wants the watch. Answering again the same
// way changes nothing.
func (s *Service) Answer(ctx context.Context, secret string, yes bool) (Request, error) {
	var r Request
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if r, err = liveRequest(tx, secret); err != nil {
			return err
		}
		by := access.Actor{Name: recipientName}
		switch {
		case yes && r.ConfirmedAt.IsZero() && tx.Now <= r.ExpiresAt: // a refusal can be taken back as long
			r.ConfirmedAt, r.StoppedAt = tx.Now, 0
			err := errors.Join(setRecipient(tx, r.ID, "confirmed_at", tx.Now), setRecipient(tx, r.ID, "stopped_at", 0))
			if err != nil {
				return err
			}
			return s.journal.Record(tx, by, event.RecipientConfirmed, r.WatchID, struct{}{})
		case !yes && r.State() != Stopped:
			r.StoppedAt = tx.Now
			return s.stop(tx, r.Recipient)
		}
		return nil
	})
	return r, err
}

func (s *Service) stop(tx *db.Tx, r Recipient) error {
	if err := setRecipient(tx, r.ID, "stopped_at", tx.Now); err != nil {
		return err
	}
	return s.journal.Record(tx, access.Actor{Name: recipientName}, event.RecipientStopped, r.WatchID, struct{}{})
}

// Stop ends, for one address, the watches of these ids; again takes it back.
// It gives the watches as they then stand for that address.
func (s *Service) Stop(tx *db.Tx, addressKey string, watchIDs []string, again bool) error {
	for _, id := range watchIDs {
		r, err := recipientBy(tx, "watch_id = $1 AND address_key = $2", id, addressKey)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		switch {
		case again && r.State() == Stopped && !r.ConfirmedAt.IsZero():
			if err := setRecipient(tx, r.ID, "stopped_at", 0); err != nil {
				return err
			}
			if err := s.journal.Record(tx, access.Actor{Name: recipientName}, event.RecipientConfirmed, id, struct{}{}); err != nil {
				return err
			}
		case !again && r.State() != Stopped:
			if err := s.stop(tx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Alerted is somebody whom an establishment's watches alert at their own address.
type Alerted struct{ EstablishmentID, AccountID string }

// MainOf lists whom an address that has not failed yet is the main one of, once for
// each establishment. Watches that somebody keeps in their own name are nobody else's
// business.
func MainOf(tx *db.Tx, addressKey string) ([]Alerted, error) {
	var out []Alerted
	err := tx.All(&out, `SELECT DISTINCT w.establishment_id, w.account_id FROM watch_recipient r JOIN watch w ON w.id = r.watch_id
		WHERE r.address_key = $1 AND r.main AND r.failed_at IS NULL AND r.removed_at IS NULL AND w.deleted_at IS NULL
			AND w.scope = 'establishment:' || w.establishment_id
		ORDER BY w.establishment_id, w.account_id`, addressKey)
	return out, err
}

// Fail suspends an address that its server refuses for good.
func Fail(tx *db.Tx, addressKey string) error {
	_, err := tx.Exec("UPDATE watch_recipient SET failed_at = $1 WHERE address_key = $2 AND failed_at IS NULL AND removed_at IS NULL", tx.Now, addressKey)
	return err
}

// Fails tells whether an address that watches have was marked by Fail, and not put back.
func Fails(tx *db.Tx, addressKey string) (bool, error) {
	var failed int
	err := tx.One(&failed, "SELECT count(*) FROM watch_recipient WHERE address_key = $1 AND failed_at IS NOT NULL AND removed_at IS NULL", addressKey)
	return failed > 0, err
}

// Receives counts the watches that an address receives: none that Fail marked, none deleted.
func Receives(tx *db.Tx, addressKey string) (watches int, err error) {
	err = tx.One(&watches, `SELECT count(*) FROM watch_recipient r JOIN watch w ON w.id = r.watch_id
		WHERE r.address_key = $1 AND r.failed_at IS NULL AND r.removed_at IS NULL AND w.deleted_at IS NULL`, addressKey)
	return watches, err
}
