package public_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/kit/passkey/passkeytest"
	"parvis/kit/totp"
	"parvis/procurement/account"
)

// withApplication gives the person signed in an application of codes, and its secret.
func (h *house) withApplication() (secret string, recovery []string) {
	h.t.Helper()
	ctx := h.t.Context()
	from := account.Visitor{Remote: "192.0.2.17"}
	if err := h.Accounts.BeginApplication(ctx, h.token, password, from); err != nil {
		h.t.Fatal(err)
	}
	d, err := h.Accounts.ApplicationDraft(ctx, h.token)
	if err != nil {
		h.t.Fatal(err)
	}
	recovery, err = h.Accounts.AddApplication(ctx, h.token, h.code(d.Secret))
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.Move(time.Minute)
	return d.Secret, recovery
}

func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.Code(secret, totp.StepAt(h.clock.Now()))
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

func signingIn(login, pass, next string) url.Values {
	return url.Values{"identifiant": {login}, "mot_de_passe": {pass}, "suite": {next}}
}

func TestTheSecondStep(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		secret, recovery := h.withApplication()
		const where, step = "/annonces?q=bois", "/connexion/verification?suite=%2Fannonces%3Fq%3Dbois"
		h.post("/deconnexion", nil)
		h.forget()

		wrong := h.post("/connexion", signingIn("odile", "un autre", where))
		h.says(wrong, 422, "Identifiant ou mot de passe incorrect.", "!Vérification")
		if h.waits != "" {
			t.Error("a wrong password begins a second step")
		}
		h.leadsTo(h.post("/connexion", signingIn("odile", password, where)), step)
		if h.token != "" || h.waits == "" {
			t.Fatal("the password alone opens a session, or nothing waits")
		}
		h.says(h.get("/"), 200, "Se connecter") // they are a visitor still
		p := h.get(step)
		h.says(p, 200, "Vérification", "Code à six chiffres", "Utiliser un code de secours", "!clé d'accès »", "parvis account forget-factors")
		h.holds(p, `name="suite" value="/annonces?q=bois"`, `autocomplete="one-time-code"`, `inputmode="numeric"`, "!data-module=\"passkey\"")

		p = h.post("/connexion/verification", url.Values{"code": {"12 34"}, "suite": {where}})
		h.says(p, 422, "Ce code n'est pas le bon", "!12 34")
		h.holds(p, `href="#code"`, `name="suite" value="/annonces?q=bois"`)
		p = h.post("/connexion/verification", url.Values{"code_secours": {"zzz"}})
		h.says(p, 422, "Ce code de secours n'est pas le bon")
		h.holds(p, `<details class="fold" open>`, `href="#code_secours"`, "!value=\"zzz\"")
		h.says(h.post("/connexion/verification", url.Values{"code_secours": {""}}), 422, "Saisissez l'un de vos codes de secours.")
		h.says(h.post("/connexion/verification", nil), 422, "Saisissez le code que montre votre application.")
		h.leadsTo(h.post("/connexion/verification", url.Values{"code": {h.code(secret)}, "suite": {where}}), where)
		h.says(h.get("/"), 200, "Odile Muller", "Se déconnecter")
		if h.waits != "" {
			t.Error("the browser keeps a sign-in that is done")
		}
		h.leadsTo(h.get(step), where) // a step backwards in the browser

		h.post("/deconnexion", nil)
		h.leadsTo(h.post("/connexion", signingIn("odile", password, "//pirate.example")), "/connexion/verification")
		h.leadsTo(h.post("/connexion/verification", url.Values{"code_secours": {strings.ToUpper(recovery[0])}, "suite": {"//pirate.example"}}), "/entreprise")
	})
}

