package passkey

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Errors of the second half of a ceremony.
var (
	// ErrRefused says that the answer proves nothing: another site, another challenge,
	// an unknown key, a wrong signature. Its text is for the log.
	ErrRefused = errors.New("passkey: answer refused")
	// ErrCopied says that the key's counter went back: two devices may hold it.
	ErrCopied = errors.New("passkey: the counter of uses went back")
)

// Begun is the first half of a ceremony.
type Begun struct {
	Options []byte // JSON for the browser
	Kept    string // for the second half; the browser must not choose it
}

func begun(options any, session *webauthn.SessionData) (Begun, error) {
	shown, err1 := json.Marshal(options)
	kept, err2 := json.Marshal(session)
	return Begun{Options: shown, Kept: string(kept)}, errors.Join(err1, err2)
}

func resume(kept string) (webauthn.SessionData, error) {
	var s webauthn.SessionData
	if err := json.Unmarshal([]byte(kept), &s); err != nil {
		return s, fmt.Errorf("passkey: kept half of a ceremony: %w", err)
	}
	return s, nil
}

// BeginCreation asks for a new key of somebody, on an authenticator that holds none of
// theirs yet.
func (p *Party) BeginCreation(of Holder) (Begun, error) {
	taken := webauthn.Credentials(holder{of}.WebAuthnCredentials()).CredentialDescriptors()
	options, session, err := p.library.BeginRegistration(holder{of}, webauthn.WithExclusions(taken))
	if err != nil {
		return Begun{}, fmt.Errorf("passkey: begin creation: %w", err)
	}
	return begun(options, session)
}

// FinishCreation reads the key that was made, ErrRefused when it was not made as asked.
func (p *Party) FinishCreation(of Holder, kept string, answer []byte) (Key, error) {
	session, err := resume(kept)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	made, err := p.library.CreateCredential(holder{of}, session, parsed)
	if err != nil {
		return Key{}, refused(err)
	}
	return keyOf(made), nil
}

// BeginUse asks somebody known to use one of their keys. They must have one.
func (p *Party) BeginUse(of Holder) (Begun, error) {
	options, session, err := p.library.BeginLogin(holder{of})
	if err != nil {
		return Begun{}, fmt.Errorf("passkey: begin use: %w", err)
	}
	return begun(options, session)
}

// FinishUse judges what the key of somebody known signed and gives the key with its
// counter moved on. Errors: ErrRefused, and ErrCopied with the key as it was.
func (p *Party) FinishUse(of Holder, kept string, answer []byte) (Key, error) {
	session, err := resume(kept)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	used, err := p.library.ValidateLogin(holder{of}, session, parsed)
	if err != nil {
		return Key{}, refused(err)
	}
	return counted(used)
}

// BeginAlone asks whoever is there to use a key that says whose it is.
func (p *Party) BeginAlone() (Begun, error) {
	options, session, err := p.library.BeginDiscoverableLogin()
	if err != nil {
		return Begun{}, fmt.Errorf("passkey: begin: %w", err)
	}
	return begun(options, session)
}

// FinishAlone judges what a key signed. find gives the holder of an id; its error
// refuses the key unless it is a failure, which comes back as it is. Errors as FinishUse.
func (p *Party) FinishAlone(kept string, answer []byte, find func(id string) (of Holder, known bool, err error)) (Holder, Key, error) {
	session, err := resume(kept)
	if err != nil {
		return Holder{}, Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Holder{}, Key{}, refused(err)
	}
	var who Holder
	var failure error
	_, used, err := p.library.ValidatePasskeyLogin(func(_, id []byte) (webauthn.User, error) {
		var known bool
		if who, known, failure = find(string(id)); failure != nil || !known {
			return nil, errors.New("nobody has this id")
		}
		return holder{who}, nil
	}, session, parsed)
	switch {
	case failure != nil:
		return Holder{}, Key{}, failure
	case err != nil:
		return Holder{}, Key{}, refused(err)
	}
	k, err := counted(used)
	return who, k, err
}

// counted refuses a key whose counter did not grow (WebAuthn, 7.2, step 22).
func counted(c *webauthn.Credential) (Key, error) {
	if c.Authenticator.CloneWarning {
		return keyOf(c), ErrCopied
	}
	return keyOf(c), nil
}

// refused keeps what the library has to say for the log.
func refused(err error) error {
	var detail *protocol.Error
	if errors.As(err, &detail) && detail.DevInfo != "" {
		return fmt.Errorf("%w: %s: %s", ErrRefused, detail.Details, detail.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
