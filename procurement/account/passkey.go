package account

import (
	"context"
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/passkey"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// Limits of passkeys: how many one may have, and how long a name is, in characters.
const (
	maxPasskeys    = 20
	maxPasskeyName = 60
)

// Passkey is a passkey of somebody (« clé d'accès »).
type Passkey struct {
	ID             string
	AccountID      string
	CredentialID   string
	PublicKey      string
	SignCount      int64
	BackupEligible bool
	Transports     string
	Name           string // given by its owner
	CreatedAt      clock.Instant
	UsedAt         clock.Instant // zero: never yet
}

// NoPasskeys refuses what a platform whose address is no domain on https cannot do.
func NoPasskeys() *fault.Error {
	return fault.New(fault.Invalid, "Les clés d'accès ne peuvent pas servir ici\u00a0: les navigateurs les réservent aux adresses en https qui portent un nom de domaine.")
}

// keyHolder is somebody as an authenticator knows them.
func keyHolder(tx *db.Tx, a Account) (passkey.Holder, error) {
	h := passkey.Holder{ID: a.ID, Login: a.Login, Name: a.Name}
	rows, err := passkeysOf(tx, a.ID)
	if err != nil {
		return h, err
	}
	for _, row := range rows {
		k, err := row.key()
		if err != nil {
			return h, err
		}
		h.Keys = append(h.Keys, k)
	}
	return h, nil
}

// BeginPasskey lets the person signed in, who says their password again, make a key of
// that name in this session. Faults are on nom, mot_de_passe_actuel.
func (s *Service) BeginPasskey(ctx context.Context, sessionToken, name, password string, from Visitor) error {
	if s.party == nil {
		return NoPasskeys()
	}
	var faults fault.List
	name, err := passkeyName(name)
	if err := faults.Add(err); err != nil {
		return err
	}
	if password == "" {
		faults = append(faults, passwordMissing())
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return s.proved(ctx, sessionToken, password, from, func(tx *db.Tx, open Session, a Account) error {
		rows, err := passkeysOf(tx, a.ID)
		switch {
		case err != nil:
			return err
		case len(rows) >= maxPasskeys:
			return fault.New(fault.Conflict, "Votre compte a déjà 20\u00a0clés d'accès. Retirez-en une qui ne sert plus.")
		}
		return putDraft(tx, open.TokenHash, draft{AccountID: a.ID, Name: name, ExpiresAt: tx.Now.Add(draftLife)})
	})
}

// passkeyName reads the name of a key. The fault is on nom.
func passkeyName(typed string) (string, error) {
	name, err := oneLine(typed, "le nom de la clé", maxPasskeyName)
	if e, ok := fault.As(err); ok {
		return "", e.On("nom")
	}
	return name, err
}

// PasskeyDraft gives the name of the key that the session is adding, fault.Conflict when
// it is adding none.
func (s *Service) PasskeyDraft(ctx context.Context, sessionToken string) (name string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		open, found, err := SessionOf(tx, sessionToken)
		if err != nil {
			return err
		}
		if !found {
			return sessionOver()
		}
		d, err := passkeyDraft(tx, open)
		name = d.Name
		return err
	})
	return name, err
}

func passkeyDraft(tx *db.Tx, open Session) (draft, error) {
	d, found, err := draftOf(tx, open.TokenHash)
	if err == nil && (!found || d.Name == "") {
		err = errDraftOver()
	}
	return d, err
}

// AskNewPasskey gives what the browser asks of the authenticator, as JSON.
func (s *Service) AskNewPasskey(ctx context.Context, sessionToken string) (options []byte, err error) {
	if s.party == nil {
		return nil, NoPasskeys()
	}
	err = s.locked(ctx, sessionToken, func(tx *db.Tx, open Session, a Account) error {
		if _, err := passkeyDraft(tx, open); err != nil {
			return err
		}
		of, err := keyHolder(tx, a)
		if err != nil {
			return err
		}
		begun, err := s.party.BeginCreation(of)
		if err != nil {
			return err
		}
		options = begun.Options
		return setDraftCeremony(tx, open.TokenHash, begun.Kept, tx.Now.Add(passkey.Life))
	})
	return options, err
}