func TestASecondStepThatIsOverSaysSo(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.join("odile@muller.example", "odile")
		secret, _ := h.withApplication()
		h.post("/deconnexion", nil)
		h.forget()
		h.leadsTo(h.get("/connexion/verification"), "/connexion")
		h.says(h.get("/connexion"), 200, "La vérification n'est plus en cours")
		h.post("/connexion", signingIn("odile", password, ""))
		h.clock.Move(11 * time.Minute)
		h.leadsTo(h.post("/connexion/verification", url.Values{"code": {h.code(secret)}, "suite": {"/annonces"}}), "/connexion?suite=%2Fannonces")
		if h.waits != "" {
			t.Error("the browser keeps it")
		}
		h.post("/connexion", signingIn("odile", password, ""))
		for range 5 {
			h.post("/connexion/verification", url.Values{"code": {"x"}})
			h.clock.Move(40 * time.Second)
		}
		for range 4 {
			h.says(h.post("/connexion/verification", url.Values{"code": {"x"}}), 422, "Ce code n'est pas le bon")
			h.says(h.post("/connexion/verification", url.Values{"code": {h.code(secret)}}), 429, "Trop d'essais infructueux")
			h.clock.Move(40 * time.Second)
		}
		h.leadsTo(h.post("/connexion/verification", url.Values{"code": {"x"}}), "/connexion")
		h.says(h.get("/connexion"), 200, "Trop de codes incorrects")
	})
}

func TestAPasskeyAlone(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		h.says(h.post("/connexion/cle-d-acces/defi", nil), 422, "Les clés d'accès ne peuvent pas servir ici")
		h.holds(h.get("/connexion"), "!passkey")
		h.Accounts.At(base)
		h.join("odile@muller.example", "odile")
		ctx, key := h.t.Context(), passkeytest.New(base, "parvis.example")
		if err := h.Accounts.BeginPasskey(ctx, h.token, "Téléphone", password, account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		options, err := h.Accounts.AskNewPasskey(ctx, h.token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Accounts.AddPasskey(ctx, h.token, key.Create(t, options)); err != nil {
			t.Fatal(err)
		}
		h.post("/deconnexion", nil)
		h.forget()
		h.holds(h.get("/connexion?suite=/annonces"), `data-module="passkey"`, `data-options="/connexion/cle-d-acces/defi"`, `action="/connexion/cle-d-acces"`, " hidden ")

		p := h.post("/connexion/cle-d-acces/defi", nil)
		if p.StatusCode != 200 || p.Header.Get("Content-Type") != "application/json" || strings.Contains(p.body, "allowCredentials") || h.waits == "" {
			t.Fatalf("%d %s", p.StatusCode, p.body)
		}
		answer := string(key.Use(t, []byte(p.body)))
		stolen := h.waits
		h.waits = "" // another browser
		h.says(h.post("/connexion/cle-d-acces", url.Values{"reponse": {answer}}), 422, "n'a pas répondu à temps")
		h.waits = stolen
		h.leadsTo(h.post("/connexion/cle-d-acces", url.Values{"reponse": {answer}, "suite": {"/annonces"}}), "/annonces")
		h.says(h.get("/"), 200, "Odile Muller")
		if h.waits != "" {
			t.Error("the browser keeps a sign-in that is done")
		}

		h.post("/deconnexion", nil)
		h.post("/connexion", signingIn("odile", password, ""))
		p = h.get("/connexion/verification")
		h.says(p, 200, "Par votre clé d'accès", "JavaScript", "!Code à six chiffres")
		p = h.post("/connexion/verification/defi", nil)
		if !strings.Contains(p.body, "allowCredentials") {
			t.Fatalf("%d %s", p.StatusCode, p.body)
		}
		h.says(h.post("/connexion/verification/cle-d-acces", url.Values{"reponse": {"{}"}}), 422, "Cette clé d'accès n'est pas reconnue")
		p = h.post("/connexion/verification/defi", nil)
		h.leadsTo(h.post("/connexion/verification/cle-d-acces", url.Values{"reponse": {string(key.Use(t, []byte(p.body)))}}), "/entreprise")
		h.leadsTo(h.post("/connexion/verification/defi", nil), "/connexion") // nothing waits any more
	})
}
