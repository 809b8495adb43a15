package passkey

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Life is how long the two halves of a ceremony may be apart.
const Life = 5 * time.Minute

// ErrAddress says that browsers refuse passkeys at an address: they need a name, not a
// number, and a connection that nobody can listen to or change (https, or this machine).
var ErrAddress = errors.New("passkey: browsers offer none at this address")

// Party is the site that keys are made for.
type Party struct{ library *webauthn.WebAuthn }

// New makes the party of a site by the address that people reach it by, which decides
// what is signed: what a request says of its host is never looked at. ErrAddress when
// passkeys cannot be used there.
func New(baseURL, name string) (*Party, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	host := strings.ToLower(u.Hostname())
	here := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if net.ParseIP(host) != nil || u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return nil, ErrAddress
	}
	if err := protocol.ValidateRPID(host); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	held := webauthn.TimeoutConfig{Timeout: Life, TimeoutUVD: Life} // told to the browser; the caller's clock decides
	library, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + strings.ToLower(u.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: held, Registration: held},
	})
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	return &Party{library}, nil
}

// Holder is a person and the keys that are theirs.
type Holder struct {
	ID    string // never shown; at most 64 bytes, and says nothing of the person
	Login string // under which their browser lists the key
	Name  string
	Keys  []Key
}

// Key is what is kept of a passkey. It holds no secret: with it one can check what the
// authenticator signs, and nothing else.
type Key struct {
	ID             []byte `json:"id"` // given by the authenticator
	PublicKey      []byte `json:"public_key"`
	SignCount      uint32 `json:"sign_count"` // uses that the authenticator counts; 0 when it counts none
	BackupEligible bool   `json:"backup_eligible"`
	Transports     string `json:"transports"` // how browsers reach it, « internal,hybrid »
}

func keyOf(c *webauthn.Credential) Key {
	k := Key{ID: c.ID, PublicKey: c.PublicKey, SignCount: c.Authenticator.SignCount, BackupEligible: c.Flags.BackupEligible}
	var ways []string
	for _, t := range c.Transport {
		ways = append(ways, string(t))
	}
	k.Transports = strings.Join(ways, ",")
	return k
}

func (k Key) credential() webauthn.Credential {
	c := webauthn.Credential{ID: k.ID, PublicKey: k.PublicKey}
	c.Authenticator.SignCount = k.SignCount
	// Whoever registered here was verified: it is required.
	c.Flags.UserPresent, c.Flags.UserVerified, c.Flags.BackupEligible = true, true, k.BackupEligible
	for way := range strings.SplitSeq(k.Transports, ",") {
		if way != "" {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(way))
		}
	}
	return c
}

// holder gives the library what it asks of a person.
type holder struct{ Holder }

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Login }
func (h holder) WebAuthnDisplayName() string { return h.Name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.Keys))
	for i, k := range h.Keys {
		out[i] = k.credential()
	}
	return out
}
