package company

import (
	"strings"
	"unicode"

	"parvis/kit/fault"
	"parvis/web/answer"
	"parvis/web/ui"
)

// contestURL is « Contester l'administrateur ».
const contestURL = peopleURL + "/contester"

const fieldReason = "motif"

// contestPage asks why the administrator is contested.
type contestPage struct {
	Company, Number string
	Reason          string
	Errors          ui.Errors
}

var contestTitle = ui.Page{Title: "Contester l'administrateur", Narrow: true}

// contestShown is the form for somebody whose request waits; nobody else has an
// administrator to contest, and once is enough.
func (p Pages) contestShown(v *answer.Visit, page contestPage) (contestPage, error) {
	people, err := p.Members.List(v.Context(), v.Actor)
	if err != nil {
		return page, err
	}
	if people.Mine == nil {
		return page, fault.New(fault.NotFound, "Vous n'attendez la réponse d'aucun établissement.")
	}
	page.Company, page.Number = people.Establishment.CompanyName, people.Establishment.Pretty()
	return page, nil
}

func (p Pages) contest(v *answer.Visit) (answer.Answer, error) {
	page, err := p.contestShown(v, contestPage{})
	return answer.Show(contestTitle, contestBody(page)), err
}

func (p Pages) sendContest(v *answer.Visit) (answer.Answer, error) {
	reason := v.PostForm.Get(fieldReason)
	err := p.Members.Contest(v.Context(), v.Actor, reason)
	if !fault.Is(err, fault.Invalid) {
		return p.done(v, "Votre contestation est transmise à l'exploitant de la plateforme. Un message vous dira ce qu'il a décidé.", err)
	}
	faults, err := answer.Errors(err)
	if err != nil {
		return answer.Answer{}, err
	}
	page, err := p.contestShown(v, contestPage{Reason: reason, Errors: faults})
	return answer.Refused(contestTitle, contestBody(page)), err
}

// readable makes a hostile text safe to show again in a field of several lines.
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
}
