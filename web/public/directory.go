package public

import (
	"net/http"

	"github.com/a-h/templ"

	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/web/answer"
)

// actionSearch is the button « Rechercher l'entreprise »; lookUpURL answers the same to
// the page's own script.
const (
	actionSearch = "chercher"
	lookUpURL    = "/inscription/entreprise"
)

// complete puts in the form what the directory says of its SIRET. The fault is the
// SIRET's, when it is what was asked about.
func (p Pages) complete(v *answer.Visit, s *signUpPage, searching bool) error {
	abroad := s.Form.Country != "" && s.Form.Country != account.France
	if !s.Directory || abroad {
		return nil
	}
	siret, err := refdata.ParseSIRET(s.Form.SIRET)
	if err != nil {
		if searching {
			return err
		}
		return nil // signing up says it, with all the rest
	}
	why := org.ForSignUp
	if searching {
		why = org.ForTheEye
	}
	l := p.Profiles.LookUp(v.Context(), siret, why, v.RemoteAddr)
	s.Listing, s.Form = &l, l.Fill(s.Form)
	return nil
}

// foundCompany is what a script is told: companies, never people, and nothing of who
// has an account.
type foundCompany struct {
	Found   bool     `json:"found"`
	Name    string   `json:"name,omitempty"`
	Address []string `json:"address,omitempty"`
	Text    string   `json:"text,omitempty"` // what to say, in French
}

func (p Pages) lookUp(v *answer.Visit) (answer.Answer, error) {
	siret, err := refdata.ParseSIRET(v.Form.Get(fieldSIRET))
	if err != nil {
		return answer.Answer{}, err
	}
	l := p.Profiles.LookUp(v.Context(), siret, org.ForTheEye, v.RemoteAddr)
	out := foundCompany{Found: l.Found(), Text: l.Text()}
	if l.Found() {
		out.Name, out.Address = l.Name, l.Postal.Lines()
	}
	a, err := answer.JSON(out)
	if l.Outcome == org.TooMany {
		a = a.WithStatus(http.StatusTooManyRequests)
	}
	return a, err
}

// found tells whether the directory has named the company: then nothing is typed.
func (s signUpPage) found() bool { return s.Listing != nil && s.Listing.Found() }

// typing tells whether the fields of the company are open.
func (s signUpPage) typing() bool {
	for _, field := range []string{fieldCompany, fieldStreet, fieldPostcode, fieldCity} {
		if s.Errors.On(field) != "" {
			return true
		}
	}
	return s.Listing != nil && !s.found() || s.abroad() || s.Form.CompanyName != ""
}

// typed is what comes back of a field of the company: nothing while the directory
// says it.
func (s signUpPage) typed(value string) string {
	if s.found() {
		return ""
	}
	return printable(value)
}

// module wakes the script that looks the company up as its SIRET is typed.
func (s signUpPage) module() templ.Attributes {
	if !s.Directory {
		return nil
	}
	return templ.Attributes{"data-module": "company", "data-lookup": lookUpURL}
}
