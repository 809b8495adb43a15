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

func (p Pages) requestShown(r watch.Request, token string) answer.Answer {
	page := requestPage{r, "/confirmation/" + url.PathEscape(token)}
	return answer.Show(ui.Page{Title: page.title(), Narrow: true}, requestView(page)).Kept()
}

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

func (p Pages) request(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	r, err := p.Watches.RequestOf(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	return p.requestShown(r, token), nil
}

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
