package browsertest

import (
	"strings"
	"testing"
)

func TestAnAuthenticatorHoldsPasskeysForItsTab(t *testing.T) {
	p := New(t).Page(strings.Replace(serve(t, soundPage), "127.0.0.1", "localhost", 1))
	a := p.Authenticator()
	if n := a.Keys(); n != 0 {
		t.Fatalf("%d keys before any was made", n)
	}
	const make = `() => navigator.credentials.create({ publicKey: {
		rp: { name: "Essai" }, user: { id: new Uint8Array(8), name: "essai", displayName: "Essai" }, challenge: new Uint8Array(16),
		pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "required", userVerification: "required" },
	} }).then(key => key.type, error => error.name)`
	if got := p.MustEval(make).Str(); got != "public-key" || a.Keys() != 1 {
		t.Errorf("%q, %d keys", got, a.Keys())
	}
	a.Verifies(false)
	if got := p.MustEval(make).Str(); got != "NotAllowedError" || a.Keys() != 1 {
		t.Errorf("who is not recognised: %q, %d keys", got, a.Keys())
	}
	if a.Forget(); a.Keys() != 0 {
		t.Errorf("%d keys once forgotten", a.Keys())
	}
}
