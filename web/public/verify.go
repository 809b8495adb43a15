package public

import (
	"encoding/json"
	"net/http"
	"net/url"

	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Addresses of a sign-in that asks for more than a password, or for a passkey alone.
const (
	signInURL  = "/connexion"
	verifyURL  = "/connexion/verification"
	passkeyURL = "/connexion/cle-d-acces"
)

// Fields of the second step, as the room's faults name them.
const (
	fieldCode     = "code"
	fieldRecovery = "code_secours"
)

// verifyPage is the second step of a sign-in.
type verifyPage struct {
	account.SecondStep
	Next   string
	Errors ui.Errors
}

var verifyTitle = ui.Page{Title: "Vérification", Narrow: true, NoIndex: true}

// verifyAddress is the page of the second step, which leads where one was going.
func verifyAddress(next string) string { return withNext(verifyURL, next) }

func withNext(path, next string) string {
	if next == "" {
		return path
	}
	return path + "?" + fieldNext + "=" + url.QueryEscape(next)
}

// recoveryOpen tells whether the recovery code is shown unfolded: it is what one is
// trying, or all that one has.
func (p verifyPage) recoveryOpen() bool {
	return p.Errors.On(fieldRecovery) != "" || !p.Application && !p.Passkey
}

// passkeyAct is the second step by a passkey.
func (p verifyPage) passkeyAct() ui.Passkey {
	return ui.Passkey{
		Options: verifyURL + "/defi", Action: verifyURL + "/cle-d-acces", Again: verifyAddress(p.Next), Carried: carriedNext(p.Next),
		Button:  ui.Button{Label: "Utiliser ma clé d'accès", Icon: "key-round"},
		Without: "Votre clé d'accès demande que JavaScript soit activé dans ce navigateur.",
	}
}

// passkeyAlone is a sign-in by a passkey and nothing else.
func passkeyAlone(next string) ui.Passkey {
	return ui.Passkey{
		Options: passkeyURL + "/defi", Action: passkeyURL, Again: withNext(signInURL, next), Carried: carriedNext(next),
		Button: ui.Button{Label: "Se connecter avec une clé d'accès", Icon: "key-round", Kind: ui.Quiet},
	}
}

func carriedNext(next string) []ui.Carried {
	if next == "" {
		return nil
	}
	return []ui.Carried{{Name: fieldNext, Value: next}}
}

// verify shows the second step to whoever knew the password.
func (p Pages) verify(v *answer.Visit) (answer.Answer, error) {
	page := verifyPage{Next: next(v)}
	var err error
	if page.SecondStep, err = p.Accounts.SecondStepOf(v.Context(), v.Pending()); err != nil {
		if v.Actor.SignedIn() {
			return answer.SeeOther(either(page.Next, space), ""), nil
		}
		return p.beginAgain(page.Next, err)
	}
	return answer.Show(verifyTitle, verifyView(page)), nil
}

// beginAgain leads back to the sign-in page when the second step is over.
func (p Pages) beginAgain(next string, err error) (answer.Answer, error) {
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.SignIn {
		return answer.Answer{}, err
	}
	return answer.SeeOther(withNext(signInURL, next), "").Saying(ui.FlashWarning, e.Text).WithPending(""), nil
}

// confirm judges a code of the application, or a recovery code: the one that was typed.
func (p Pages) confirm(v *answer.Visit) (answer.Answer, error) {
	var in account.Entry
	var err error
	if _, recovery := v.PostForm[fieldRecovery]; recovery {
		in, err = p.Accounts.EnterRecoveryCode(v.Context(), v.Pending(), v.PostForm.Get(fieldRecovery), v.Visitor())
	} else {
		in, err = p.Accounts.EnterCode(v.Context(), v.Pending(), v.PostForm.Get(fieldCode), v.Visitor())
	}
	return p.confirmed(v, in, err)
}

// confirmByPasskey judges what a passkey says.
func (p Pages) confirmByPasskey(v *answer.Visit) (answer.Answer, error) {
	in, err := p.Accounts.EnterPasskey(v.Context(), v.Pending(), []byte(v.PostForm.Get(ui.FieldPasskey)), v.Visitor())
	return p.confirmed(v, in, err)
}

// confirmed opens the session, or shows the second step again with what is wrong.
func (p Pages) confirmed(v *answer.Visit, in account.Entry, err error) (answer.Answer, error) {
	page := verifyPage{Next: next(v)}
	if err == nil {
		return p.opened(v, in, page.Next)
	}
	if fault.Is(err, fault.SignIn) {
		return p.beginAgain(page.Next, err)
	}
	later := fault.Is(err, fault.Unavailable)
	if page.Errors, err = answer.Errors(err); err != nil {
		return answer.Answer{}, err
	}
	if page.SecondStep, err = p.Accounts.SecondStepOf(v.Context(), v.Pending()); err != nil {
		return p.beginAgain(page.Next, err)
	}
	a := answer.Refused(verifyTitle, verifyView(page))
	if later {
		a = a.WithStatus(http.StatusTooManyRequests)
	}
	return a, nil
}

// opened has the browser keep a session, in place of whatever session it had: a token
// that somebody planted is worth nothing afterwards.
func (p Pages) opened(v *answer.Visit, in account.Entry, next string) (answer.Answer, error) {
	if err := p.Accounts.SignOut(v.Context(), v.Token()); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(either(next, space), "").WithEntry(in), nil
}

// askPasskey gives the browser what to ask of the authenticator, for the second step.
func (p Pages) askPasskey(v *answer.Visit) (answer.Answer, error) {
	options, err := p.Accounts.AskPasskey(v.Context(), v.Pending())
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.JSON(json.RawMessage(options))
}

// askPasskeyAlone gives the browser what to ask of the authenticator, whoever holds it.
func (p Pages) askPasskeyAlone(v *answer.Visit) (answer.Answer, error) {
	pending, options, err := p.Accounts.AskPasskeyAlone(v.Context())
	if err != nil {
		return answer.Answer{}, err
	}
	a, err := answer.JSON(json.RawMessage(options))
	return a.WithPending(pending), err
}

// enterByPasskey opens the session of whoever holds a passkey.
func (p Pages) enterByPasskey(v *answer.Visit) (answer.Answer, error) {
	in, err := p.Accounts.EnterPasskeyAlone(v.Context(), v.Pending(), []byte(v.PostForm.Get(ui.FieldPasskey)), v.Visitor())
	s := signInPage{Next: next(v), Passkeys: p.Accounts.OffersPasskeys()}
	if err == nil {
		return p.opened(v, in, s.Next)
	}
	if s.Errors, err = answer.Errors(err); err != nil {
		return answer.Answer{}, err
	}
	return answer.Refused(signInTitle, signInView(s)), nil
}
