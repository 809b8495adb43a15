// Package passkeytest is an authenticator in memory, for tests that need what a phone
// or a security key would sign, and what a dishonest one might.
package passkeytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Flags of authenticator data (WebAuthn, 6.1).
const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

// Authenticator holds keys for one site. Its fields may be changed between two uses.
type Authenticator struct {
	Origin     string // the site that the browser says it is on
	Party      string // the name that keys are for
	Count      uint32 // the counter of the next use; 0 stays 0
	Unverified bool   // do not check who holds it

	keys []held
}

type held struct {
	id, owner []byte
	private   *ecdsa.PrivateKey
}

// New makes an authenticator for a browser that visits a site.
func New(origin, party string) *Authenticator {
	return &Authenticator{Origin: origin, Party: party, Count: 1}
}

var text = base64.RawURLEncoding

type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		Owner     struct {
			ID string `json:"id"`
		} `json:"user"`
		AllowCredentials []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
	} `json:"publicKey"`
}

func read(t testing.TB, raw []byte) options {
	t.Helper()
	var o options
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("options of a ceremony: %v in %s", err, raw)
	}
	return o
}

// Create makes a key as the options ask and gives the browser's answer.
func (a *Authenticator) Create(t testing.TB, raw []byte) []byte {
	t.Helper()
	o := read(t, raw)
	owner, err := text.DecodeString(o.PublicKey.Owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	a.keys = append(a.keys, held{id, owner, private})
	point, err := private.PublicKey.Bytes() // 4, then both coordinates
	if err != nil {
		t.Fatal(err)
	}
	public, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		t.Fatal(err)
	}
	data := a.data(attested)
	data = append(data, make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(id)))
	data = append(append(data, id...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		t.Fatal(err)
	}
	a.counted()
	return answer(t, id, map[string]any{
		"clientDataJSON": text.EncodeToString(a.client(t, "webauthn.create", o)), "attestationObject": text.EncodeToString(object),
		"transports": []string{"internal", "hybrid"},
	})
}

// Use signs with the first key that the options allow, or with the last one made when
// they name none.
func (a *Authenticator) Use(t testing.TB, raw []byte) []byte {
	t.Helper()
	o := read(t, raw)
	for _, k := range a.keys {
		for _, allowed := range o.PublicKey.AllowCredentials {
			if allowed.ID == text.EncodeToString(k.id) {
				return a.sign(t, o, k)
			}
		}
	}
	if len(a.keys) == 0 {
		t.Fatal("this authenticator holds no key")
	}
	return a.sign(t, o, a.keys[len(a.keys)-1])
}

func (a *Authenticator) sign(t testing.TB, o options, k held) []byte {
	t.Helper()
	data, client := a.data(0), a.client(t, "webauthn.get", o)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	a.counted()
	return answer(t, k.id, map[string]any{
		"clientDataJSON": text.EncodeToString(client), "authenticatorData": text.EncodeToString(data),
		"signature": text.EncodeToString(signature), "userHandle": text.EncodeToString(k.owner),
	})
}

// counted moves the counter on, if there is one.
func (a *Authenticator) counted() {
	if a.Count > 0 {
		a.Count++
	}
}

// data is what the authenticator says of itself.
func (a *Authenticator) data(flags byte) []byte {
	party := sha256.Sum256([]byte(a.Party))
	flags |= present
	if !a.Unverified {
		flags |= verified
	}
	return binary.BigEndian.AppendUint32(append(party[:], flags), a.Count)
}

// client is what the browser says of where it is.
func (a *Authenticator) client(t testing.TB, kind string, o options) []byte {
	t.Helper()
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": o.PublicKey.Challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func answer(t testing.TB, id []byte, response map[string]any) []byte {
	t.Helper()
	out, err := json.Marshal(map[string]any{
		"id": text.EncodeToString(id), "rawId": text.EncodeToString(id), "type": "public-key",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
