package public

import (
	"net/url"

	"parvis/kit/fault"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// The answer to a request, as its two buttons send it.
const (
	fieldAnswer = "reponse"
	answerYes   = "oui"
	answerNo    = "non"
)

// requestPage asks somebody whether they want a company's watch, or says what
// they have answered.
type requestPage struct {
	watch.Request
	Action string
}

// requestShown is one page for all states of a request, so that it can be
// reloaded, kept and opened again from the mail.
func (p Pages) requestShown(r watch.Request, token string) answer.Answer {
	page := requestPage{r, "/confirmation/" + url.PathEscape(token)}
	return answer.Show(ui.Page{Title: page.title(), Narrow: true}, requestView(page)).Kept()
}

// title says the state first: it is what a screen reader reads first.
func (r requestPage) title() string {
	switch r.State() {
	case watch.Confirmed:
		return "Vous recevrez cette veille"
	case watch.Stopped:
		return "Vous ne recevrez pas cette veille"
	case watch.Failed:
		return "Cette adresse ne répond plus"
	}
	return "Souhaitez-vous recevoir cette veille" + nbsp + "?"
}

// request shows what is asked; nothing is recorded.
func (p Pages) request(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	r, err := p.Watches.RequestOf(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	return p.requestShown(r, token), nil
}

// answerRequest records one of the two answers, and nothing in their place: a
// form without either is not a consent.
func (p Pages) answerRequest(v *answer.Visit) (answer.Answer, error) {
	token, said := v.PathValue("token"), v.PostForm.Get(fieldAnswer)
	if said != answerYes && said != answerNo {
		return answer.Answer{}, fault.New(fault.Invalid, "Choisissez «\u00a0Accepter\u00a0» ou «\u00a0Refuser\u00a0».")
	}
	r, err := p.Watches.Answer(v.Context(), token, said == answerYes)
	if err != nil {
		return answer.Answer{}, err
	}
	return p.requestShown(r, token), nil
}
