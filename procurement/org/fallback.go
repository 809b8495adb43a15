package org

import (
	"context"
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// A request to a mailbox waits for its answer that long, and an establishment makes so
// many a day: each is a mail to whoever it likes.
const (
	fallbackConsentFor = 7 * 24 * time.Hour
	fallbacksPerDay    = 10
)

// fallbackField is the form's field.
const fallbackField = "adresse_secours"

// fallbackName is how the journal calls who answers for the mailbox: it keeps no address.
const fallbackName = "adresse de secours"

// Fallback is a mailbox of the company that is written to when its people's own do not
// answer (« Adresse de secours »), or one that was asked to be.
type Fallback struct {
	ID              string
	EstablishmentID string
	Address         string
	AddressKey      string
	AskedAt         clock.Instant
	ConfirmedAt     clock.Instant
	RefusedAt       clock.Instant // before it was confirmed, or since
	FailedAt        clock.Instant // its server says that it does not exist
	RemovedAt       clock.Instant
}

// FallbackState is where a mailbox stands.
type FallbackState string

// The states.
const (
	FallbackAwaited   FallbackState = "awaited"
	FallbackExpired   FallbackState = "expired"
	FallbackConfirmed FallbackState = "confirmed"
	FallbackRefused   FallbackState = "refused"
	FallbackFailed    FallbackState = "failed"
)

// ExpiresAt is when a request is no longer answered.
func (f Fallback) ExpiresAt() clock.Instant { return f.AskedAt.Add(fallbackConsentFor) }

// State is where the mailbox stands at an instant.
func (f Fallback) State(at clock.Instant) FallbackState {
	switch {
	case !f.FailedAt.IsZero():
		return FallbackFailed
	case !f.RefusedAt.IsZero():
		return FallbackRefused
	case !f.ConfirmedAt.IsZero():
		return FallbackConfirmed
	case at > f.ExpiresAt():
		return FallbackExpired
	}
	return FallbackAwaited
}

// FallbackBody is the body of the events about a mailbox; their subject is the
// establishment. Mail tells whether the mailbox is written to.
type FallbackBody struct {
	FallbackID string `json:"fallback_id"`
	Mail       bool   `json:"mail,omitempty"`
}

// AskFallback asks a mailbox to be the establishment's. One in use stays so until this
// one has agreed; one asked before is forgotten. The answer is the same whatever the
// mailbox is to us. Faults are on adresse_secours.
func (p *Profiles) AskFallback(ctx context.Context, by access.Actor, typed string) error {
	address, err := account.ParseAddress(typed)
	if e, ok := fault.As(err); ok {
		return e.On(fallbackField)
	}
	if err != nil {
		return err
	}
	if own, err := account.ParseAddress(by.Address); err == nil && own.Key == address.Key {
		return fault.New(fault.Invalid, "C'est votre propre adresse\u00a0: l'adresse de secours sert quand celle-ci ne répond plus. Indiquez une autre boîte de l'entreprise.").On(fallbackField)
	}
	return p.within(ctx, by, func(tx *db.Tx, e Establishment) error {
		current, asked, err := fallbacksOf(tx, e.ID)
		if err != nil {
			return err
		}
		if current != nil && current.AddressKey == address.Key && current.State(tx.Now) == FallbackConfirmed {
			return fault.New(fault.Conflict, "Cette adresse est déjà l'adresse de secours de l'établissement.").On(fallbackField)
		}
		return p.request(tx, by, e.ID, address, asked)
	})
}

// ResendFallback asks the same mailbox again, with another link.
func (p *Profiles) ResendFallback(ctx context.Context, by access.Actor, id string) error {
	return p.within(ctx, by, func(tx *db.Tx, e Establishment) error {
		_, asked, err := fallbacksOf(tx, e.ID)
		if err != nil {
			return err
		}
		if asked == nil || asked.ID != id {
			return errNoFallback
		}
		address, err := account.ParseAddress(asked.Address)
		if err != nil {
			return err
		}
		return p.request(tx, by, e.ID, address, asked)
	})
}

// request writes a request down in the place of an earlier one. A mailbox that has said
// no to this establishment is not asked again.
func (p *Profiles) request(tx *db.Tx, by access.Actor, establishmentID string, to account.Address, earlier *Fallback) error {
	said, today, err := countFallbacks(tx, establishmentID, to.Key, tx.Now.Add(-24*time.Hour))
	switch {
	case err != nil:
		return err
	case said > 0:
		return fault.New(fault.Conflict, "Cette adresse a refusé d'être l'adresse de secours de l'établissement\u00a0: indiquez-en une autre.").On(fallbackField)
	case today >= fallbacksPerDay:
		return fault.New(fault.Unavailable, "Votre établissement a déjà fait beaucoup de demandes aujourd'hui. Réessayez demain.").On(fallbackField)
	}
	if earlier != nil {
		if err := setFallback(tx, earlier.ID, "removed_at", tx.Now); err != nil {
			return err
		}
	}
	mailed, err := account.Solicit(tx, to.Key)
	if err != nil {
		return err
	}
	f := Fallback{ID: db.NewID(), EstablishmentID: establishmentID, Address: to.Text, AddressKey: to.Key, AskedAt: tx.Now}
	if err := insertFallback(tx, f); err != nil {
		return err
	}
	return p.journal.Record(tx, by, event.FallbackAsked, establishmentID, FallbackBody{f.ID, mailed})
}

var errNoFallback = fault.New(fault.NotFound, "Cette adresse n'est pas, ou n'est plus, celle de votre établissement.")

// RemoveFallback takes a mailbox off the profile; one that was in use is told.
func (p *Profiles) RemoveFallback(ctx context.Context, by access.Actor, id string) error {
	return p.within(ctx, by, func(tx *db.Tx, e Establishment) error {
		current, asked, err := fallbacksOf(tx, e.ID)
		if err != nil {
			return err
		}
		for _, f := range []*Fallback{current, asked} {
			if f != nil && f.ID == id {
				return p.remove(tx, by, *f)
			}
		}
		return errNoFallback
	})
}

func (p *Profiles) remove(tx *db.Tx, by access.Actor, f Fallback) error {
	if err := setFallback(tx, f.ID, "removed_at", tx.Now); err != nil {
		return err
	}
	return p.journal.Record(tx, by, event.FallbackRemoved, f.EstablishmentID, FallbackBody{f.ID, f.State(tx.Now) == FallbackConfirmed})
}

// FallbackRequest is what a mailbox is asked, by its link.
type FallbackRequest struct {
	Fallback
	Establishment Establishment
	At            clock.Instant // when it was read: where it stands depends on it
}

// MintFallbackToken makes the secret of a link to the mailbox's own page, in the
// transaction that composes its mail: to agree, or once agreed, to stop. ok is false
// when nothing should be mailed any more.
func MintFallbackToken(tx *db.Tx, id string) (secret string, r FallbackRequest, ok bool, err error) {
	r.Fallback, err = fallbackBy(tx, "id = $1", id)
	if errors.Is(err, db.ErrNone) {
		return "", r, false, nil
	}
	if err != nil {
		return "", r, false, err
	}
	if s := r.State(tx.Now); s != FallbackAwaited && s != FallbackConfirmed {
		return "", r, false, nil
	}
	if r.Establishment, err = establishmentByID(tx, r.EstablishmentID); err != nil {
		return "", r, false, err
	}
	secret = token.New()
	return secret, r, true, setFallbackToken(tx, id, token.Hash(secret))
}

// FindFallback reads a mailbox, removed or not; db.ErrNone when there is none.
func FindFallback(tx *db.Tx, id string) (Fallback, error) { return anyFallback(tx, id) }

// FallbackOf gives the mailbox that may be written to for an establishment; found is
// false when it has none that agreed and answers.
func FallbackOf(tx *db.Tx, establishmentID string) (f Fallback, found bool, err error) {
	current, _, err := fallbacksOf(tx, establishmentID)
	if err != nil || current == nil || current.State(tx.Now) != FallbackConfirmed {
		return f, false, err
	}
	return *current, true, nil
}

// FailFallback suspends a mailbox that its server refuses for good.
func FailFallback(tx *db.Tx, addressKey string) error { return failFallbacks(tx, addressKey) }

// FallbackRequestOf shows the request of a link; nothing is recorded.
func (p *Profiles) FallbackRequestOf(ctx context.Context, secret string) (FallbackRequest, error) {
	var r FallbackRequest
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = fallbackRequest(tx, secret)
		return err
	})
	return r, err
}

