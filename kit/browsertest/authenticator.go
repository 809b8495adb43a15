package browsertest

import "github.com/go-rod/rod/lib/proto"

// Authenticator is a device that holds passkeys, made by the browser for one tab. It
// checks who holds it without anybody there. Pages must be at https or at
// http://localhost, which is where browsers allow passkeys.
type Authenticator struct {
	p  *Page
	id proto.WebAuthnAuthenticatorID
}

// Authenticator puts a device like a phone's or a computer's own in the tab.
func (p *Page) Authenticator() *Authenticator {
	p.t.Helper()
	if err := (proto.WebAuthnEnable{}).Call(p.Page); err != nil {
		p.t.Fatalf("browsertest: passkeys: %v", err)
	}
	added, err := proto.WebAuthnAddVirtualAuthenticator{Options: &proto.WebAuthnVirtualAuthenticatorOptions{
		Protocol: proto.WebAuthnAuthenticatorProtocolCtap2, Ctap2Version: proto.WebAuthnCtap2VersionCtap21,
		Transport:      proto.WebAuthnAuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}.Call(p.Page)
	if err != nil {
		p.t.Fatalf("browsertest: authenticator: %v", err)
	}
	return &Authenticator{p, added.AuthenticatorID}
}

// Verifies says whether the device recognises its holder from now on.
func (a *Authenticator) Verifies(holder bool) {
	a.p.t.Helper()
	if err := (proto.WebAuthnSetUserVerified{AuthenticatorID: a.id, IsUserVerified: holder}).Call(a.p.Page); err != nil {
		a.p.t.Fatalf("browsertest: authenticator: %v", err)
	}
}

// Keys counts the passkeys that the device holds.
func (a *Authenticator) Keys() int {
	a.p.t.Helper()
	held, err := proto.WebAuthnGetCredentials{AuthenticatorID: a.id}.Call(a.p.Page)
	if err != nil {
		a.p.t.Fatalf("browsertest: authenticator: %v", err)
	}
	return len(held.Credentials)
}

// Forget empties the device, as another one would be.
func (a *Authenticator) Forget() {
	a.p.t.Helper()
	if err := (proto.WebAuthnClearCredentials{AuthenticatorID: a.id}).Call(a.p.Page); err != nil {
		a.p.t.Fatalf("browsertest: authenticator: %v", err)
	}
}
