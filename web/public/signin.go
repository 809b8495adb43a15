package public

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"parvis/kit/fault"
	"parvis/web/answer"
	"parvis/web/ui"
)

// fieldNext says where to go once signed in.
const fieldNext = "suite"

// space is where somebody signed in goes who was not going anywhere.
const space = "/entreprise"

// signInPage asks who one is.
type signInPage struct {
	Identifier string
	Next       string // a path of this site, "" for the usual one
	Later      bool   // too many errors: one has to wait
	Passkeys   bool   // they can be used here
	Errors     ui.Errors
}

// signInTitle is what surrounds the form, fresh or refused.
var signInTitle = ui.Page{Title: "Se connecter", Narrow: true}

// next keeps of ?suite= only what leads inside this site. Browsers drop control
// characters from an address: « /<tab>/ailleurs » would leave.
func next(v *answer.Visit) string { return inside(v.Form.Get(fieldNext)) }

// inside is a path that leads inside this site, or nothing.
func inside(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !answer.Here(path) || strings.ContainsFunc(path, unicode.IsControl) {
		return ""
	}
	return path
}

// signIn shows the form, or leads on whoever has no need of it.
func (p Pages) signIn(v *answer.Visit) (answer.Answer, error) {
	s := signInPage{Next: next(v), Passkeys: p.Accounts.OffersPasskeys()}
	if v.Actor.SignedIn() {
		return answer.SeeOther(either(s.Next, space), ""), nil
	}
	return answer.Show(signInTitle, signInView(s)), nil
}

// enter opens a session for whoever knows the password, or leads on to the second step.
func (p Pages) enter(v *answer.Visit) (answer.Answer, error) {
	s := signInPage{Next: next(v), Identifier: v.PostForm.Get(fieldLogin), Passkeys: p.Accounts.OffersPasskeys()}
	in, err := p.Accounts.SignIn(v.Context(), s.Identifier, v.PostForm.Get(fieldPassword), v.Visitor())
	if err != nil {
		s.Later = fault.Is(err, fault.Unavailable)
		if s.Errors, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
		a := answer.Refused(signInTitle, signInView(s))
		if s.Later {
			a = a.WithStatus(http.StatusTooManyRequests)
		}
		return a, nil
	}
	if in.Pending != "" {
		return answer.SeeOther(verifyAddress(s.Next), "").WithEntry(in), nil
	}
	return p.opened(v, in, s.Next)
}

// leave ends the session on the server too: a copy of its token is worth nothing.
func (p Pages) leave(v *answer.Visit) (answer.Answer, error) {
	if err := p.Accounts.SignOut(v.Context(), v.Token()); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther("/", "Vous êtes déconnecté.").WithSession(""), nil
}

// either is s, or otherwise when s is empty.
func either(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