// AddPasskey takes the key that the authenticator made, by what the browser answers. It
// gives recovery codes when this is the first factor. fault.Conflict when nothing was
// begun in this session, or too long ago.
func (s *Service) AddPasskey(ctx context.Context, sessionToken string, answer []byte) (codes []string, err error) {
	if s.party == nil {
		return nil, NoPasskeys()
	}
	var refusal error // what was asked serves once, whatever the answer
	err = s.locked(ctx, sessionToken, func(tx *db.Tx, open Session, a Account) error {
		d, err := passkeyDraft(tx, open)
		if err != nil {
			return err
		}
		if err := setDraftCeremony(tx, open.TokenHash, "", 0); err != nil {
			return err
		}
		if d.Ceremony == "" || tx.Now >= d.CeremonyUntil {
			refusal = fault.New(fault.Conflict, "La clé n'a pas été créée à temps. Recommencez.")
			return nil
		}
		of, err := keyHolder(tx, a)
		if err != nil {
			return err
		}
		made, err := s.party.FinishCreation(of, d.Ceremony, answer)
		if errors.Is(err, passkey.ErrRefused) {
			s.log.WarnContext(ctx, "passkey not added", "account", a.ID, "error", err)
			refusal = refuse("Votre appareil n'a pas créé de clé d'accès utilisable ici. Recommencez, ou essayez avec un autre appareil.")
			return nil
		}
		if err != nil {
			return err
		}
		codes, err = s.keep(tx, open, a, d.Name, made)
		return err
	})
	if err == nil {
		err = refusal
	}
	return codes, err
}

// keep stores a key that was made.
func (s *Service) keep(tx *db.Tx, open Session, a Account, name string, made passkey.Key) ([]string, error) {
	id := db.NewID()
	stored, err := insertPasskey(tx, id, a.ID, name, made)
	switch {
	case err != nil:
		return nil, err
	case !stored:
		return nil, fault.New(fault.Conflict, "Cette clé d'accès est déjà enregistrée.")
	}
	return s.added(tx, open, a, FactorBody{PasskeyID: id})
}

func noSuchPasskey() *fault.Error {
	return fault.New(fault.NotFound, "Cette clé d'accès n'existe pas, ou elle a été retirée.")
}

// RenamePasskey gives a key of the person signed in another name. Faults are on nom;
// fault.NotFound when they have no such key.
func (s *Service) RenamePasskey(ctx context.Context, sessionToken, id, name string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	return s.locked(ctx, sessionToken, func(tx *db.Tx, _ Session, a Account) error {
		done, err := renamePasskey(tx, a.ID, id, name)
		if err == nil && !done {
			return noSuchPasskey()
		}
		return err
	})
}

// RemovePasskey takes a key away from the person signed in, who says their password
// again. Faults are on mot_de_passe_actuel; fault.NotFound when they have no such key.
func (s *Service) RemovePasskey(ctx context.Context, sessionToken, id, password string, from Visitor) error {
	return s.proved(ctx, sessionToken, password, from, func(tx *db.Tx, open Session, a Account) error {
		gone, err := deletePasskey(tx, a.ID, id)
		switch {
		case err != nil:
			return err
		case !gone:
			return noSuchPasskey()
		}
		return s.removed(tx, open, a, FactorBody{PasskeyID: id})
	})
}

// FindPasskey reads a key, db.ErrNone when it was removed: for the mails.
func FindPasskey(tx *db.Tx, id string) (Passkey, error) { return passkeyByID(tx, id) }

// copied notes that a key's counter went back, and tells its owner: two devices may
// hold it.
func (s *Service) copied(tx *db.Tx, a Account, k passkey.Key) error {
	rows, err := passkeysOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.CredentialID == credentialID(k) {
			return s.journal.Record(tx, access.Anybody(), event.PasskeyDoubted, a.ID, FactorBody{PasskeyID: row.ID})
		}
	}
	return nil
}
