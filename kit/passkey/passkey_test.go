package passkey_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"parvis/kit/passkey"
	"parvis/kit/passkey/passkeytest"
)

const site = "https://marches.exemple.fr"

func party(t *testing.T) *passkey.Party {
	t.Helper()
	p, err := passkey.New(site, "Parvis")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPasskeysNeedANameAndAConnectionThatNobodyHears(t *testing.T) {
	for address, offered := range map[string]bool{
		"https://marches.exemple.fr": true, "https://Marches.Exemple.fr:8443": true, "http://localhost:8080": true, "http://parvis.localhost": true,
		"http://marches.exemple.fr": false, "http://127.0.0.1:8080": false, "https://192.0.2.7": false, "https://[2001:db8::1]": false,
		"": false, "marches.exemple.fr": false, "ftp://localhost": false, "https://": false, "https://serveur": false, "http://a\x7f": false,
	} {
		_, err := passkey.New(address, "Parvis")
		if (err == nil) != offered || err != nil && !errors.Is(err, passkey.ErrAddress) {
			t.Errorf("%q: %v, want offered: %v", address, err, offered)
		}
	}
}

// made registers a key of somebody.
func made(t *testing.T, p *passkey.Party, a *passkeytest.Authenticator, who passkey.Holder) passkey.Holder {
	t.Helper()
	b, err := p.BeginCreation(who)
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.FinishCreation(who, b.Kept, a.Create(t, b.Options))
	if err != nil {
		t.Fatal(err)
	}
	who.Keys = append(who.Keys, k)
	return who
}

var odile = passkey.Holder{ID: "compte-1", Login: "odile.muller", Name: "Odile Muller"}

func TestWhatIsAskedOfTheBrowser(t *testing.T) {
	p, a := party(t), passkeytest.New(site, "marches.exemple.fr")
	b, err := p.BeginCreation(made(t, p, a, odile))
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		PublicKey struct {
			RP                     struct{ ID, Name string }
			User                   struct{ ID, Name, DisplayName string }
			AuthenticatorSelection struct{ ResidentKey, UserVerification string }
			Attestation            string
			Timeout                int
			ExcludeCredentials     []struct{ ID string }
		}
	}
	if err := json.Unmarshal(b.Options, &o); err != nil {
		t.Fatal(err)
	}
	k := o.PublicKey
	if k.RP.ID != "marches.exemple.fr" || k.User.Name != "odile.muller" || k.User.DisplayName != "Odile Muller" || k.Timeout != 300_000 ||
		k.AuthenticatorSelection.ResidentKey != "required" || k.AuthenticatorSelection.UserVerification != "required" ||
		k.Attestation != "none" || len(k.ExcludeCredentials) != 1 {
		t.Errorf("%s", b.Options)
	}
}

func TestAKeyServesAfterAPasswordAndAlone(t *testing.T) {
	p, a := party(t), passkeytest.New(site, "marches.exemple.fr")
	who := made(t, p, a, odile)
	if k := who.Keys[0]; k.SignCount != 1 || k.Transports != "internal,hybrid" || k.BackupEligible {
		t.Errorf("%+v", k)
	}
	b, err := p.BeginUse(who)
	if err != nil {
		t.Fatal(err)
	}
	a.Count = 7
	k, err := p.FinishUse(who, b.Kept, a.Use(t, b.Options))
	if err != nil || k.SignCount != 7 {
		t.Fatalf("%+v (%v)", k, err)
	}
	who.Keys[0] = k
	if b, err = p.BeginAlone(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b.Options), "allowCredentials") {
		t.Errorf("whose keys are sought is told to a stranger: %s", b.Options)
	}
	got, k, err := p.FinishAlone(b.Kept, a.Use(t, b.Options), func(id string) (passkey.Holder, bool, error) { return who, id == who.ID, nil })
	if err != nil || got.ID != who.ID || k.SignCount != 8 {
		t.Errorf("%+v, %+v (%v)", got, k, err)
	}
}