func fallbackRequest(tx *db.Tx, secret string) (r FallbackRequest, err error) {
	gone := fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: la demande a expiré, ou l'entreprise l'a retirée.")
	if !account.IsToken(secret) {
		return r, gone
	}
	r.Fallback, err = fallbackBy(tx, "token_hash = $1", token.Hash(secret))
	if errors.Is(err, db.ErrNone) || err == nil && r.State(tx.Now) == FallbackExpired {
		return r, gone
	}
	if err != nil {
		return r, err
	}
	r.At = tx.Now
	r.Establishment, err = establishmentByID(tx, r.EstablishmentID)
	return r, err
}

// AnswerFallback records whether the mailbox agrees; a no ends it at any time, and is
// not taken back. Answering again the same way changes nothing.
func (p *Profiles) AnswerFallback(ctx context.Context, secret string, yes bool) (FallbackRequest, error) {
	var r FallbackRequest
	err := p.db.Write(ctx, func(tx *db.Tx) (err error) {
		if r, err = fallbackRequest(tx, secret); err != nil {
			return err
		}
		if err := lockEstablishment(tx, r.EstablishmentID); err != nil {
			return err
		}
		if r, err = fallbackRequest(tx, secret); err != nil { // as it stands after the wait
			return err
		}
		state := r.State(tx.Now)
		switch {
		case yes && state == FallbackAwaited:
			r.ConfirmedAt = tx.Now
			return p.adopt(tx, r.Fallback)
		case !yes && (state == FallbackAwaited || state == FallbackConfirmed):
			r.RefusedAt = tx.Now
			if err := setFallback(tx, r.ID, "refused_at", tx.Now); err != nil {
				return err
			}
			return p.journal.Record(tx, access.Actor{Name: fallbackName}, event.FallbackRefused, r.EstablishmentID, FallbackBody{FallbackID: r.ID})
		}
		return nil
	})
	return r, err
}

// adopt puts a mailbox in use; the one that was gives way and is told.
func (p *Profiles) adopt(tx *db.Tx, f Fallback) error {
	by := access.Actor{Name: fallbackName}
	current, _, err := fallbacksOf(tx, f.EstablishmentID)
	if err != nil {
		return err
	}
	if current != nil {
		if err := p.remove(tx, by, *current); err != nil {
			return err
		}
	}
	if err := setFallback(tx, f.ID, "confirmed_at", tx.Now); err != nil {
		return err
	}
	return p.journal.Record(tx, by, event.FallbackConfirmed, f.EstablishmentID, FallbackBody{FallbackID: f.ID})
}

// keepFallbacks is how long the mailboxes that were taken off are kept: what they
// refused counts as long.
const keepFallbacks = 365 * 24 * time.Hour

// ForgetFallbacks deletes the mailboxes that were taken off a year ago.
func (p *Profiles) ForgetFallbacks(ctx context.Context) error {
	return p.db.Write(ctx, func(tx *db.Tx) error { return deleteFallbacks(tx, tx.Now.Add(-keepFallbacks)) })
}