func TestWhatProvesNothingIsRefused(t *testing.T) {
	p, a := party(t), passkeytest.New(site, "marches.exemple.fr")
	who := made(t, p, a, odile)
	stranger := passkeytest.New(site, "marches.exemple.fr")
	karim := made(t, p, stranger, passkey.Holder{ID: "compte-2", Login: "karim"})
	b, err := p.BeginUse(who)
	if err != nil {
		t.Fatal(err)
	}
	other, err := p.BeginUse(who)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*passkeytest.Authenticator)) []byte {
		was := *a
		change(a)
		out := a.Use(t, b.Options)
		*a = was
		return out
	}
	for name, answer := range map[string][]byte{
		"nothing": nil, "garbage": []byte(`{"id":1}`),
		"another site":          with(func(a *passkeytest.Authenticator) { a.Origin = "https://marches-exemple.fr" }),
		"another port":          with(func(a *passkeytest.Authenticator) { a.Origin = site + ":8443" }),
		"plain http":            with(func(a *passkeytest.Authenticator) { a.Origin = "http://marches.exemple.fr" }),
		"a key of another name": with(func(a *passkeytest.Authenticator) { a.Party = "exemple.fr" }),
		"nobody was verified":   with(func(a *passkeytest.Authenticator) { a.Unverified = true }),
		"another challenge":     a.Use(t, other.Options),
		"somebody else's key":   stranger.Use(t, b.Options),
	} {
		if _, err := p.FinishUse(who, b.Kept, answer); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The server's half is of one person.
	if _, err := p.FinishUse(karim, b.Kept, stranger.Use(t, b.Options)); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("another person's ceremony: %v", err)
	}
	if _, err := p.FinishUse(who, "{", a.Use(t, b.Options)); err == nil || errors.Is(err, passkey.ErrRefused) {
		t.Errorf("a damaged row is our fault: %v", err)
	}
}

func TestACounterThatGoesBackIsACopy(t *testing.T) {
	p, a := party(t), passkeytest.New(site, "marches.exemple.fr")
	a.Count = 40
	who := made(t, p, a, odile)
	for _, c := range []struct {
		stored, shown uint32
		copied        bool
	}{{40, 41, false}, {40, 40, true}, {40, 39, true}, {40, 0, true}, {0, 0, false}, {0, 1, false}} {
		b, err := p.BeginUse(who)
		if err != nil {
			t.Fatal(err)
		}
		who.Keys[0].SignCount, a.Count = c.stored, c.shown
		k, err := p.FinishUse(who, b.Kept, a.Use(t, b.Options))
		if errors.Is(err, passkey.ErrCopied) != c.copied || !c.copied && err != nil {
			t.Errorf("%d then %d: %v", c.stored, c.shown, err)
		}
		if want := max(c.stored, c.shown); k.SignCount != want {
			t.Errorf("%d then %d: %d kept", c.stored, c.shown, k.SignCount)
		}
	}
}

func TestAFailureToFindSomebodyIsNotTheirs(t *testing.T) {
	p, a := party(t), passkeytest.New(site, "marches.exemple.fr")
	made(t, p, a, odile)
	down := errors.New("the database does not answer")
	for _, c := range []struct{ found, want error }{{nil, passkey.ErrRefused}, {down, down}} {
		b, err := p.BeginAlone()
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.FinishAlone(b.Kept, a.Use(t, b.Options), func(string) (passkey.Holder, bool, error) { return passkey.Holder{}, false, c.found })
		if !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
}

func TestAKeyIsMadeAsAskedOrNotAtAll(t *testing.T) {
	p := party(t)
	for name, change := range map[string]func(*passkeytest.Authenticator){
		"another site": func(a *passkeytest.Authenticator) { a.Origin = "https://pirate.example" },
		"unverified":   func(a *passkeytest.Authenticator) { a.Unverified = true },
		"another name": func(a *passkeytest.Authenticator) { a.Party = "pirate.example" },
	} {
		a := passkeytest.New(site, "marches.exemple.fr")
		change(a)
		b, err := p.BeginCreation(odile)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.FinishCreation(odile, b.Kept, a.Create(t, b.Options)); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a browser posts is a stranger's: nothing of it may stop the program.
func FuzzFinish(f *testing.F) {
	p, err := passkey.New(site, "Parvis")
	if err != nil {
		f.Fatal(err)
	}
	a := passkeytest.New(site, "marches.exemple.fr")
	b, err := p.BeginCreation(odile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a.Create(f, b.Options))
	alone, err := p.BeginAlone()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a.Use(f, alone.Options))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := p.FinishUse(passkey.Holder{ID: "x"}, alone.Kept, answer); err == nil {
			t.Error("a key that nobody has was used")
		}
		if _, err := p.FinishCreation(odile, alone.Kept, answer); err == nil {
			t.Error("a key was made that nobody asked for")
		}
	})
}
